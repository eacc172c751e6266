"""What the velocity gap is computed from, as plain values. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copilot.reviews.vocabulary import LedgerKind

LONG_ENOUGH_S = 2.0
"""A source open for less was passed by, not looked at."""
_CHECKS = frozenset({LedgerKind.VERIFIED, LedgerKind.EDITED, LedgerKind.REJECTED})
ACTS = _CHECKS | {LedgerKind.UNDONE}
"""Whoever does one of these is at work on the review."""
AT_WORK_FOR = timedelta(hours=24)
_ORDER: dict[str, int] = {LedgerKind.DRAFTED: 0, LedgerKind.OPENED: 1, LedgerKind.FOLLOWED: 1}
"""Of what happened at one instant, looking comes before saying."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    kind: str
    at: datetime
    incident_id: int = 0
    claim_id: int | None = None
    version: int | None = None
    """Of the review, with which the claim came."""
    person: str | None = None
    words: int = 0
    sources: int = 0
    source_words: int = 0
    """Of all quotes that the claim rests on."""
    seconds: float | None = None
    edit_distance: float | None = None
    """Of an edit: words changed, from 0 to 1."""
    is_caught: bool | None = None
    """Of an altered claim that was answered."""


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion that was posted, and what became of it."""

    suggestion_id: int
    incident_id: int
    kind: str
    shown_at: datetime
    decision: str | None = None
    decided_at: datetime | None = None
    is_opened: bool = False
    """Somebody opened its source."""


@dataclass(frozen=True, slots=True)
class Check:
    """A person's word on a claim, with what came before it."""

    entry: Entry
    seconds: float | None
    """From opening the claim; None where nobody knows."""
    had_sources_open: bool


@dataclass(slots=True)
class ClaimStory:
    """All that happened to one claim, up to an instant."""

    claim_id: int
    drafted: Entry | None = None
    withdrawn_at: datetime | None = None
    checks: list[Check] = field(default_factory=list)
    opened_at: datetime | None = None
    """When first somebody had its sources open for long enough."""
    is_reversed: bool = False
    """It was verified, and later taken back, rejected or edited."""
    is_checked: bool = False
    """A person's word on it stands."""

    @property
    def is_waiting(self) -> bool:
        return self.drafted is not None and self.withdrawn_at is None and not self.is_checked

    @property
    def words(self) -> int:
        """As the machine wrote it; a person's own claim is nobody's to check."""
        return self.drafted.words if self.drafted is not None else 0


def is_check(entry: Entry) -> bool:
    return entry.kind in _CHECKS


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.at, _ORDER.get(one.kind, 2)))


class Stories:
    """What happened to each claim, line by line."""

    def __init__(self) -> None:
        self.by_claim: dict[int, ClaimStory] = {}
        self._looks: dict[tuple[int, str | None], _Look] = {}

    def add(self, entry: Entry) -> ClaimStory | None:
        """The next line, in order; the claim that it is about."""
        if entry.claim_id is None:
            return None
        story = self.by_claim.setdefault(entry.claim_id, ClaimStory(entry.claim_id))
        look = self._looks.setdefault((entry.claim_id, entry.person), _Look())
        _happen(story, look, entry)
        return story


def stories_of(entries: Iterable[Entry], until: datetime | None = None) -> list[ClaimStory]:
    """By claim, in the order of their ids; what happened at `until` or later is not known yet."""
    stories = Stories()
    for entry in in_order(entries):
        if until is None or entry.at < until:
            stories.add(entry)
    return [story for _, story in sorted(stories.by_claim.items())]


def checks_of(stories: Iterable[ClaimStory]) -> Iterator[Check]:
    for story in stories:
        yield from story.checks


@dataclass(slots=True)
class _Look:
    """How long one person had one claim open."""

    since_check_s: float | None = None
    total_s: float = 0.0
    has_followed: bool = False

    @property
    def is_long_enough(self) -> bool:
        return self.has_followed or self.total_s >= LONG_ENOUGH_S


def _happen(story: ClaimStory, look: _Look, entry: Entry) -> None:
    if entry.kind == LedgerKind.DRAFTED:
        story.drafted = story.drafted or entry
    elif entry.kind == LedgerKind.WITHDRAWN:
        story.withdrawn_at = story.withdrawn_at or entry.at
    elif entry.kind == LedgerKind.OPENED:
        look.since_check_s = (look.since_check_s or 0.0) + (entry.seconds or 0.0)
        look.total_s += entry.seconds or 0.0
    elif entry.kind == LedgerKind.FOLLOWED:
        look.has_followed = True
    elif entry.kind == LedgerKind.UNDONE:
        story.is_checked = False
        _reverse(story)
    elif is_check(entry):
        _check(story, look, entry)
    if look.is_long_enough:
        story.opened_at = story.opened_at or entry.at


def _check(story: ClaimStory, look: _Look, entry: Entry) -> None:
    if entry.kind != LedgerKind.VERIFIED:
        _reverse(story)
    seconds = look.since_check_s if entry.seconds is None else entry.seconds
    story.checks.append(Check(entry, seconds, look.is_long_enough))
    story.is_checked, look.since_check_s = True, None
    # A person's word brings back what a draft was withdrawing at that moment.
    story.withdrawn_at = None


def _reverse(story: ClaimStory) -> None:
    story.is_reversed |= any(check.entry.kind == LedgerKind.VERIFIED for check in story.checks)
