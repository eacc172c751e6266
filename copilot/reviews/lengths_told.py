"""Finds what lengths of time sources tell, and which follow from their moments and numbers."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import combinations

from copilot.ports import WindowMessage
from copilot.reviews.clock_words import ClockTime
from copilot.reviews.clocks import shown
from copilot.reviews.stated import MONTHS, Length, Stated, stated_in
from copilot.reviews.told_dates import days_of
from copilot.reviews.told_times import minutes_from_now, stated_instants
from copilot.reviews.words import normalised, words

_COMPARED = re.compile(
    r"\b(?:longer|shorter|more|less|late|later|early|earlier|sooner|quicker|faster|slower|ahead"
    r"|behind|over|beyond|exceed\w*|left|remain\w*|added|extra|difference|apart|fewer|overdue|overran"
    r"|of (?:normal|usual|the (?:usual|target|limit)))\b",
    re.IGNORECASE,
)
_MONTH = 2592000
_WORDS_TOO = frozenset(("may", "march"))
_A_MONTH = re.compile(r"\b(?:in|since|last|of|by|until|from|\d) (?:may|march)\b", re.IGNORECASE)
_INSTANTS = 60
"""Clock times that are compared with each other, of a wall of them."""
_HALF_A_DAY = 43200.0
_KEYED = re.compile(
    r"(?:^|[\s_.(])(?:(ms|millis\w*)|(s|secs?|seconds?)|(mins?|minutes?))(?=[\s_.:=)]|$)"
)
_COUNTER = re.compile(r"(?<![\d:.])(\d{1,3}):([0-5]\d):([0-5]\d)(?![\d:])")
_ELAPSED = re.compile(
    r"\b(?:elapsed|runtime|duration|oldest|age|took|planned|for)[ :=]{1,2}"
    r"(\d{1,2}):([0-5]\d)(?![\d:])",
    re.I,
)
_MINUTE_MARK = re.compile(r"(?<![\w.,:'])(\d{1,3})['′](?!\w)")
_ISO = re.compile(r"\bPT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?\b")
_LOOSE_CLOCK = re.compile(r"(?<![\w.,:$€£-])([01]?\d|2[0-3])[.h]([0-5]\d)(?![\w%]|[.,:]\d)")
DAY = 86400
_YEAR = 31_536_000.0


@dataclass(frozen=True, slots=True)
class LengthsTold:
    stated: Sequence[Length]
    seconds: Sequence[float]
    """Those that are stated, in whatever way."""
    measured: Sequence[float]
    """Those that follow: between moments, sums, differences."""
    bare: Collection[str]
    days: Sequence[float]
    """Between days, in seconds."""
    calendar: Collection[float]
    """Between months and years that are named, in seconds."""
    texts: Sequence[str]


def lengths_told(
    said: Stated,
    claim: str,
    lengths: Sequence[Length],
    cited: Sequence[WindowMessage],
    zone: tzinfo,
) -> LengthsTold:
    texts = [normalised(message.text) for message in cited]
    stated = [length for text in texts for length in stated_in(text).lengths]
    told = [length.seconds for length in stated]
    told += [each for text in texts for each in (*_keyed(text), *_counted(text))]
    measured = _measured(said, cited, zone)
    derived = [*measured, *(one + other for one, other in combinations(told[:12], 2))]
    if _COMPARED.search(claim):
        derived += _differences(told[:12], measured)
        derived += _apart_from_bare(lengths, told[:6], texts)
    derived += _between_clocks(said, texts)
    is_long = any(length.step_s >= DAY for length in lengths)
    return LengthsTold(
        stated,
        told,
        derived,
        _bare_numbers(texts),
        list(_days_between(cited, zone)) if is_long else [],
        {*_years(texts, cited), *_months(texts, cited)} if is_long else (),
        texts,
    )


def _measured(said: Stated, cited: Sequence[WindowMessage], zone: tzinfo) -> list[float]:
    """The time between messages, and between what they tell by the clock."""
    moments = sorted({message.occurred_at for message in cited})
    told = sorted({at for message in cited for at in stated_instants(message, zone)})[:_INSTANTS]
    between = [(later - earlier).total_seconds() for earlier, later in combinations(moments, 2)]
    between += [abs((at - moment).total_seconds()) for at in told for moment in moments]
    between += [abs((one - other).total_seconds()) for one, other in combinations(told, 2)]
    return between + list(_on_the_clock(said, cited, moments, zone))


def _on_the_clock(
    said: Stated, cited: Sequence[WindowMessage], moments: Sequence[datetime], zone: tzinfo
) -> Iterator[float]:
    """As clocks show it, whatever the zone: `an hour behind` is a clock at 01:19 at 02:19."""
    shows = {60 * at.hour + at.minute for at in said.times}
    for message in cited:
        stated = stated_in(normalised(message.text))
        shows |= {60 * at.hour + at.minute for at in (*stated.times, *stated.maybe_times)}
        shows |= {60 * int(at[1]) + int(at[2]) for at in _LOOSE_CLOCK.finditer(message.text)}
    own = {60 * hour + minute for hour, minute, _ in (shown(at, zone) for at in moments)}
    for one in shows:
        for other in shows | own:
            yield 60.0 * ((other - one) % 720)
            yield 60.0 * ((one - other) % 720)


def _between_clocks(said: Stated, texts: Sequence[str]) -> Iterator[float]:
    """From a time of the claim to one of a source, to the second: 07:59:59 is one before 8:00."""
    told = {at for text in texts for at in stated_in(text).times}
    for one in {*said.times, *said.maybe_times}:
        for other in told:
            apart = abs(_second_of_day(one) - _second_of_day(other)) % _HALF_A_DAY
            yield from (apart, _HALF_A_DAY - apart)


def _second_of_day(time: ClockTime) -> float:
    return 3600.0 * time.hour + 60 * time.minute + (time.second or 0)


def _apart_from_bare(
    lengths: Sequence[Length], told: Sequence[float], texts: Sequence[str]
) -> Iterator[float]:
    """`took 11s, we time out at 8`: three seconds longer."""
    numbers = [number for text in texts for number in stated_in(text).numbers]
    bare = [number.value for number in numbers if not number.unit and not number.noun][:12]
    for step in {length.step_s for length in lengths}:
        yield from (abs(one - step * other) for one in told for other in bare)


def _differences(told: Sequence[float], measured: Sequence[float]) -> Iterator[float]:
    """How much longer one took than the other, or than it was told to take."""
    yield from (abs(one - other) for one, other in combinations(told, 2))
    for one in told[:6]:
        yield from (abs(seconds - one) for seconds in measured[:12] if seconds > one / 2)


def _bare_numbers(texts: Sequence[str]) -> set[str]:
    """Numbers that count nothing and have no unit: `back in 10`, `ttl 86400`."""
    numbers = [number for text in texts for number in stated_in(text).numbers]
    bare = [number for number in numbers if not number.unit and not number.noun]
    return {n.digits for n in bare} | {f"{int(n.value):,}" for n in bare if n.value >= 1_000}


def _keyed(text: str) -> Iterator[float]:
    """Bare numbers beside a name that tells the unit: `max.poll.interval.ms is 300000`."""
    factors = {
        factor
        for found in _KEYED.finditer(text.lower())
        for factor, is_so in ((0.001, found[1]), (1, found[2]), (60, found[3]))
        if is_so
    }
    for number in stated_in(text).numbers:
        if number.unit == "" and number.value > 1:
            yield from (number.value * factor for factor in factors)


def _counted(text: str) -> Iterator[float]:
    """As counters show them: `oldest 00:51:07`, `elapsed 02:40`."""
    for hours, minutes, seconds in _COUNTER.findall(text):
        yield 3600.0 * int(hours) + 60.0 * int(minutes) + int(seconds)
    for minutes in _MINUTE_MARK.findall(text):
        yield 60.0 * int(minutes)
    yield from minutes_from_now(text)
    for parts in _ISO.findall(text):
        yield sum(by * int(part or 0) for by, part in zip((3600.0, 60, 1), parts, strict=True))
    for hours, minutes in _ELAPSED.findall(text):
        yield 3600.0 * int(hours) + 60.0 * int(minutes)


def _days_between(cited: Sequence[WindowMessage], zone: tzinfo) -> Iterator[float]:
    days = {day for message in cited for day in days_of(message, zone)}
    for one, other in combinations(sorted(days)[:24], 2):
        apart = (other - one).days
        yield from (DAY * float(each) for each in (apart, apart + 1))


def _years(texts: Sequence[str], cited: Sequence[WindowMessage]) -> Iterator[float]:
    """`the following two years` where a source names two of them, `two years earlier`."""
    years = {year for text in texts for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    since = {message.occurred_at.year - int(year) for message in cited for year in years}
    for count in {len(years), len(years) - 1, *since} - {0}:
        yield _YEAR * count


def _months(texts: Sequence[str], cited: Sequence[WindowMessage]) -> Iterator[float]:
    """`two months afterwards`, of November and January, or of one of them and the message."""
    months = {
        MONTHS[name]
        for text in texts
        for name in words(text)
        if name in MONTHS and (name not in _WORDS_TOO or _A_MONTH.search(text))
    }
    months |= {message.occurred_at.month for message in cited} if months else set()
    for one in months:
        for other in months - {one}:
            yield _MONTH * ((one - other) % 12)
