"""Who is signed in, and the form token that proves a POST came from our own page."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Form, Request

from copilot.clock import SystemClock
from copilot.console.login import SlackUser

COOKIE = "incident_copilot_session"
OPERATOR_LIFETIME = timedelta(days=7)
SLACK_USER_LIFETIME = timedelta(days=1)
"""Shorter, since people leave a workspace; the next link is one command away."""
LIFETIME_S = int(OPERATOR_LIFETIME.total_seconds())
_SLACK_ID = re.compile(r"(?=.*\d)[UWB][A-Z0-9]{4,31}")
LONGEST_NAME = 64


class NotSignedIn(Exception):  # noqa: N818 - a turn in the conversation, not a failure
    """The page needs a session and there is none."""


class ForgedForm(Exception):  # noqa: N818 - names what it is
    """A POST that did not come from one of our own pages."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page.

    `user` is whom Slack vouched for; None for whoever runs the copilot, who came in by the
    link that it printed and gave a name.
    """

    name: str
    user: SlackUser | None

    @property
    def acts_as(self) -> str:
        """How the record names who decided: the Slack id, which shows as the person's name."""
        return self.user.user_id if self.user else self.name


def viewer_of(request: Request) -> Viewer | None:
    """None without a session, and once it is too old, however often it was used."""
    name, until_s = request.session.get("person"), request.session.get("until")
    if not isinstance(name, str) or not name or not isinstance(until_s, int):
        return None
    if SystemClock().now().timestamp() >= until_s:
        return None
    user = request.session.get("user")
    return Viewer(name, SlackUser(*user) if user else None)


def signed_in(request: Request) -> Viewer:
    """Raises NotSignedIn."""
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


SignedIn = Annotated[Viewer, Depends(signed_in)]


def sign_in(request: Request, viewer: Viewer) -> None:
    lifetime = SLACK_USER_LIFETIME if viewer.user else OPERATOR_LIFETIME
    request.session.clear()
    request.session["person"] = viewer.name
    request.session["user"] = list(viewer.user) if viewer.user else None
    request.session["until"] = int((SystemClock().now() + lifetime).timestamp())


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


def keep_typed(request: Request, typed: Mapping[str, str]) -> None:
    """What was refused stands in the form on the next page, so that nobody types it again."""
    request.session["typed"] = dict(typed)


def take_typed(request: Request) -> dict[str, str]:
    typed = request.session.pop("typed", None) if "typed" in request.session else None
    return typed if isinstance(typed, dict) else {}


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
