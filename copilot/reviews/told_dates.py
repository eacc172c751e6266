"""Checks that the dates and days of a claim come from its sources or their timestamps."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import chain

from copilot.ports import WindowMessage
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import MONTHS, WEEKDAYS, Stated, stated_in
from copilot.reviews.words import normalised, words

_RELATIVE = (
    (re.compile(r"\byesterday|\blast night|\bovernight|\bprevious (?:day|night|evening)"), -1),
    (re.compile(r"\btomorrow|\btmrw|\btmr\b|\bnext (?:day|morning)"), 1),
)
_AGO = re.compile(r"\b(?P<many>\d{1,3}) (?P<unit>day|week)s?\b")
_NTH = re.compile(r"(?<![\w.,:-])(?P<day>\d{1,2})(?:st|nd|rd|th)\b")
_DAY_OF_WEEK = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*days?|s|rs|r|nes)?\b(?:\s(?P<day>\d\d?)\b)?"
)
_MOST_LENGTHS = 6
_HALF_A_DAY, _TWO_MONTHS = 43_200, 5_270_400
_COMPACT = re.compile(r"(?<!\d)(20\d\d)[-_./]?([01]\d)[-_./]?([0-3]\d)(?!\d)")
_SLASHED = re.compile(r"(?<![\d/.])([0-3]?\d)/([0-3]?\d)(?:/(?:20)?(\d\d))?(?![\d/])")
_DOTTED = re.compile(r"(?<![\w.,:/-])([0-3]?\d)\.(1[0-2]|0?[1-9])\.(?!\w)")
_SAYS_DAY = {
    "yesterday": re.compile(r"\byesterday|\blast night|\bovernight|\bprevious|\bbefore\b"),
    "tomorrow": re.compile(r"\btomorrow|\btmrw|\btmr\b|\bnext (?:day|morning)|\bovernight"),
}

_CARRIES_DAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b\d{1,2}(?:st|nd|rd|th)\b|\bago\b|\d{4}-\d\d"
)
_OTHER_DAYS = (
    (
        re.compile(r"\b(?:the )?(?:day|night|evening) before\b|\bprevious (?:day|night|evening)\b"),
        re.compile(r"\btomorrow|\bnext|\btonight"),
        re.compile(
            r"\byesterday|\bago\b|\blast|\bprevious|\bbefore|\bold\b|\d{8}|-\d\d-\d\d|\bnight"
            r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b\d{1,2}(?:st|nd|rd|th)\b"
        ),
    ),
    (
        re.compile(r"\b(?:next|following) (?:day|morning|night|evening)\b|\bday after\b"),
        re.compile(r"\byesterday|\blast"),
        re.compile(
            r"\btomorrow|\btmrw|\bnext|\bmorning|\bovernight"
            r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b\d{1,2}(?:st|nd|rd|th)\b"
        ),
    ),
)


def problem_with_dates(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    days = set(chain.from_iterable(days_of(message, zone) for message in cited))
    days.update(chain.from_iterable(_days_from(message, zone) for message in cited))
    stated = stated_dates(cited)
    dates = stated | {(day.month, day.day) for day in days}
    for month, day in sorted(said.dates - dates):
        is_of_another = any(month == other for other, _ in stated) or _names_month(month, cited)
        if (is_of_another and _is_day_told(day, cited)) or _stands_in(month, day, cited):
            continue
        return f"the date {day:02}/{month:02} (day/month) is not in its sources"
    text = " ".join(normalised(message.text) for message in cited).lower()
    years = {day.year for day in days} | _years_in(cited)
    for year in sorted(said.years - years):
        if str(year) not in text:
            return f"the year {year} is not in its sources"
    named = {found[1] for found in _DAY_OF_WEEK.finditer(text)}
    told = [word for word in words(claim) if word in WEEKDAYS]
    if told and all(word[:3] in named for word in told):
        pass
    elif len(said.dates) == 1:  # `9 November, a Monday`
        days = {day for day in days if (day.month, day.day) in said.dates}
    elif named and len(told) == 1:
        days = {day for day in days if WEEKDAYS[day.weekday()][:3] in named}
    own = {WEEKDAYS[day.weekday()] for day in days}
    own |= {day for day in WEEKDAYS if day[:3] in named}
    return _problem_with_days(claim, text, own)


def _days_from(message: WindowMessage, zone: tzinfo) -> Iterator[date]:
    """Of `the lease is 72h`: three days before and after."""
    at = message.occurred_at.astimezone(zone)
    for length in stated_in(normalised(message.text)).lengths[:_MOST_LENGTHS]:
        if _HALF_A_DAY <= length.seconds <= _TWO_MONTHS:
            yield (at + timedelta(seconds=length.seconds)).date()
            yield (at - timedelta(seconds=length.seconds)).date()


def is_year_of(year: int, cited: Sequence[WindowMessage], zone: tzinfo) -> bool:
    """That of a message, of a day it names, or of `last time was dec`."""
    return any(
        any(day.year == year for day in days_of(message, zone))
        or (
            message.occurred_at.year - year == 1
            and not MONTHS.keys().isdisjoint(words(message.text))
        )
        for message in cited
    )


def _names_month(month: int, cited: Sequence[WindowMessage]) -> bool:
    """`logs-2026.03.05` is of March."""
    told = re.compile(rf"(?<!\d)20\d\d[._-]?{month:02}(?!\d\d\d)")
    return any(told.search(message.text) for message in cited)


def _is_day_told(day: int, cited: Sequence[WindowMessage]) -> bool:
    """`logs-2026.03.05 and 06`: the second day, of the month of the first."""
    told = re.compile(rf"(?<![\d.:,/-])0?{day}(?![\w:%/]|[.,]\d| [a-z]{{3,}}s\b)")
    return any(told.search(normalised(message.text)) for message in cited)


def _stands_in(month: int, day: int, cited: Sequence[WindowMessage]) -> bool:
    """`export 0201`, `05.03.`: both beside each other, in two figures each."""
    told = re.compile(
        rf"(?<![\d:.,])(?:{month:02}[-_./]{day:02}|{day:02}[-_./]{month:02})(?![\d:%]|[.,]\d)"
        rf"|\b(?:export|dump|log|backup|snapshot|run|file|build|feed)s?[ _-]"
        rf"{month:02}{day:02}(?!\d)"
    )
    return any(told.search(normalised(message.text)) for message in cited)


def stated_dates(cited: Sequence[WindowMessage]) -> set[tuple[int, int]]:
    return {each for message in cited for each in stated_in(normalised(message.text)).dates}


def _years_in(cited: Sequence[WindowMessage]) -> set[int]:
    return {year for message in cited for year in stated_in(normalised(message.text)).years}


def days_of(message: WindowMessage, zone: tzinfo) -> Iterator[date]:
    """Days that a message may tell of: its own, and those it names in whatever way."""
    text = normalised(message.text)
    lower = text.lower()
    for where in (zone, UTC):
        at = message.occurred_at.astimezone(where)
        yield at.date()
        yield from _days_told(lower, at)
    at = message.occurred_at.astimezone(zone)
    stated = stated_in(text)
    for month, day in stated.dates:
        for year in stated.years or {at.year - 1, at.year, at.year + 1}:
            for there in _date(year, month, day):
                if stated.years or abs((there - at.date()).days) < 184:
                    yield there


def _days_told(lower: str, at: datetime) -> Iterator[date]:
    today = at.date()
    for told, by in _RELATIVE:
        if told.search(lower):
            yield today + timedelta(days=by)
    for found in _AGO.finditer(in_figures(lower)):
        days = timedelta(days=int(found["many"]) * (7 if found["unit"] == "week" else 1))
        yield from (today - days, today + days)
    for found in _DAY_OF_WEEK.finditer(lower):
        weekday = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(found[1]))
        since = (today.weekday() - weekday) % 7
        yield from (today - timedelta(days=since + by) for by in (0, 7, -7, -14))
    for pattern in (_NTH, _DAY_OF_WEEK):
        for found in pattern.finditer(lower):
            yield from _nth(int(found["day"] or 0), today)
    yield from _in_figures(lower, today)


def _in_figures(lower: str, today: date) -> Iterator[date]:
    for found in _COMPACT.finditer(lower):
        yield from _date(int(found[1]), int(found[2]), int(found[3]))
    for found in _DOTTED.finditer(lower):
        yield from _date(today.year, int(found[2]), int(found[1]))
    for found in _SLASHED.finditer(lower):
        year = 2000 + int(found[3]) if found[3] else today.year
        yield from _date(year, int(found[2]), int(found[1]))
        yield from _date(year, int(found[1]), int(found[2]))


def _nth(day: int, today: date) -> Iterator[date]:
    """`the 3rd`: of this month, the one before or the next."""
    for by in (-1, 0, 1):
        year, month = divmod(12 * today.year + today.month - 1 + by, 12)
        yield from _date(year, month + 1, day)


def _date(year: int, month: int, day: int) -> Iterator[date]:
    """That day, where there is one."""
    with suppress(ValueError):
        yield date(year, month, day)


def _problem_with_days(claim: str, text: str, own_days: set[str]) -> str | None:
    """Another weekday, or `yesterday` for `tomorrow`."""
    for word in words(claim):
        if word in WEEKDAYS and word not in own_days:
            return f"“{word}” is not in its sources"

        says = _SAYS_DAY.get(word)
        if says and not says.search(text) and not _CARRIES_DAY.search(text):
            return f"“{word}” is another day than in its sources"
    for told, against, carried in _OTHER_DAYS:
        found = told.search(claim.lower())
        if found and against.search(text) and not carried.search(text):
            return f"“{found[0]}” is another day than in its sources"
    return None
