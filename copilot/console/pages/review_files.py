"""A review to take along, and its timeline."""

import io
import json

from fastapi import APIRouter
from starlette.responses import Response

from copilot.console.addresses import IncidentId
from copilot.console.sessions import SignedIn
from copilot.db import Database
from copilot.incidents.queries import get_incident
from copilot.incidents.timeline_export import write_csv
from copilot.reviews.export import (
    ReadForExport,
    read_for_export,
    to_html,
    to_json,
    to_markdown,
)


def add_files(router: APIRouter, db: Database) -> None:
    @router.get("/incidents/{incident_id}/review.md")
    def as_markdown(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        read = _drafted(db, incident_id)
        text = to_markdown(read.view, read.milestones)
        return _download(incident_id, "review.md", "text/markdown", text)

    @router.get("/incidents/{incident_id}/review.html")
    def as_html(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        read = _drafted(db, incident_id)
        text = to_html(read.view, read.milestones)
        return _download(incident_id, "review.html", "text/html", text)

    @router.get("/incidents/{incident_id}/review.json")
    def as_json(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        read = _drafted(db, incident_id)
        text = json.dumps(to_json(read.view, read.milestones), ensure_ascii=False, indent=2)
        return _download(incident_id, "review.json", "application/json", text)

    @router.get("/incidents/{incident_id}/timeline.csv")
    def timeline(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        stream = io.StringIO(newline="")
        with db.reading() as session:
            write_csv(session, get_incident(session, incident_id), stream)
        # A spreadsheet takes a file without this mark for one of another alphabet.
        return _download(incident_id, "timeline.csv", "text/csv", f"\ufeff{stream.getvalue()}")


def _drafted(db: Database, incident_id: int) -> ReadForExport:
    with db.reading() as session:
        return read_for_export(session, incident_id)


def _download(incident_id: int, name: str, media_type: str, text: str) -> Response:
    return Response(
        text.encode(),
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="incident-{incident_id}-{name}"'},
    )
