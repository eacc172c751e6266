"""Checks that the clock times and dates of a claim come from its sources or their timestamps."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from copilot.ports import WindowMessage
from copilot.reviews.clocks import cities_in, says_local, shown, zone_of
from copilot.reviews.stated import WEEKDAYS, ClockTime, Stated, stated_in
from copilot.reviews.words import normalised, words

_RELATIVE_DAYS = {
    "yesterday": ("yesterday", "last night", "overnight"),
    "today": ("today", "this morning", "this afternoon", "tonight"),
    "tomorrow": ("tomorrow",),
    "tonight": ("tonight", "today"),
}
_OTHER_DAYS = (
    (
        re.compile(r"\b(?:the )?(?:day|night|evening) before\b|\bprevious (?:day|night|evening)\b"),
        re.compile(r"\btomorrow|\bnext|\btonight"),
        re.compile(
            r"\byesterday|\bago\b|\blast|\bprevious|\bbefore|\bold\b|\d{8}|-\d\d-\d\d|\bnight"
        ),
    ),
    (
        re.compile(r"\b(?:next|following) (?:day|morning|night|evening)\b|\bday after\b"),
        re.compile(r"\byesterday|\blast"),
        re.compile(r"\btomorrow|\bnext|\bmorning"),
    ),
)
_ROUGHLY = r"\b(about|around|roughly|(?:shortly|just|soon) (?:before|after))"
_OFF = {
    "about": (-5, 5),
    "around": (-5, 5),
    "roughly": (-5, 5),
    "before": (-10, 0),
    "after": (0, 10),
}
"""From how many to how many minutes later than told it may have been."""
_NOT_LONG_AGO = timedelta(hours=6)
_JUST_SAID = timedelta(minutes=60)
"""A clock time said in a message that lies this close before it can only be meant in one zone."""


def problem_with_times(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    """The first time of `claim` that no source carries, in words, or None."""
    label = next((time.offset for time in said.times if time.offset is not None), None)
    places: list[tzinfo] = [place for _, place in cities_in(claim)] if said.times else []
    if says_local(claim):
        places.append(zone)
    if places and label is not None:
        places.append(zone_of(label))
    for time in sorted(said.times, key=spoken_time):
        offset = label if time.offset is None and not places else time.offset
        zones = places if offset is None else [zone_of(offset)]
        if zones and not any(_holds_in(time, place, cited, zone) for place in zones):
            return f"the time {spoken_time(time)} in that time zone is not in its sources"
        if not zones and not (
            _holds(time, cited, zone) or _holds_roughly(time, claim, cited, zone)
        ):
            return f"the time {spoken_time(time)} is not in its sources"
    return _problem_with_day_of_time(said, cited, zone)


def _holds(time: ClockTime, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """Told without a zone: as a source tells it, or in the incident's zone."""
    return any(
        _same_time(time, other)
        for message in cited
        for other in (*_times_of(message), ClockTime(*shown(message.occurred_at, zone)))
    )


def _holds_roughly(
    time: ClockTime, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> bool:
    """`around 14:10` is 14:12, `shortly after 14:00` ten minutes after it at most."""
    found = re.search(rf"{_ROUGHLY}\s+0?{time.hour}:{time.minute:02}\b", claim, re.IGNORECASE)
    if found is None or time.second is not None:
        return False
    least, most = _OFF[found[1].lower().split()[-1]]
    told = 60 * time.hour + time.minute
    return any(
        least <= (60 * other.hour + other.minute - told + 720) % 1440 - 720 <= most
        for message in cited
        for other in (*_times_of(message), ClockTime(*shown(message.occurred_at, zone)))
    )


def _holds_in(time: ClockTime, zone: tzinfo, cited: Sequence[WindowMessage], home: tzinfo) -> bool:
    for message in cited:
        if _same_time(time, ClockTime(*shown(message.occurred_at, zone))):
            return True
        for other in _times_of(message):
            if other.offset is not None:
                meant = _instant(other, message.occurred_at, zone_of(other.offset))
                if _same_time(time, ClockTime(*shown(meant, zone), None)):
                    return True
            elif _same_time(time, other) and _may_be_in(zone, other, message, home):
                return True
    return False


def _may_be_in(zone: tzinfo, said: ClockTime, message: WindowMessage, home: tzinfo) -> bool:
    """A time without a zone: meant in this one, as it has just been there, or as of UTC and the
    incident's zone only this one has it not long before the message."""
    before = message.occurred_at - _instant(said, message.occurred_at, zone)
    if timedelta(0) <= before <= _JUST_SAID or says_local(message.text):
        return True
    offset = message.occurred_at.astimezone(zone).utcoffset()
    others = [
        other
        for other in (UTC, home)
        if message.occurred_at.astimezone(other).utcoffset() != offset
    ]
    if before > _NOT_LONG_AGO or len(others) != 1:
        return False
    return message.occurred_at - _instant(said, message.occurred_at, others[0]) > 2 * _NOT_LONG_AGO


def stated_instants(message: WindowMessage, zone: tzinfo) -> Iterator[datetime]:
    """Moments that a message tells by the clock, each as the last such before it was written."""
    for time in _times_of(message):
        meant = zone if time.offset is None else zone_of(time.offset)
        yield _instant(time, message.occurred_at, meant)
        if time.offset is None and meant is not UTC:
            yield _instant(time, message.occurred_at, UTC)


def _instant(time: ClockTime, written_at: datetime, zone: tzinfo) -> datetime:
    there = written_at.astimezone(zone)
    at = there.replace(hour=time.hour, minute=time.minute, second=time.second or 0, microsecond=0)
    return at if at <= there else at - timedelta(days=1)


def _times_of(message: WindowMessage) -> set[ClockTime]:
    return stated_in(normalised(message.text)).times


def _same_time(said: ClockTime, source: ClockTime) -> bool:
    """A time said to the minute matches any second of it; one said to the second must match."""
    if (said.hour, said.minute) != (source.hour, source.minute):
        return False
    return said.second is None or said.second == source.second


def spoken_time(time: ClockTime) -> str:
    return f"{time.hour:02}:{time.minute:02}" + (
        f":{time.second:02}" if time.second is not None else ""
    )


def _problem_with_day_of_time(
    said: Stated, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    """`on 5 March at 00:10` must be the moment of one message, not the day of one and the time
    of another."""
    if len(said.dates) != 1 or not said.times or _stated_dates(cited) & said.dates:
        return None
    (date,) = said.dates
    for time in said.times:
        days = {
            (at.month, at.day)
            for message in cited
            for at in (message.occurred_at.astimezone(zone), message.occurred_at.astimezone(UTC))
            if _same_time(time, ClockTime(at.hour, at.minute, at.second))
        }
        if days and date not in days:
            return f"{spoken_time(time)} was not on that day"
    return None


def problem_with_dates(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    instants = [m.occurred_at.astimezone(where) for m in cited for where in (zone, UTC)]
    dates = _stated_dates(cited) | {(at.month, at.day) for at in instants}
    for month, day in sorted(said.dates - dates):
        return f"the date {day:02}/{month:02} (day/month) is not in its sources"
    years = {at.year for at in instants}
    years |= {year for message in cited for year in stated_in(normalised(message.text)).years}
    for year in sorted(said.years - years):
        return f"the year {year} is not in its sources"
    return _problem_with_days(claim, cited, {WEEKDAYS[at.weekday()] for at in instants})


def _stated_dates(cited: Sequence[WindowMessage]) -> set[tuple[int, int]]:
    return {date for message in cited for date in stated_in(normalised(message.text)).dates}


def _problem_with_days(
    claim: str, cited: Sequence[WindowMessage], own_days: set[str]
) -> str | None:
    text = " ".join(normalised(message.text) for message in cited).lower()
    spoken = set(words(text))
    for word in words(claim):
        if word in WEEKDAYS and word not in spoken | own_days and word[:3] not in spoken:
            return f"“{word}” is not in its sources"
        if word in _RELATIVE_DAYS and not any(said in text for said in _RELATIVE_DAYS[word]):
            return f"“{word}” is not in its sources"
    for told, against, carried in _OTHER_DAYS:
        found = told.search(claim.lower())
        if found and against.search(text) and not carried.search(text):
            return f"“{found[0]}” is another day than in its sources"
    return None
