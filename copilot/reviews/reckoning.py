"""What may be reckoned from the numbers of sources: ratios, sums, rounding as it is told."""

import re
from collections.abc import Sequence
from itertools import permutations

from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import Number

_ROUGH = re.compile(
    r"(?:\b|(?=~))(about|around|roughly|nearly|almost|some|approximately|over|more than|close to|~"
    r"|less than|under|fewer than|just (?:over|under)|well over|at least)\s*$",
    re.IGNORECASE,
)
_BELOW = frozenset({"nearly", "almost", "less than", "under", "fewer than", "just under"})
"""What is told is the higher one."""
_ABOVE = frozenset({"over", "more than", "just over", "well over", "at least"})
_NEAR = 0.05
"""How far a rounded number may be off, as a share."""
_PAST_THE_HOUR = re.compile(r"\b(?:half|quarter) (?:past|to)\b", re.IGNORECASE)


def is_about_as_many(said: Number, source: Number, claim: str) -> bool:
    """`about 2,300` are 2,291, `nearly 3 %` are 2.9 %: rounded, and in the direction told."""
    at = claim.find(said.said.split()[0])
    rough = _ROUGH.search(claim[max(0, at - 16) : at]) if at >= 0 else None
    told, meant = float(said.digits), float(source.digits)
    figures = [len(number.digits.strip("0.").replace(".", "")) for number in (said, source)]
    if rough is None or told <= 0 or meant <= 0 or figures[0] >= figures[1]:
        return False
    off = (told - meant) / meant
    if rough[1].lower() in _BELOW:
        return 0 < off <= _NEAR
    if rough[1].lower() in _ABOVE:
        return -_NEAR <= off < 0
    return abs(off) <= _NEAR


def sums(known: Sequence[Number]) -> list[float]:
    """Sums and differences of two numbers of one kind, and what is left of a hundred percent."""
    values = [(float(n.digits), n.unit) for n in known[:12] if n.unit != "s"]
    left = [100 - value for value, unit in values if unit == "%"]
    return left + [
        result
        for (a, one), (b, other) in permutations(values, 2)
        if one == other
        for result in (a + b, a - b)
        if result > 0
    ]


def figures_of(claim: str) -> str:
    return in_figures(_PAST_THE_HOUR.sub(" ", claim))


def ratios(known: Sequence[Number]) -> list[float]:
    values = [
        (float(n.digits), n.unit) for n in known[:12] if n.unit != "s" and float(n.digits) > 0
    ]
    told = [value for n in known if n.noun.lower() in ("x", "times") for value in [float(n.digits)]]
    return told + [a / b for (a, one), (b, other) in permutations(values, 2) if one == other]


def around(value: float, before: str, off: float) -> tuple[float, float]:
    """From where to where something may lie that is told as `value` after the words `before`."""
    rough = _ROUGH.search(before[-20:])
    told = rough[1].lower() if rough else ""
    wide = max(2 * off, 0.2 * value)
    least = value if told in _ABOVE else value - (wide if told in _BELOW else off)
    most = value if told in _BELOW else value + (wide if told in _ABOVE else off)
    return least, most
