"""Shows untrusted text to a model so that none of it can pass for a line of ours. Pure.

Every line of ours begins with a marker drawn anew for each call, and what people wrote stands on
one line behind it: a text that holds `m12:` or a line of its own forges nothing. Characters that
nobody sees are taken out, since they can carry instructions past a reader's eyes. This makes
obeying rarer (Hines et al., arXiv 2403.14720), it does not end it: what a model answers is checked
all the same.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from copilot.suggestions.evidence import find_verbatim

_MARKER_BYTES = 4
# Letters and marks by their category, yet nothing is seen of them.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATIONS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF), (0x180B, 0x180F))


def new_marker(texts: Iterable[str]) -> str:
    """Random, and in none of the texts."""
    known = "\n".join(texts)
    while (marker := secrets.token_hex(_MARKER_BYTES)) in known:
        continue
    return marker


def visible(text: str) -> str:
    """Without characters that nobody sees: zero width, direction, tags, controls, private use."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if not _is_invisible(character))


def on_one_line(text: str) -> str:
    return " ".join(visible(text).split())


def as_stored(quote: str, stored: str) -> str:
    """The words of the stored text, invisible characters included, that the quote repeats.

    A quote that is not in what was shown is returned as it is: the check of evidence drops it.
    """
    if find_verbatim(quote, stored) is not None:
        return quote
    places = [place for place, one in enumerate(stored) if not _is_invisible(one)]
    shown = "".join(stored[place] for place in places)
    found = find_verbatim(quote, shown)
    if found is None:
        return quote
    start = shown.index(found)
    return stored[places[start] : places[start + len(found) - 1] + 1]


@lru_cache(maxsize=4096)
def _is_invisible(character: str) -> bool:
    if character in "\n\t\r\v\f":
        return False  # white space, and so made a blank
    if character in _BLANK or unicodedata.category(character)[0] == "C":
        return True
    return any(first <= ord(character) <= last for first, last in _VARIATIONS)
