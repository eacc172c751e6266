"""How far a share seen on a few can be trusted. Pure."""

import math

_Z = 1.959964
"""Of a normal distribution 95 % lie within so many standard deviations."""
_TINY = 1e-300
_MOST_TERMS = 300


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), honest for few cases and near 0 or 1, too."""
    if total == 0:
        return 0.0, 1.0
    share, spread = hits / total, _Z * _Z / total
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def probability_below(bar: float, hits: float, misses: float) -> float:
    """How likely the true share is below `bar`, given weighted hits and misses.

    Of a Beta(1 + hits, 1 + misses): before anything was seen, every share was as likely.
    """
    a, b = 1 + hits, 1 + misses
    if not 0 < bar < 1:
        return 0.0 if bar <= 0 else 1.0
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(bar) + b * math.log1p(-bar)
    )  # fmt: skip
    front = math.exp(log_front)
    # The fraction converges fast on one side of the mean; the other side is its mirror image.
    if bar < (a + 1) / (a + b + 2):
        return front * _fraction(bar, a, b) / a
    return 1 - front * _fraction(1 - bar, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    c, d = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _apart(1 + term * d)
            c = _apart(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value


def _apart(value: float) -> float:
    """Kept from zero, by which it is divided next."""
    return value if abs(value) > _TINY else _TINY
