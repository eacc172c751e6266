"""The words in which the noise gate thinks; plain, so that pure rules need no database."""

from enum import StrEnum


class SuggestionKind(StrEnum):
    COMMITMENT = "commitment"
    REQUEST = "request"
    PROPOSAL = "proposal"


class Tempo(StrEnum):
    CALM = "calm"
    BUSY = "busy"
    HECTIC = "hectic"


class Outcome(StrEnum):
    """What the machine decided to do with a candidate."""

    DELIVER = "deliver"
    DIGEST = "digest"
    HOLD = "hold"
    SUPPRESS = "suppress"


class Reason(StrEnum):
    """Why. The words people read are made from this and the numbers in `reason_details`."""

    CLEARED = "cleared"
    HECTIC = "hectic"
    QUIET = "quiet"
    """Somebody asked for quiet in this incident."""
    BELOW_THRESHOLD = "below_threshold"
    BUDGET_SPENT = "budget_spent"
    PERSON_BUDGET = "person_budget"
    """Somebody who would see it had as many posts as one person should meet in an hour."""
    BACKLOG = "backlog"
    """What people have to check already is more than they should have waiting."""
    QUIET_HOURS = "quiet_hours"
    KIND_OFF = "kind_off"
    KIND_MUTED = "kind_muted"
    """The copilot muted the kind by itself, since people did not want it."""
    DUPLICATE = "duplicate"
    DONE_ALREADY = "done_already"
    NOTHING_IS_POSTED = "nothing_is_posted"
    """The incident is imported or over, so suggestions wait for the review."""
    POST_FAILED = "post_failed"
    """Slack refused the post; it waits for the review."""


class Breakpoint(StrEnum):
    """A moment at which a digest disturbs least."""

    SEVERITY_CHANGED = "severity_changed"
    STATUS_CHANGED = "status_changed"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    HANDED_OVER = "handed_over"
    LULL = "lull"


class DecisionKind(StrEnum):
    ACCEPTED = "accepted"
    EDITED = "edited"
    MERGED = "merged"
    """Counted to a follow-up that there was."""
    SNOOZED = "snoozed"
    """Left for the review: it is off the card, and waits for one of the others there."""
    DISMISSED = "dismissed"


class DismissReason(StrEnum):
    WRONG = "wrong"
    DONE_ALREADY = "done_already"
    NOT_NOW = "not_now"
    DUPLICATE = "duplicate"
    TOO_NOISY = "too_noisy"
