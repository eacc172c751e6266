"""Words of reviews that rules without a database share."""

from enum import StrEnum


class LedgerKind(StrEnum):
    """What the machine wrote and what people did about it."""

    DRAFTED = "drafted"
    """A claim came into the review. Words: the claim's."""
    OPENED = "opened"
    """A person had a claim open beside its sources. Seconds: for how long, if known."""
    FOLLOWED = "followed"
    """A person went to a source in the timeline or in Slack."""
    VERIFIED = "verified"
    EDITED = "edited"
    REJECTED = "rejected"
    UNDONE = "undone"
    """A person took back what they or somebody else had said of a claim."""
    SKIPPED = "skipped"
    SEEDED = "seeded"
    """An altered claim was answered. Details: whether it was caught."""
