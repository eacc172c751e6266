"""Who is signed in, and the form token that proves a POST came from our own page."""

import re
import secrets
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Form, Request

COOKIE = "incident_copilot_session"
LIFETIME_S = 7 * 24 * 60 * 60
_SLACK_ID = re.compile(r"(?=.*\d)[UWB][A-Z0-9]{4,31}")
LONGEST_NAME = 64


class NotSignedIn(Exception):  # noqa: N818 - a turn in the conversation, not a failure
    """The page needs a session and there is none."""


class ForgedForm(Exception):  # noqa: N818 - names what it is
    """A POST that did not come from one of our own pages."""


def signed_in_person(request: Request) -> str:
    """The name the person gave when they came in. Raises NotSignedIn."""
    person = request.session.get("person")
    if not isinstance(person, str) or not person:
        raise NotSignedIn
    return person


SignedIn = Annotated[str, Depends(signed_in_person)]


def sign_in(request: Request, person: str) -> None:
    request.session.clear()
    request.session["person"] = person


def sign_out(request: Request) -> None:
    request.session.clear()


def form_token(request: Request) -> str:
    """The session's form token, made when first asked for."""
    token = request.session.get("form_token")
    if not isinstance(token, str):
        token = secrets.token_urlsafe(24)
        request.session["form_token"] = token
    return token


def require_own_form(request: Request, form_token: Annotated[str, Form()] = "") -> None:
    """Raise ForgedForm unless the session's token came back, from our own origin."""
    expected = request.session.get("form_token")
    matches = isinstance(expected, str) and secrets.compare_digest(
        expected.encode(), form_token.encode()
    )
    if not (matches and _is_same_origin(request)):
        raise ForgedForm


def _is_same_origin(request: Request) -> bool:
    # Another port of this machine is the same *site*, so SameSite alone does not keep it out.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    # Behind a proxy that ends TLS the scheme differs, so hosts are compared.
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def tell_once(request: Request, text: str) -> None:
    """Show `text` on the next page."""
    request.session["told"] = text


def take_told(request: Request) -> str | None:
    told = request.session.pop("told", None) if "told" in request.session else None
    return told if isinstance(told, str) else None


def tidy_name(raw: str) -> str:
    """A name as it may stand in the record; empty if nothing usable was given.

    A Slack id is no name: the record would show it as the member who has that id.
    """
    printable = "".join(c if c.isprintable() else " " for c in raw)
    name = " ".join(printable.split())[:LONGEST_NAME].strip()
    return "" if _SLACK_ID.fullmatch(name) else name


def safe_next(raw: str) -> str:
    """A path on this site, whatever was asked for."""
    is_local = raw.startswith("/") and not raw.startswith(("//", "/\\"))
    return raw if is_local and raw.isprintable() and "\\" not in raw else "/"


def login_path(next_path: str) -> str:
    return "/login" if next_path == "/" else f"/login?next={quote(next_path, safe='/')}"
