"""Who finds follow-up work in a conversation."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from copilot.ports.conversation import EngineRun, Person, Quote, WindowMessage


@dataclass(frozen=True, slots=True)
class Window:
    messages: tuple[WindowMessage, ...]
    people: tuple[Person, ...]
    team_id: str = ""
    incident_id: int = 0
    is_private: bool = False
    """It is of a private channel."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Possible follow-up work, not yet judged."""

    kind: str
    """A `SuggestionKind` value."""
    title: str
    owner_id: str | None
    due: str | None
    confidence: float
    """Calibrated probability that a person will want it, 0 to 1."""
    evidence: tuple[Quote, ...]
    is_done: bool = False
    """Later messages of the window say that it was done."""
    engine: str = ""
    """Whose word it is, where a proposal has those of several engines; else the proposal's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    candidates: tuple[Candidate, ...]
    engine: str
    tokens: int = 0
    runs: tuple[EngineRun, ...] = ()
    """Calls that led here, in order; empty where the engine is a plain function of the window."""
    fell_back_because: str | None = None
    """Set where the engine that should have answered did not, in words for people."""


@dataclass(frozen=True, slots=True)
class Debounce:
    """How long to let people talk before an engine is asked, since each call of it costs."""

    quiet: timedelta
    """It is asked once nobody said anything for so long,"""
    longest: timedelta
    """or the first unseen message is as old as this."""


class Proposer(Protocol):
    @property
    def debounce(self) -> Debounce | None:
        """None where it may be asked after each message."""

    def propose(self, window: Window) -> Proposal:
        """Follow-ups stated in the window. Raises TemporaryError if the engine can't answer."""
