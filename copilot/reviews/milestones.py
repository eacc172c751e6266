"""When an incident started, was detected, acknowledged, declared, mitigated, resolved. Pure.

Each comes from the incident's own records, from a message that code picks by a fixed rule, or from
a person; never from a model, and never from what a message says about time. What none of them
tells is missing: *not in the timeline*. The rules are in docs/decisions/0016.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.vocabulary import MilestoneKind

LEAD_IN = timedelta(hours=2)
"""How long before it was declared an alert may be that of the incident."""
AROUND = timedelta(minutes=5)
"""How long after it was declared one may still be: alerts come late, and clocks differ."""

_ALL_CLEAR = re.compile(
    r"^\W*(?:resolved|recovered|ok|closed|cleared|up)\b|\bback to normal\b|\brecovered\b"
    r"|\bstatus:?\s+(?:resolved|ok)\b",
    re.IGNORECASE,
)


class Origin(StrEnum):
    """Where a milestone's time is from."""

    RECORD = "record"
    """A change of the incident itself: declared, its status or a role set."""
    MESSAGE = "message"
    """A message that a fixed rule picked."""
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Milestone:
    kind: MilestoneKind
    at: datetime
    origin: Origin
    rule: str
    """What made it the milestone, in words that follow on a time."""
    event_id: int | None = None
    """Of the timeline event that shows it."""
    message_ts: str | None = None
    permalink: str | None = None
    """Both where that event is a message."""
    person: str | None = None
    """Who said so, wrote the message or made the change, by name."""
    why: str = ""
    """The reason that a person gave."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message, or a change of the incident, as far as it matters here."""

    event_id: int
    at: datetime
    person: str | None = None
    message_ts: str | None = None
    permalink: str | None = None
    text: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """What is known of an incident from its own record; None where nothing was recorded."""

    declared: Told | None = None
    mitigated: Told | None = None
    """The status first became *monitoring*."""
    resolved: Told | None = None
    """The status last became *resolved*; None while the incident is open."""
    commanded: Sequence[Told] = ()
    """Somebody took over as commander, in time order."""


@dataclass(frozen=True, slots=True)
class Duration:
    """From one milestone to another; `length` is None where one is missing or comes too early."""

    name: str
    label: str
    since: MilestoneKind
    until: MilestoneKind
    length: timedelta | None
    missing: tuple[MilestoneKind, ...] = ()
    problem: str | None = None
    """Set where the end lies before the beginning, in words."""


@dataclass(frozen=True, slots=True)
class Milestones:
    found: Mapping[MilestoneKind, Milestone] = field(default_factory=dict)
    """In the order they should happen; a kind that is not in here is not in the timeline."""

    @property
    def durations(self) -> tuple[Duration, ...]:
        """All four, always in the same order."""
        return tuple(_duration(self.found, *each) for each in _DURATIONS)

    @property
    def problems(self) -> tuple[str, ...]:
        """Milestones that lie before one that has to come first, in words."""
        reversed_ = {
            first: [then for then in later if _is_reversed(self.found, first, then)]
            for first, later in _COMES_BEFORE.items()
        }
        return tuple(_out_of_order(first, *later) for first, later in reversed_.items() if later)


_DURATIONS = (
    ("time_to_detect", "Time to detect", MilestoneKind.STARTED, MilestoneKind.DETECTED),
    (
        "time_to_acknowledge",
        "Time to acknowledge",
        MilestoneKind.DETECTED,
        MilestoneKind.ACKNOWLEDGED,
    ),
    ("time_to_mitigate", "Time to mitigate", MilestoneKind.STARTED, MilestoneKind.MITIGATED),
    ("time_to_resolve", "Time to resolve", MilestoneKind.STARTED, MilestoneKind.RESOLVED),
)
_COMES_BEFORE = {
    MilestoneKind.STARTED: tuple(kind for kind in MilestoneKind if kind != MilestoneKind.STARTED),
    MilestoneKind.DETECTED: (
        MilestoneKind.ACKNOWLEDGED,
        MilestoneKind.MITIGATED,
        MilestoneKind.RESOLVED,
    ),
    MilestoneKind.ACKNOWLEDGED: (MilestoneKind.RESOLVED,),
    MilestoneKind.DECLARED: (MilestoneKind.RESOLVED,),
    MilestoneKind.MITIGATED: (MilestoneKind.RESOLVED,),
}
"""Who declares may do so before an alert comes, or after it was mitigated: no order there."""


def is_alert(message: Told) -> bool:
    """Whether a bot reports trouble; that it is over again is no alert."""
    return (
        message.is_bot
        and _ALL_CLEAR.search(message.text[:400]) is None
        and Cue.ALERT in cues_in(message.text[:2_000], is_bot=True)
    )


def detected_in(records: Records, messages: Iterable[Told], begins_at: datetime) -> Told | None:
    """The first alert around the declaration, or around `begins_at` where there was none."""
    around = records.declared.at if records.declared else begins_at
    near = (each for each in messages if around - LEAD_IN <= each.at <= around + AROUND)
    return next((each for each in sorted(near, key=_place) if is_alert(each)), None)


def acknowledged_by(records: Records, spoken: Told | None, detected: Told | None) -> Told | None:
    """Whoever was first to answer the alert: `spoken`, a commander, or who declared it.

    `spoken` is the first message of a person from then on. Without an alert nothing was there to
    be answered; then it is the first commander's taking over.
    """
    if detected is None:
        return min(records.commanded, key=_place, default=None)
    answers = [
        each
        for each in (spoken, records.declared, *records.commanded)
        if each is not None and each.person and each.at >= detected.at
    ]
    return min(answers, key=_place, default=None)


def milestones(
    records: Records,
    *,
    detected: Told | None = None,
    acknowledged: Told | None = None,
    said: Mapping[MilestoneKind, Milestone] | None = None,
) -> Milestones:
    """What records and rules tell, and in its place what a person said of the same kind."""
    derived = {
        MilestoneKind.DETECTED: _of_message(
            MilestoneKind.DETECTED, detected, "the first alert posted in the channel"
        ),
        MilestoneKind.ACKNOWLEDGED: _acknowledged(records, acknowledged),
        MilestoneKind.DECLARED: _of_record(
            MilestoneKind.DECLARED, records.declared, "it was declared"
        ),
        MilestoneKind.MITIGATED: _of_record(
            MilestoneKind.MITIGATED, records.mitigated, "the status was first set to monitoring"
        ),
        MilestoneKind.RESOLVED: _of_record(
            MilestoneKind.RESOLVED, records.resolved, "the status was set to resolved"
        ),
    }
    everything = {**derived, **(said or {})}
    return Milestones(
        {kind: found for kind in MilestoneKind if (found := everything.get(kind)) is not None}
    )


def _acknowledged(records: Records, told: Told | None) -> Milestone | None:
    kind = MilestoneKind.ACKNOWLEDGED
    if told is None or told.message_ts:
        return _of_message(kind, told, "the first message of a person after the alert")
    if told in records.commanded:
        return _of_record(kind, told, "a commander took over")
    return _of_record(kind, told, "somebody declared the incident")


def _of_record(kind: MilestoneKind, told: Told | None, rule: str) -> Milestone | None:
    return _made(kind, told, Origin.RECORD, rule)


def _of_message(kind: MilestoneKind, told: Told | None, rule: str) -> Milestone | None:
    return _made(kind, told, Origin.MESSAGE, rule)


def _made(kind: MilestoneKind, told: Told | None, origin: Origin, rule: str) -> Milestone | None:
    if told is None:
        return None
    return Milestone(
        kind=kind,
        at=told.at,
        origin=origin,
        rule=rule,
        event_id=told.event_id or None,
        message_ts=told.message_ts,
        permalink=told.permalink,
        person=told.person,
    )


def _duration(
    found: Mapping[MilestoneKind, Milestone],
    name: str,
    label: str,
    since: MilestoneKind,
    until: MilestoneKind,
) -> Duration:
    missing = tuple(kind for kind in (since, until) if kind not in found)
    if missing:
        return Duration(name, label, since, until, None, missing)
    if _is_reversed(found, since, until):
        return Duration(name, label, since, until, None, problem=_out_of_order(since, until))
    return Duration(name, label, since, until, found[until].at - found[since].at)


def _is_reversed(
    found: Mapping[MilestoneKind, Milestone], first: MilestoneKind, then: MilestoneKind
) -> bool:
    return first in found and then in found and found[then].at < found[first].at


def _out_of_order(first: MilestoneKind, *earlier: MilestoneKind) -> str:
    """`Started is later than detected and mitigated; one of these times is wrong.`"""
    *others, last = earlier
    named = f"{', '.join(others)} and {last}" if others else last
    return f"{first.capitalize()} is later than {named}; one of these times is wrong."


def _place(told: Told) -> tuple[datetime, int]:
    return told.at, told.event_id
