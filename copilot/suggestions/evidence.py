"""Checks that a candidate rests on what was said, before anybody hears of it. Pure.

A proposer may be a language model that read hostile text: nothing it says is taken on trust.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from copilot.ports import Candidate, Quote, Window, WindowMessage
from copilot.suggestions.vocabulary import SuggestionKind

MAX_TITLE = 120
MAX_DUE = 100
MAX_QUOTE = 1000
MAX_QUOTES = 5

_AT = re.compile(r"(?<!\w)@+(?=\w)(?!(?:here|channel|everyone)\b)", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@+\w|<[@!#]")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\bmailto:|\S@\S+\.\w", re.IGNORECASE)
_SPACES = re.compile(" {2,}")
_SAME_CHARACTER = (
    "'\u2018\u2019\u201a\u201b\u2032\u00b4`",
    '"\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb',
    "-\u2010\u2011\u2012\u2013\u2014\u2212",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a candidate, and what was dropped from it and why."""

    candidate: Candidate | None
    dropped: tuple[str, ...]


def check(candidate: Candidate, window: Window) -> Checked:
    """Keep what holds; the candidate itself falls if its title or all of its quotes do."""
    title = tidy_title(candidate.title)
    fault = _fault_of(candidate, title)
    if fault:
        return Checked(None, (fault,))
    quotes, dropped = _hold_quotes(candidate, {one.number: one for one in window.messages})
    if not quotes:
        return Checked(None, (*dropped, "no quote left to rest on"))
    owner_id, due = candidate.owner_id, candidate.due
    if owner_id is not None and owner_id not in {person.user_id for person in window.people}:
        dropped.append("owner is no person of the workspace")
        owner_id = None
    if due is not None and (len(due) > MAX_DUE or not _is_plain(due)):
        dropped.append("due is no plain text")
        due = None
    kept = replace(candidate, title=title, owner_id=owner_id, due=due, evidence=tuple(quotes))
    return Checked(kept, tuple(dropped))


def title_fault(title: str) -> str | None:
    """Why this is no title fit to be shown, or None. Also asked of titles that people type."""
    if not title.strip():
        return "title is empty"
    if len(title) > MAX_TITLE:
        return f"title is longer than {MAX_TITLE} characters"
    if not all(_is_printable(character) for character in title):
        return "title has control characters"
    if _URL.search(title):
        return "title has a link"
    if _MENTION.search(title):
        return "title has a mention"
    return None


def tidy_title(title: str) -> str:
    """One line; a named person loses the @ that would call them."""
    return _AT.sub("", _SPACES.sub(" ", title).strip(" "))


def find_verbatim(quote: str, text: str) -> str | None:
    """The words of `text` that `quote` repeats, or None.

    Runs of white space are equal, and so are the kinds of quotation mark and of dash.
    """
    words = quote.split()
    if not words:
        return None
    pattern = r"\s+".join("".join(_pattern_of(character) for character in word) for word in words)
    found = re.search(pattern, text)
    return found.group() if found else None


def _fault_of(candidate: Candidate, title: str) -> str | None:
    if candidate.kind not in set(SuggestionKind):
        return "kind is unknown"
    if not (math.isfinite(candidate.confidence) and 0 <= candidate.confidence <= 1):
        return "confidence is no probability"
    return title_fault(title)


def _hold_quotes(
    candidate: Candidate, messages: Mapping[int, WindowMessage]
) -> tuple[list[Quote], list[str]]:
    held: dict[int, Quote] = {}
    dropped = []
    for quote in candidate.evidence:
        message = messages.get(quote.number)
        if message is None:
            dropped.append(f"m{quote.number} is not in the window")
        elif len(quote.text) > MAX_QUOTE:
            dropped.append(f"quote of m{quote.number} is longer than {MAX_QUOTE} characters")
        elif (verbatim := find_verbatim(quote.text, message.text)) is None:
            dropped.append(f"quote is not in m{quote.number}")
        elif len(held) < MAX_QUOTES:
            held.setdefault(quote.number, Quote(quote.number, verbatim))
    return list(held.values()), dropped


def _is_plain(text: str) -> bool:
    return all(_is_printable(one) for one in text) and not (_URL.search(text) or "<" in text)


def _is_printable(character: str) -> bool:
    """No control, format (bidirectional marks, zero width), private or surrogate characters."""
    return unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"


@cache
def _pattern_of(character: str) -> str:
    for alike in _SAME_CHARACTER:
        if character in alike:
            return f"[{re.escape(alike)}]"
    return re.escape(character)
