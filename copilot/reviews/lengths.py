"""Checks that every length of time in a claim is stated, or follows from what its sources tell."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import combinations

from copilot.ports import WindowMessage
from copilot.reviews.clocks import shown
from copilot.reviews.reckoning import span_of
from copilot.reviews.stated import Length, Stated, stated_in
from copilot.reviews.told_dates import days_of
from copilot.reviews.told_times import stated_instants
from copilot.reviews.words import normalised

_ROUGH = re.compile(
    r"(?:\b(?:about|around|roughly|nearly|almost|some|approximately|approx\.?|close to|circa|ca\."
    r"|near|another|a good|in the order of|on the order of|something like)|~|≈)\s*$",
    re.IGNORECASE,
)
_OR_SO = re.compile(r"^\W?\s?(?:or so\b|or thereabouts|odd\b|ish\b)")
_LESS = re.compile(
    r"(?:\b(?:less than|under|fewer than|not (?:even|quite)|below|short of|shy of)|<)\s*(?:an?\s)?$"
)
_MORE = re.compile(
    r"(?:\b(?:more than|only after|over|at least|longer than|above|exceed\w*|past|beyond|a good"
    r"|little over|upwards of|no less than)|>)\s*(?:an?\s)?$"
)
_WITHIN = re.compile(
    r"\b(?:within|inside|up to|at most|no more than)(?: the (?:first|next|last|space of))?\s*$"
)
_IN = re.compile(r"\bin(?: the (?:first|next|last|space of))?\s*$")
_COMPARED = re.compile(
    r"\b(?:longer|shorter|more|less|late|later|early|earlier|sooner|quicker|faster|slower|ahead"
    r"|behind|over|beyond|exceed\w*|left|remain\w*|added|extra|difference|apart|overdue|overran"
    r"|of (?:normal|usual|the (?:usual|target|limit)))\b",
    re.IGNORECASE,
)
_DAY = 86400
_NEXT_DAY = re.compile(
    r"\b(?:yesterday|tomorrow|tmrw|last night|overnight|daily|nightly|today|days?)\b", re.I
)
_ONE = re.compile(
    r"\b(?:after|before|later|earlier|ago|long|of|out|behind|ahead|passed|elapsed|or|late|early|away"
    r"|apart|in|until|delay\w*|since|on|afterwards|beforehand)\b"
)
_LASTED = re.compile(
    r"\b(?:for|about|nearly|almost|over|within|under|after|than|lasted|took|taken|takes|needed|spent"
    r"|waited|around|roughly|exactly|by|past|whole|entire|full|just)\s*$"
)
_AN = r"(?:an?|each|every|per|one|any|another)"
_KEYED = re.compile(
    r"(?:^|[\s_.(])(?:(ms|millis\w*)|(s|secs?|seconds?)|(mins?|minutes?))(?=[\s_.:=)]|$)"
)
_COUNTER = re.compile(r"(?<![\d:.])(\d{1,3}):([0-5]\d):([0-5]\d)(?![\d:])")
_ELAPSED = re.compile(
    r"\b(?:elapsed|runtime|duration|oldest|age|took|planned|for)[ :=]{1,2}"
    r"(\d{1,2}):([0-5]\d)(?![\d:])",
    re.I,
)
_ROUGHLY = 0.12
"""How far `about` and `nearly` may be off, as a share: 37 minutes are about 40."""
_ROUNDED = 0.15
"""How far rounding to a whole unit may go, as a share: 39 minutes are not an hour."""
_NEARLY = 0.03
"""How far the last figure may be off, as a share: 39 min 20 s are 40 minutes."""
_ROUND = 0.4
"""How far below a round length may lie what is told as less: 37 minutes are less than an hour."""
_CUT = 0.25
"""How far a length may be cut to the unit it is said in, as a share."""
_STRETCH = 0.25
"""How far `within`, `less than` and `more than` may lie from what was measured, as a share."""


def problem_with_lengths(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    lengths = [length for length in said.lengths if not _is_only_a_word(length, claim)]
    if not lengths:
        return None
    texts = [normalised(message.text) for message in cited]
    stated = [length for text in texts for length in stated_in(text).lengths]
    told = [length.seconds for length in stated]
    told += [each for text in texts for each in (*_keyed(text), *_counted(text))]
    measured = _measured(said, cited, zone)
    derived = [*measured, *(one + other for one, other in combinations(told[:12], 2))]
    if _COMPARED.search(claim):
        derived += _differences(told[:12], measured)
    bare = _bare_numbers(texts)
    days = list(_days_between(cited, zone))
    for length in lengths:
        if any(_is_stated(length, other) for other in stated):
            continue
        if any(_measures(length, seconds) for seconds in (*told, *derived)):
            continue
        if length.said.split()[0] in bare or _is_one_of_them(length, texts):
            continue
        if length.step_s >= _DAY and (
            (length.seconds == _DAY and any(_NEXT_DAY.search(text) for text in texts))
            or any(_measures(length, day) for day in days)
            or _counts_years(length, texts, cited)
        ):
            continue
        return f"“{length.said}” is neither stated by its sources nor the time between them"
    return None


def _is_one_of_them(length: Length, texts: Sequence[str]) -> bool:
    """`within an hour`, where a source says `in last hour`."""
    found = re.fullmatch(r"1 (\w+?)s?", length.said)
    return found is not None and any(
        re.search(rf"\b(?:last|past|this|per|an?) {found[1]}\b", text, re.IGNORECASE)
        for text in texts
    )


def _is_only_a_word(length: Length, claim: str) -> bool:
    """`300 a minute`, `a second time`, `day by day`: nothing lasts or is apart that long."""
    found = re.fullmatch(r"1 (\w+?)s?", length.said)
    if not found or re.search(rf"\b1[\s-]{found[1]}", claim):
        return False
    an = re.search(rf"\b{_AN}[\s-]{found[1]}\b", claim, re.IGNORECASE)
    if an is None:
        return False
    return not _ONE.match(claim[an.end() :].lstrip()) and not _LASTED.search(
        claim[: an.start()].lower()
    )


def _measured(said: Stated, cited: Sequence[WindowMessage], zone: tzinfo) -> list[float]:
    """The time between messages, and between what they tell by the clock."""
    moments = sorted({message.occurred_at for message in cited})
    told = {at for message in cited for at in stated_instants(message, zone)}
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
    own = {60 * hour + minute for hour, minute, _ in (shown(at, zone) for at in moments)}
    for one in shows:
        for other in shows | own:
            yield 60.0 * ((other - one) % 720)
            yield 60.0 * ((one - other) % 720)


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
    for hours, minutes in _ELAPSED.findall(text):
        yield 3600.0 * int(hours) + 60.0 * int(minutes)


def _days_between(cited: Sequence[WindowMessage], zone: tzinfo) -> Iterator[float]:
    days = {day for message in cited for day in days_of(message, zone)}
    for one, other in combinations(sorted(days)[:24], 2):
        apart = (other - one).days
        yield from (_DAY * float(each) for each in (apart, apart + 1))


def _counts_years(length: Length, texts: Sequence[str], cited: Sequence[WindowMessage]) -> bool:
    """`the following two years` where a source names two of them, `two years earlier`."""
    years = {year for text in texts for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    since = {message.occurred_at.year - int(year) for message in cited for year in years}
    counts = {len(years), len(years) - 1, *since} - {0}
    return any(length.seconds == 31_536_000 * count for count in counts)


def _is_stated(said: Length, other: Length) -> bool:
    """The same, or cut or rounded to its coarser unit: `27m 22s` are 27 minutes."""
    off = other.seconds - said.seconds
    if abs(off) < 0.001:
        return True
    is_coarser = said.step_s > other.step_s and said.seconds >= 10 * said.step_s
    return is_coarser and -said.step_s / 2 <= off < said.step_s


def _is_round(length: Length) -> bool:
    """An hour, or ten, thirty minutes: told for whatever is less. Not fifteen of them."""
    units = length.seconds / length.step_s
    return units == 1 or units % 10 == 0


def _measures(length: Length, seconds: float) -> bool:
    """`length` is `seconds`, rounded or cut to the unit it is said in, or as rough as it says."""
    if seconds <= 0:
        return False
    if length.upto_s is not None:
        low, high = span_of(length.seconds, length.step_s, "", "", length.upto_s)
        return low <= seconds <= high
    before = length.before
    off, step = length.seconds - seconds, length.step_s
    slack = max(min(step, 300), seconds * _STRETCH)
    if _LESS.search(before) or _WITHIN.search(before):
        return -min(30, step) <= off <= max(slack, _ROUND * length.seconds * _is_round(length))
    if _MORE.search(before):
        return -max(slack, length.seconds == step and step) <= off <= 0
    if _IN.search(before) and 0 <= off <= min(step, 300):
        return True
    is_rough = _ROUGH.search(before) or _OR_SO.match(length.after)
    if is_rough and abs(off) <= max(step / 2, seconds * _ROUGHLY):
        return True
    near = max(min(step, seconds * _NEARLY), min(step / 2, max(30, seconds * _ROUNDED)))
    if abs(off) <= near:
        return True
    return 0 <= -off < min(step, max(60, seconds * _CUT))
