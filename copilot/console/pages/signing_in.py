"""Coming in by a one-time link, and leaving."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from copilot.console import sessions
from copilot.console.login import Invitation, LoginLinks
from copilot.console.rendering import page
from copilot.console.sessions import Viewer
from copilot.db import Database
from copilot.workspaces.directory import names_of


def signing_in_pages(login: LoginLinks, db: Database) -> APIRouter:
    """`/login` and `/logout`: the only pages that work without a session.

    Looking at a link changes nothing, since Slack, mail scanners and browsers look ahead; it is
    the button that uses it up.
    """
    router = APIRouter()

    @router.get("/login")
    def ask_who(request: Request, token: str = "", next: str = "/") -> Response:
        next_path = sessions.safe_next(login.path_of(token) or next)
        invitation = login.read(token)
        if _is_in_already(sessions.viewer_of(request), invitation):
            return RedirectResponse(next_path, status_code=303)
        return _login_page(request, db, invitation, token, next_path)

    @router.post("/login", dependencies=[Depends(sessions.require_own_form)])
    def come_in(
        request: Request,
        token: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        next_path = sessions.safe_next(next)
        invitation = login.read(token)
        viewer = _viewer(db, invitation, name) if invitation else None
        if viewer is not None and not viewer.name:
            problem = "Please give a name."
            return _login_page(request, db, invitation, token, next_path, problem=problem)
        if viewer is None or login.redeem(token) is None:
            return _login_page(request, db, None, token, next_path)
        sessions.sign_in(request, viewer)
        return RedirectResponse(next_path, status_code=303)

    @router.post("/logout", dependencies=[Depends(sessions.require_own_form)])
    def leave(request: Request) -> Response:
        sessions.sign_out(request)
        return RedirectResponse("/login?left=1", status_code=303)

    return router


def _is_in_already(viewer: Viewer | None, invitation: Invitation | None) -> bool:
    """Whether the link would let in who is in; one for somebody else asks first."""
    if viewer is None:
        return False
    return invitation is None or invitation.user == viewer.user


def _viewer(db: Database, invitation: Invitation, given_name: str) -> Viewer:
    """Under the name that Slack knows; only the operator, whom Slack does not know, gives one."""
    user = invitation.user
    if user is None:
        return Viewer(sessions.tidy_name(given_name), None)
    with db.reading() as session:
        name = names_of(session, user.team_id).get(user.user_id)
    return Viewer(name or user.user_id, user)


def _login_page(
    request: Request,
    db: Database,
    invitation: Invitation | None,
    token: str,
    next_path: str,
    *,
    problem: str | None = None,
) -> Response:
    viewer = _viewer(db, invitation, "") if invitation else None
    return page(
        request,
        "login.html",
        status_code=400 if problem else 200,
        token=token if invitation else None,
        known_as=viewer.name if viewer and viewer.user else None,
        had_token=bool(token) or request.method == "POST",
        has_left=request.query_params.get("left") == "1",
        next_path=next_path,
        problem=problem,
    )
