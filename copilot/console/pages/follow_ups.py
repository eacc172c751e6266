"""Follow-ups: one pass over what waits, and what was agreed with its owner and due date."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import IncidentId, incident_path
from copilot.console.follow_up_form import Typed, choices_of, outcome_words
from copilot.console.follow_up_view import read_follow_ups
from copilot.console.incident_header import read_header
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.console.visibility import incident_router
from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.follow_up_changes import change_follow_up
from copilot.incidents.follow_ups import complete
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.suggestions.follow_up_pass import decide_all

_PATH = "/incidents/{incident_id}/follow-ups"
_ONLY_OWN_FORMS = [Depends(sessions.require_own_form)]
FollowUpId = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def _sent(request: Request) -> Typed:
    """The fields of a form that was posted."""
    form = await request.form()
    return Typed({name: text for name, text in form.items() if isinstance(text, str)})


Sent = Annotated[Typed, Depends(_sent)]


def follow_up_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)

    @router.get(_PATH)
    def all_of_them(request: Request, _viewer: SignedIn, incident_id: IncidentId) -> Response:
        return _show(request, db, clock, incident_id)

    @router.post(_PATH, dependencies=_ONLY_OWN_FORMS)
    def decide(
        request: Request, viewer: SignedIn, incident_id: IncidentId, typed: Sent
    ) -> Response:
        try:
            with db.transaction() as session:
                incident = get_incident(session, incident_id)
                result = decide_all(
                    session, incident, choices_of(typed), by=viewer.acts_as, now=clock.now()
                )
                told = outcome_words(result)
        except (BadInputError, NotFoundError) as error:
            return _show(request, db, clock, incident_id, typed=typed, problem=str(error))
        sessions.tell_once(request, told)
        return _back(incident_id)

    _add_changes(router, db, clock)
    return router


def _add_changes(router: APIRouter, db: Database, clock: Clock) -> None:
    @router.post(f"{_PATH}/{{follow_up_id}}/change", dependencies=_ONLY_OWN_FORMS)
    def change(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        follow_up_id: FollowUpId,
        typed: Sent,
    ) -> Response:
        def carry_out(session: Session, incident: Incident) -> str:
            wanted = typed.wanted(f"f{follow_up_id}")
            changed = change_follow_up(
                session,
                incident,
                follow_up_id,
                title=wanted.title,
                owner_id=wanted.owner_id,
                due=wanted.due,
                by=viewer.acts_as,
                now=clock.now(),
            )
            return f"“{changed.title}” is saved."

        return _carry_out(request, db, incident_id, carry_out)

    @router.post(f"{_PATH}/{{follow_up_id}}/done", dependencies=_ONLY_OWN_FORMS)
    def done(
        request: Request, viewer: SignedIn, incident_id: IncidentId, follow_up_id: FollowUpId
    ) -> Response:
        def carry_out(session: Session, incident: Incident) -> str:
            by, now = viewer.acts_as, clock.now()
            follow_up, is_first = complete(session, incident, follow_up_id, by=by, now=now)
            return f"“{follow_up.title}” is done{'' if is_first else ' already'}."

        return _carry_out(request, db, incident_id, carry_out)


def _carry_out(
    request: Request, db: Database, incident_id: int, act: Callable[[Session, Incident], str]
) -> Response:
    try:
        with db.transaction() as session:
            told = act(session, get_incident(session, incident_id))
    except (AlreadyDecidedError, BadInputError) as error:
        told = str(error)
    sessions.tell_once(request, told)
    return _back(incident_id)


def _show(
    request: Request,
    db: Database,
    clock: Clock,
    incident_id: int,
    *,
    typed: Typed | None = None,
    problem: str | None = None,
) -> Response:
    """With what was typed where it could not be saved."""
    with db.reading() as session:
        header = read_header(session, incident_id, clock.now())
        shown = read_follow_ups(session, incident_id)
    return page(
        request,
        "follow_ups.html",
        status_code=422 if problem else 200,
        header=header,
        shown=shown,
        typed=typed or Typed({}),
        problem=problem,
        tab="review",
    )


def _back(incident_id: int) -> RedirectResponse:
    return RedirectResponse(f"{incident_path(incident_id)}/follow-ups", status_code=303)
