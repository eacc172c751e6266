"""Fits what an engine says of its confidence to what people decided. Pure.

Few labels allow few parameters: two of a sigmoid (Platt 1999) from 50 on, a free monotone step
function (isotonic regression) only from 200 on, since it overfits small samples (Niculescu-Mizil
and Caruana, ICML 2005). Neither is taken unless it does better on incidents that were left out of
its fit.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from copilot.suggestions.calibrators import (
    Labelled,
    Method,
    calibrator,
    fit_isotonic,
    fit_platt,
)

FEWEST_LABELS, FEWEST_FOR_ISOTONIC = 50, 200
FEWEST_OF_EACH = 10
"""Wanted, and unwanted."""
FEWEST_INCIDENTS = 5
"""Decisions of one incident are of the same few people in the same mood."""
WORTH_IT = 0.01
"""By so much the calibration error must fall on what was left out of the fit."""
_SURE = 1.645
"""And squared errors by so many standard errors (95 %, one-sided): even a calibrated engine shows
some error in any sample, which a fit seems to mend."""
_FOLDS = 5
_BINS = 10


@dataclass(frozen=True, slots=True)
class Fitted:
    method: Method
    parameters: tuple[Any, ...]
    """Platt: slope, offset, lowest and highest confidence with a label. Isotonic: points."""
    labels: int
    error_before: float | None
    """Expected calibration error of what the engine says, on what was left out."""
    error_after: float | None
    reason: str


def fit(labels: Iterable[Labelled]) -> Fitted:
    """The best that the labels allow, or what was shipped. Their order makes no difference."""
    known = sorted(labels)
    if why := _too_few(known):
        return Fitted(Method.SHIPPED, (), len(known), None, None, why)
    truth = [each.is_wanted for each in known]
    shipped = [each.raw for each in known]
    before = calibration_error(shipped, truth)
    best: tuple[float, float, Method] | None = None
    for method in _allowed(len(known)):
        held_out = _cross_fitted(known, method)
        after, loss = calibration_error(held_out, truth), sum(_losses(held_out, truth))
        # A constant is well calibrated and good for nothing: its squared errors tell.
        is_better = after <= before - WORTH_IT and _is_surely_less(held_out, shipped, truth)
        if is_better and (best is None or loss < best[0]):
            best = (loss, after, method)
    if best is None:
        why = "what the engine says fits the decisions as well as anything learned from them"
        return Fitted(Method.SHIPPED, (), len(known), before, None, why)
    _, after, method = best
    parameters = _FITS[method](known)
    why = f"the error on decisions left out of the fit fell from {before:.3f} to {after:.3f}"
    return Fitted(method, parameters, len(known), before, after, why)


def calibration_error(stated: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for each, is_wanted in zip(stated, truth, strict=True):
        bins.setdefault(min(int(each * _BINS), _BINS - 1), []).append((each, is_wanted))
    return sum(
        abs(sum(each for each, _ in inside) - sum(is_wanted for _, is_wanted in inside))
        for inside in bins.values()
    ) / max(1, len(stated))


_FITS: Mapping[Method, Callable[[Sequence[Labelled]], tuple[Any, ...]]] = {
    Method.PLATT: fit_platt,
    Method.ISOTONIC: fit_isotonic,
}


def _allowed(labels: int) -> list[Method]:
    enough = labels >= FEWEST_FOR_ISOTONIC
    return [Method.PLATT, Method.ISOTONIC] if enough else [Method.PLATT]


def _too_few(labels: Sequence[Labelled]) -> str | None:
    wanted = sum(each.is_wanted for each in labels)
    incidents = len({each.incident_id for each in labels})
    if len(labels) < FEWEST_LABELS:
        return f"{len(labels)} decisions are too few; it takes {FEWEST_LABELS}"
    if min(wanted, len(labels) - wanted) < FEWEST_OF_EACH:
        return f"it takes {FEWEST_OF_EACH} that were wanted and as many that were not"
    if incidents < FEWEST_INCIDENTS:
        return f"decisions of {incidents} incidents are too few; it takes {FEWEST_INCIDENTS}"
    return None


def _cross_fitted(labels: Sequence[Labelled], method: Method) -> list[float]:
    """For each label what a fit to other incidents makes of it."""
    fold_of = _folds(labels)
    predicted = [0.0] * len(labels)
    for fold in set(fold_of.values()):
        others = [each for each in labels if fold_of[each.incident_id] != fold]
        calibrate = calibrator(method, _FITS[method](others))
        for index, each in enumerate(labels):
            if fold_of[each.incident_id] == fold:
                predicted[index] = calibrate(each.raw)
    return predicted


def _losses(stated: Sequence[float], truth: Sequence[bool]) -> list[float]:
    """Squared errors, whose mean is the Brier score."""
    return [(each - is_wanted) ** 2 for each, is_wanted in zip(stated, truth, strict=True)]


def _is_surely_less(ours: Sequence[float], theirs: Sequence[float], truth: Sequence[bool]) -> bool:
    """Whether the squared errors are smaller, pair by pair, and not by chance."""
    pairs = zip(_losses(theirs, truth), _losses(ours, truth), strict=True)
    gains = [was - became for was, became in pairs]
    spread = stdev(gains) / math.sqrt(len(gains))
    return fmean(gains) > _SURE * spread


def _folds(labels: Sequence[Labelled]) -> dict[int, int]:
    """Incidents spread over folds of about the same size."""
    sizes = [0] * _FOLDS
    fold_of = {}
    for incident_id, count in sorted(
        Counter(each.incident_id for each in labels).items(), key=lambda one: (-one[1], one[0])
    ):
        smallest = sizes.index(min(sizes))
        fold_of[incident_id] = smallest
        sizes[smallest] += count
    return fold_of
