"""A person says when something of an incident was, and by which clocks its review is written."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import IncidentId, incident_path
from copilot.console.milestone_view import LABELS, read_local_time
from copilot.console.sessions import SignedIn, Viewer
from copilot.console.visibility import incident_router
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.queries import get_incident
from copilot.reviews.milestone_records import set_milestone, take_back_milestone
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.time_zones import zone_of
from copilot.reviews.vocabulary import MilestoneKind
from copilot.reviews.zone_changes import change_zone

_LONGEST = 300

Text = Annotated[str, Form(max_length=_LONGEST)]


def milestone_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)
    path = "/incidents/{incident_id}/milestones"
    only_own_forms = [Depends(sessions.require_own_form)]

    @router.post(path, dependencies=only_own_forms)
    def say_when(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        kind: Annotated[MilestoneKind, Form()],
        at: Text = "",
        message: Text = "",
        why: Text = "",
        page: Text = "",
    ) -> Response:
        def act(session: Session) -> str:
            zone = zone_of(session, get_incident(session, incident_id))
            set_milestone(
                session,
                incident_id,
                kind,
                at=read_local_time(at, zone),
                message=message,
                why=why,
                by=_reviewer(viewer),
                now=clock.now(),
            )
            return f"{LABELS[kind]}: your time stands from now on."

        typed = {"kind": kind.value, "at": at, "message": message, "why": why}
        return _carry_out(request, db, incident_id, page, act, typed)

    @router.post(f"{path}/take-back", dependencies=only_own_forms)
    def take_back(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        kind: Annotated[MilestoneKind, Form()],
        why: Text = "",
        page: Text = "",
    ) -> Response:
        def act(session: Session) -> str:
            take_back_milestone(
                session, incident_id, kind, why=why, by=_reviewer(viewer), now=clock.now()
            )
            return f"{LABELS[kind]}: taken back. The timeline tells it again, if it does."

        return _carry_out(request, db, incident_id, page, act, {})

    _add_clocks(router, db, clock)
    return router


def _add_clocks(router: APIRouter, db: Database, clock: Clock) -> None:
    own_form = Depends(sessions.require_own_form)

    @router.post("/incidents/{incident_id}/time-zone", dependencies=[own_form])
    def choose_zone(
        request: Request,
        _viewer: SignedIn,
        incident_id: IncidentId,
        time_zone: Text = "",
        page: Text = "",
    ) -> Response:
        def act(session: Session) -> str:
            incident = change_zone(session, incident_id, time_zone, clock.now())
            return f"Times of this incident are by the clocks of {zone_of(session, incident).key}."

        return _carry_out(request, db, incident_id, page, act, {"time_zone": time_zone})


def _reviewer(viewer: Viewer) -> Reviewer:
    return Reviewer(viewer.name, viewer.user.user_id if viewer.user else None)


def _carry_out(
    request: Request,
    db: Database,
    incident_id: int,
    page: str,
    act: Callable[[Session], str],
    typed: dict[str, str],
) -> Response:
    """Do it in one transaction and go back; what was refused stands in its form again."""
    try:
        with db.transaction() as session:
            told = act(session)
    except BadInputError as error:
        told = str(error)
        sessions.keep_typed(request, typed)
    sessions.tell_once(request, told)
    back = "/review" if page == "review" else ""
    return RedirectResponse(f"{incident_path(incident_id)}{back}#milestones", status_code=303)
