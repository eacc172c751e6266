"""Reads every figure of a text, however it is glued or written, for what is told of it loosely.

`stated.py` says what a figure is. Where that finds nothing, a true sentence is likelier to be told
in a way nobody thought of than a false one to fit by chance: these readings are the last word.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from copilot.reviews.reckoning import (
    around,
    figures_told,
    is_one_in,
    is_rough,
    is_times,
    percentiles_in,
    span_told,
)
from copilot.reviews.stated import Number

_RUN = re.compile(r"(?<![\w.,])(?<![A-Za-z]-)\d{1,15}(?:[.,:]\d{1,15}|['’ ]\d{3}(?!\d)){0,4}")
_GLUED = re.compile(r"(?<=[A-Za-z])[1-9]\d{0,5}(?=[A-Za-z])")
"""`8` of `Xmx8g`."""
_SCALE_AFTER = re.compile(r"\s?(k|K|M|m|B|bn|G|million|billion|thousand)(?![A-Za-z])")
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e3}
_MOST = 24
"""Figures of all cited texts that are compared with each other."""
_COMPARED = re.compile(
    r"^\s*(?:[a-zA-Z%/]{1,12}\s+){0,2}?(?:fewer|more|less|weaker|stronger|higher|lower|longer|shorter"
    r"|above|below|under|over|earlier|later|sooner|apart|short|beyond|ahead|behind|greater|cheaper"
    r"|dearer|warmer|cooler|hotter|colder|faster|slower|extra|additional)\b"
)
"""What stands behind a difference: `8 dB weaker`, `seven fewer`."""
_NEAR = 0.12
"""How far a ratio told in a word may be off, as a share."""
_OF_UNITS = {
    "centimetre": 100, "centimeter": 100, "cm": 100, "millimetre": 1000, "millimeter": 1000,
    "mm": 1000, "cent": 100, "pence": 100, "penny": 100, "kilometre": 0.001, "kilometer": 0.001,
    "km": 0.001, "tonne": 0.001, "ton": 0.001, "gram": 1000,
    "kilogram": 0.001, "millilitre": 1000, "millivolt": 1000, "kilovolt": 0.001,
}  # fmt: skip
"""By what an amount is multiplied to be told in that unit rather than in the one nobody wrote."""


@lru_cache(maxsize=2048)
def readings(text: str) -> frozenset[float]:
    """What its figures may stand for: `31.460,15` in either way of writing, `1.62B` in billions,
    a clock in hours and in minutes, and each part of them alone."""
    return frozenset(value for found in _runs(text) for value in _values(found, text))


def _runs(text: str) -> Iterator[re.Match[str]]:
    for at, found in enumerate(_RUN.finditer(text)):
        if at >= _MOST:
            return
        yield found


def _values(found: re.Match[str], text: str) -> Iterator[float]:
    run = found[0]
    if ":" in run:
        yield from _of_a_clock(run)
        return
    parts = re.split(r"[.,'’ ]", run)
    if " " in run:
        yield from map(float, parts)
    whole = [float("".join(parts))] if len(parts) > 1 and len(parts[-1]) == _THREE else []
    is_decimal = len(parts) == _TWO or len(set(re.findall(r"[.,]", run))) > 1
    if is_decimal:
        whole.append(float("".join(parts[:-1]) + "." + parts[-1]))
    elif len(parts) == 1:
        whole.append(float(run))
    scale = _SCALE_AFTER.match(text, found.end())
    for value in whole:
        yield value
        if scale:
            yield value * _SCALES[scale[1][0].lower()]


def _of_a_clock(run: str) -> Iterator[float]:
    parts = [int(part) for part in run.split(":") if part.isdigit()]
    if len(parts) > 1:
        yield float(60 * parts[0] + parts[1])
        yield float(3600 * parts[0] + 60 * parts[1] + (parts[2] if len(parts) > _TWO else 0))


_TWO, _THREE = 2, 3


def stands_in(digits: str, texts: Sequence[str]) -> bool:
    """The figure stands there, glued or not: `osd.118`, `raid6`, `6+7`, `lb-01..06`, `x2`."""
    run = re.compile(rf"(?<!\d)(?<!\d[.,:])0?{re.escape(digits)}(?!\d|[.,:]\d)")
    if any(run.search(text) for text in texts):
        return True
    version = re.compile(rf"(?<=[A-Za-z]){digits.replace('.', '')}(?!\d)")  # `tls12` for 1.2
    return "." in digits and any(version.search(text) for text in texts)


def is_ratio(value: float, before: str, texts: Sequence[str], off: float | None = None) -> bool:
    """Any two figures of the sources have about that ratio, whatever their units: seconds and
    milliseconds, thousands and what nobody wrote a `k` behind."""
    least, most = around(value, before, _NEAR * value if off is None else off)
    held = {each for text in texts for each in readings(text) if each > 0}
    held |= {float(each) for text in texts for each in _GLUED.findall(text)}
    compared = sorted(held)[:_MOST]
    return any(
        least <= one / other * by <= most
        for one in compared
        for other in compared
        if one != other
        for by in (1.0, 1e3, 1e-3, 1e6, 1e-6)
    )


def is_rounded_reading(said: Number, texts: Sequence[str]) -> bool:
    """A large number told in two figures at most: `1.6 billion` of 1.62B, `about 17,500` of
    S$17,480."""
    figures = len(figures_told(said.value))
    if figures > _FIGURES or said.value < (_LARGE if is_rough(said) else _VERY_LARGE):
        return False
    low, high = span_told(said)
    return any(
        low <= each <= high and len(figures_told(each)) > figures
        for text in texts
        for each in readings(text)
    )


_LARGE, _VERY_LARGE = 1_000.0, 1_000_000.0
_FIGURES = 3


def in_unit(said: Number, texts: Sequence[str]) -> bool:
    """`31 cents` of $0.31, `80 centimetres` between 4.62 and 3.85 m."""
    lower = said.noun.lower()
    by = _OF_UNITS.get(lower) or _OF_UNITS.get(lower.removesuffix("s"))
    if by is None:
        return False
    low, high = span_told(said)
    held = sorted({each for text in texts for each in readings(text)})[:_MOST]
    apart = [other - one for one, other in combinations(held, 2)]
    return any(low <= value * by <= high for value in (*held, *apart))


def is_apart(said: Number, texts: Sequence[str]) -> bool:
    """`seven fewer` of 25 and 18, `8 dB weaker` of -19 and -11, whatever their units."""
    if not _COMPARED.match(said.after.lower()):
        return False
    low, high = span_told(said)
    held = sorted({each for text in texts for each in readings(text)})[:_MOST]
    return any(low <= other - one <= high for one, other in combinations(held, 2))


def is_loosely_told(number: Number, texts: Sequence[str]) -> bool:
    """Its figure stands there glued to something, or it is told of figures in another unit."""
    if not number.unit and (
        stands_in(number.digits, texts)
        or (
            (number.value >= _LARGE or "." in number.digits)
            and any(number.value in readings(text) for text in texts)
        )
    ):
        return True
    if is_times(number) and is_ratio(number.value, number.before, texts, 0.5):
        return True
    if is_one_in(number) and any(
        abs(1 / number.value - each) < 1 / number.value / 8 for each in percentiles_in(texts)
    ):
        return True
    if number.unit == "%" and any(
        re.search(rf"=\s?{re.escape(number.digits)}(?![\w.,]\w|\w)", text) for text in texts
    ):
        return True  # `(100+38)/2=69`
    return is_rounded_reading(number, texts) or in_unit(number, texts) or is_apart(number, texts)
