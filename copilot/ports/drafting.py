"""Who writes the sentences of a review, and who reads them a second time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from copilot.ports.conversation import EngineRun, Quote, WindowMessage


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known about an incident from records, not from chat."""

    title: str
    severity: str | None
    status: str
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None
    time_zone: str = "UTC"
    """In which clock times of the incident are written, by its IANA name."""


@dataclass(frozen=True, slots=True)
class EpisodeMessages:
    """A stretch of the timeline between lulls."""

    number: int
    starts_at: datetime
    ends_at: datetime
    messages: tuple[WindowMessage, ...]


@dataclass(frozen=True, slots=True)
class FollowUpFact:
    """A follow-up that a person accepted, or a suggestion still waiting for a decision."""

    title: str
    owner_name: str | None
    is_accepted: bool
    evidence: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class SectionWish:
    """A section of the workspace's template that is to be written."""

    key: str
    """A `Section` value, or a key of the workspace's own."""
    title: str
    asks: str = ""
    """What belongs in it, in the words of whoever made the template."""
    most: int = 20
    """Claims."""


@dataclass(frozen=True, slots=True)
class DraftedClaim:
    section: str
    """A `SectionWish.key`."""
    text: str
    citations: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What a drafter is given. Message numbers run through all episodes."""

    facts: IncidentFacts
    episodes: tuple[EpisodeMessages, ...]
    follow_ups: tuple[FollowUpFact, ...] = ()
    sections: tuple[SectionWish, ...] = ()
    """Those to be written now, in order; of a review of many, perhaps one."""
    names: frozenset[str] = frozenset()
    """Everybody a sentence could name."""
    said: tuple[DraftedClaim, ...] = ()
    """What the review says already and need not be said again."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What the drafter gave back when it wrote earlier sections of the same version."""
    team_id: str = ""
    incident_id: int = 0
    is_private: bool = False
    """The incident is of a private channel."""

    @property
    def messages(self) -> list[WindowMessage]:
        return [message for episode in self.episodes for message in episode.messages]


@dataclass(frozen=True, slots=True)
class Draft:
    claims: tuple[DraftedClaim, ...]
    engine: str
    tokens: int = 0
    runs: tuple[EngineRun, ...] = ()
    """Calls that led here, in order; empty where the engine is a plain function of the request."""
    fell_back_because: str | None = None
    """Set where the engine that should have written did not, in words for people."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """JSON; comes back in the next request of the same version."""
    left_out: tuple[str, ...] = ()
    """What did not fit, in words with numbers, e.g. `212 messages of episode 3`."""


class Drafter(Protocol):
    def draft(self, request: DraftRequest) -> Draft:
        """Claims for the sections asked for. Raises TemporaryError if the engine can't answer."""


class Support(StrEnum):
    """What a second reading finds of a claim beside its sources."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    support: Support
    why: str = ""
    """In words for people; empty where it is fully supported."""


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    claims: tuple[DraftedClaim, ...]
    messages: Mapping[int, WindowMessage]
    """The cited ones, by number."""
    time_zone: str = "UTC"
    """In which the claims give clock times, by its IANA name."""
    team_id: str = ""
    incident_id: int = 0
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    judgements: tuple[Judgement | None, ...]
    """One for each claim, in order; None where the judge did not say."""
    engine: str
    runs: tuple[EngineRun, ...] = ()


class Judge(Protocol):
    """Optional: it can keep a claim apart that passed the checks by code, never the reverse."""

    def judge(self, request: JudgeRequest) -> Judged:
        """Never raises for a judge that gives no answer."""
