"""Who is meant: resolves names in chat to members of the window."""

import re
from collections.abc import Iterator
from functools import lru_cache

from copilot.local.lexicon import FUNCTION_WORDS
from copilot.ports import Window

_NAME = r"@?[A-Za-z][\w.|`^-]{1,40}"
_ADDRESS = re.compile(
    rf"^(?:hey |hi |ok |thanks |and )?({_NAME}(?: ?(?:,|/|&|and) ?{_NAME}){{0,3}}) ?[:,] ?(?=\S)",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"^@?([A-Z][\w'-]{1,30} [A-Z][\w'-]{1,30}) ?[:,] ?(?=\S)")
_BARE_CALL = re.compile(
    rf"^(?:hey|hi|hello|yo|thanks|ok|and)?,? ?({_NAME}) "
    r"(?=(?:can|could|would|will) you\b|please\b|pls\b)",
    re.IGNORECASE,
)
_INNER_CALL = re.compile(
    r"^(?P<before>(?:\w+ ){0,2}(?:can|could|would|will|should) (?:you|u) )"
    r"@(?P<name>[\w.|-]{2,40}),? ",
    re.IGNORECASE,
)
_LAST_CALL = re.compile(r"(,? \(?)(@?[A-Za-z][\w.|-]{1,40})\)?([?!.]*)$")
_MENTION = re.compile(r"@([\w][\w.|-]{0,40}(?: [A-Z][\w.-]{1,40})?)")
_TAIL = re.compile(r"[\d_|`^.-]+(?:away|afk|work|mobile|laptop)?$", re.IGNORECASE)
_NOT_NAMES = FUNCTION_WORDS | frozenset(
    [
        "note",
        "fyi",
        "btw",
        "anyway",
        "well",
        "right",
        "hmm",
        "question",
        "aside",
        "update",
        "edit",
        "first",
        "second",
        "next",
        "also",
        "today",
        "so",
        "action",
        "todo",
        "hi",
        "hello",
        "hey",
        "everyone",
        "all",
        "guys",
        "team",
        "folks",
        "channel",
        "here",
        "cool",
        "great",
        "nice",
        "lol",
        "ai",
        "follow-up",
        "follow-ups",
        "followup",
        "followups",
        "task",
        "tasks",
        "reminder",
        "plan",
        "status",
        "summary",
        "ps",
        "tldr",
        "re",
        "q",
    ]
)


class People:
    """The members a window knows, by every name that people call them."""

    def __init__(self, window: Window) -> None:
        self._full, self._short = _index(tuple(dict.fromkeys(_known(window))))

    def find(self, name: str) -> str | None:
        """A full display name wins over what somebody may also be called."""
        wanted = name.strip("@ ,:").lower()
        for names in (self._full, self._short):
            if wanted in names:
                return names[wanted]
        return self._short.get(_TAIL.sub("", wanted))

    def addressed(self, text: str) -> tuple[list[str], str]:
        """Who the text begins by calling, and the text after the call.

        A call to nobody we know still ends at a colon: `stranger: look` is no statement of ours.
        """
        if (found := _FULL_NAME.match(text)) and (user_id := self.find(found[1])):
            return [user_id], text[found.end() :]
        if (found := _INNER_CALL.match(text)) and (user_id := self.find(found["name"])):
            return [user_id], found["before"] + text[found.end() :]
        if (found := _BARE_CALL.match(text)) and (user_id := self.find(found[1])):
            return [user_id], text[found.end() :]
        found = _ADDRESS.match(text)
        if not found:
            return self._called_by_mention(text)
        called = [n for n in re.split(r"[,/& ]+|\band\b", found[1]) if n and n.lower() != "and"]
        ids = [user_id for n in called if (user_id := self.find(n))]
        is_call = bool(ids) or (
            text[found.end(1) :].lstrip().startswith(":")
            and len(called) == 1
            and called[0].lower() not in _NOT_NAMES
        )
        return (ids, text[found.end() :].lstrip(" ,:")) if is_call else ([], text)

    def _called_by_mention(self, text: str) -> tuple[list[str], str]:
        found = _MENTION.match(text)
        if not found:
            return [], text
        for name in (found[1], found[1].split(" ")[0]):
            if user_id := self.find(name):
                return [user_id], text[1 + len(name) :].lstrip(" ,:")
        return [], text

    def called_last(self, text: str) -> tuple[list[str], str]:
        """Who the text ends by calling (`can you write that down, ulla?`), and the text before."""
        found = _LAST_CALL.search(text)
        if not found or not (user_id := self.find(found[2])):
            return [], text
        return [user_id], text[: found.start()] + found[3]


_Names = dict[str, str | None]


@lru_cache(maxsize=8)
def _index(known: tuple[tuple[str, str], ...]) -> tuple[_Names, _Names]:
    """Ids by full and by short names; None where two people answer to one."""
    full: _Names = {}
    short: _Names = {}
    for user_id, name in known:
        lowered = " ".join(name.lower().split())
        if lowered in _NOT_NAMES:
            continue
        _enter(full, lowered, user_id)
        for variant in _variants(lowered):
            _enter(short, variant, user_id)
    return full, short


def _enter(names: _Names, name: str, user_id: str) -> None:
    if names.setdefault(name, user_id) != user_id:
        names[name] = None


def _known(window: Window) -> Iterator[tuple[str, str]]:
    for person in window.people:
        yield person.user_id, person.name
        if person.real_name:
            yield person.user_id, person.real_name
    for message in window.messages:
        if message.author_id and message.author_name and not message.is_bot:
            yield message.author_id, message.author_name


def _variants(name: str) -> set[str]:
    first = name.split(" ")[0] if name else ""
    variants = {first, _TAIL.sub("", name), _TAIL.sub("", first)}
    return {v for v in variants if len(v) > 1 and v not in _NOT_NAMES}
