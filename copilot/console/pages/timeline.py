"""One incident: everything that happened, on one screen."""

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import EpisodeNumber, IncidentId
from copilot.console.episode_view import read_episode
from copilot.console.incident_header import read_header
from copilot.console.milestone_view import read_milestones
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.console.timeline_view import read_timeline
from copilot.console.visibility import incident_router
from copilot.db import Database


def timeline_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)

    @router.get("/incidents/{incident_id}")
    def whole_incident(
        request: Request, viewer: SignedIn, incident_id: IncidentId, at: str | None = None
    ) -> Response:
        with db.reading() as session:
            header = read_header(session, incident_id, clock.now())
            timeline = read_timeline(session, incident_id, at=at)
            typed = sessions.take_typed(request)
            milestones = read_milestones(session, incident_id, viewer, typed=typed)
        return page(
            request,
            "incident.html",
            header=header,
            timeline=timeline,
            milestones=milestones,
            tab="timeline",
        )

    @router.get("/incidents/{incident_id}/episodes/{number}")
    def one_episode(
        request: Request,
        _viewer: SignedIn,
        incident_id: IncidentId,
        number: EpisodeNumber,
        part: int = Query(default=0, ge=0, le=1_000_000),
    ) -> Response:
        with db.reading() as session:
            header = read_header(session, incident_id, clock.now())
            episode, episodes = read_episode(session, incident_id, number, part=part)
        return page(
            request,
            "episode.html",
            header=header,
            episode=episode,
            episodes=episodes,
            part=part,
            tab="timeline",
        )

    @router.get("/incidents/{incident_id}/latest")
    def latest(_viewer: SignedIn, incident_id: IncidentId) -> dict[str, str]:
        """Asked by an open page now and then, to say that there is something new."""
        with db.reading() as session:
            header = read_header(session, incident_id, clock.now())
        return {"state": header.state}

    return router
