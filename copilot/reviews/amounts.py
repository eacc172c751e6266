"""Checks that every time, date, length of time and number of a claim comes from its sources."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

from copilot.ports import WindowMessage
from copilot.reviews.stated import (
    VAGUE_AMOUNTS,
    WEEKDAYS,
    ClockTime,
    Length,
    Number,
    Stated,
    identifier_in,
    stated_in,
)
from copilot.reviews.words import content_stems, normalised, stem, word_set, words

_QUANTIFIERS = word_set(
    """
    all every everyone everything entire entirely always each completely
    """
)
_SOURCE_QUANTIFIERS = _QUANTIFIERS | word_set(
    """
    whole any total fully both nothing none nobody no
    """
)
_RELATIVE_DAYS = frozenset({"yesterday", "today", "tomorrow", "tonight"})
_PEOPLE = frozenset(map(stem, ("people", "responders", "engineers", "persons", "authors")))
_MESSAGES = frozenset(map(stem, ("messages", "reports")))
_UTC = re.compile(r"\b(?:UTC|GMT)\b|\dZ\b")


def problem_with_amounts(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    said = stated_in(normalised(claim))
    texts = [normalised(message.text) for message in cited]
    sources = [stated_in(text) for text in texts]
    return (
        _problem_with_times(said, sources, cited, claim)
        or _problem_with_dates(said, sources, cited, claim)
        or _problem_with_lengths(said, sources, cited)
        or _problem_with_numbers(said, sources, cited)
        or _problem_with_identifiers(said, cited)
        or _problem_with_vague_amounts(claim, texts)
    )


def _problem_with_times(
    said: Stated, sources: Sequence[Stated], cited: Sequence[WindowMessage], claim: str
) -> str | None:
    stamped = [_clock_time(message.occurred_at) for message in cited]
    stated = [time for source in sources for time in source.times]
    for time in sorted(said.times, key=_spoken_time):
        if any(_same_time(time, stamp) for stamp in stamped):
            continue
        if not any(_same_time(time, other) for other in stated):
            return f"the time {_spoken_time(time)} is not in its sources"
        if _UTC.search(claim) and not any(_UTC.search(message.text) for message in cited):
            return f"its sources do not say that {_spoken_time(time)} is UTC"
    return None


def _same_time(said: ClockTime, source: ClockTime) -> bool:
    """A time said to the minute matches any second of it; one said to the second must match."""
    if (said.hour, said.minute) != (source.hour, source.minute):
        return False
    return said.second is None or said.second == source.second


def _clock_time(instant: datetime) -> ClockTime:
    in_utc = instant.astimezone(UTC)
    return ClockTime(in_utc.hour, in_utc.minute, in_utc.second)


def _spoken_time(time: ClockTime) -> str:
    return f"{time.hour:02}:{time.minute:02}" + (
        f":{time.second:02}" if time.second is not None else ""
    )


def _problem_with_dates(
    said: Stated, sources: Sequence[Stated], cited: Sequence[WindowMessage], claim: str
) -> str | None:
    instants = [message.occurred_at.astimezone(UTC) for message in cited]
    dates = {date for source in sources for date in source.dates}
    dates |= {(instant.month, instant.day) for instant in instants}
    for month, day in sorted(said.dates - dates):
        return f"the date {day:02}/{month:02} (day/month) is not in its sources"
    years = {year for source in sources for year in source.years} | {at.year for at in instants}
    for year in sorted(said.years - years):
        return f"the year {year} is not in its sources"
    spoken = {word for message in cited for word in words(message.text)}
    own_days = {WEEKDAYS[instant.weekday()] for instant in instants}
    for word in words(claim):
        if word in WEEKDAYS and word not in spoken | own_days:
            return f"“{word}” is not in its sources"
        if word in _RELATIVE_DAYS and word not in spoken:
            return f"“{word}” is not in its sources"
    return None


def _problem_with_lengths(
    said: Stated, sources: Sequence[Stated], cited: Sequence[WindowMessage]
) -> str | None:
    stated = [length.seconds for source in sources for length in source.lengths]
    instants = sorted(message.occurred_at for message in cited)
    between = [(later - earlier).total_seconds() for earlier, later in combinations(instants, 2)]
    for length in said.lengths:
        if any(abs(length.seconds - other) < 0.001 for other in stated):
            continue
        if any(_measures(length, seconds) for seconds in between):
            continue
        return f"“{length.said}” is neither stated by its sources nor the time between them"
    return None


def _measures(length: Length, seconds: float) -> bool:
    """`length` is `seconds`, rounded or cut to the unit it is said in."""
    return (
        seconds > 0 and -length.step_s / 2 <= length.seconds - seconds <= length.step_s / 2
    ) or (0 <= seconds - length.seconds < length.step_s)


def _problem_with_numbers(
    said: Stated, sources: Sequence[Stated], cited: Sequence[WindowMessage]
) -> str | None:
    known = [number for source in sources for number in source.numbers]
    for number in said.numbers:
        if number.unit == "s" or _counts_the_sources(number, cited):
            continue  # lengths of time are checked as such
        same = [other for other in known if other.digits == number.digits]
        if not same and not any(_is_reference(number.digits, message.text) for message in cited):
            return f"the number {number.said} is not in its sources"
        if number.unit and all(other.unit != number.unit for other in same):
            return f"the unit of “{number.said}” is not that of its source"
        if number.noun and same and not _is_about(number, same, cited):
            return f"its sources do not say “{number.digits} {number.noun}”"
    return None


def _counts_the_sources(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`two people` may be counted from the citations themselves."""
    noun = stem(number.noun.lower()) if number.noun else ""
    authors = {message.author_id or message.author_name for message in cited}
    return (noun in _PEOPLE and number.digits == str(len(authors))) or (
        noun in _MESSAGES and number.digits == str(len(cited))
    )


def _is_reference(digits: str, text: str) -> bool:
    """The number of a pull request or ticket, as in `#4812` or `…/pull/4812`."""
    return re.search(rf"[#/]{re.escape(digits)}(?![\w.]*\d)", text) is not None


def _is_about(number: Number, same: Sequence[Number], cited: Sequence[WindowMessage]) -> bool:
    """What is counted must be what a source counts, or at least be named there."""
    nouns = {stem(other.noun.lower()) for other in same if other.noun}
    noun = stem(number.noun.lower())
    if not nouns or noun in nouns or not content_stems(number.noun):
        return True
    return any(noun in content_stems(message.text) for message in cited)


def _problem_with_identifiers(said: Stated, cited: Sequence[WindowMessage]) -> str | None:
    for token in said.identifiers:
        if token.upper() in {"UTC", "GMT", "PR", "OK", "ID"}:
            continue
        if not any(
            identifier_in(token, normalised(f"{message.text} {message.author_name}"))
            for message in cited
        ):
            return f"“{token}” is not in its sources"
    return None


def _problem_with_vague_amounts(claim: str, texts: Sequence[str]) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    singular = {word.removesuffix("s") for word in spoken}
    for word in words(claim):
        if word in VAGUE_AMOUNTS and word.removesuffix("s") not in singular:
            return f"“{word}” is not in its sources"
        if word in _QUANTIFIERS and not spoken & _SOURCE_QUANTIFIERS:
            return f"“{word}” says more than its sources"
    return None
