"""Checks that every length of time in a claim is stated, or lies between cited moments."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from itertools import combinations

from copilot.ports import WindowMessage
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import Length, Stated, stated_in
from copilot.reviews.told_times import stated_instants
from copilot.reviews.words import normalised

_ROUGH = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|some|approximately|close to|circa|~|≈)\s*$", re.I
)
_LESS = re.compile(r"\b(?:less than|under|fewer than|not even|<)\s*$", re.I)
_MORE = re.compile(r"\b(?:more than|only after|over|at least|longer than|>)\s*$", re.I)
_WITHIN = re.compile(r"\b(?:within|in|inside|up to|at most)(?: the (?:first|next|last))?\s*$", re.I)
_DAY = 86400
_NEXT_DAY = re.compile(r"\b(?:yesterday|tomorrow|last night|overnight)\b", re.IGNORECASE)
_ROUGHLY = 0.12
"""How far `about` and `nearly` may be off, as a share: 37 minutes are about 40."""
_ROUNDED = 0.15
"""How far rounding to a whole unit may go, as a share: 39 minutes are not an hour."""
_NEARLY = 0.03
"""How far the last figure may be off, as a share: 39 min 20 s are 40 minutes."""
_STRETCH = 0.25
"""How far `within`, `less than` and `more than` may lie from what was measured, as a share."""


def problem_with_lengths(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    if not said.lengths:
        return None
    stated = [length for m in cited for length in stated_in(normalised(m.text)).lengths]
    moments = sorted({m.occurred_at for m in cited})
    told = {at for message in cited for at in stated_instants(message, zone)}
    between = [(later - earlier).total_seconds() for earlier, later in combinations(moments, 2)]
    between += [abs((at - moment).total_seconds()) for at in told for moment in moments]
    between += [abs((one - other).total_seconds()) for one, other in combinations(told, 2)]
    lengths = [length.seconds for length in stated[:12]]
    between += [one + other for one, other in combinations(lengths, 2)]
    figures = " ".join(in_figures(claim).split())
    for length in said.lengths:
        if any(_is_stated(length, other) for other in stated):
            continue
        if length.seconds == _DAY and any(_NEXT_DAY.search(m.text) for m in cited):
            continue
        before = _before(length, figures)
        if any(_measures(length, seconds, before) for seconds in between):
            continue
        if _ROUGH.search(before) and any(
            abs(length.seconds - other.seconds) <= other.seconds * _ROUGHLY for other in stated
        ):
            continue
        return f"“{length.said}” is neither stated by its sources nor the time between them"
    return None


def _is_stated(said: Length, other: Length) -> bool:
    """The same, or cut or rounded to its coarser unit: `27m 22s` are 27 minutes."""
    off = other.seconds - said.seconds
    if abs(off) < 0.001:
        return True
    is_coarser = said.step_s > other.step_s and said.seconds >= 10 * said.step_s
    return is_coarser and -said.step_s / 2 <= off < said.step_s


def _before(length: Length, figures: str) -> str:
    """The words in front of a length, with amounts in figures."""
    at = figures.find(length.said)
    return figures[max(0, at - 24) : at] if at >= 0 else ""


def _measures(length: Length, seconds: float, before: str) -> bool:
    """`length` is `seconds`, rounded or cut to the unit it is said in, or as rough as it says."""
    if seconds <= 0:
        return False
    off, step = length.seconds - seconds, length.step_s
    slack = max(min(step, 300), seconds * _STRETCH)
    if _LESS.search(before) or _WITHIN.search(before):
        return -min(30, step) <= off <= slack
    if _MORE.search(before):
        return -slack <= off <= 0
    if _ROUGH.search(before) and abs(off) <= max(step / 2, seconds * _ROUGHLY):
        return True
    near = max(min(step, seconds * _NEARLY), min(step / 2, max(30, seconds * _ROUNDED)))
    if abs(off) <= near:
        return True
    return 0 <= -off < min(step, max(60, seconds * _STRETCH))
