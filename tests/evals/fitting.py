"""Logistic regression in plain Python: Newton's method, no randomness, the same on any machine.

Features are few and sparse, so that each step is one pass over the points and one Cholesky
factorisation of a matrix of a few hundred rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.local.confidence import logistic

STEPS = 12
ENOUGH = 1e-7
RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Point:
    features: Mapping[str, float]
    is_right: bool
    weight: float


def fitted(
    points: Sequence[Point], l2: float, start: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Weights of least log loss plus `l2 / 2` times their square sum; `bias` goes free."""
    names = sorted({name for point in points for name in point.features})
    place = {name: i for i, name in enumerate(names)}
    rows = [
        (
            sorted((place[n], v) for n, v in p.features.items()),
            1.0 if p.is_right else 0.0,
            p.weight,
        )
        for p in points
    ]
    penalty = [0.0 if name == "bias" else l2 for name in names]
    weights = [(start or {}).get(name, 0.0) for name in names]
    for _ in range(STEPS):
        step = _newton_step(rows, weights, penalty)
        weights = [w - s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step), default=0.0) < ENOUGH:
            break
    return dict(zip(names, weights, strict=True))


_Row = tuple[list[tuple[int, float]], float, float]


def _newton_step(
    rows: Sequence[_Row], weights: Sequence[float], penalty: Sequence[float]
) -> list[float]:
    size = len(weights)
    slope = [p * w for p, w in zip(penalty, weights, strict=True)]
    curve = [[0.0] * (i + 1) for i in range(size)]
    for i in range(size):
        curve[i][i] = penalty[i] + RIDGE
    for pairs, target, weight in rows:
        sure = logistic(sum(weights[i] * value for i, value in pairs))
        error = weight * (sure - target)
        spread = weight * sure * (1 - sure)
        for at, (i, value) in enumerate(pairs):
            slope[i] += error * value
            row = curve[i]
            scaled = spread * value
            for j, other in pairs[: at + 1]:
                row[j] += scaled * other
    return _solved(curve, slope)


def _solved(lower: list[list[float]], right: list[float]) -> list[float]:
    """`x` of `A x = right`, where `lower` is the lower half of a positive definite `A`."""
    size = len(right)
    for i in range(size):
        row = lower[i]
        for j in range(i):
            above = lower[j]
            row[j] = (row[j] - sum(map(float.__mul__, row[:j], above[:j]))) / above[j]
        row[i] = math.sqrt(row[i] - sum(value * value for value in row[:i]))
    half: list[float] = []
    for i in range(size):
        half.append((right[i] - sum(map(float.__mul__, lower[i][:i], half))) / lower[i][i])
    solved = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(lower[k][i] * solved[k] for k in range(i + 1, size))
        solved[i] = (half[i] - rest) / lower[i][i]
    return solved
