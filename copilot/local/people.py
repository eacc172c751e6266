"""Who is meant: resolves names in chat to members of the window."""

import re
from collections.abc import Iterator

from copilot.local.lexicon import FUNCTION_WORDS
from copilot.ports import Window

_NAME = r"@?[A-Za-z][\w.|`^-]{1,40}"
_ADDRESS = re.compile(
    rf"^(?:hey |hi |ok |thanks |and )?({_NAME}(?: ?(?:,|/|&|and) ?{_NAME}){{0,3}}) ?[:,] ?(?=\S)",
    re.IGNORECASE,
)
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
    ]
)


class People:
    """The members a window knows, by every name that people call them."""

    def __init__(self, window: Window) -> None:
        self._ids: dict[str, str | None] = {}
        for user_id, name in _known(window):
            for variant in _variants(name):
                known = self._ids.setdefault(variant, user_id)
                if known != user_id:
                    self._ids[variant] = None  # two people answer to it

    def find(self, name: str) -> str | None:
        wanted = name.strip("@ ,:").lower()
        return self._ids.get(wanted) or self._ids.get(_TAIL.sub("", wanted))

    def addressed(self, text: str) -> tuple[list[str], str]:
        """Who the text begins by calling, and the text after the call.

        A call to nobody we know still ends at a colon: `stranger: look` is no statement of ours.
        """
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

    def mentioned(self, text: str) -> list[str]:
        """Members the text mentions with an @."""
        ids = []
        for found in _MENTION.finditer(text):
            for name in (found[1], found[1].split(" ")[0]):
                if user_id := self.find(name):
                    ids.append(user_id)
                    break
        return ids


def _known(window: Window) -> Iterator[tuple[str, str]]:
    for person in window.people:
        yield person.user_id, person.name
        if person.real_name:
            yield person.user_id, person.real_name
    for message in window.messages:
        if message.author_id and message.author_name and not message.is_bot:
            yield message.author_id, message.author_name


def _variants(name: str) -> set[str]:
    lowered = " ".join(name.lower().split())
    first = lowered.split(" ")[0]
    variants = {lowered, first, _TAIL.sub("", lowered), _TAIL.sub("", first)}
    return {v for v in variants if len(v) > 1 and v not in _NOT_NAMES}
