"""Checks that every number, fraction and identifier of a claim comes from its sources."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from itertools import permutations

from copilot.ports import WindowMessage
from copilot.reviews.clocks import is_zone_label, offset_of
from copilot.reviews.lengths import problem_with_lengths
from copilot.reviews.meanings import is_neutral, same_meaning
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import VAGUE_AMOUNTS, Number, Stated, identifier_in, stated_in
from copilot.reviews.told_times import problem_with_dates, problem_with_times
from copilot.reviews.words import normalised, stem, word_set, words

_UNIVERSAL = re.compile(
    r"(?<!after )(?<!upon )(?<!on )(?<!with )(?<!at )(?<!not )"
    r"\b(all|every|everyone|everything|everybody|entire|entirely|always|each|completely)\b"
    r"(?! (?:minute|hour|day|night|week|month|quarter|year|time)\b)",
    re.IGNORECASE,
)
_SOURCE_UNIVERSAL = word_set(
    """
    all every everyone everything everybody entire entirely always each completely whole any
    anything anyone total fully full both nothing none nobody no 100 never
    """
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively|nobody but|nothing but)\b", re.IGNORECASE)
_PEOPLE = frozenset(map(stem, ("people", "responders", "engineers", "persons", "authors")))
_MESSAGES = frozenset(map(stem, ("messages", "reports")))
_ROUGH = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|some|approximately|over|more than|close to|~)\s*$",
    re.IGNORECASE,
)
_TIMES = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d)?)[\s-]times\b", re.IGNORECASE)
_DOUBLE = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0,
           "halved": 0.5, "half": 0.5}  # fmt: skip
_SAME_FACTOR = {
    2.0: word_set("twice double doubled doubles duplicate duplicates duplicated both"),
    3.0: word_set("triple tripled thrice"),
    0.5: word_set("half halved halves"),
}
_FRACTION = re.compile(
    r"\b(?P<part>half|(?:a|one|1) third|(?:a|one|1) quarter|(?:two|2) thirds|(?:three"
    r"|3) quarters)\b"
    r"(?! hour)",
    re.IGNORECASE,
)
_PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "thirds": 2 / 3, "quarters": 0.75}
_ONE_IN = re.compile(
    r"\b(?:one|1)\s+(?:\w{1,20}\s+)?(?:in|of|out of)\s+(?:every\s+)?(\d{1,4})\b", re.IGNORECASE
)
_HYPHENED = re.compile(r"(?<![\w.@/#-])[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}(?![\w-])")
_PREFIXES = word_set(
    """
    re un non pre co de ex sub mid multi half self anti post semi follow roll fail time long short
    well high low on off in by to up down out one two first second dead read write hard cold hot
    day hour minute clean built end side wide free only ups backs
    """
)
_KNOWN_LETTERS = frozenset({"UTC", "GMT", "PR", "OK", "ID", "SEV"})


def problem_with_amounts(claim: str, cited: Sequence[WindowMessage], zone: tzinfo) -> str | None:
    plain = normalised(claim)
    said = stated_in(plain)
    texts = [normalised(message.text) for message in cited]
    sources = [stated_in(text) for text in texts]
    return (
        problem_with_times(said, plain, cited, zone)
        or problem_with_dates(said, plain, cited, zone)
        or problem_with_lengths(said, plain, cited, zone)
        or _problem_with_numbers(said, plain, sources, cited)
        or _problem_with_identifiers(said, plain, cited)
        or _problem_with_vague_amounts(plain, texts, sources)
        or _problem_with_extent(plain, texts)
    )


def _problem_with_numbers(
    said: Stated, claim: str, sources: Sequence[Stated], cited: Sequence[WindowMessage]
) -> str | None:
    known = [number for source in sources for number in source.numbers]
    rates = frozenset(rate for source in sources for rate in source.rates)
    for number in said.numbers:
        if number.unit == "s" or _counts_the_sources(number, cited):
            continue  # lengths of time are checked as such
        same = [other for other in known if other.digits == number.digits]
        same = same or [other for other in known if _is_about_as_many(number, other, claim)]
        if not same and (_is_reference(number, cited) or _is_ratio(number, claim, known)):
            continue
        if not same:
            return f"the number {number.said} is not in its sources"
        if _is_of_another_unit(number, same):
            return f"the unit of “{number.said}” is not that of its source"
        if number.rate and number.rate not in rates:
            return f"“{number.said}” per {number.rate} is not in its sources"
        if number.noun and not _is_counted_there(number, same, cited):
            return f"its sources do not say “{number.said}”"
    return None


def _is_of_another_unit(number: Number, same: Sequence[Number]) -> bool:
    if number.unit:
        return all(other.unit != number.unit for other in same)
    return bool(number.noun) and all(other.unit for other in same)


def _is_about_as_many(said: Number, source: Number, claim: str) -> bool:
    """`about 2,300` are 2,291: rounded to the figures that are told."""
    at = claim.find(said.said.split()[0])
    if at < 0 or not _ROUGH.search(claim[max(0, at - 16) : at]):
        return False
    told, meant = float(said.digits), float(source.digits)
    zeros = len(said.digits) - len(said.digits.rstrip("0")) if "." not in said.digits else 0
    return zeros > 0 and abs(told - meant) <= 10**zeros / 2 and meant > 0


def _is_ratio(said: Number, claim: str, known: Sequence[Number]) -> bool:
    """`nine times the threshold`, `one in twenty`: computed from what the sources state."""
    value = float(said.digits)
    if any(float(n) == value for n in _TIMES.findall(_figures(claim))):
        return any(abs(ratio - value) < 0.5 for ratio in _ratios(known))
    if any(float(n) == value for n in _ONE_IN.findall(_figures(claim))):
        shares = [float(other.digits) for other in known if other.unit == "%"]
        return any(abs(share - 100 / value) < 0.5 for share in shares if value)
    return value == 0 and any(other.digits == "0" for other in known)


def _figures(claim: str) -> str:
    return in_figures(claim)


def _ratios(known: Sequence[Number]) -> list[float]:
    values = [
        (float(n.digits), n.unit) for n in known[:12] if n.unit != "s" and float(n.digits) > 0
    ]
    told = [value for n in known if n.noun.lower() in ("x", "times") for value in [float(n.digits)]]
    return told + [a / b for (a, one), (b, other) in permutations(values, 2) if one == other]


def _counts_the_sources(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """`two people` may be counted from the citations themselves."""
    noun = stem(number.noun.lower()) if number.noun else ""
    authors = {message.author_id or message.author_name for message in cited}
    return (noun in _PEOPLE and number.digits == str(len(authors))) or (
        noun in _MESSAGES and number.digits == str(len(cited))
    )


def _is_reference(number: Number, cited: Sequence[WindowMessage]) -> bool:
    """The number of a pull request or ticket, as in `#4812` or `…/pull/4812`."""
    pattern = re.compile(rf"[#/]{re.escape(number.digits)}(?![\w.]{{0,40}}\d)")
    return any(pattern.search(message.text) for message in cited)


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


def _problem_with_identifiers(
    said: Stated, claim: str, cited: Sequence[WindowMessage]
) -> str | None:
    for token in said.identifiers:
        if token.upper() in _KNOWN_LETTERS or is_zone_label(token) or offset_of(token) is not None:
            continue
        if not any(
            identifier_in(token, normalised(f"{message.text} {message.author_name}"))
            or _is_part(token, message.text)
            for message in cited
        ):
            return f"“{token}” is not in its sources"
    return _problem_with_hyphens(claim, cited)


def _problem_with_hyphens(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    """`payments-gw` is a name unless its parts are words: `dead-letter`, `read-only`."""
    known = [normalised(f"{message.text} {message.author_name}") for message in cited]
    for token in _HYPHENED.findall(claim):
        if any(identifier_in(token, text) for text in known):
            continue
        spoken = [word for text in known for word in words(text)]
        for part in token.lower().split("-"):
            if part in _PREFIXES or (is_neutral(part) and len(part) > 1):
                continue
            if len(part) < 2 or not any(same_meaning(part, word) for word in spoken):
                return f"“{token}” is not in its sources"
    return None


def _is_part(token: str, text: str) -> bool:
    """`WAL` of `pg_wal`, `FIXED` of `fixed-size`: letters alone that stand in a name's part."""
    if not token.isalpha() or not token.isupper() or len(token) > 6:
        return False
    return re.search(rf"(?<![a-z]){token.lower()}(?![a-z])", text.lower()) is not None


def _problem_with_vague_amounts(
    claim: str, texts: Sequence[str], sources: Sequence[Stated]
) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    singular = {word.removesuffix("s") for word in spoken}
    numbers = [number for source in sources for number in source.numbers]
    for word in words(claim):
        if word in VAGUE_AMOUNTS and word.removesuffix("s") not in singular:
            return f"“{word}” is not in its sources"
        factor = _DOUBLE.get(word)
        if not factor or word == "half" or spoken & _SAME_FACTOR[factor]:
            continue
        if not any(abs(ratio - factor) < 0.1 for ratio in _ratios(numbers)):
            return f"“{word}” is not in its sources"
    for found in _FRACTION.finditer(_figures(claim)):
        part = found["part"].lower().split()[-1]
        if not (singular | spoken) & {
            part,
            f"{part}s",
            "halved" if part == "half" else part,
        } and not _is_share(_PARTS[part], numbers):
            return f"“{found[0]}” is not in its sources"
    return None


def _is_share(part: float, numbers: Sequence[Number]) -> bool:
    shares = [float(number.digits) / 100 for number in numbers if number.unit == "%"]
    return any(abs(share - part) < 0.05 for share in (*shares, *_ratios(numbers)))


def _problem_with_extent(claim: str, texts: Sequence[str]) -> str | None:
    """`all` where no source says so, or `only` where none limits it."""
    spoken = {word for text in texts for word in words(text)}
    told = _UNIVERSAL.search(claim)
    if told and not spoken & _SOURCE_UNIVERSAL and not _is_all_of(claim, texts):
        return f"“{told[1]}” says more than its sources"
    return None


def _is_all_of(claim: str, texts: Sequence[str]) -> bool:
    """`all three`, where a source says `3 of 3` or `three`: a count, not a stretch."""
    figures = _figures(claim)
    counted = re.search(r"\b(?:all|each of)(?: of)?(?: the| its)? (\d[\d,.]{0,12})", figures, re.I)
    if counted is None:
        return any(re.search(r"\b100 ?%|\b(\d{1,6}) (?:of|/) \1\b", text) for text in texts)
    return any(counted[1].rstrip(".,") in _figures(text) for text in texts)
