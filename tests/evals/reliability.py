"""How far a confidence can be believed, as a picture: bars in a terminal, or an SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from tests.evals.scoring import BINS, Judged

WIDTH = 20
SIDE = 220
GAP = 40


@dataclass(frozen=True, slots=True)
class Bin:
    low: float
    said: float
    """Suggestions, weighed."""
    sure: float
    """Their mean confidence."""
    right: float
    """The share of them that was right."""


def bins_of(judged: Sequence[Judged]) -> list[Bin]:
    found = []
    for number in range(BINS):
        inside = [j for j in judged if min(BINS - 1, int(j[0] * BINS)) == number]
        said = sum(weight for _, _, weight in inside)
        if said > 0:
            sure = sum(confidence * weight for confidence, _, weight in inside) / said
            right = sum(weight for _, is_right, weight in inside if is_right) / said
            found.append(Bin(number / BINS, said, sure, right))
    return found


def bars(judged: Sequence[Judged]) -> list[str]:
    """One line a bin: `#` is how many were right, `|` how many should have been."""
    lines = []
    for part in bins_of(judged):
        filled = round(part.right * WIDTH)
        bar = list("#" * filled + "." * (WIDTH - filled))
        bar[min(WIDTH - 1, round(part.sure * WIDTH))] = "|"
        lines.append(
            f"{part.low:.1f}-{part.low + 1 / BINS:.1f} {''.join(bar)}"
            f" sure {part.sure:.2f} right {part.right:.2f} of {part.said:.0f}"
        )
    return lines


def svg(charts: Mapping[str, Sequence[Judged]]) -> str:
    """One square for each chart: confidence to the right, share that was right upwards."""
    width = max(1, len(charts)) * (SIDE + GAP) + GAP
    height = SIDE + 2 * GAP
    squares = [
        _square(GAP + number * (SIDE + GAP), name, bins_of(judged))
        for number, (name, judged) in enumerate(charts.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="11">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
        + "\n".join(squares)
        + "\n</svg>\n"
    )


def _square(left: int, name: str, parts: Sequence[Bin]) -> str:
    top = GAP
    most = max((part.said for part in parts), default=1.0)
    dots = "".join(
        f'<circle cx="{left + part.sure * SIDE:.1f}" cy="{top + (1 - part.right) * SIDE:.1f}" '
        f'r="{2 + 8 * (part.said / most) ** 0.5:.1f}" fill="#1264a3" fill-opacity=".7">'
        f"<title>{part.said:.0f} suggestions, sure {part.sure:.2f}, right {part.right:.2f}"
        f"</title></circle>"
        for part in parts
    )
    return (
        f'<text x="{left}" y="{top - 10}">{escape(name)}</text>'
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>'
        f'<line x1="{left}" y1="{top + SIDE}" x2="{left + SIDE}" y2="{top}" stroke="#999" '
        f'stroke-dasharray="4 4"/>{dots}'
        f'<text x="{left}" y="{top + SIDE + 16}">confidence →, share right ↑</text>'
    )
