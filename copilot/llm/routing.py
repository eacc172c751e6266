"""Which stretches of a window are worth a model's reading. Pure.

A cheap rule of high recall points at messages; each brings along what was said around it in the
same conversation, so that an answer is read with its question.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from copilot.ports import Window, WindowMessage

Route = Callable[[Window], Collection[int]]
"""Numbers of the messages that may hold follow-up work; wrong rather too often than too seldom."""

BEFORE, AFTER = 3, 2
"""Messages of the same conversation, a thread or the channel, that go along with each hit."""
MOST_CHARACTERS = 24_000
"""Of all texts of one call, some 6,000 tokens; a window that holds more is a long backlog."""


@dataclass(frozen=True, slots=True)
class Routed:
    messages: tuple[WindowMessage, ...]
    """In the order of the window; their numbers tell where something was left out."""
    left_out: tuple[int, ...]
    """Hits that did not fit."""


def routed(window: Window, hits: Collection[int], length: Callable[[WindowMessage], int]) -> Routed:
    """The hits with what belongs to them. Where not all fit, the newest do; `length` in characters.

    Nothing where no hit is there, or none is new and none has news around it.
    """
    wanted = set(hits) | {one.number for one in window.messages if _is_marked(one)}
    newest_first = [one for one in reversed(window.messages) if one.number in wanted]
    found = with_context(window.messages, newest_first, length, MOST_CHARACTERS)
    if not any(message.is_new for message in found.messages):
        return Routed((), found.left_out)
    return found


def with_context(
    messages: Sequence[WindowMessage],
    hits: Iterable[WindowMessage],
    length: Callable[[WindowMessage], int],
    room: int,
) -> Routed:
    """The hits, the first ones where not all fit, each with what was said around it."""
    by_conversation = _conversations(messages)
    parents = {message.message_ts: message for message in messages}
    chosen: dict[int, WindowMessage] = {}
    left_out: list[int] = []
    for hit in hits:
        around = _around(hit, by_conversation[hit.thread_ts], parents)
        fresh = {one.number: one for one in around if one.number not in chosen}
        needed = sum(map(length, fresh.values()))
        if needed > room:
            left_out.append(hit.number)
            continue
        room -= needed
        chosen |= fresh
    return Routed(tuple(chosen[number] for number in sorted(chosen)), tuple(sorted(left_out)))


def _is_marked(message: WindowMessage) -> bool:
    """A person said that it matters, which is worth a look while it is news."""
    return message.is_new and message.is_key_moment


def _conversations(
    messages: Iterable[WindowMessage],
) -> dict[str | None, list[WindowMessage]]:
    found: dict[str | None, list[WindowMessage]] = {}
    for message in messages:
        found.setdefault(message.thread_ts, []).append(message)
    return found


def _around(
    hit: WindowMessage,
    conversation: Sequence[WindowMessage],
    parents: dict[str, WindowMessage],
) -> list[WindowMessage]:
    place = conversation.index(hit)
    around = list(conversation[max(0, place - BEFORE) : place + AFTER + 1])
    parent = parents.get(hit.thread_ts or "")
    return around if parent is None or parent in around else [parent, *around]
