"""Finds the hard facts a text states: times, dates, lengths of time, numbers, identifiers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from copilot.reviews.clocks import offset_of
from copilot.reviews.spelled import in_figures
from copilot.reviews.units import SECONDS, unit_of
from copilot.reviews.words import STOPWORDS, word_set

_MONTHS = "january february march april may june july august september october november december"
MONTHS = {name: at for at, name in enumerate(_MONTHS.split(), 1)}
MONTHS |= {name[:3]: at for name, at in MONTHS.items()}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

VAGUE_AMOUNTS = word_set(
    """
    hundreds thousands millions billions dozens couple
    """
)

_TIME = re.compile(
    r"(?<![\d:.+])(?<!\s-)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?:\.\d+)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?![\d:])",
    re.IGNORECASE,
)
_OCLOCK = re.compile(r"\b(?P<hour>1[0-2]|0?[1-9])\s?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE)
_HOURS = [
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
]
_OCLOCK_SPOKEN = re.compile(
    rf"(?<![\w.:,])(?P<spoken>{'|'.join(_HOURS)}|1[0-2]|[1-9])(?:\s+o'clock)?"
    r"(?:(?<=o'clock)|(?=\s+in the (?:morning|afternoon|evening)\b))",
    re.IGNORECASE,
)
_AT_HOUR = re.compile(
    r"(?<=\bat )(?P<hour>\d{1,2})(?=[?.,;!\"')]{0,3}(?:$|\s(?:today|tomorrow|tonight|sharp)))"
)
_NOON = re.compile(r"\b(?:mid(?P<half>n)ight|noon)\b", re.IGNORECASE)
_AFTERNOON = re.compile(r"\s+in the (?:afternoon|evening)\b|\s+at night\b", re.IGNORECASE)
_PAST_THE_HOUR = re.compile(
    rf"\b(?P<part>half past|(?:a )?quarter (?:past|to)) (?P<spoken>{'|'.join(_HOURS)})\b",
    re.I,
)
_ZONE_AFTER = re.compile(r"\s?\(?([A-Z]{1,5}\b|[+-]\d\d:?\d\d(?!\d))")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?=T|\b)")
_MONTH = rf"({'|'.join(sorted(MONTHS, key=len, reverse=True))}|sept)"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\b\.?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.:])(?<![\w]-)(?P<money>[$€£])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[\s-]?(?P<unit>%|[A-Za-z]+(?:/s)?))?(?![\w]*\d)"
)
_VALUE = re.compile(r"(?<=[A-Za-z_])=(?=\d)")
_RATE_AFTER = re.compile(r"(?:\s?[A-Za-z]{1,20})?\s?/(s|min|h|day)\b")
_RATE = re.compile(r" /(s|min|h|day) ")
_RANGE_OF = re.compile(
    r"(?<![\w/.-])(\d[\d.]{0,9})(?:\s?-\s?|\s(?:to|or)\s)"
    r"(?=\d[\d.]{0,9}[\s-]?(%|ms\b|s\b|sec\w{0,5}\b|m\b|min\w{0,4}\b|h\b|hours?\b|days?\b|weeks?\b|[KMGT]i?B\b))"
)
_EDGES = "“”\"'‘’`()[]{}<>,;:!?.*~…=|"


@dataclass(frozen=True, slots=True)
class ClockTime:
    hour: int
    minute: int
    second: int | None = None
    offset: int | None = None
    """Minutes east of UTC, where a zone stands beside the time."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time. `step_s` is the size of its smallest unit: how exactly it was said."""

    seconds: float
    step_s: float
    said: str


@dataclass(frozen=True, slots=True)
class Number:
    digits: str
    """Canonical: `0532.50` and `532.5` are the same."""
    unit: str
    """Canonical: `%`, `mb`, `s` for lengths of time, or empty."""
    noun: str
    """The word that follows, when it is no unit."""
    said: str
    rate: str = ""
    """`s`, `min`, `h`, `day`: so many in each of them."""


@dataclass(slots=True)
class Stated:
    times: set[ClockTime] = field(default_factory=set)
    dates: set[tuple[int, int]] = field(default_factory=set)
    """Month and day."""
    years: set[int] = field(default_factory=set)
    lengths: list[Length] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    rates: frozenset[str] = frozenset()


@lru_cache(maxsize=8192)
def stated_in(text: str) -> Stated:
    """What `text` states, each fact once, read from the most to the least specific.

    Not to be changed by who asks: a message is cited by many sentences and read once.
    """
    found = Stated()
    rest = _take_dates(text, found)
    rest = _take_times(rest, found)
    rest = _VALUE.sub(" = ", in_figures(rest))
    found.rates = frozenset(_RATE.findall(rest))
    rest = _RANGE_OF.sub(r"\1 \2 - ", rest)
    rest = _take_identifiers(rest, found)
    _take_numbers(rest, found)
    return found


def identifier_in(token: str, text: str) -> bool:
    """`token` stands in `text` as a whole: `db-3` is not in `db-31`, nor `1.2` in `1.2.3`."""
    if re.fullmatch(r"[0-9a-f]{7,40}", token):
        return re.search(rf"(?<![0-9a-z]){token}[0-9a-f]*(?![0-9a-z])", text.lower()) is not None
    pattern = rf"(?<![A-Za-z0-9_]){re.escape(token)}(?![A-Za-z0-9_]|[-.:]\d|-\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None


def looks_like_identifier(token: str) -> bool:
    """Hosts, versions, paths, code names: words that stand for one exact thing."""
    if not any(mark.isalnum() for mark in token):
        return False
    if re.search(r"\d", token):
        return not _is_plain_number(token)
    if re.search(r"\w[_/\\.:@#+]\w", token):
        return token.lower() not in {"and/or", "e.g", "i.e", "n/a", "w/o"}
    return bool(re.search(r"[a-z][A-Z]|^[A-Z]{2}[A-Za-z]*$", token))


def _is_plain_number(token: str) -> bool:
    match = _NUMBER.fullmatch(token.lstrip("#~<>≥≤+-"))
    return match is not None and (not match["unit"] or bool(unit_of(match["unit"])))


def _masked(pattern: re.Pattern[str], text: str, take: Callable[[re.Match[str]], bool]) -> str:
    """`text` without the matches that `take` accepted."""
    return pattern.sub(lambda match: " " if take(match) else match[0], text)


def _take_dates(text: str, found: Stated) -> str:
    def iso(match: re.Match[str]) -> bool:
        found.dates.add((int(match[2]), int(match[3])))
        found.years.add(int(match[1]))
        return True

    def day_month(match: re.Match[str]) -> bool:
        found.dates.add((MONTHS[match[2].lower()[:3]], int(match[1])))
        return True

    def month_day(match: re.Match[str]) -> bool:
        found.dates.add((MONTHS[match[1].lower()[:3]], int(match[2])))
        return True

    text = _masked(_ISO_DATE, text, iso)
    return _masked(_MONTH_DAY, _masked(_DAY_MONTH, text, day_month), month_day)


def _take_times(text: str, found: Stated) -> str:
    def at(match: re.Match[str]) -> str:
        groups = match.groupdict()
        half = (groups.get("half") or "").lower()
        if spoken := groups.get("spoken") or groups.get("hour"):
            lower = spoken.lower()
            hour = _HOURS.index(lower) + 1 if lower in _HOURS else int(spoken) % 24
            if half in ("a", "p"):
                hour = hour % 12 + (12 if half == "p" else 0)
            elif hour < 12 and _AFTERNOON.match(match.string, match.end()):
                hour += 12
        else:
            hour = 0 if half else 12
        zone = _ZONE_AFTER.match(match.string, match.end())
        second = groups.get("second")
        found.times.add(
            ClockTime(
                hour,
                int(groups.get("minute") or 0),
                int(second) if second else None,
                offset_of(zone[1]) if zone else None,
            )
        )
        return " "

    text = _PAST_THE_HOUR.sub(_in_digits, text)
    for pattern in (_TIME, _OCLOCK, _OCLOCK_SPOKEN, _AT_HOUR, _NOON):
        text = pattern.sub(at, text)
    return text


def _in_digits(match: re.Match[str]) -> str:
    """`half past five` as `5:30`, in the afternoon as `17:30`."""
    part, hour = match["part"].lower(), _HOURS.index(match["spoken"].lower()) + 1
    hour += 12 * (hour < 12 and _AFTERNOON.match(match.string, match.end()) is not None)
    if part == "half past":
        return f"{hour % 24}:30"
    return f"{hour % 24}:15" if part.endswith("past") else f"{(hour - 1) % 24}:45"


def _take_identifiers(text: str, found: Stated) -> str:
    kept: list[str] = []
    for token in text.split():
        core = token.strip(_EDGES).removesuffix("'s").removesuffix("’s")
        counted = bool(kept) and kept[-1][-1:].isdigit() and unit_of(core) != ""
        if not counted and looks_like_identifier(core) and not _is_range(core, found):
            found.identifiers.append(core.lstrip("#@"))
        elif core:
            kept.append(token)
    return " ".join(kept)


def _is_range(core: str, found: Stated) -> bool:
    """`10-15` is two numbers."""
    match = re.fullmatch(r"(\d+)[-–/](\d+)(%?)", core)
    if not match:
        return False
    found.numbers += [Number(digits, match[3], "", core) for digits in (match[1], match[2])]
    return True


def _take_numbers(text: str, found: Stated) -> None:
    ends_at: int | None = None
    for match in _NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        word = match["unit"] or ""
        unit = match["money"] or unit_of(word)
        if unit not in SECONDS:
            noun = word if word and not unit else _word_after(text, match.end())
            rate = _RATE_AFTER.match(text, match.end("digits"))
            found.numbers.append(
                Number(
                    _plain(digits),
                    unit,
                    "" if noun.lower() in STOPWORDS else noun,
                    _said(match),
                    rate[1] if rate else "",
                )
            )
            ends_at = None
            continue
        length = Length(float(digits) * SECONDS[unit], _step(digits, unit), _said(match))
        between = None if ends_at is None else text[ends_at : match.start()].strip(" ,")
        if between in ("", "and") and length.step_s < found.lengths[-1].step_s:
            before = found.lengths.pop()  # `1 h 20 min` is one length
            length = Length(
                before.seconds + length.seconds, length.step_s, f"{before.said} {length.said}"
            )
        found.lengths.append(length)
        found.numbers.append(Number(_plain(digits), "s", "", _said(match)))
        ends_at = match.end()


def _said(match: re.Match[str]) -> str:
    return " ".join(match[0].split())


def _step(digits: str, unit: str) -> float:
    """How exactly a length is said: `2.5 minutes` to a tenth of them or to the half."""
    _, _, fraction = digits.partition(".")
    return SECONDS[unit] / (2 if fraction == "5" else 10 if fraction else 1)


def _plain(digits: str) -> str:
    """`0532.50` and `532.5` are the same number."""
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _word_after(text: str, at: int) -> str:
    match = re.match(r"[\s-]*([A-Za-z]+)", text[at : at + 40])
    return match[1] if match else ""
