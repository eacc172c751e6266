"""Finds the hard facts a text states: times, dates, lengths of time, numbers, identifiers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from copilot.reviews.clock_words import ClockTime, take_times
from copilot.reviews.spelled import in_figures
from copilot.reviews.units import SECONDS, unit_of
from copilot.reviews.words import STOPWORDS, word_set

_MONTHS = "january february march april may june july august september october november december"
MONTHS = {name: at for at, name in enumerate(_MONTHS.split(), 1)}
MONTHS |= {name[:3]: at for name, at in MONTHS.items()}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

VAGUE_AMOUNTS = word_set(
    """
    hundreds thousands millions billions dozens
    """
)

_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?=T|\b)")
_MONTH = rf"({'|'.join(sorted(MONTHS, key=len, reverse=True))}|sept)"
_YEAR = r"(?:,?\s+((?:19|20)\d\d)\b)?"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\b\.?{_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:\d){_YEAR}", re.I)
_NUMBER = re.compile(
    r"(?<![\w.:])(?<![\w]-)(?P<money>[$€£])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[\s-]?(?P<unit>%|[A-Za-z]+(?:/s)?))?(?![\w]*\d)"
)
_VALUE = re.compile(r"(?<=[A-Za-z_)\]])=(?=\d)")
_RATE_AFTER = re.compile(r"(?:\s?[A-Za-z]{1,20})?\s?/(s|min|h|day)\b")
_RATE = re.compile(r" /(s|min|h|day) ")
_RANGE_OF = re.compile(
    r"(?<![\w/.-])(\d[\d.]{0,9})(?:\s?[-–]\s?|\s(?:to|or)\s)"
    r"(?=\d[\d.]{0,9}[\s-]?(%|ms\b|s\b|sec\w{0,5}\b|m\b|min\w{0,4}\b|h\b|hours?\b|days?\b|weeks?\b|[KMGT]i?B\b))"
)
_BETWEEN = re.compile(r"\bbetween\s+(\d[\d.,]{0,12})\s+and\s+(?=\d)", re.IGNORECASE)
_MARKS = re.compile(r"(?<![\w*`])[*`]{1,3}(?=\d)|(?<=\d)[*`]{1,3}(?![\w*`])")
"""How chats make a figure bold or code: `*95* min`."""
_ALWAYS = re.compile(r"\b24/7\b")
_GLUED = re.compile(r"(\d+(?:\.\d+)?)[A-Za-z]{1,3}")
_CURRENCY = re.compile(r"(?:\b[a-z]{1,3}[$€£₹]|[€£₹]|\b(?:eur|usd|gbp|chf|sek|inr)) ?$")
_EDGES = "“”\"'‘’`()[]{}<>,;:!?.*~…=|"


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time. `step_s` is the size of its smallest unit: how exactly it was said."""

    seconds: float
    step_s: float
    said: str
    before: str = ""
    after: str = ""
    upto_s: float | None = None
    """The other end of a range."""


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
    before: str = ""
    after: str = ""
    upto: float | None = None
    """The other end of a range."""

    @property
    def value(self) -> float:
        return float(self.digits)


@dataclass(slots=True)
class Stated:
    times: set[ClockTime] = field(default_factory=set)
    maybe_times: set[ClockTime] = field(default_factory=set)
    """What may be one, or a number: `around 5`."""
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
    rest = _take_dates(_ALWAYS.sub(" ", _MARKS.sub("", text)), found)
    rest, found.times, found.maybe_times = take_times(rest)
    rest = _VALUE.sub(" = ", in_figures(rest))
    found.rates = frozenset(_RATE.findall(rest))
    rest = _RANGE_OF.sub(r"\1 \2 - ", _BETWEEN.sub(r"between \1 - ", rest))
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
        found.years |= {int(match[3])} if match[3] else set()
        return True

    def month_day(match: re.Match[str]) -> bool:
        found.dates.add((MONTHS[match[1].lower()[:3]], int(match[2])))
        found.years |= {int(match[3])} if match[3] else set()
        return True

    text = _masked(_ISO_DATE, text, iso)
    return _masked(_MONTH_DAY, _masked(_DAY_MONTH, text, day_month), month_day)


def _take_identifiers(text: str, found: Stated) -> str:
    kept: list[str] = []
    for token in text.split():
        core = token.strip(_EDGES).rstrip("+").removesuffix("'s").removesuffix("’s")
        counted = bool(kept) and kept[-1][-1:].isdigit() and unit_of(core) != ""
        if not counted and looks_like_identifier(core) and not _is_range(core, found):
            found.identifiers.append(core.lstrip("#@"))
            if glued := _GLUED.fullmatch(core):
                found.numbers.append(Number(_plain(glued[1]), "", "", core))
        elif core:
            kept.append(token)
    return " ".join(kept)


def _is_range(core: str, found: Stated) -> bool:
    """`10-15` is two numbers."""
    match = re.fullmatch(r"(\d+)[kK]?[-–/](\d+)([kK%]?)", core)
    if not match:
        return False
    one, other = match[1], match[2]
    if match[3] in ("k", "K"):
        for told, upto in ((one, other), (other, one)):
            found.numbers.append(Number(f"{told}000", "", "", core, upto=1000 * float(upto)))
        return True
    found.numbers.append(Number(_plain(one), match[3], "", core, upto=float(other)))
    found.numbers.append(Number(_plain(other), match[3], "", core, upto=float(one)))
    return True


def _take_numbers(text: str, found: Stated) -> None:
    last: re.Match[str] | None = None
    for match in _NUMBER.finditer(text):
        word = match["unit"] or ""
        unit = match["money"] or unit_of(word)
        between = None if last is None else text[last.end() : match.start()].strip(" ,~")
        ranged = between in ("-", "–", "to", "or") or (
            last is not None and last["unit"] in ("to", "or") and between == ""
        )
        if ranged and last and text[: last.start()].rstrip().endswith(("from", "From")):
            ranged = False  # `from 410 to 95` is a change
        last = match
        if unit in SECONDS:
            _take_length(text, match, unit, found, ranged=ranged, between=between)
        else:
            _take_number(text, match, unit, found, ranged=ranged)


def _take_number(
    text: str, match: re.Match[str], unit: str, found: Stated, *, ranged: bool
) -> None:
    word = match["unit"] or ""
    noun = word if word and not unit else _word_after(text, match.end())
    rate = _RATE_AFTER.match(text, match.end("digits"))
    number = Number(
        _plain(match["digits"].replace(",", "")),
        unit,
        "" if noun.lower() in STOPWORDS else noun,
        _said(match),
        rate[1] if rate else "",
        _CURRENCY.sub("", text[max(0, match.start() - 32) : match.start()].lower()),
        text[match.end("digits") : match.end("digits") + 40].lower(),
    )
    if ranged and found.numbers:
        before = found.numbers[-1]
        found.numbers[-1] = replace(before, upto=number.value, rate=before.rate or number.rate)
        number = replace(number, upto=before.value)
    found.numbers.append(number)


def _take_length(
    text: str,
    match: re.Match[str],
    unit: str,
    found: Stated,
    *,
    ranged: bool,
    between: str | None,
) -> None:
    digits = match["digits"].replace(",", "")
    length = Length(
        float(digits) * SECONDS[unit],
        _step(digits, unit),
        _said(match),
        text[max(0, match.start() - 28) : match.start()].lower(),
        text[match.end() : match.end() + 24].lower(),
    )
    follows = bool(found.numbers) and found.numbers[-1].unit == "s" and bool(found.lengths)
    is_whole = follows and "." not in found.numbers[-1].digits  # not of `1.9s (SLO 300ms)`
    if is_whole and between in ("", "and") and length.step_s < found.lengths[-1].step_s:
        before = found.lengths.pop()  # `1 h 20 min` is one length
        length = replace(
            before,
            seconds=before.seconds + length.seconds,
            step_s=length.step_s,
            said=f"{before.said} {length.said}",
            after=length.after,
        )
    elif follows and ranged:
        before = found.lengths[-1]
        found.lengths[-1] = replace(before, upto_s=length.seconds)
        length = replace(length, upto_s=before.seconds)
    found.lengths.append(length)
    found.numbers.append(Number(_plain(digits), "s", "", _said(match)))


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
