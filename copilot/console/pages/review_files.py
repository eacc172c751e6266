"""A review to take along."""

import json

from fastapi import APIRouter
from starlette.responses import Response

from copilot.console.addresses import IncidentId
from copilot.console.sessions import SignedIn
from copilot.db import Database
from copilot.errors import NotFoundError
from copilot.reviews.export import to_json, to_markdown
from copilot.reviews.reading import current_review
from copilot.reviews.views import ReviewView


def add_files(router: APIRouter, db: Database) -> None:
    @router.get("/incidents/{incident_id}/review.md")
    def as_markdown(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        return _download(incident_id, "md", "text/markdown", to_markdown(_drafted(db, incident_id)))

    @router.get("/incidents/{incident_id}/review.json")
    def as_json(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        text = json.dumps(to_json(_drafted(db, incident_id)), ensure_ascii=False, indent=2)
        return _download(incident_id, "json", "application/json", text)


def _drafted(db: Database, incident_id: int) -> ReviewView:
    with db.reading() as session:
        view = current_review(session, incident_id)
    if view is None:
        raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
    return view


def _download(incident_id: int, ending: str, media_type: str, text: str) -> Response:
    name = f"incident-{incident_id}-review.{ending}"
    return Response(
        text.encode(),
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
