"""Finds rows whose nudge was lost or whose time has come. This is also the whole schedule."""

from copilot.bootstrap import Services
from copilot.incidents.backfill import channels_to_backfill
from copilot.jobs import Job, QueuedJob
from copilot.reviews.drafting import reviews_to_draft
from copilot.suggestions.consideration import incidents_with_unconsidered
from copilot.suggestions.delivery import deliveries_to_post
from copilot.suggestions.digest import incidents_due_for_digest
from copilot.suggestions.redrawing import cards_to_update
from copilot.workspaces.syncing import workspaces_to_sync

BATCH = 100
"""Rows of one kind nudged per sweep; the next sweep takes the rest."""


def due_jobs(services: Services) -> list[QueuedJob]:
    """Everything that could be done at the clock's present instant."""
    now = services.clock.now()
    with services.db.reading() as session:
        found = {
            Job.CONSIDER_INCIDENT: incidents_with_unconsidered(session, BATCH),
            Job.POST_DELIVERY: deliveries_to_post(session, services.lease_clock),
            Job.UPDATE_CARD: cards_to_update(session, services.lease_clock),
            Job.RELEASE_DIGEST: incidents_due_for_digest(session, now),
            Job.BACKFILL_CHANNEL: channels_to_backfill(session, now),
            Job.SYNC_DIRECTORY: workspaces_to_sync(session, now),
            Job.DRAFT_REVIEW: reviews_to_draft(session),
        }
    return [QueuedJob(job, row_id) for job, ids in found.items() for row_id in ids]
