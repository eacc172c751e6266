"""Checks that every number, fraction and identifier of a claim comes from its sources."""

import re
from collections.abc import Sequence
from datetime import tzinfo

from copilot.ports import WindowMessage
from copilot.reviews.extents import problem_with_extent, problem_with_vague_amounts
from copilot.reviews.identifiers import problem_with_identifiers
from copilot.reviews.lengths import may_be_length, problem_with_lengths
from copilot.reviews.loose_figures import is_loosely_told
from copilot.reviews.meanings import same_meaning
from copilot.reviews.reckoning import (
    bases_of,
    figures_of,
    is_reckoned,
    percentiles_in,
    shares,
)
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import Number, Stated, stated_in
from copilot.reviews.told_dates import is_year_of, problem_with_dates
from copilot.reviews.told_times import may_be_time, problem_with_times
from copilot.reviews.units import SECONDS
from copilot.reviews.words import STOPWORDS, normalised, stem

_PEOPLE = frozenset(map(stem, ("people", "responders", "engineers", "persons", "authors")))
_MESSAGES = frozenset(map(stem, ("messages", "reports")))
_A_FEW = 12
"""What a person may count as they call it: `12 bad ones` are twelve dumps."""
_TWO = re.compile(r"\b(?:both|pair|twice|double\w*|couple|second)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|every\w*|entire\w*|fully|whole|complete\w*)\b", re.IGNORECASE)
_SINGLE = re.compile(r"\b(?:one|once|single|only|first|an?)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|none|nothing|not a single|zero)\b", re.IGNORECASE)
_PARTS = tuple(
    (re.compile(rf"\b{part}\b", re.IGNORECASE), share)
    for part, share in (
        ("half", 50), ("a third|1/3", 33.3), ("two[ -]thirds|2/3", 66.7), ("quarters?|1/4", 25),
        ("three[ -]quarters|3/4", 75), ("a fifth", 20), ("a tenth", 10),
    )
)  # fmt: skip
_FEW_SPELLED = 4
_YEARS = range(1970, 2100)
_N_IN_M = re.compile(
    r"(?<![\w.,])(\d{1,3})\s(?:[a-z]{2,20}\s){0,2}?(?:in|of|out of)\s(?:every\s|the\s)?"
    r"(\d{1,3})(?![\w%]|[.,:]\d)",
    re.IGNORECASE,
)
_MOST_IN = 20
_LISTED = (2.0, 3.0, 4.0, 5.0)
_SHORT = 3
_FOLD = r"(?:\bx ?{0}|(?<!\d){0} ?x)\b"
"""`x10` for tenfold."""
_SCALES = (("million", 1e6), ("billion", 1e9), ("thousand", 1e3))
_RANGE = re.compile(
    r"(?<![\d.:])(\d{1,3})(?: ?(?:-|–|\.\.) ?| (?:to|through|thru) )(?:[A-Za-z_]{1,20}[- ]?)?"
    r"(\d{1,3})(?![\d.:%])"
)
_OTHERS = re.compile(r"\b(?:others?|rest|remaining)\b", re.IGNORECASE)
_MORE = re.compile(r"(?<![\w.,])(\d{1,2}) (?:more|others?|further)\b", re.IGNORECASE)
_OF_A_FRACTION = re.compile(
    r"^[\s-](?:halves|thirds|quarters|fifths|sixths|sevenths|eighths|ninths|tenths)\b"
)


def problem_with_amounts(
    claim: str, cited: Sequence[WindowMessage], zone: tzinfo, *, strict: bool = True
) -> str | None:
    plain = normalised(claim)
    said = stated_in(plain)
    texts = [normalised(message.text) for message in cited]
    sources = [stated_in(text) for text in texts]
    return (
        problem_with_times(said, plain, cited, zone)
        or problem_with_dates(said, plain, cited, zone)
        or problem_with_lengths(said, plain, cited, zone)
        or _problem_with_numbers(said, plain, sources, cited, zone, strict=strict)
        or problem_with_identifiers(said, plain, cited, strict=strict)
        or problem_with_vague_amounts(plain, texts, sources)
        or problem_with_extent(plain, texts)
    )


def _problem_with_numbers(
    said: Stated,
    claim: str,
    sources: Sequence[Stated],
    cited: Sequence[WindowMessage],
    zone: tzinfo,
    *,
    strict: bool,
) -> str | None:
    known = [number for source in sources for number in source.numbers]
    told_as_share = _shares_told(claim, known, [normalised(each.text) for each in cited])
    rates = frozenset(rate for source in sources for rate in source.rates)
    for number in said.numbers:
        if (
            number.digits in told_as_share
            or number.unit == "s"
            or _OF_A_FRACTION.match(number.after)
        ):
            continue  # lengths of time, fractions are checked as such
        same = [other for other in known if other.digits == number.digits]
        if not any(_is_of_one_unit(number, other) for other in same):
            if _is_carried(number, said, claim, sources, cited, zone, strict=strict):
                continue
            if same:
                return f"the unit of “{number.said}” is not that of its source"
            return f"the number {_digits_said(number)} is not in its sources"
        if number.rate and rates and number.rate not in rates:
            return f"“{number.said}” per {number.rate} is not in its sources"
    return None


def _is_carried(
    number: Number,
    said: Stated,
    claim: str,
    sources: Sequence[Stated],
    cited: Sequence[WindowMessage],
    zone: tzinfo,
    *,
    strict: bool,
) -> bool:
    """A number that no source has in those figures follows from them all the same."""
    known = [number for source in sources for number in source.numbers]
    texts = [normalised(message.text) for message in cited]
    return (
        is_reckoned(number, bases_of(sources), claim)
        or any(_is_same_rate(number, other) for other in known)
        or _is_of_the_same_scale(number, claim, known)
        or _counts_the_sources(number, cited)
        or _is_reference(number, texts)
        or _is_listed(number, texts)
        or any(re.search(_FOLD.format(number.digits), text) for text in texts)
        or is_loosely_told(number, texts)
        or _is_said_in_words(number, texts)
        or _is_year(number, known, cited, zone)
        or may_be_time(said, number.digits, cited, zone)
        or may_be_length(number, said, claim, cited, zone)
        or _may_be_counted(number, claim, known, cited, strict=strict)
    )


def _shares_told(claim: str, known: Sequence[Number], texts: Sequence[str]) -> set[str]:
    """The figures of `seven in ten`, where that share follows from the sources."""
    found: set[str] = set()
    told = [*shares(known), *percentiles_in(texts)]
    for some, of in _N_IN_M.findall(figures_of(claim)):
        share = int(some) / max(1, int(of))
        near = any(abs(share - each) < 1 / max(1, int(of)) / 2 for each in told)
        if share < 1 and int(of) <= _MOST_IN and near:
            found |= {some, of}
    return found


def _is_of_the_same_scale(number: Number, claim: str, known: Sequence[Number]) -> bool:
    """`61.2 million, typical is 38 or so`: the second in millions, too."""
    by = next((scale for word, scale in _SCALES if word in claim.lower()), None)
    return by is not None and any(
        other.unit in ("", "s") and abs(other.value - number.value / by) < 0.001 for other in known
    )


def _is_same_rate(number: Number, other: Number) -> bool:
    """`300 a second` are 18,000 a minute."""
    if not (number.rate and other.rate) or number.rate == other.rate:
        return False
    told = number.value / SECONDS[number.rate]
    return abs(told - other.value / SECONDS[other.rate]) <= 0.01 * told


def _is_of_one_unit(number: Number, other: Number) -> bool:
    """The same, or one of both has none: `2.9` and `2.9 percent`."""
    return not (number.unit and other.unit) or number.unit == other.unit


def _digits_said(number: Number) -> str:
    return number.said.split()[0]


def _may_be_counted(
    number: Number,
    claim: str,
    known: Sequence[Number],
    cited: Sequence[WindowMessage],
    *,
    strict: bool,
) -> bool:
    """`the two hosts`: a few that are counted in a word, where no source counts them otherwise."""
    if number.unit:
        return False
    if not strict and number.digits == str(len(cited)):
        return True
    texts = [normalised(message.text) for message in cited]
    if any(other.value == number.value - 1 > 1 for other in known) and any(
        _OTHERS.search(text) for text in texts
    ):
        return True  # `one, the other 47 are fine`: 48
    if number.value <= _A_FEW and any(
        _names_so_many(number.value - int(more), texts)
        for text in texts
        for more in _MORE.findall(in_figures(text))
    ):
        return True  # `17 and 23, checked 9 more`: 11
    is_spelled = not re.search(rf"(?<![\d.,]){re.escape(number.digits)}(?!\d)", claim)
    noun = number.noun.lower()
    if is_spelled and any(_counts_a_range(number, message.text) for message in cited):
        return True
    return (
        is_spelled
        and number.value <= _FEW_SPELLED
        and not any(
            other.noun and noun and other.value <= _A_FEW and same_meaning(noun, other.noun.lower())
            for other in known
        )
    )


def _counts_a_range(number: Number, text: str) -> bool:
    """`mac-04 to mac-12` are nine."""
    plain = text.replace("`", "").replace("*", "")
    return any(int(last) - int(first) + 1 == number.value for first, last in _RANGE.findall(plain))


def _is_year(
    number: Number, known: Sequence[Number], cited: Sequence[WindowMessage], zone: tzinfo
) -> bool:
    """The year of a message or of a day it names, or one told in two figures beside another."""
    if number.unit or not number.digits.isdigit() or int(number.digits) not in _YEARS:
        return False
    year = int(number.digits)
    if is_year_of(year, cited, zone):
        return True
    return any(other.digits == str(year % 100) for other in known)


def _is_said_in_words(number: Number, texts: Sequence[str]) -> bool:
    """`0` for nothing, `100 %` for all, `1` for a single one."""
    if number.digits in ("0", "1"):
        told = _NO if number.digits == "0" else _SINGLE
        return any(told.search(text) for text in texts)
    if number.unit != "%":
        return False
    if number.digits == "100":
        return any(_ALL.search(text) for text in texts)
    return any(
        told.search(text) and abs(number.value - share) < 1
        for told, share in _PARTS
        for text in texts
    )


def _is_listed(number: Number, texts: Sequence[str]) -> bool:
    """`both`, `the two hosts`: as many as a source names one after the other."""
    if number.unit or "." in number.digits:
        return False
    if number.digits == "2" and any(_TWO.search(text) for text in texts):
        return True
    return _names_so_many(number.value, texts)


def _names_so_many(many: float, texts: Sequence[str]) -> bool:
    if many not in _LISTED:
        return False
    between = r"(?:,? (?:and|or|\+|&) | ?\+ ?|, )"
    name = r"[\w.@#/-]{1,40}"
    listed = name + (between + name) * (int(many) - 1)
    return any(re.search(rf"(?<![\w,]){listed}", text) for text in texts)


def _counts_the_sources(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`two people` may be counted from the citations themselves."""
    noun = stem(number.noun.lower()) if number.noun else ""
    authors = {message.author_id or message.author_name for message in cited}
    return (noun in _PEOPLE and number.digits == str(len(authors))) or (
        noun in _MESSAGES and number.digits == str(len(cited))
    )


def _is_reference(number: Number, texts: Sequence[str]) -> bool:
    """The number of a request, a version or a thing: `#4812`, `v5.4`, `Route 53`, `hall 2`."""
    digits = re.escape(number.digits)
    patterns = [rf"[#/]{digits}(?![\w.]{{0,40}}\d)", rf"\bv\.?{digits}(?!\d|\.\d)"]
    before = re.search(r"([a-z]{2,24})[\s-]+$", number.before)
    if before and not number.unit and before[1] not in STOPWORDS:
        named = before[1] if len(before[1]) < 4 else before[1].removesuffix("s")
        patterns.append(rf"\b{named[0]}{digits}(?!\w)")  # `L4` for line 4
        patterns.append(rf"\b{named}s?[\s_#:.-]{{0,2}}0?{digits}(?!\d|\.\d)")
        patterns.append(rf"\b{named[:3]}[a-z]{{0,20}}[\s_#:.-]{{0,2}}{digits}(?!\d|\.\d)")
    if "." in number.digits or (before and before[1] in ("version", "release", "firmware")):
        patterns.append(rf"(?<![\d.]){digits}\.\d")
    if len(number.digits) > _SHORT and not number.unit and not number.rate:
        patterns.append(rf"(?<![\d.,]){digits}(?!\d|[.,]\d| ?%)(?! ?(?:ms|[kKMGT]?i?B)\b)")
    if len(number.digits) > 2:
        patterns.append(rf"(?<=[A-Za-z_-]){digits}(?![\d]|\.\d)")
    if not number.said[-1:].isdigit() and " " not in number.said:
        patterns.append(rf"-{re.escape(number.said)}(?!\w)")  # `1b` of `east-1b`
    return any(re.search(each, text, re.IGNORECASE) for each in patterns for text in texts)
