"""Error pages: what happened, what is safe, what to do."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from copilot.console.message_text import pieces_of
from copilot.console.rendering import bare_page
from copilot.console.security import SECURITY_HEADERS
from copilot.console.sessions import ForgedForm, NotSignedIn, login_path
from copilot.console.visibility import NotReadableError
from copilot.errors import BadInputError, NotFoundError

_log = logging.getLogger(__name__)
_LONGEST_KEY = 64
_FILLED_IN_BY_US = frozenset({"form_token", "seen", "opened_at"})


@dataclass(frozen=True, slots=True)
class Trouble:
    title: str
    happened: str
    safe: str
    do: str


_NOT_FOUND = Trouble(
    "Not here",
    "There is no page at this address.",
    "Nothing was changed.",
    "Go to the list of incidents and find it from there.",
)
_NOT_READABLE = Trouble(
    "Not here",
    "There is no incident here that you may read.",
    "Nothing was changed.",
    "Who is in its channel in Slack opens it from there: type `/incident review` and follow the "
    "link in the answer.",
)
_NOT_SIGNED_IN = Trouble(
    "You are signed out",
    "Your session ended before this was sent, so it was not carried out.",
    "Nothing was changed.",
    "Sign in with a new link, then do it again.",
)
_FORGED = Trouble(
    "Not accepted",
    "This was not sent from one of our own pages, or the page was older than your session.",
    "Nothing was changed.",
    "Go back, load the page again and repeat what you did.",
)
_FAILED = Trouble(
    "Something went wrong on our side",
    "The page could not be made. What failed is written in the log of the web process.",
    "Everything recorded so far is stored; messages keep being recorded.",
    "Load the page again. If it fails again, run `incident-copilot doctor`.",
)


def add_error_pages(web: FastAPI) -> None:
    web.add_exception_handler(NotSignedIn, _on_not_signed_in)
    web.add_exception_handler(ForgedForm, _on_forged_form)
    web.add_exception_handler(NotFoundError, _on_not_found)
    web.add_exception_handler(NotReadableError, _on_not_readable)
    web.add_exception_handler(BadInputError, _on_bad_input)
    web.add_exception_handler(HTTPException, _on_http_exception)
    web.add_exception_handler(RequestValidationError, _on_invalid_request)
    web.add_exception_handler(Exception, _on_failure)


def _on_not_signed_in(request: Request, _error: Exception) -> Response:
    if request.method != "GET":
        return _answer(request, 401, _NOT_SIGNED_IN)
    asked_for = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(login_path(asked_for), status_code=303)


def _on_forged_form(request: Request, _error: Exception) -> Response:
    return _answer(request, 403, _FORGED)


def _on_not_found(request: Request, error: Exception) -> Response:
    trouble = Trouble(_NOT_FOUND.title, str(error), _NOT_FOUND.safe, _NOT_FOUND.do)
    return _answer(request, 404, trouble)


def _on_not_readable(request: Request, error: Exception) -> Response:
    return _answer(request, 404, replace(_NOT_READABLE, happened=str(error)))


def _on_bad_input(request: Request, error: Exception) -> Response:
    trouble = Trouble("That did not work", str(error), _NOT_FOUND.safe, "Go back and change it.")
    return _answer(request, 400, trouble)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    if not _wants_html(request):
        return await http_exception_handler(request, error)
    if error.status_code in {404, 405}:
        return _answer(request, error.status_code, _NOT_FOUND)
    trouble = Trouble("That did not work", error.detail, _NOT_FOUND.safe, "Go back and try again.")
    return _answer(request, error.status_code, trouble)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    if not _wants_html(request):
        return await request_validation_exception_handler(request, error)
    is_address = any(problem["loc"][0] == "path" for problem in error.errors())
    if is_address:
        return _answer(request, 404, _NOT_FOUND)
    typed = _typed_in(request, error.body)
    trouble = Trouble(
        "That did not work",
        _what_is_wrong(error),
        _NOT_FOUND.safe,
        "What you wrote stands below, to copy. Go back, change it and send it again."
        if typed
        else "Go back, change it and send it again.",
    )
    return _answer(request, 400, trouble, typed)


def _typed_in(request: Request, body: object) -> list[str]:
    """The words of a form of ours, which has to be filled in again; nothing of anybody else's.

    Where our script sent it, the form stands there with its words still.
    """
    if not isinstance(body, FormData) or "x-in-place" in request.headers:
        return []
    token = request.session.get("form_token")
    if not token or body.get("form_token") != token:
        return []
    return [
        value
        for name, value in body.multi_items()
        if name not in _FILLED_IN_BY_US and isinstance(value, str) and _are_words(value)
    ]


def _are_words(value: str) -> bool:
    """And no id, stamp or key of ours."""
    return " " in value.strip() or len(value) > _LONGEST_KEY


def _what_is_wrong(error: RequestValidationError) -> str:
    for problem in error.errors():
        if problem["type"] == "string_too_long":
            return f"What you wrote is longer than {problem['ctx']['max_length']:,} letters."
        if problem["type"] == "too_long" and problem["loc"][-1] == "message":
            return f"A sentence rests on {problem['ctx']['max_length']} messages at most."
    return "Something in the form is missing or can't be read."


def _on_failure(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    response = _answer(request, 500, _FAILED)
    # This answer is made outside all middleware, so it brings its headers itself.
    response.headers.update(SECURITY_HEADERS)
    return response


def _answer(
    request: Request, status_code: int, trouble: Trouble, typed: Sequence[str] = ()
) -> Response:
    if not _wants_html(request):
        return JSONResponse(
            {"detail": f"{trouble.happened} {trouble.safe} {trouble.do}"}, status_code=status_code
        )
    return bare_page(
        "error.html",
        status_code=status_code,
        status=status_code,
        trouble=trouble,
        happened=pieces_of(trouble.happened),
        do=pieces_of(trouble.do),
        typed=typed,
    )


def _wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
