"""The drafts of a review, what changed from one to another, and what people changed in each."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from copilot.console.addresses import IncidentId
from copilot.console.incident_header import read_header
from copilot.console.pages.review_desk import ReviewDesk
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.errors import NotFoundError
from copilot.incidents.queries import get_incident
from copilot.reviews import history
from copilot.reviews.time_zones import zone_of

Version = Annotated[int | None, Query(ge=1, le=100_000, alias="from")]
ToVersion = Annotated[int | None, Query(ge=1, le=100_000, alias="to")]


def add_versions(router: APIRouter, desk: ReviewDesk) -> None:
    @router.get("/incidents/{incident_id}/review/versions")
    def all_versions(
        request: Request,
        _viewer: SignedIn,
        incident_id: IncidentId,
        older: Version = None,
        newer: ToVersion = None,
    ) -> Response:
        """Without numbers, what the newest draft and people's acts since the one before changed."""
        with desk.db.reading() as session:
            header = read_header(session, incident_id, desk.clock.now())
            lines = history.versions(session, incident_id)
            if not lines:
                raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
            newest = lines[0].number
            until = newer or newest
            since = older or max(1, until - 1)
            changes = history.difference(session, incident_id, since, until)
            by_people = history.changes_by_people(session, incident_id)
            zone = zone_of(session, get_incident(session, incident_id))
        return page(
            request,
            "review_versions.html",
            header=header,
            versions=lines,
            changes=changes,
            by_people=by_people,
            zone_here=zone,
            tab="review",
        )
