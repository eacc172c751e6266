"""What may be reckoned from the numbers of sources: rounding, sums, ratios, shares, other units."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, permutations

from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import Number, Stated
from copilot.reviews.units import factors_between

TIME = "time"
"""The unit of a length of time in seconds, as `bases_of` gives it."""
_MOST = 14
"""Numbers of the sources that are combined with each other."""
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|some|approximately|approx\.?|circa|ca\.?|close to|near"
    r"|in the region of|in the order of|something like|estimated|an? (?:estimated|good))|~|≈)\s*$",
    re.IGNORECASE,
)
_OR_SO = re.compile(r"^\W?(?:\s?[a-z]{1,20}){0,2}?\s?(?:\bor so\b|-?odd\b|-?ish\b)", re.IGNORECASE)
_BELOW = re.compile(
    r"(?:\b(?:nearly|almost|less than|under|fewer than|just (?:under|below|short of)|below|short of"
    r"|not (?:quite|even)|at most|up to|no more than|within|as many as|lower than)|<)"
    r"\s*(?:the\s|an?\s)?$",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"(?:\b(?:over|more than|just (?:over|above)|well over|at least|above|upwards of|exceed\w*"
    r"|past|beyond|in excess of|no fewer than|no less than|longer than|higher than|little over"
    r"|good|greater than)|>)\s*(?:the\s|an?\s)?$",
    re.IGNORECASE,
)
_FAR = 0.1
"""How far `more than` and `less than` may lie from what is meant, as a share, or one step."""
_WIDEST = 1.5
"""By how much one end of a range may be the other, for what lies in between to be told by it."""
_ROUGHLY = 0.1
_ROUNDED = 0.05
"""How far a number rounded without a word of it may be off, as a share."""
_RECKONED = re.compile(
    r"\b(?:more|fewer|less|left|remain\w*|rest|another|additional|further|total|altogether|still"
    r"|combined|together|in all|points?|other|above|below|over|under|higher|lower|beyond|short|of"
    r"|missing|behind|ahead|by|difference|extra|increase\w*|rose|grew|fell|drop\w*|climb\w*|up"
    r"|gain\w*|lost|but|except|already|down|outstanding|unaffected|late|early|longer|shorter"
    r"|added|spare|free|too)\b",
    re.IGNORECASE,
)
"""Words by which a small number may be a sum or a difference."""
_A_FEW = 12
_TRIVIAL = 2
"""Adding so little makes of nearly every number another one."""
_NAMED = re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{1,4})?(?![\w.]*\d)")
_TIMES = re.compile(r"^[\s-]?(?:times\b|x\b|-?fold\b)", re.IGNORECASE)
_MONEY = frozenset("$€£")
_APIECE = re.compile(r"\b(?:on average|each|per|apiece)\b", re.IGNORECASE)
_PER_ONE = re.compile(r"^\s?(?:[a-z]{1,20} )?(?:per|apiece)\b(?! cent)")
_OUT_OF = re.compile(
    r"\b(?:one|1)\s+(?:\w{1,20}\s+)?(?:in|of|out of)\s+(?:every\s+)?$", re.IGNORECASE
)
_PERCENTILE = re.compile(r"(?:\b|_|(?<=[a-z]))[pP](50|75|90|95|99)(?!\w)")
_PAST_THE_HOUR = re.compile(r"\b(?:half|quarter) (?:past|to)\b", re.IGNORECASE)


def bases_of(sources: Sequence[Stated]) -> list[Number]:
    """The numbers of sources and their lengths of time, to be compared with each other."""
    numbers = [n for source in sources for n in source.numbers if n.unit != "s"]
    lengths = [length for source in sources for length in source.lengths]
    return numbers + [Number(f"{each.seconds:.6f}", TIME, "", each.said) for each in lengths]


def span_of(
    value: float, step: float, before: str, after: str = "", upto: float | None = None
) -> tuple[float, float]:
    """From where to where something may lie that is told as `value` beside those words."""
    if upto is not None and max(value, upto) <= _WIDEST * min(value, upto):
        return min(value, upto), max(value, upto)
    before = before[-24:]
    far = max(_FAR * value, min(step, value / 2))
    if _ABOVE.search(before):
        return value, value + far
    if _BELOW.search(before):
        return value - far, value
    if _ABOUT.search(before) or _OR_SO.match(after):
        share = _ROUGHLY if len(figures_told(value)) < 2 else _ROUNDED
        off = max(min(step / 2, 0.25 * value), share * value)
        return value - off, value + off
    off = min(step / 2, _ROUNDED * value)
    return value - off, value + off


def is_reckoned(said: Number, known: Sequence[Number], claim: str) -> bool:
    """`said` is a number of the sources rounded as told, or follows from two or three of them."""
    if _is_rounded(said, known):
        return True
    low, high = span_told(said)
    if not is_rough(said) or len(figures_told(said.value)) > 2:
        low = high = said.value  # what is told to the last figure is no rounding
    near = 0.5 if said.value >= 1 else 0.05
    if said.unit == "%":
        plain = [number for number in known if number.unit != "%"]
        if any(low - near <= each <= high + near for each in _percentages(plain)):
            return True
    is_apiece = (said.unit in _MONEY and _APIECE.search(claim)) or (
        not said.unit and _PER_ONE.match(said.after)
    )
    if is_apiece or is_times(said):
        return any(low - near < ratio < high + near for ratio in ratios(known))
    if is_one_in(said):
        return any(abs(1 / said.value - each) < 1 / said.value / 8 for each in shares(known))
    is_figure = re.search(rf"(?<![\d.,]){re.escape(said.digits)}(?!\d)", claim)
    is_small = said.value <= _A_FEW and "." not in said.digits
    if is_small and is_figure and not _RECKONED.search(claim):
        return False
    named = {float(each) for each in _NAMED.findall(claim.replace(",", ""))}
    return any(low - 0.001 <= value <= high + 0.001 for value in sums(known, said.unit, named))


def span_told(said: Number) -> tuple[float, float]:
    return span_of(said.value, step_of(said.digits), said.before, said.after, said.upto)


def is_times(said: Number) -> bool:
    """`nineteen times`, `6x`, `by a factor of ten`."""
    is_factor = said.before.rstrip().endswith("factor of")
    return is_factor or bool(_TIMES.match(said.after)) or "times" in said.said


def is_one_in(said: Number) -> bool:
    """The ten of `one delivery in ten`."""
    return bool(_OUT_OF.search(said.before)) and said.value > 0


def _is_rounded(said: Number, known: Sequence[Number]) -> bool:
    low, high = span_told(said)
    figures = figures_told(said.value)
    is_bound = len(figures) < 3 and bool(
        _ABOVE.search(said.before[-24:]) or _BELOW.search(said.before[-24:])
    )
    least = 3 if said.unit == "%" else 10
    may_round = is_rough(said) or (said.value >= 100 and len(figures) > 1)
    return any(
        (said.value >= least and "." not in said.said and said.value == round(value))
        or ("." in said.digits and said.value == round(value, len(said.digits.split(".")[1])))
        or (
            may_round
            and low <= value <= high
            and len(figures_told(value)) + is_bound > len(figures)
        )
        for value in _converted(said, known)
    ) or any(
        abs(said.value - other.value * by) < 0.005 * said.value
        for other in known
        for by in factors_between(other.unit, said.unit)
        if by != 1.0
    )


def is_rough(said: Number) -> bool:
    """Told as a rounded one, or as one end of a range."""
    if said.upto is not None:
        return True
    patterns = (_ABOUT, _ABOVE, _BELOW)
    before = said.before[-24:]
    return any(each.search(before) for each in patterns) or bool(_OR_SO.match(said.after))


def step_of(digits: str) -> float:
    """The place of the last figure that is told: ten for `350`, a tenth for `1.5`."""
    whole, _, fraction = digits.partition(".")
    if fraction:
        return float(10 ** -len(fraction))
    return float(10 ** min(len(whole) - len(whole.rstrip("0")), max(0, len(whole) - 1)))


def figures_told(value: float) -> str:
    return f"{value:.6f}".rstrip("0").replace(".", "").strip("0")


def _converted(said: Number, known: Sequence[Number]) -> Iterator[float]:
    """Values of the sources in the unit of `said`."""
    for number in known:
        if number.unit == said.unit or not (number.unit and said.unit):
            yield number.value
        else:
            yield from (number.value * by for by in factors_between(number.unit, said.unit))


def sums(known: Sequence[Number], unit: str = "", named: Collection[float] = ()) -> list[float]:
    """Sums, differences and products of two numbers, sums of three, and what is left of 100 %;
    one more or less only of a number that is `named` beside it."""
    values = [(n.value, n.unit) for n in known[:_MOST] if n.unit not in ("s", TIME)]
    left = [100 - value for value, each in values if each == "%"]
    fitting = [value for value, each in values if not each or not unit or each == unit]
    pairs = [
        result
        for a, b in permutations(fitting, 2)
        for result in (a + b, a - b)
        if result > 0
        and (min(a, b) > _TRIVIAL or max(a, b) <= _A_FEW or (a in named and result < a))
    ]
    pairs += [a * b for a, b in combinations(fitting[:8], 2) if min(a, b) > _TRIVIAL]
    return left + pairs + [sum(three) for three in combinations(fitting[:8], 3)]


def _percentages(known: Sequence[Number]) -> Iterator[float]:
    yield from (100 * n.value for n in known if n.value <= 1 and not n.unit)
    for ratio in ratios(known):
        yield 100 * ratio
        yield abs(100 * (ratio - 1))


def figures_of(claim: str) -> str:
    return in_figures(_PAST_THE_HOUR.sub(" ", claim))


def ratios(known: Sequence[Number]) -> list[float]:
    values = [(n.value, n.unit) for n in known[:_MOST] if n.value > 0]
    told = [n.value for n in known if n.noun.lower() in ("x", "times")]
    return told + [
        a * by / b
        for (a, one), (b, other) in permutations(values, 2)
        for by in ((1.0,) if one == other or not one or not other else factors_between(one, other))
    ]


def shares(known: Sequence[Number]) -> list[float]:
    """What part of a whole is told: in percent, as a ratio, or what is left of one."""
    told = [n.value / 100 for n in known if n.unit == "%"]
    told += [ratio for ratio in ratios(known) if ratio < 1]
    told += [ratio - 1 for ratio in ratios(known) if 1 < ratio < _TRIVIAL]  # rose by a quarter
    return told + [1 - share for share in told]


def percentiles_in(texts: Sequence[str]) -> list[float]:
    """`p90` speaks of nine in ten, and of the tenth beyond."""
    told = [int(each) / 100 for text in texts for each in _PERCENTILE.findall(text)]
    return told + [1 - share for share in told]


def around(value: float, before: str, off: float) -> tuple[float, float]:
    """From where to where a share or multiple may lie that is told as `value`."""
    before = before[-24:]
    wide = max(2 * off, 0.2 * value)
    if _ABOVE.search(before):
        return value, value + wide
    if _BELOW.search(before):
        return value - wide, value
    return value - off, value + off
