"""Checks amounts that are told in words: `all`, `half`, `twice`, `hundreds`."""

import re
from collections.abc import Sequence

from copilot.reviews.reckoning import around, figures_of, ratios
from copilot.reviews.stated import VAGUE_AMOUNTS, Number, Stated
from copilot.reviews.words import word_set, words

_UNIVERSAL = re.compile(
    r"(?<!after )(?<!upon )(?<!on )(?<!with )(?<!at )(?<!not )(?<!half of )(?<!third of )(?<!% of )"
    r"(?<!nearly )(?<!almost )(?<!above )"
    r"\b(all|every|everyone|everything|everybody)\b"
    r"(?! (?:but|minute|hour|day|night|week|month|quarter|year|time|(?:of )?(?:those|them) who"
    r"|who)\b)",
    re.IGNORECASE,
)
_SOURCE_UNIVERSAL = word_set(
    """
    all every everyone everything everybody entire entirely always each completely whole any
    anything anyone total fully full both nothing none nobody no 100 never
    """
)
_PARTLY = re.compile(
    r"\b(?:some|most|mostly|many|few|part|partly|partial\w*|half|several|mainly|nearly|almost|only"
    r"|certain|majority|minority|third|quarter|a (?:bunch|handful|couple|lot)|not (?:all|every)"
    r"|about|around|roughly|maybe)\b|~|\d",
    re.IGNORECASE,
)
"""Words and counts with which a message speaks of a part."""
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


def problem_with_vague_amounts(
    claim: str, texts: Sequence[str], sources: Sequence[Stated]
) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    numbers = [number for source in sources for number in source.numbers]
    return _problem_with_multiples(claim, texts, numbers) or _problem_with_fractions(
        claim, spoken, numbers
    )


def _problem_with_multiples(
    claim: str, texts: Sequence[str], numbers: Sequence[Number]
) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    singular = {word.removesuffix("s") for word in spoken}
    for word in words(claim):
        if word in VAGUE_AMOUNTS and any(_is_so_many(word, number) for number in numbers):
            continue
        if word in VAGUE_AMOUNTS and word.removesuffix("s") not in singular:
            return f"“{word}” is not in its sources"
        factor = _DOUBLE.get(word)
        if not factor or word == "half" or spoken & _SAME_FACTOR[factor]:
            continue
        if factor == 2.0 and len(set(texts)) < len(texts):
            continue  # two messages of the same words
        least, most = around(factor, claim[: max(0, claim.lower().find(word))], 0.1)
        if not any(least <= ratio <= most for ratio in ratios(numbers)):
            return f"“{word}” is not in its sources"
    return None


def _problem_with_fractions(claim: str, spoken: set[str], numbers: Sequence[Number]) -> str | None:
    singular = {word.removesuffix("s") for word in spoken}
    for found in _FRACTION.finditer(figures_of(claim)):
        part = found["part"].lower().split()[-1]
        if not (singular | spoken) & {
            part,
            f"{part}s",
            "halved" if part == "half" else part,
        } and not _is_share(_PARTS[part], numbers, figures_of(claim)[: found.start()]):
            return f"“{found[0]}” is not in its sources"
    return None


def _is_so_many(word: str, number: Number) -> bool:
    """`hundreds` are 640, `dozens` 45: two of them at least, less than ten or twenty."""
    least = {"dozens": 12, "hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9}
    one = least.get(word)
    return one is not None and number.unit != "s" and 2 * one <= float(number.digits) < 15 * one


def _is_share(part: float, numbers: Sequence[Number], before: str) -> bool:
    shares = [float(number.digits) / 100 for number in numbers if number.unit == "%"]
    least, most = around(part, before, 0.05)
    return any(least <= share <= most for share in (*shares, *ratios(numbers)))


def problem_with_extent(claim: str, texts: Sequence[str]) -> str | None:
    """`all` where a source speaks of a part, or counts, and none says `all`."""
    told = _UNIVERSAL.search(claim)
    if told is None or _is_all_of(claim, texts):
        return None
    if any(_SOURCE_UNIVERSAL & set(words(text)) for text in texts):
        return None
    if any(_PARTLY.search(text) for text in texts):
        return f"“{told[1]}” says more than its sources"
    return None


def _is_all_of(claim: str, texts: Sequence[str]) -> bool:
    """`all three`, where a source says `3 of 3` or `three`: a count, not a stretch."""
    figures = figures_of(claim)
    counted = re.search(r"\b(?:all|each of)(?: of)?(?: the| its)? (\d[\d,.]{0,12})", figures, re.I)
    if counted is None:
        return any(re.search(r"\b100 ?%|\b(\d{1,6}) (?:of|/) \1\b", text) for text in texts)
    return any(counted[1].rstrip(".,") in figures_of(text) for text in texts)
