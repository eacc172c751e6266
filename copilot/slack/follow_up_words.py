"""Reads what people type after `/incident followup`. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.incidents.due import due_in, without_due
from copilot.ports import Person

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,30})(?:\|[^<>]*)?>")
_HANDLE = re.compile(r"(?<![\w@.])@([\w][\w.'-]{0,79})")
_NUMBER = re.compile(r"#?(\d{1,18})", re.ASCII)
_LISTS = frozenset({"", "list", "ls", "show", "all"})
_ADDS = frozenset({"add", "new", "create"})
_DONES = frozenset({"done", "close", "complete", "finish", "finished"})


@dataclass(frozen=True, slots=True)
class ToList:
    pass


@dataclass(frozen=True, slots=True)
class ToAdd:
    title: str
    """In Slack's markup, without owner and due."""
    owner_id: str | None
    due: str | None
    unknown_owner: str | None = None
    """A handle that nobody here has."""


@dataclass(frozen=True, slots=True)
class ToComplete:
    number: int | None
    """None where none was given."""


@dataclass(frozen=True, slots=True)
class Unclear:
    word: str


def read_follow_up(text: str, people: Sequence[Person]) -> ToList | ToAdd | ToComplete | Unclear:
    first, _, rest = " ".join(text.split()).partition(" ")
    word = first.lower()
    if word in _LISTS:
        return ToList()
    if word in _ADDS:
        return read_addition(rest, people)
    if word in _DONES:
        number = _NUMBER.fullmatch(rest.strip())
        return ToComplete(int(number[1]) if number else None)
    return Unclear(first)


def read_addition(text: str, people: Sequence[Person]) -> ToAdd:
    """Title, owner and due of `Add an alert on lag @dana by Friday`, the owner anywhere."""
    owner_id, unknown = None, None
    if mention := _MENTION.search(text):
        owner_id = mention[1]
        text = text[: mention.start()] + text[mention.end() :]
    elif handle := _HANDLE.search(text):
        owner_id = _named(handle[1].rstrip(".'-"), people)
        if owner_id is None:
            unknown = handle[1]
        else:
            text = text[: handle.start()] + text[handle.end() :]
    text = " ".join(text.split())
    title = without_due(text).strip(' .,;:-–—"“”')
    due = due_in(text) if title and title != text.strip(' .,;:-–—"“”') else None
    return ToAdd(title or text, owner_id, due, unknown)


def owner_in(text: str, author_id: str | None, people: Sequence[Person]) -> str | None:
    """Who a message itself names for the work: the one person it mentions, or who promises it."""
    known = {person.user_id for person in people}
    mentioned = {found[1] for found in _MENTION.finditer(text)} & known
    if len(mentioned) == 1:
        return mentioned.pop()
    if not mentioned and author_id in known and _PROMISE.search(text):
        return author_id
    return None


_PROMISE = re.compile(
    r"\b(?:i['’]?ll|i will|i can|i['’]m going to|let me|i['’]ve got|on me)\b", re.IGNORECASE
)


def _named(handle: str, people: Sequence[Person]) -> str | None:
    """The one person of that name; None where nobody or more than one has it."""
    wanted = handle.lower()
    found = {
        person.user_id
        for person in people
        if wanted in (person.name.lower(), person.name.lower().replace(" ", "."))
    }
    return found.pop() if len(found) == 1 else None
