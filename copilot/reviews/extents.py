"""Checks amounts that are told in words: `all`, `half`, `twice`, `hundreds`."""

import re
from collections.abc import Iterable, Sequence

from copilot.reviews.evidence import content_words, passage_of
from copilot.reviews.loose_figures import is_ratio
from copilot.reviews.meanings import meanings_of
from copilot.reviews.reckoning import (
    TIME,
    around,
    bases_of,
    figures_of,
    percentiles_in,
    ratios,
    shares,
)
from copilot.reviews.stated import VAGUE_AMOUNTS, Number, Stated, stated_in
from copilot.reviews.words import word_set, words

_UNIVERSAL = re.compile(
    r"(?<!after )(?<!upon )(?<!on )(?<!with )(?<!at )(?<!not )(?<!half of )(?<!third of )(?<!% of )"
    r"(?<!nearly )(?<!almost )(?<!above )(?<!\bin )"
    r"\b(all|every|everyone|everything|everybody)\b"
    r"(?!-)(?! (?:but|second|minute|hour|day|night|week|month|quarter|year|time"
    r"|(?:of )?(?:those|them) who|who|behind|concerned|involved)\b)",
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
    r"|roughly|maybe)\b|~|\d ?%",
    re.IGNORECASE,
)
"""Words and counts with which a message speaks of a part."""
_UNIT_LETTERS = 2
"""What is no longer is a unit that nobody listed rather than a thing: `200 mm`."""
_MANY = 3
"""Messages, from which on a word of one of them proves little of another."""
_NOT_ALL = re.compile(r"\b(?:not|never|without|hardly)\b|n't\b", re.IGNORECASE)
_BUT = re.compile(r" (?:[\w-]+ ){1,4}(?:but|except|save|bar|apart from|other than)\b")
_DOUBLE = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0,
           "halved": 0.5}  # fmt: skip
_MULTIPLE = re.compile(
    r"\b(?:twice(?=\s+(?:as|the|its|that|their|what|normal|usual)\b)"
    r"|double(?=\s+(?:the|its|that|their|what|normal|usual)\b)|doubled|tripled?|halved)\b",
    re.IGNORECASE,
)
_SAME_FACTOR = {
    2.0: word_set(
        "twice double doubled doubles doubling duplicate duplicates duplicated both 2x x2"
    ),
    3.0: word_set("triple tripled thrice 3x x3"),
    0.5: word_set("half halved halves"),
}
_TWICE = 2.0
_AGAIN = re.compile(r"\bagain\b|\b2nd\b|\bsecond time\b", re.IGNORECASE)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10}  # fmt: skip
_OF_ONE = re.compile(r"\s+of an? ")
_FRACTION = re.compile(
    r"(?<!\w)(?:(?P<half>half)(?=\s+(?:of|the|its|their|all|as|what)\b)|(?P<one>an?|one|1)[\s-]"
    r"(?P<part>third|quarter|fifth|sixth|eighth|tenth)(?=\s+(?:of|the|as)\b|\s*(?:[.,;]|$))"
    r"|(?P<many>\d)[\s-](?P<parts>thirds|quarters|fifths|sixths|sevenths|eighths|ninths|tenths))\b",
    re.IGNORECASE,
)


def problem_with_vague_amounts(
    claim: str, texts: Sequence[str], sources: Sequence[Stated]
) -> str | None:
    numbers = bases_of(sources)
    return _problem_with_multiples(claim, texts, numbers) or _problem_with_fractions(
        claim, texts, numbers
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
    for found in _MULTIPLE.finditer(claim):
        word = found[0].lower()
        factor = _DOUBLE[word]
        if spoken & _SAME_FACTOR[factor] or len(set(texts)) < len(texts):
            continue
        before = "" if word == "halved" else claim[: found.start()]  # more than halved is less
        least, most = around(factor, before, 0.15 * factor)
        if word == "twice" and any(_tells_two(text) for text in texts):
            continue
        if not any(least <= ratio <= most for ratio in ratios(numbers)) and not is_ratio(
            factor, before, texts
        ):
            return f"“{word}” is not in its sources"
    return None


def _problem_with_fractions(
    claim: str, texts: Sequence[str], numbers: Sequence[Number]
) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    told = [*shares(numbers), *percentiles_in(texts)]
    singular = {word.removesuffix("s") for word in spoken}
    figures = figures_of(claim)
    for found in _FRACTION.finditer(figures):
        part = (found["half"] or found["part"] or found["parts"]).lower().removesuffix("s")
        if found["part"] and _OF_ONE.match(figures, found.end()):
            continue  # a tenth of a point is told as two figures
        if (singular | spoken) & {part, "halved" if part == "half" else part}:
            continue
        share = int(found["many"] or 1) / _PARTS[part]
        least, most = around(share, figures[: found.start()], 0.05)
        if not any(least <= each <= most for each in told) and not is_ratio(
            share, figures[: found.start()], texts
        ):
            return f"“{found[0]}” is not in its sources"
    return None


def _tells_two(text: str) -> bool:
    """`ran at 02:00 and again at 02:14` is twice."""
    return len(stated_in(text).times) > 1 or _AGAIN.search(text) is not None


def _is_so_many(word: str, number: Number) -> bool:
    """`hundreds` are 240, `dozens` 45, less than ten or twenty of them."""
    least = {"dozens": 12, "hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9}
    one = least.get(word)
    return one is not None and number.unit != TIME and one <= number.value < 20 * one


def problem_with_extent(claim: str, texts: Sequence[str]) -> str | None:
    """`all` where a source speaks of a part, or counts, and none says `all`."""
    told = _UNIVERSAL.search(claim)
    if told is None or _is_all_of(claim, texts):
        return None
    saying = [text for text in texts if _SOURCE_UNIVERSAL & set(words(text))]
    if len(texts) > _MANY:
        own = set(content_words(claim)) - _SOURCE_UNIVERSAL
        saying = [text for text in saying if not own or _speaks_of(text, own)]
    if saying:
        return None
    if len(texts) > _MANY and any(_SOURCE_UNIVERSAL & set(words(text)) for text in texts):
        return f"“{told[1]}” is said of something else in its sources"
    if _NOT_ALL.search(claim[: told.start()]) or _BUT.match(claim, told.end()):
        return None
    is_people = told[1].lower() in ("everyone", "everybody")
    if is_people or any(_PARTLY.search(text) or _counts(text) for text in texts):
        return f"“{told[1]}” says more than its sources"
    return None


def _speaks_of(text: str, own: Iterable[str]) -> bool:
    meanings = passage_of(text).meanings
    return any(not meanings.isdisjoint(meanings_of(word)) for word in own)


def _counts(text: str) -> bool:
    """It says how many there were of something."""
    return any(
        len(number.noun) > _UNIT_LETTERS for number in stated_in(text).numbers if number.unit != "s"
    )


def _is_all_of(claim: str, texts: Sequence[str]) -> bool:
    """`all three`, where a source says `3 of 3` or `three`: a count, not a stretch."""
    figures = figures_of(claim)
    counted = re.search(r"\b(?:all|each of)(?: of)?(?: the| its)? (\d[\d,.]{0,12})", figures, re.I)
    if counted is None:
        return any(
            re.search(r"\b100 ?%|\b(\d{1,6}) ?(?:of|/) ?\1\b|(?<![\d.])0 ?(?:of|/) ?\d", text)
            for text in texts
        )
    return any(counted[1].rstrip(".,") in figures_of(text) for text in texts)
