"""Words of reviews that rules without a database share."""

from enum import StrEnum


class ClaimState(StrEnum):
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    EDITED = "edited"
    WRONG = "wrong"


JUDGE_AGAIN = "again"
"""In place of what the second judge found: it refused the sentence, which got another source."""


class Section(StrEnum):
    """In the order a reader meets them."""

    SUMMARY = "summary"
    IMPACT = "impact"
    KEY_MOMENTS = "key_moments"
    DETECTION = "detection"
    RESPONSE = "response"
    CONTRIBUTING_FACTORS = "contributing_factors"
    WENT_WELL = "went_well"
    WAS_HARD = "was_hard"
    FOLLOW_UPS = "follow_ups"
    OPEN_QUESTIONS = "open_questions"


class MilestoneKind(StrEnum):
    """In the order they happen."""

    STARTED = "started"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    DECLARED = "declared"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


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
    WITHDRAWN = "withdrawn"
    """A newer draft dropped the claim, or a person took another one in its place."""
    SEEDED = "seeded"
    """An altered claim was answered. Details: whether it was caught."""
    CITED = "cited"
    """A person had a claim rest on one more message."""
    COMMENTED = "commented"
    """A person remarked on a claim, or on the whole. Words: the claim's."""
    AMENDED = "amended"
    """A person corrected a signed review. The claim: what holds now, or what was struck."""


class ActKind(StrEnum):
    """What a person did with a claim."""

    VERIFIED = "verified"
    EDITED = "edited"
    WRONG = "wrong"
    UNDONE = "undone"
    SKIPPED = "skipped"
    CITED = "cited"
    """Added a source."""
    ADDED = "added"
    """Wrote a sentence of their own."""
    PROPOSED = "proposed"
    """Put it otherwise while somebody else did: their words stand beside it."""
    TAKEN = "taken"
    """Took what was proposed beside it."""
    LEFT = "left"
    """Left what was proposed beside it."""
