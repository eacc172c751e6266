"""Coming in by a one-time link, and leaving."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from copilot.console import sessions
from copilot.console.login import LoginLinks
from copilot.console.rendering import page


def signing_in_pages(login: LoginLinks) -> APIRouter:
    """`/login` and `/logout`: the only pages that work without a session."""
    router = APIRouter()

    @router.get("/login")
    def ask_who(request: Request, token: str = "", next: str = "/") -> Response:
        next_path = sessions.safe_next(next)
        if request.session.get("person"):
            return RedirectResponse(next_path, status_code=303)
        return _login_page(request, login, token, next_path)

    @router.post("/login", dependencies=[Depends(sessions.require_own_form)])
    def come_in(
        request: Request,
        token: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        person = sessions.tidy_name(name)
        next_path = sessions.safe_next(next)
        if not person:
            return _login_page(request, login, token, next_path, problem="Please give a name.")
        if not login.redeem(token):
            return _login_page(request, login, "", next_path)
        sessions.sign_in(request, person)
        return RedirectResponse(next_path, status_code=303)

    @router.post("/logout", dependencies=[Depends(sessions.require_own_form)])
    def leave(request: Request) -> Response:
        sessions.sign_out(request)
        return RedirectResponse("/login?left=1", status_code=303)

    return router


def _login_page(
    request: Request, login: LoginLinks, token: str, next_path: str, *, problem: str | None = None
) -> Response:
    is_open = login.is_open(token)
    return page(
        request,
        "login.html",
        status_code=400 if problem else 200,
        token=token if is_open else None,
        had_token=bool(token) or request.method == "POST",
        has_left=request.query_params.get("left") == "1",
        next_path=next_path,
        problem=problem,
    )
