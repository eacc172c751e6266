"""Checks that every number, fraction and identifier of a claim comes from its sources."""

import re
from collections.abc import Sequence
from datetime import tzinfo

from copilot.ports import WindowMessage
from copilot.reviews.extents import problem_with_extent, problem_with_vague_amounts
from copilot.reviews.identifiers import problem_with_identifiers
from copilot.reviews.lengths import problem_with_lengths
from copilot.reviews.meanings import is_neutral, same_meaning
from copilot.reviews.reckoning import figures_of, is_about_as_many, ratios, sums
from copilot.reviews.stated import Number, Stated, stated_in
from copilot.reviews.told_times import problem_with_dates, problem_with_times
from copilot.reviews.words import normalised, stem, words

_PEOPLE = frozenset(map(stem, ("people", "responders", "engineers", "persons", "authors")))
_MESSAGES = frozenset(map(stem, ("messages", "reports")))
_A_FEW = 12
"""What a person may count as they call it: `12 bad ones` are twelve dumps."""
_TIMES = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d)?)[\s-]times\b", re.IGNORECASE)
_TWO = re.compile(r"\b(?:both|pair|twice|double\w*|couple|second)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|every\w*|entire\w*|fully|whole|complete\w*)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|none|nothing|not a single|zero)\b", re.IGNORECASE)
_RECKONED = re.compile(
    r"\b(?:more|fewer|less|left|remain\w*|rest|another|additional|further|total|altogether|combined"
    r"|together|in all|points|other)\b",
    re.IGNORECASE,
)
"""Words that say that a number is a sum or a difference."""
_ONE_IN = re.compile(
    r"\b(?:one|1)\s+(?:\w{1,20}\s+)?(?:in|of|out of)\s+(?:every\s+)?(\d{1,4})\b", re.IGNORECASE
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
        or _problem_with_numbers(said, plain, sources, cited, strict=strict)
        or problem_with_identifiers(said, plain, cited, strict=strict)
        or problem_with_vague_amounts(plain, texts, sources)
        or problem_with_extent(plain, texts, strict=strict)
    )


def _problem_with_numbers(
    said: Stated,
    claim: str,
    sources: Sequence[Stated],
    cited: Sequence[WindowMessage],
    *,
    strict: bool,
) -> str | None:
    known = [number for source in sources for number in source.numbers]
    rates = frozenset(rate for source in sources for rate in source.rates)
    for number in said.numbers:
        if number.unit == "s" or _counts_the_sources(number, cited):
            continue  # lengths of time are checked as such
        same = [other for other in known if other.digits == number.digits]
        same = same or [other for other in known if is_about_as_many(number, other, claim)]
        if not same and (
            _is_reference(number, cited)
            or _is_ratio(number, claim, known)
            or _is_listed(number, cited)
            or _is_said_in_words(number, cited)
            or (not strict and number.digits == str(len(cited)) and not number.unit)
        ):
            continue
        if not same:
            return f"the number {number.said} is not in its sources"
        if _is_of_another_unit(number, same):
            return f"the unit of “{number.said}” is not that of its source"
        if number.rate and number.rate not in rates:
            return f"“{number.said}” per {number.rate} is not in its sources"
        is_few = not strict and float(number.digits) <= _A_FEW
        if number.noun and not is_few and not _is_counted_there(number, same, cited):
            return f"its sources do not say “{number.said}”"
    return None


def _is_of_another_unit(number: Number, same: Sequence[Number]) -> bool:
    if number.unit:
        return all(other.unit != number.unit for other in same)
    return bool(number.noun) and all(other.unit for other in same)


def _is_ratio(said: Number, claim: str, known: Sequence[Number]) -> bool:
    """`nine times the threshold`, `one in twenty`: computed from what the sources state."""
    value = float(said.digits)
    if any(float(n) == value for n in _TIMES.findall(figures_of(claim))):
        return any(abs(ratio - value) < 0.5 for ratio in ratios(known))
    if any(float(n) == value for n in _ONE_IN.findall(figures_of(claim))):
        shares = [float(other.digits) for other in known if other.unit == "%"]
        return any(abs(share - 100 / value) < 0.5 for share in shares if value)
    if _RECKONED.search(claim) and any(abs(value - sum_) < 0.001 for sum_ in sums(known)):
        return True
    return value == 0 and any(other.digits == "0" for other in known)


def _is_said_in_words(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`0` for nothing, `100 %` for all."""
    if number.digits == "0":
        return any(_NO.search(message.text) for message in cited)
    is_whole = number.digits == "100" and number.unit == "%"
    return is_whole and any(_ALL.search(message.text) for message in cited)


def _is_listed(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`both`, `the two hosts`: as many as a source names one after the other."""
    if number.unit or number.digits not in ("2", "3", "4", "5"):
        return False
    if number.digits == "2" and any(_TWO.search(message.text) for message in cited):
        return True
    between = r"(?:,? (?:and|or|\+|&) | ?\+ ?|, )"
    name = r"[\w.@#/-]{1,40}"
    listed = name + (between + name) * (int(number.digits) - 1)
    return any(re.search(rf"(?<![\w,]){listed}", normalised(m.text)) for m in cited)


def _counts_the_sources(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`two people` may be counted from the citations themselves."""
    noun = stem(number.noun.lower()) if number.noun else ""
    authors = {message.author_id or message.author_name for message in cited}
    return (noun in _PEOPLE and number.digits == str(len(authors))) or (
        noun in _MESSAGES and number.digits == str(len(cited))
    )


def _is_reference(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """The number of a pull request or ticket, as in `#4812` or `…/pull/4812`."""
    pattern = rf"[#/]{re.escape(number.digits)}(?![\w.]{{0,40}}\d)"
    if not number.said[-1:].isdigit() and " " not in number.said:
        pattern += rf"|-{re.escape(number.said)}(?!\w)"  # `1b` of `east-1b`
    return any(re.search(pattern, message.text) for message in cited)


def _is_counted_there(
    number: Number, same: Sequence[Number], cited: Sequence[WindowMessage]
) -> bool:
    """What is counted must be what a source counts, or at least be named there."""
    nouns = {noun for other in same if (noun := _counted(other))}
    noun = _counted(number)
    if not nouns or not noun or len(nouns) < len(same):
        return True
    return any(same_meaning(noun, other) for other in nouns) or any(
        same_meaning(noun, word) for message in cited for word in words(message.text)
    )


def _counted(number: Number) -> str:
    """What a number counts; empty where the next word is no such thing: `1,204,118 restored`."""
    noun = number.noun.lower()
    return "" if is_neutral(noun) or noun.endswith(("ed", "ing")) else noun
