"""What was proposed: what waits for a decision, what was decided, what was kept back and why."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import IncidentId, SuggestionId, incident_path
from copilot.console.incident_header import read_header
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.console.visibility import incident_router
from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.incidents.queries import get_incident
from copilot.suggestions import decisions
from copilot.suggestions.listing import SuggestionView, suggestions_of
from copilot.suggestions.models import Suggestion
from copilot.suggestions.vocabulary import DecisionKind, DismissReason
from copilot.suggestions.waiting import is_waiting
from copilot.workspaces.directory import people_of

_LONGEST_TITLE = 300


def suggestion_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)

    @router.get("/incidents/{incident_id}/suggestions")
    def all_suggestions(
        request: Request, _viewer: SignedIn, incident_id: IncidentId, after: int = 0
    ) -> Response:
        with db.reading() as session:
            header = read_header(session, incident_id, clock.now())
            views = suggestions_of(session, incident_id)
            people = people_of(session, get_incident(session, incident_id).team_id)
        waiting = [
            view
            for view in views
            if is_waiting(view.decision, view.verdict, view.reason, is_over=header.is_over)
        ]
        shown = {view.id for view in waiting}
        return page(
            request,
            "suggestions.html",
            header=header,
            waiting=waiting,
            decided=[view for view in views if _is_settled(view)],
            kept=[view for view in views if not _is_settled(view) and view.id not in shown],
            focus=_next_after(waiting, after),
            people=people,
            tab="suggestions",
        )

    _add_decisions(router, db, clock)
    return router


def _is_settled(view: SuggestionView) -> bool:
    """Left for the review is not: somebody has yet to accept or dismiss it."""
    return view.decision not in (None, DecisionKind.SNOOZED)


def _add_decisions(router: APIRouter, db: Database, clock: Clock) -> None:
    path = "/incidents/{incident_id}/suggestions/{suggestion_id}"
    only_own_forms = [Depends(sessions.require_own_form)]

    @router.post(f"{path}/accept", dependencies=only_own_forms)
    def accept(
        request: Request, viewer: SignedIn, incident_id: IncidentId, suggestion_id: SuggestionId
    ) -> Response:
        def decide(session: Session) -> str:
            decisions.accept(session, suggestion_id, by=viewer.acts_as, now=clock.now())
            return "is now a follow-up"

        return _carry_out(request, db, incident_id, suggestion_id, decide)

    @router.post(f"{path}/edit", dependencies=only_own_forms)
    def edit(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        suggestion_id: SuggestionId,
        title: Annotated[str, Form(max_length=_LONGEST_TITLE)] = "",
        owner_id: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        def decide(session: Session) -> str:
            decisions.edit(
                session,
                suggestion_id,
                title=title,
                owner_id=_known_owner(session, incident_id, owner_id),
                by=viewer.acts_as,
                now=clock.now(),
            )
            return "is now a follow-up, as you changed it"

        return _carry_out(request, db, incident_id, suggestion_id, decide)

    @router.post(f"{path}/dismiss", dependencies=only_own_forms)
    def dismiss(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        suggestion_id: SuggestionId,
        reason: Annotated[DismissReason, Form()],
    ) -> Response:
        def decide(session: Session) -> str:
            decisions.dismiss(
                session, suggestion_id, reason=reason, by=viewer.acts_as, now=clock.now()
            )
            return "was dismissed"

        return _carry_out(request, db, incident_id, suggestion_id, decide)


def _carry_out(
    request: Request,
    db: Database,
    incident_id: int,
    suggestion_id: int,
    decide: Callable[[Session], str],
) -> Response:
    """Decide in one transaction and go back to the list, saying what became of it."""
    try:
        with db.transaction() as session:
            suggestion = session.get(Suggestion, suggestion_id)
            if suggestion is None or suggestion.incident_id != incident_id:
                raise NotFoundError(f"Incident {incident_id} has no suggestion {suggestion_id}.")
            title = suggestion.title
            outcome = decide(session)
        sessions.tell_once(request, f"“{title}” {outcome}.")
    except AlreadyDecidedError as error:
        sessions.tell_once(request, f"{error} Nothing was changed.")
    except BadInputError as error:
        sessions.tell_once(request, str(error))
    return RedirectResponse(
        f"{incident_path(incident_id)}/suggestions?after={suggestion_id}", status_code=303
    )


def _known_owner(session: Session, incident_id: int, owner_id: str) -> str | None:
    """The person chosen; a name that is not on the list leaves it unowned."""
    people = people_of(session, get_incident(session, incident_id).team_id)
    return next((person.user_id for person in people if person.user_id == owner_id), None)


def _next_after(waiting: Sequence[SuggestionView], suggestion_id: int) -> int | None:
    """Where the reader goes on after a decision."""
    if not suggestion_id or not waiting:
        return None
    later = [view.id for view in waiting if view.id > suggestion_id]
    return later[0] if later else waiting[0].id
