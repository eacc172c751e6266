"""Names of background jobs, and sending them only after the commit that made them necessary."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session


class Job(StrEnum):
    """Each is a wish that carries one row id; the row says whether anything is left to do."""

    CONSIDER_INCIDENT = "consider_incident"
    """Look at the incident's messages that no proposer has seen. Carries an incident id."""
    RELEASE_DIGEST = "release_digest"
    """A breakpoint was reached: post what waits for the digest. Carries an incident id."""
    POST_DELIVERY = "post_delivery"
    """Post a claimed delivery to Slack. Carries a delivery id."""
    UPDATE_CARD = "update_card"
    """Redraw a posted card after a decision. Carries a delivery id."""
    DRAW_HEADLINE = "draw_headline"
    """Post, pin or redraw the headline card of an incident. Carries an incident id."""
    BRIEF_COMMANDER = "brief_commander"
    """Tell a new commander in private how it stands. Carries a handover id."""
    TELL_FALLBACK = "tell_fallback"
    """Tell one person that the model gives no answer. Carries an incident id."""
    REFILL_CHANNEL = "refill_channel"
    """Read the next page of a stretch that may have been missed. Carries a refill id."""
    SYNC_DIRECTORY = "sync_directory"
    """Learn names of members and channels. Carries a workspace id."""
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a job's name
    """Fetch a new Slack token before the old one runs out. Carries an installation id."""
    FORGET_WORKSPACE = "forget_workspace"
    """Delete what is left of a workspace that removed the app. Carries a workspace id."""
    LEARN = "learn"
    """Heed what people decided since the last time. Carries a workspace id."""
    TELL_ADMINS = "tell_admins"
    """Tell a few admins in private what was muted, and how to undo it. Carries a notice id."""
    TELL_REVIEWER = "tell_reviewer"
    """Tell who checked a sentence that its source changed. Carries a review notice id."""
    DRAFT_REVIEW = "draft_review"
    """Draft the post-incident review, or its next section. Carries an incident id."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    job: Job
    row_id: int


SendJob = Callable[[QueuedJob], None]

_PENDING = "pending_jobs"


def enqueue(session: Session, job: Job, row_id: int) -> None:
    """Send `job` once this session's transaction has committed; a rollback sends nothing."""
    pending: list[QueuedJob] = session.info.setdefault(_PENDING, [])
    queued = QueuedJob(job, row_id)
    if queued not in pending:
        pending.append(queued)


def take_pending(session: Session) -> list[QueuedJob]:
    """Hand over the jobs enqueued so far, and forget them."""
    pending: list[QueuedJob] = session.info.pop(_PENDING, [])
    return pending
