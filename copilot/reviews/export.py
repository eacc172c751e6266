"""A review to take along: as Markdown, as one HTML file, as JSON.

Only what may be published is in any of them: sentences that their sources carry, in the words
that stand now, each with its permalinks and who checked it. Comments, proposals, altered checks
and what was withdrawn are no part of a `ReviewView`'s sections, and so of no export.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.reviews.export_html import to_html as to_html
from copilot.reviews.export_json import review_schema as review_schema
from copilot.reviews.export_json import to_json as to_json
from copilot.reviews.export_markdown import escaped as escaped
from copilot.reviews.export_markdown import to_markdown as to_markdown
from copilot.reviews.milestone_reading import milestones_of
from copilot.reviews.milestones import Milestones
from copilot.reviews.reading import current_review
from copilot.reviews.views import ReviewView


@dataclass(frozen=True, slots=True)
class ReadForExport:
    view: ReviewView
    milestones: Milestones


def read_for_export(session: Session, incident_id: int) -> ReadForExport:
    """Raises NotFoundError where nothing was drafted yet."""
    view = current_review(session, incident_id)
    if view is None:
        raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
    return ReadForExport(view, milestones_of(session, incident_id))
