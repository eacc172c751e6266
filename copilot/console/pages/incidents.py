"""The list of incidents."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import words
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.console.visibility import visible_to
from copilot.console.waiting import Waiting, waiting_of
from copilot.db import Database
from copilot.incidents.models import Status
from copilot.incidents.queries import IncidentView, list_incidents
from copilot.suggestions.models import Pacing


def incident_pages(db: Database, _clock: Clock) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    def all_incidents(request: Request, viewer: SignedIn) -> Response:
        with db.reading() as session:
            visible = visible_to(session, viewer)
            incidents = [one for one in list_incidents(session) if one.id in visible.ids]
            ids = [incident.id for incident in incidents]
            waiting = waiting_of(session, ids)
            found = session.execute(
                select(Pacing.incident_id, Pacing.tempo).where(Pacing.incident_id.in_(ids))
            )
            tempos = dict(found.all())
        return page(
            request,
            "incidents.html",
            incidents=incidents,
            hidden=visible.hidden,
            waiting=waiting,
            tempos=tempos,
            summary=_summary(incidents, waiting),
        )

    @router.get("/incidents")
    def old_address(_viewer: SignedIn) -> Response:
        return RedirectResponse("/", status_code=303)

    return router


def _summary(incidents: list[IncidentView], waiting: dict[int, Waiting]) -> str:
    """The page's first sentence: what is open, and what waits for a person."""
    open_ = sum(incident.status != Status.RESOLVED for incident in incidents)
    suggestions = sum(each.suggestions for each in waiting.values())
    claims = sum(each.claims_left for each in waiting.values())
    waits = Waiting(suggestions, claims).in_words
    total = words.count(len(incidents), "incident")
    rest = f"Waiting for a person: {waits}." if waits else "Nothing waits for a person."
    return f"{total}, {f'{open_} open' if open_ else 'none open'}. {rest}"
