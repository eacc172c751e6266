"""Checks that the clock times of a claim come from its sources or their timestamps."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from copilot.ports import WindowMessage
from copilot.reviews.clock_words import ClockTime
from copilot.reviews.clocks import cities_in, says_local, shown, zone_of
from copilot.reviews.stated import Stated, stated_in
from copilot.reviews.told_dates import stated_dates
from copilot.reviews.words import normalised

_ROUGH = (
    (
        re.compile(
            r"\b(?:about|around|roughly|approximately|circa|near(?:ly)?|close to|almost"
            r"|(?:or|and) so)\s+(?:at\s+)?$|~\s?$"
        ),
        (-10, 10),
    ),
    (
        re.compile(
            r"\b(?:shortly|soon|just|not long|little|bit|minutes|moments) (?:after|past)\s+$"
        ),
        (0, 15),
    ),
    (re.compile(r"\b(?:after|past|from|since)\s+(?:around\s+|about\s+)?$"), (0, 10)),
    (re.compile(r"\b(?:before|by|until|till?|towards?|ahead of|prior to)\s+$"), (-15, 0)),
)
"""From how many to how many minutes later than told it may have been."""
_NOT_LONG_AGO = timedelta(hours=6)
_FAR_FROM = re.compile(r"\b(?:second|minute|hour)s? (?:after|before|past)\s+$")
_FROM_NOW = re.compile(
    r"\b(?:in|another|every|after)\s(?:about\s|~\s?)?(\d{1,2})\b(?![.,:/-]?\d|\s?%)"
    r"(?!\s[a-z]{3,}s\b)(?!\s?(?:req|m|min\w*|s|secs?|seconds?|h|hrs?|hours?|d|days?|weeks?|of|ms|[KMGT]B)\b)",
    re.IGNORECASE,
)
_MOST_FROM_NOW = 4
_NOON = 12
_LUNCH = re.compile(r"\blunch", re.IGNORECASE)
_A_MINUTE = timedelta(minutes=1)
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
        is_home = zones == [zone] and (
            _holds_roughly(time, cited, zone) or _is_told_without_zone(time, cited, zone)
        )
        if zones and not is_home and not any(_holds_in(time, at, cited, zone) for at in zones):
            return f"the time {spoken_time(time)} in that time zone is not in its sources"
        if not zones and not (
            _holds(time, cited, zone)
            or _holds_roughly(time, cited, zone)
            or _is_that_far_from(time, said, cited, zone)
            or _stands_in(time, cited)
        ):
            return f"the time {spoken_time(time)} is not in its sources"
    return _problem_with_day_of_time(said, cited, zone)


def may_be_time(said: Stated, digits: str, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """A bare number of a claim is a time that its sources hold: `at six`, `by 5.30`."""
    hour, _, minute = digits.partition(".")
    return any(
        str(time.hour % 12) == str(int(hour) % 12)
        and time.minute == int((minute + "0")[:2])
        and (
            _holds(time, cited, zone)
            or _holds_roughly(time, cited, zone)
            or (time.offset is not None and _holds_in(time, zone_of(time.offset), cited, zone))
        )
        for time in said.maybe_times
    )


def _is_that_far_from(
    time: ClockTime, said: Stated, cited: Sequence[WindowMessage], zone: tzinfo
) -> bool:
    """`an hour after midnight` is 01:00."""
    return _FAR_FROM.search(time.before) is not None and any(
        _holds(replace(time, hour=minutes // 60, minute=minutes % 60), cited, zone)
        for length in said.lengths[:4]
        for by in (length.seconds // 60, -length.seconds // 60)
        for minutes in [int(60 * time.hour + time.minute + by) % 1440]
        if by
    )


def _is_told_without_zone(time: ClockTime, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """`14:00 local` is what a source calls 14:00 and no zone; `due by 5` may be a time, too."""
    return any(
        time.is_same(other) and other.offset is None
        for message in cited
        for other in _clocks_of(message, zone)
    )


def _stands_in(time: ClockTime, cited: Sequence[WindowMessage]) -> bool:
    """Its hour and minute stand beside each other, however written: `15h25`, `6.15`, `0850`."""
    if time.second is not None:
        return False
    hours = {time.hour, time.hour % 12 or 12, *((time.hour + 12,) if time.is_twelve else ())}
    told = "|".join(
        rf"0?{hour}[.:h]{time.minute:02}|{hour:02} ?{time.minute:02}" for hour in sorted(hours)
    )
    no_amount = r"(?!\d|[.,:]\d|\s?(?:[KMGT]i?B|ms|%)\b|\s[a-z]{3,}s\b)"
    run = re.compile(rf"(?<![\w$€£])(?<!\d[.,:])(?:{told}){no_amount}", re.IGNORECASE)
    is_noon = time.minute == 0 and time.hour == _NOON
    bare = "|".join(map(str, sorted(hours))) if time.minute == 0 else "(?!)"
    hour = re.compile(
        rf"\b(?:is|at|by|before|until|till|from|due|after|since) (?:{bare})"
        r"(?=\s*(?:[.,;!?)]|$)| so\b)"
    )
    return any(
        run.search(message.text)
        or hour.search(message.text.lower())
        or (is_noon and _LUNCH.search(message.text))
        for message in cited
    )


def _holds(time: ClockTime, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """Told without a zone: as a source tells it, or in the incident's zone."""
    return any(time.is_same(other) for message in cited for other in _clocks_of(message, zone))


def _clocks_of(message: WindowMessage, zone: tzinfo) -> Iterator[ClockTime]:
    """Times that a message tells or may tell, and when it was written."""
    stated = stated_in(normalised(message.text))
    yield from stated.times
    yield from stated.maybe_times
    yield ClockTime(*shown(message.occurred_at, zone))
    lengths = [length.seconds for length in stated.lengths[:6]]
    for seconds in (*lengths, *minutes_from_now(message.text)):
        if 60 <= seconds < 86_400:
            by = timedelta(seconds=seconds)
            yield ClockTime(*shown(message.occurred_at - by, zone)[:2])
            yield ClockTime(*shown(message.occurred_at + by, zone)[:2])


def minutes_from_now(text: str) -> list[float]:
    """`back in 20`, in seconds."""
    return [60.0 * int(minutes) for minutes in _FROM_NOW.findall(text)[:_MOST_FROM_NOW]]


def _holds_roughly(time: ClockTime, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """`around 14:10` is 14:12, `shortly after 14:00` ten minutes after it at most."""
    if time.second is not None:
        return False
    span = next((span for told, span in _ROUGH if told.search(time.before)), None)
    span = span or (_ROUGH[0][1] if time.is_loose else None)
    if span is None:
        return False
    if span[1] == 0 and any(
        time.is_same(ClockTime(*shown(message.occurred_at + _A_MINUTE, zone)[:2]))
        for message in cited
    ):
        return True  # `by 08:18` of 08:17:40
    if time.minute % 5:
        return False  # what is told to the minute is not rough
    share = 1.0 if time.minute % 15 == 0 else 0.5
    told = 60 * time.hour + time.minute
    round_clock = 720 if time.is_twelve else 1440
    return any(
        share * span[0]
        <= (60 * other.hour + other.minute - told + 360) % round_clock - 360
        <= share * span[1]
        for message in cited
        for other in _clocks_of(message, zone)
    )


def _holds_in(time: ClockTime, zone: tzinfo, cited: Sequence[WindowMessage], home: tzinfo) -> bool:
    for message in cited:
        if time.is_same(ClockTime(*shown(message.occurred_at, zone))):
            return True
        for other in _times_of(message) | stated_in(normalised(message.text)).maybe_times:
            if other.offset is not None:
                meant = _instant(other, message.occurred_at, zone_of(other.offset))
                if time.is_same(ClockTime(*shown(meant, zone), None)):
                    return True
            elif time.is_same(other) and _may_be_in(zone, other, message, home):
                return True
    return False


def _may_be_in(zone: tzinfo, said: ClockTime, message: WindowMessage, home: tzinfo) -> bool:
    """A time without a zone: meant in this one, as it has just been there, or as of UTC and the
    incident's zone only this one has it not long before the message."""
    place = str(getattr(zone, "key", "")).rpartition("/")[2].replace("_", " ").lower()
    if place and place in message.text.lower():
        return True
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


def spoken_time(time: ClockTime) -> str:
    return f"{time.hour:02}:{time.minute:02}" + (
        f":{time.second:02}" if time.second is not None else ""
    )


def _problem_with_day_of_time(
    said: Stated, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    """`on 5 March at 00:10` must be the moment of one message, not the day of one and the time
    of another."""
    if len(said.dates) != 1 or not said.times or stated_dates(cited) & said.dates:
        return None
    (date,) = said.dates
    for time in said.times:
        days = {
            (at.month, at.day)
            for message in cited
            for at in (message.occurred_at.astimezone(zone), message.occurred_at.astimezone(UTC))
            if time.is_same(ClockTime(at.hour, at.minute, at.second))
        }
        if days and date not in days:
            return f"{spoken_time(time)} was not on that day"
    return None
