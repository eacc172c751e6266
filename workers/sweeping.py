"""Finds rows whose nudge was lost or whose time has come. This is also the whole schedule."""

from copilot.bootstrap import Services
from copilot.incidents.headline import headlines_to_draw
from copilot.incidents.refilling import request_due_checks
from copilot.jobs import Job, QueuedJob
from copilot.reviews.briefing import handovers_to_brief
from copilot.reviews.drafting import reviews_to_draft
from copilot.reviews.source_notices import SourceWatch, reviewers_to_tell
from copilot.suggestions.conclusions import workspaces_to_learn
from copilot.suggestions.consideration import incidents_with_unconsidered
from copilot.suggestions.delivery import deliveries_to_post
from copilot.suggestions.digest import incidents_due_for_digest
from copilot.suggestions.fallback import fallbacks_to_tell
from copilot.suggestions.redrawing import cards_to_update
from copilot.suggestions.telling_admins import notices_to_tell
from copilot.timeline.refills import refills_due
from copilot.workspaces.forgetting import workspaces_to_forget
from copilot.workspaces.syncing import workspaces_to_sync
from copilot.workspaces.token_refreshing import tokens_to_refresh

BATCH = 100
"""Rows of one kind nudged per sweep; the next sweep takes the rest."""


def due_jobs(services: Services, sources: SourceWatch | None = None) -> list[QueuedJob]:
    """Everything that could be done at the clock's present instant. Who asks again and again
    brings the same `sources`, which knows what it has looked at."""
    now = services.clock.now()
    keep = services.settings.keep_after_uninstall
    request_due_checks(services.db, now)
    (sources or SourceWatch()).look(services.db, now)
    with services.db.reading() as session:
        found = {
            Job.CONSIDER_INCIDENT: incidents_with_unconsidered(
                session, BATCH, now, services.proposer.debounce
            ),
            Job.POST_DELIVERY: deliveries_to_post(session, services.lease_clock, BATCH),
            Job.UPDATE_CARD: cards_to_update(session, services.lease_clock, BATCH),
            Job.RELEASE_DIGEST: incidents_due_for_digest(session, now, BATCH),
            Job.REFILL_CHANNEL: refills_due(session, now),
            Job.DRAW_HEADLINE: headlines_to_draw(session, services.lease_clock.now()),
            Job.BRIEF_COMMANDER: handovers_to_brief(session, services.lease_clock.now()),
            Job.TELL_FALLBACK: fallbacks_to_tell(session, services.lease_clock.now()),
            Job.SYNC_DIRECTORY: workspaces_to_sync(session, now),
            Job.REFRESH_TOKEN: tokens_to_refresh(session, services.lease_clock.now()),
            Job.FORGET_WORKSPACE: workspaces_to_forget(session, now, keep),
            Job.LEARN: workspaces_to_learn(session, now),
            Job.TELL_ADMINS: notices_to_tell(session, services.lease_clock.now()),
            Job.TELL_REVIEWER: reviewers_to_tell(session, services.lease_clock.now()),
            Job.DRAFT_REVIEW: reviews_to_draft(session),
        }
    return [QueuedJob(job, row_id) for job, ids in found.items() for row_id in ids]
