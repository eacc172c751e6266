"""How far a channel is known to be whole, and how a stretch that may not be is read again.

Pure. Stamps are Slack's: text, compared digit by digit. Both bounds of a stretch belong to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from copilot.ports import Unreadable
from copilot.timeline.permalinks import instant_to_ts, ts_order, ts_to_instant

OVERLAP = timedelta(minutes=2)
"""Read again before the watermark: Slack tries to deliver an event anew after a minute, and its
clock is not ours."""
LONG_AGO = datetime.fromisoformat("1970-01-02T00:00:00+00:00")


class RefillCause(StrEnum):
    """Why something may be missing."""

    DECLARED = "declared"
    STARTED = "started"
    RECONNECTED = "reconnected"
    JOINED = "joined"
    SCHEDULED = "scheduled"
    RATE_LIMITED = "rate_limited"
    CHANGED = "changed"
    """The channel is another kind of channel now, or has another id."""
    CLEARED = "cleared"
    """Slack says that messages went in bulk."""


class GapReason(StrEnum):
    """Why a stretch could not be read. The words for it are in `gaps`."""

    RATE_LIMITED = "rate_limited"
    NOT_IN_CHANNEL = "not_in_channel"
    CHANNEL_GONE = "channel_gone"
    NO_PERMISSION = "no_permission"
    DISCONNECTED = "disconnected"
    LIMITED = "limited"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


LASTING = frozenset(
    {GapReason.NOT_IN_CHANNEL, GapReason.NO_PERMISSION, GapReason.DISCONNECTED, GapReason.REFUSED}
)
"""Nothing is heard until somebody changes something: such a gap has no end yet."""
HOPELESS = frozenset({GapReason.LIMITED, GapReason.CHANNEL_GONE})
"""Reading it again would tell no more."""


_SHARED = frozenset({Unreadable.NOT_IN_CHANNEL, Unreadable.NO_PERMISSION, Unreadable.DISCONNECTED})


def reason_of(why: Unreadable) -> GapReason:
    return GapReason(why) if why in _SHARED else GapReason.REFUSED


class Stretch(NamedTuple):
    from_ts: str
    until_ts: str

    @classmethod
    def between(cls, from_: datetime, until: datetime) -> "Stretch":
        return cls(instant_to_ts(max(from_, LONG_AGO)), instant_to_ts(max(from_, until)))

    def touches(self, other: "Stretch") -> bool:
        return not (is_before(self.until_ts, other.from_ts) or is_before(other.until_ts, self[0]))

    def covers(self, other: "Stretch") -> bool:
        return not (is_before(other.from_ts, self[0]) or is_before(self.until_ts, other.until_ts))

    def joined(self, other: "Stretch") -> "Stretch":
        return Stretch(earliest(self[0], other[0]), latest(self[1], other[1]))

    def without(self, other: "Stretch") -> list["Stretch"]:
        """What is left of it: nothing, one part, or the parts before and after."""
        if not self.touches(other):
            return [self]
        before = Stretch(self.from_ts, ts_before(other.from_ts))
        after = Stretch(ts_after(other.until_ts), self.until_ts)
        return [part for part in (before, after) if not is_before(part.until_ts, part.from_ts)]


def is_before(one: str, other: str) -> bool:
    return ts_order(one) < ts_order(other)


def earliest(*stamps: str) -> str:
    return min(stamps, key=ts_order)


def latest(*stamps: str) -> str:
    return max(stamps, key=ts_order)


def ts_before(ts: str) -> str:
    """The next smaller stamp there could be."""
    return instant_to_ts(ts_to_instant(ts) - timedelta(microseconds=1))


def ts_after(ts: str) -> str:
    return instant_to_ts(ts_to_instant(ts) + timedelta(microseconds=1))


def watermark_after(standing: str, done: Stretch, still_open: Iterable[str]) -> str:
    """Where the watermark stands once `done` was read, or is a known gap.

    It never moves down, nor over a stretch that nobody read: one before `done`, or one of a
    refill that is still open, of which `still_open` holds the beginnings.
    """
    if is_before(standing, done.from_ts):
        return standing
    return latest(standing, earliest(done.until_ts, *still_open))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open refill, as planning sees it."""

    refill_id: int
    stretch: Stretch
    is_begun: bool


@dataclass(frozen=True, slots=True)
class Plan:
    stretch: Stretch
    merged: Sequence[int]
    """Waiting refills that this one takes the place of."""


def plan_refill(wanted: Stretch, open_refills: Sequence[Waiting]) -> Plan:
    """Merge with what waits, and leave out what is being read at this moment."""
    merged: list[int] = []
    for each in open_refills:
        if each.is_begun and each.stretch.touches(wanted) and each.stretch[0] <= wanted[0]:
            overlap = instant_to_ts(ts_to_instant(each.stretch.until_ts) - OVERLAP)
            wanted = Stretch(earliest(latest(wanted[0], overlap), wanted[1]), wanted[1])
    grown = True
    while grown:
        grown = False
        for each in open_refills:
            if each.is_begun or each.refill_id in merged or not each.stretch.touches(wanted):
                continue
            wanted, grown = wanted.joined(each.stretch), True
            merged.append(each.refill_id)
    return Plan(wanted, merged)


class Thread(BaseModel):
    """A thread that is still to be read, from `from_ts` on."""

    parent_ts: str
    from_ts: str
    cursor: str | None = None
    read_to_ts: str | None = None


class Progress(BaseModel):
    """Where a refill stands; kept in its row, so that whoever comes next goes on from there."""

    model_config = ConfigDict(extra="ignore")

    floor_ts: str
    """How far back threads that go on in the stretch may have begun."""
    is_deep: bool = True
    """Read back to the floor; else only the stretch itself, until something was missing there."""
    knows_channel: bool = False
    """Its name, its kind and its members were asked for."""
    page_latest_ts: str | None = None
    cursor: str | None = None
    read_to_ts: str | None = None
    """Everything from here to the end of the stretch was read; None before the first page."""
    pages_below: int = 0
    """Pages read before the stretch, in search of threads that go on in it."""
    is_history_read: bool = False
    threads: list[Thread] = []
    threads_done: list[str] = []
    limited_to_ts: str | None = None
    """Slack's plan hides what is older."""

    @property
    def is_begun(self) -> bool:
        return self.read_to_ts is not None or self.is_history_read
