"""Checks that a candidate rests on what was said, before anybody hears of it. Pure.

A proposer may be a language model that read hostile text: nothing it says is taken on trust.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from copilot.incidents.due import due_holds
from copilot.ports import Candidate, Quote, Window, WindowMessage
from copilot.suggestions.harmless import plain_words, visible, without_addresses
from copilot.suggestions.machine_talk import is_lure, is_machine_talk
from copilot.suggestions.support import telling_words, unsupported
from copilot.suggestions.vocabulary import SuggestionKind
from copilot.timeline.redaction import redact

MAX_TITLE = 120
MAX_DUE = 100
MAX_QUOTE = 1000
MAX_QUOTES = 5
MOST_READ = 1000
"""Characters of a title that are read at all."""

_MOST_PASSES = 6

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
    title = told_title(candidate.title)
    fault = _fault_of(candidate, title)
    if fault:
        return Checked(None, (fault,))
    messages = {one.number: one for one in window.messages}
    quotes, dropped = _hold_quotes(candidate, messages)
    if not quotes:
        return Checked(None, (*dropped, "no quote left to rest on"))
    said = [messages[quote.number] for quote in quotes]
    leads_away = any(without_addresses(one.text) != one.text for one in quotes)
    if is_lure(title, lost_its_link=leads_away):
        return Checked(None, (*dropped, "title asks to follow a link or to pass words on"))
    if fault := unsupported(title, [message.text for message in said]):
        return Checked(None, (*dropped, fault))
    owner_id = candidate.owner_id
    if owner_id is not None and owner_id not in {person.user_id for person in window.people}:
        dropped.append("owner is no person of the workspace")
        owner_id = None
    due, fault = _held_due(candidate.due, said)
    if fault:
        dropped.append(fault)
    kept = replace(candidate, title=title, owner_id=owner_id, due=due, evidence=tuple(quotes))
    return Checked(kept, tuple(dropped))


def told_title(title: str) -> str:
    """What an engine called the work, made harmless; empty if no title is left of it."""
    whole = words = title[:MOST_READ]
    for _ in range(_MOST_PASSES):  # what was taken out may have parted what now fires
        before, words = words, redact(plain_words(redact(visible(words))))
        if words == before:
            break
    else:
        return ""
    has_letters = any(character.isalpha() for character in words)
    lost_its_link = without_addresses(whole) != whole
    if not has_letters or (lost_its_link and not telling_words(words)):
        return ""
    if is_lure(words, lost_its_link=lost_its_link):
        return ""
    if len(words) > MAX_TITLE:
        words = words[: MAX_TITLE + 1].rpartition(" ")[0] or words[:MAX_TITLE]
        return told_title(words.rstrip(" ,;:(-"))
    return "" if title_fault(words) else words


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
    if is_machine_talk(title):
        return "title gives orders to a program"
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
        elif is_machine_talk(message.text):
            dropped.append(f"m{quote.number} speaks to a program")
        elif len(quote.text) > MAX_QUOTE:
            dropped.append(f"quote of m{quote.number} is longer than {MAX_QUOTE} characters")
        elif (verbatim := find_verbatim(quote.text, message.text)) is None:
            dropped.append(f"quote is not in m{quote.number}")
        elif len(held) < MAX_QUOTES:
            held.setdefault(quote.number, Quote(quote.number, verbatim))
    return list(held.values()), dropped


def _held_due(due: str | None, said: Sequence[WindowMessage]) -> tuple[str | None, str | None]:
    """The due if it is a time, was said and was ahead when it was; and else why not."""
    if due is None:
        return None, None
    plain = plain_words(due[: MAX_DUE + 1])
    if plain != " ".join(due.split()) or len(due) > MAX_DUE:
        return None, "due is no plain text"
    if not any(due_holds(plain, message.text, message.occurred_at) for message in said):
        return None, "due is no time that was said"
    return plain, None


def _is_printable(character: str) -> bool:
    """No control, format (bidirectional marks, zero width), private or surrogate characters."""
    return unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"


@cache
def _pattern_of(character: str) -> str:
    for alike in _SAME_CHARACTER:
        if character in alike:
            return f"[{re.escape(alike)}]"
    return re.escape(character)
