"""What people read calls a sentence of a review a sentence; `claim` is a name in code alone."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import copilot

_SHOWN = ("aria-label", "title", "placeholder", "alt", "data-keys")
_TEMPLATES = sorted(Path(copilot.__file__).parent.glob("*/templates/*.html"))


class _Reader(HTMLParser):
    """Collects what a page shows or says aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read += [value for name, value in attrs if name in _SHOWN and value]

    def handle_data(self, data: str) -> None:
        self.read.append(data)


@pytest.mark.parametrize("template", _TEMPLATES, ids=lambda path: path.name)
def test_no_page_says_claim(template: Path) -> None:
    source = template.read_text()
    reader = _Reader()
    reader.feed(re.sub(r"{[{%#].*?[}%#]}", "", source, flags=re.DOTALL))
    # Words that an expression chooses: `{{ "Sources of it" if … }}`, `count(n, "sentence")`.
    chosen = [text for part in re.findall(r"{{.*?}}", source) for text in _literals(part)]
    said = [text for text in [*reader.read, *chosen] if re.search(r"\bclaims?\b", text)]
    assert said == []


def _literals(expression: str) -> list[str]:
    counted = re.findall(r"count\(.*?, \"([^\"]*)\"", expression)
    return [*counted, *(text for text in re.findall(r'"([^"]*)"', expression) if " " in text)]
