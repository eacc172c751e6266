"""Alters one hard fact of a true sentence: what it cites, a number, a time, a name, a host.

Each kind is a function from a case to altered cases. It leaves out an alteration that may be true
all the same, for example a number that another cited message holds; how many it left out is said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

from copilot.ports import Quote
from tests.evals.claims import Case

Altered = Iterator[Case | None]
"""None stands for an alteration that was left out as it may be true."""
Kind = Callable[[Case, Random], Altered]

_CLOCK = re.compile(r"(?<![\d:.-])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])")
_DURATION = re.compile(
    r"(?<![\w.,:-])(\d+(?:\.\d+)?)[ -]?(ms|s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?|days?)\b(?!/)"
)
_NUMBER = re.compile(
    r"(?<![\w.,:/#-])(?:[$€£])?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w:/.-]*\d)(?!(?:st|nd|rd|th)\b)"
)
_UNITS = (
    ("ms", "s"), ("s", "min"), ("seconds", "minutes"), ("second", "minute"), ("min", "h"),
    ("minutes", "hours"), ("minute", "hour"), ("hours", "minutes"), ("hour", "minute"),
    ("h", "min"), ("days", "hours"), ("day", "week"), ("KB", "MB"), ("MB", "GB"), ("GB", "MB"),
    ("TB", "GB"), ("GiB", "MiB"), ("%", " MB"), ("EUR", "USD"), ("USD", "EUR"),
    ("million", "thousand"), ("thousand", "million"), ("k", "M"),
)  # fmt: skip
_IDENTIFIER = re.compile(
    r"(?<![\w-])(?:v?\d+\.\d+\.\d+(?:\.\d+)*(?:/\d+)?|v\d+\.\d+|#\d+|[A-Z]+-\d+"
    r"|(?=[\w.-]*[a-z])(?=[\w.-]*\d)[\w]+(?:[-_][\w]+)*|[a-z]+(?:[-_.][a-z]+)+)(?![\w-])"
)
_MONTHS = "January February March April May June July August September October November December"
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS.split())})\b")
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def cited_message(case: Case, rng: Random) -> Altered:
    """Another message's number beside the same quote."""
    for at, quote in enumerate(case.citations):
        for number in (rng.choice([*case.messages, *case.messages]), max(case.messages) + 7):
            other = case.messages.get(number)
            if number == quote.number or (other and quote.text in other.text):
                yield None
                continue
            yield _citing(case, at, Quote(number, quote.text))


def quote(case: Case, rng: Random) -> Altered:
    """A word of the quote changed, left out or doubled."""
    for at, cited in enumerate(case.citations):
        spoken = cited.text.split()
        if len(spoken) < 2:
            yield None
            continue
        place = rng.randrange(len(spoken) - 1)
        for changed in (
            [*spoken[:place], "entirely", *spoken[place + 1 :]],
            [*spoken[: place + 1], *spoken[place:]],
            [*spoken[:place], *spoken[place + 1 :]] if place > 0 else [],
        ):
            text = " ".join(changed)
            if not text or text in " ".join(case.messages[cited.number].text.split()):
                yield None
                continue
            yield _citing(case, at, Quote(cited.number, text))
    for inner in re.findall(r"“([^”]{12,})”", case.text):
        spoken = inner.split()
        place = rng.randrange(len(spoken))
        changed_words = " ".join([*spoken[:place], "entirely", *spoken[place + 1 :]])
        yield case.saying(case.text.replace(inner, changed_words))


def number(case: Case, rng: Random) -> Altered:
    """A number that is no time, length of time or part of a name."""
    taken = _spans(case.text, _CLOCK, _DURATION, _DATE, _IDENTIFIER)
    for found in _NUMBER.finditer(case.text):
        if any(start <= found.start(1) < end for start, end in taken):
            continue
        plain = found[1].replace(",", "")
        for changed in dict.fromkeys((_other_digit(plain, rng), plain + "0", _one_more(plain))):
            spoken = f"{int(changed):,}" if "," in found[1] else changed
            if (
                float(changed) == float(plain)
                or _holds_number(case, changed)
                or _is_counted(case, changed)
            ):
                yield None
            else:
                yield case.saying(put(case.text, found.span(1), spoken))


def unit(case: Case, rng: Random) -> Altered:
    for one, other in _UNITS:
        for found in re.finditer(rf"(?<=[\d ])(?<![a-z] ){re.escape(one)}(?![\w/])", case.text):
            amount = re.search(r"([\d.,]+)[ -]?$", case.text[: found.start()])
            if amount is None:
                continue
            said = rf"(?<!\d){re.escape(amount[1])}[ -]?{re.escape(other.strip())}(?!\w)"
            if any(re.search(said, message.text) for message in case.cited):
                yield None
            else:
                yield case.saying(put(case.text, found.span(), other))


def time(case: Case, rng: Random) -> Altered:
    for found in _CLOCK.finditer(case.text):
        minutes = int(found[1]) * 60 + int(found[2])
        for by in (rng.choice((-1, 1)), rng.randrange(2, 55), 60 * rng.randrange(2, 6)):
            hour, minute = divmod((minutes + by) % 1440, 60)
            changed = f"{hour:02}:{minute:02}"
            if _holds_time(case, hour, minute):
                yield None
            else:
                yield case.saying(put(case.text, (found.start(), found.end(2)), changed))


def date(case: Case, rng: Random) -> Altered:
    for found in _DATE.finditer(case.text):
        day = int(found[1]) % 27 + 1
        if any(str(day) in message.text for message in case.cited):
            yield None
        yield case.saying(put(case.text, found.span(1), str(day)))
    for found in re.finditer("|".join(_DAYS), case.text):
        other = rng.choice([day for day in _DAYS if day != found[0]])
        yield case.saying(put(case.text, found.span(), other))


def zone(case: Case, rng: Random) -> Altered:
    for one, other in (
        ("UTC", "CET"),
        ("UTC", "PST"),
        ("CEST", "UTC"),
        ("EST", "CST"),
        ("BST", "UTC"),
        ("PDT", "EST"),
        ("JST", "UTC"),
        ("MDT", "UTC"),
    ):
        for found in re.finditer(rf"(?<=\d ){one}\b", case.text):
            yield case.saying(put(case.text, found.span(), other))


def duration(case: Case, rng: Random) -> Altered:
    """Another length of time, off by a third at least and by two units."""
    for found in _DURATION.finditer(_in_digits(case.text)):
        amount = float(found[1])
        for factor in (0.5, 1.5, 3.0):
            changed = round(amount * factor)
            if abs(changed - amount) < max(2, amount / 3) or _holds_duration(
                case, changed, found[2]
            ):
                yield None
            else:
                yield case.saying(put(_in_digits(case.text), found.span(1), str(changed)))


def host(case: Case, rng: Random) -> Altered:
    """Hosts, services, versions, tickets, hashes: a changed figure, or another of the incident."""
    everywhere = {
        found[0] for m in case.messages.values() for found in _IDENTIFIER.finditer(m.text)
    }
    cited = " ".join(f"{m.text} {m.author_name}" for m in case.cited).casefold()
    for found in _IDENTIFIER.finditer(case.text):
        if found[0].casefold() not in cited:
            continue
        digits = [at for at, mark in enumerate(found[0]) if mark.isdigit()]
        options = [other for other in sorted(everywhere) if other.casefold() not in cited]
        changed = [rng.choice(options)] if options else []
        if digits:
            at = rng.choice(digits)
            changed.append(found[0][:at] + str((int(found[0][at]) + 3) % 10) + found[0][at + 1 :])
        else:
            changed.append(f"{found[0]}-2")
        for other in changed:
            if other.casefold() in cited:
                yield None
            else:
                yield case.saying(put(case.text, found.span(), other))


def _citing(case: Case, at: int, quote: Quote) -> Case:
    quotes = list(case.citations)
    quotes[at] = quote
    return replace(case, citations=tuple(quotes))


def put(text: str, span: tuple[int, int], put: str) -> str:
    return text[: span[0]] + put + text[span[1] :]


def _spans(text: str, *patterns: re.Pattern[str]) -> list[tuple[int, int]]:
    return [found.span() for pattern in patterns for found in pattern.finditer(text)]


def _other_digit(plain: str, rng: Random) -> str:
    at = rng.choice([at for at, mark in enumerate(plain) if mark.isdigit()])
    first = at == 0 and len(plain) > 1
    options = [d for d in "123456789" + ("" if first else "0") if d != plain[at]]
    return plain[:at] + rng.choice(options) + plain[at + 1 :]


def _one_more(plain: str) -> str:
    return str(int(plain) + 1) if plain.isdigit() else plain + "5"


def _holds_number(case: Case, digits: str) -> bool:
    return any(
        re.search(rf"(?<![\d.]){re.escape(digits)}(?![.]?\d)", m.text.replace(",", ""))
        for m in case.cited
    )


def _is_counted(case: Case, digits: str) -> bool:
    return digits in {str(len(case.cited)), str(len({m.author_name for m in case.cited}))}


def _holds_time(case: Case, hour: int, minute: int) -> bool:
    zones = (ZoneInfo("UTC"), case.zone)
    stamps = [m.occurred_at.astimezone(zone) for m in case.cited for zone in zones]
    written = rf"(?<!\d)0?{hour}:{minute:02}"
    return any((at.hour, at.minute) == (hour, minute) for at in stamps) or any(
        re.search(written, m.text) for m in case.cited
    )


def _holds_duration(case: Case, amount: float, unit: str) -> bool:
    second = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
    step = second["ms" if unit == "ms" else unit[0]]
    stamps = [m.occurred_at for m in case.cited]
    gaps = [abs(later - earlier) for earlier, later in combinations(stamps, 2)]
    near = any(
        abs(gap - timedelta(seconds=amount * step)) <= timedelta(seconds=2 * step) for gap in gaps
    )
    return near or _holds_number(case, f"{amount:g}")


_SPELLED = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
]
_SPELLED_UNIT = re.compile(
    rf"\b({'|'.join(_SPELLED[2:])})(?= (?:minute|hour|second|day)s?\b)", re.I
)


def _in_digits(text: str) -> str:
    return _SPELLED_UNIT.sub(lambda found: str(_SPELLED.index(found[1].lower())), text)


FACTS: dict[str, Kind] = {
    "cited message": cited_message,
    "quote": quote,
    "number": number,
    "unit": unit,
    "time": time,
    "date": date,
    "time zone": zone,
    "duration": duration,
    "host or identifier": host,
}
