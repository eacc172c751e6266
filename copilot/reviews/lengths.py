"""Checks that every length of time in a claim is stated, or follows from what its sources tell."""

import re
from collections.abc import Sequence
from datetime import tzinfo

from copilot.ports import WindowMessage
from copilot.reviews.lengths_told import DAY, LengthsTold, lengths_told
from copilot.reviews.reckoning import span_of
from copilot.reviews.stated import Length, Number, Stated

_LASTING = re.compile(
    r"\b(?:in|of|after|took|for|lasted|within|about|around|roughly|some|nearly|almost|under|over"
    r"|than) $"
)
_ROUGH = re.compile(
    r"(?:\b(?:about|around|roughly|nearly|almost|some|approximately|approx\.?|close to|circa|ca\."
    r"|near|another|a good|in the order of|on the order of|something like)|~|≈)\s*$",
    re.IGNORECASE,
)
_OR_SO = re.compile(r"^\W?\s?(?:or so\b|or thereabouts|odd\b|ish\b)")
_LESS = re.compile(
    r"(?:\b(?:less than|under|fewer than|not (?:even|quite)|below|short of|shy of)|<)\s*(?:an?\s)?$"
)
_MORE = re.compile(
    r"(?:\b(?:more than|only after|over|at least|longer than|above|exceed\w*|past|beyond|a good"
    r"|little over|upwards of|no less than)|>)\s*(?:an?\s)?$"
)
_WITHIN = re.compile(
    r"\b(?:within|inside|up to|at most|no more than)(?: the (?:first|next|last|space of))?\s*$"
)
_IN = re.compile(r"\bin(?: the (?:first|next|last|space of))?\s*$")
_NEXT_DAY = re.compile(
    r"\b(?:yesterday|tomorrow|tmrw|last night|overnight|daily|nightly|today|days?)\b", re.I
)
_ONE = re.compile(
    r"\b(?:after|before|later|earlier|ago|long|of|out|behind|ahead|passed|elapsed|or|late|early|away"
    r"|apart|in|until|delay\w*|since|on|afterwards|beforehand)\b"
)
_LASTED = re.compile(
    r"\b(?:for|about|nearly|almost|over|within|under|after|than|lasted|took|taken|takes|needed|spent"
    r"|waited|around|roughly|exactly|by|past|whole|entire|full|just)\s*$"
)
_AN = r"(?:an?|each|every|per|one|any|another)"
_ROUGHLY = 0.12
"""How far `about` and `nearly` may be off, as a share: 37 minutes are about 40."""
_ROUNDED = 0.15
"""How far rounding to a whole unit may go, as a share: 39 minutes are not an hour."""
_NEARLY = 0.03
"""How far the last figure may be off, as a share: 39 min 20 s are 40 minutes."""
_ROUND = 0.4
"""How far below a round length may lie what is told as less: 37 minutes are less than an hour."""
_CUT = 0.25
"""How far a length may be cut to the unit it is said in, as a share."""
_BOUND = 0.45
"""How far a bound that is true may lie from what was measured, as a share of it."""
_STRETCH = 0.25
"""How far `within`, `less than` and `more than` may lie from what was measured, as a share."""


def problem_with_lengths(
    said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> str | None:
    lengths = [length for length in said.lengths if not _is_only_a_word(length, claim)]
    if not lengths:
        return None
    told = lengths_told(said, claim, lengths, cited, zone)
    for length in lengths:
        if not _is_told(length, told):
            return f"“{length.said}” is neither stated by its sources nor the time between them"
    return None


def may_be_length(
    number: Number, said: Stated, claim: str, cited: Sequence[WindowMessage], zone: tzinfo
) -> bool:
    """The six of `offered it in five minutes and delivered it in about six`."""
    if number.unit or number.noun or not said.lengths or not _LASTING.search(number.before):
        return False
    steps = {length.step_s for length in said.lengths}
    lengths = [
        Length(number.value * step, step, number.said, number.before, number.after)
        for step in steps
    ]
    told = lengths_told(said, claim, lengths, cited, zone)
    return any(_measures(length, each) for length in lengths for each in told.measured)


def _is_told(length: Length, told: LengthsTold) -> bool:
    if any(_is_stated(length, other) for other in told.stated) or any(
        _measures(length, seconds) for seconds in (*told.seconds, *told.measured)
    ):
        return True
    if length.said.split()[0] in told.bare or _is_one_of_them(length, told.texts):
        return True
    if length.step_s < DAY:
        return _is_status(length, told.texts)
    is_next = length.seconds == DAY and any(_NEXT_DAY.search(text) for text in told.texts)
    return (
        is_next
        or length.seconds in told.calendar
        or any(_measures(length, day) for day in told.days)
    )


def _is_status(length: Length, texts: Sequence[str]) -> bool:
    """`the 502s` are no seconds where a source has the bare figure."""
    found = re.fullmatch(r"([1-5]\d\d)s", length.said)
    return found is not None and any(
        re.search(rf"(?<![\d.]){found[1]}(?!\d|s\b| ?sec)", text) for text in texts
    )


def _is_one_of_them(length: Length, texts: Sequence[str]) -> bool:
    """`within an hour`, where a source says `in last hour`."""
    found = re.fullmatch(r"1 (\w+?)s?", length.said)
    return found is not None and any(
        re.search(rf"\b(?:last|past|this|per|an?) {found[1]}\b", text, re.IGNORECASE)
        for text in texts
    )


def _is_only_a_word(length: Length, claim: str) -> bool:
    """`300 a minute`, `a second time`, `day by day`: nothing lasts or is apart that long."""
    found = re.fullmatch(r"1 (\w+?)s?", length.said)
    if not found or re.search(rf"\b1[\s-]{found[1]}", claim):
        return False
    an = re.search(rf"\b{_AN}[\s-]{found[1]}\b", claim, re.IGNORECASE)
    if an is None:
        return False
    return not _ONE.match(claim[an.end() :].lstrip()) and not _LASTED.search(
        claim[: an.start()].lower()
    )


def _is_stated(said: Length, other: Length) -> bool:
    """The same, or cut or rounded to its coarser unit: `27m 22s` are 27 minutes."""
    off = other.seconds - said.seconds
    if abs(off) < 0.001:
        return True
    is_coarser = said.step_s > other.step_s and said.seconds >= 10 * said.step_s
    return is_coarser and -said.step_s / 2 <= off < said.step_s


def _is_round(length: Length) -> bool:
    """An hour, or ten, thirty minutes: told for whatever is less. Not fifteen of them."""
    units = length.seconds / length.step_s
    return units == 1 or units % 10 == 0


def _measures(length: Length, seconds: float) -> bool:
    """`length` is `seconds`, rounded or cut to the unit it is said in, or as rough as it says."""
    if seconds <= 0:
        return False
    if length.upto_s is not None:
        low, high = span_of(length.seconds, length.step_s, "", "", length.upto_s)
        return low <= seconds <= high
    before = length.before
    off, step = length.seconds - seconds, length.step_s
    slack = max(min(step, 300), seconds * _STRETCH)
    if _LESS.search(before) or _WITHIN.search(before):
        return -min(30, step) <= off <= max(slack, _ROUND * length.seconds * _is_round(length))
    if _MORE.search(before):
        return -max(slack, _BOUND * length.seconds, length.seconds == step and step) <= off <= 0
    if _IN.search(before) and 0 <= off <= min(step, 300):
        return True
    is_rough = _ROUGH.search(before) or _OR_SO.match(length.after)
    if is_rough and abs(off) <= max(step / 2, seconds * _ROUGHLY):
        return True
    near = max(min(step, seconds * _NEARLY), min(step / 2, max(30, seconds * _ROUNDED)))
    if abs(off) <= near:
        return True
    return 0 <= -off < min(step, max(60, seconds * _CUT))
