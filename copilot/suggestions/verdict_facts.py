"""The facts that a verdict goes by, as they are saved. Pure."""

from typing import NotRequired, TypedDict


class Facts(TypedDict):
    """Numbers that led to a verdict; what is saved as `reason_details`.

    What is not required is missing in rows from before it was known. Read as: nobody muted the
    kind, no quiet (of a person or of the hours), nobody crowded, the full rate, no backlog.
    """

    confidence: float
    kind: str
    kind_is_on: bool
    is_done: bool
    same_as: int | None
    same_title: str | None
    likeness: float | None
    quiet_because: str | None
    tempo: str
    messages_per_min: float
    hectic_at: float
    threshold: float | None
    digest_threshold: float
    next_post_at: str | None
    """Set when the budget was spent at that moment."""
    policy_version: NotRequired[int]
    """Whose numbers these are."""
    quiet_until: NotRequired[str | None]
    quiet_by: NotRequired[str | None]
    kind_is_muted: NotRequired[bool]
    quiet_hours_until: NotRequired[str | None]
    """Set in quiet hours."""
    crowded: NotRequired[str | None]
    crowded_until: NotRequired[str | None]
    """Set while somebody present had enough posts."""
    engine: NotRequired[str | None]
    raw_confidence: NotRequired[float | None]
    post_interval_s: NotRequired[float]
    """As the policy has it."""
    rate: NotRequired[float]
    """The interval that held is `post_interval_s / rate`."""
    posts_per_person: NotRequired[int]
    backlog_minutes: NotRequired[float]
    review_debt_minutes: NotRequired[float]
    """The part of the backlog that is the review's."""
    backlog_cap_minutes: NotRequired[float]
    judged_at: NotRequired[str]
    failure: NotRequired[str]
    """Why a post that was cleared could not be made."""


class Otherwise(TypedDict, total=False):
    """Facts that come out differently where other things were posted before."""

    confidence: float
    tempo: str
    next_post_at: str | None
    crowded: str | None
    crowded_until: str | None
    backlog_minutes: float
