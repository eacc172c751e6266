import re
from pathlib import Path

import pytest

import copilot.console

CSS = (Path(copilot.console.__file__).parent / "static" / "console.css").read_text("utf-8")
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")

ON = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("page", "raised", "sunk")),
    *((ink, "accent-wash") for ink in ("ink", "soft", "accent")),
    ("ink", "mark"),
    ("on-accent", "accent"),
    ("good", "page"),
    ("good", "raised"),
    ("good", "good-wash"),
    ("good", "accent-wash"),
    *((f"sev{n}", f"sev{n}-wash") for n in range(1, 5)),
    *((f"sev{n}", ground) for n in (1, 2) for ground in ("page", "raised", "accent-wash")),
]


def themes() -> dict[str, dict[str, str]]:
    light, _, dark = CSS.partition("@media (prefers-color-scheme: dark)")
    bright = dict(_COLOUR.findall(light))
    return {"light": bright, "dark": bright | dict(_COLOUR.findall(dark.split("\n}", 1)[0]))}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), ON)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]
    lighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_dark_theme_names_every_colour_anew() -> None:
    light, _, dark = CSS.partition("@media (prefers-color-scheme: dark)")
    named = {name for name, _ in _COLOUR.findall(light.split("\n}", 1)[0])}
    assert named == {name for name, _ in _COLOUR.findall(dark.split("\n}", 1)[0])}


def test_there_are_three_sizes_of_text() -> None:
    sizes = set(re.findall(r"--(small|body|large): [\d.]+rem;", CSS))
    assert sizes == {"small", "body", "large"}
    used = re.findall(r"font-size: ([^;]+);", CSS)
    assert set(used) <= {"var(--small)", "var(--body)", "var(--large)"}
