"""Loads labelled and ordinary chat as conversations, in the shape in which the product sees them.

The shared data stays outside the project; `written_chat.txt` and `written_held_out.txt` were
written for it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from copilot.ports import Person, Window, WindowMessage

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
WRITTEN_CHAT = Path(__file__).with_name("written_chat.txt")
HELD_OUT_CHAT = Path(__file__).with_name("written_held_out.txt")
_REACTIONS = re.compile(r" ?\{([\w+ -]+)\}$")
CONTEXT = 20
BATCH = 8


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    message: WindowMessage
    label: str
    """`follow_up`, `immediate_action`, `none`, or `unlabelled`."""
    task_id: str | None = None
    is_borderline: bool = False
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class MarkedAction:
    """An action item that people marked themselves, and the talk before it."""

    action_id: str
    text: str
    marker: int
    window: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """One run of chat. Messages are numbered from 1 through the whole run."""

    name: str
    corpus: str
    messages: tuple[LabelledMessage, ...]
    actions: tuple[MarkedAction, ...] = ()
    members: tuple[Person, ...] = ()
    """Who is known; if empty, whoever speaks."""

    def people(self) -> tuple[Person, ...]:
        if self.members:
            return self.members
        names = dict.fromkeys(m.message.author_name for m in self.messages if not m.message.is_bot)
        return tuple(Person(user_id=name, name=name) for name in names)

    def windows(self) -> Iterator[Window]:
        """Rolling windows as a running product makes them: some context, then what is new.

        Numbers start at 1 in every window; `event_id` is the number in the whole run.
        """
        people = self.people()
        for start in range(0, len(self.messages), BATCH):
            first = max(0, start - CONTEXT)
            chosen = self.messages[first : start + BATCH]
            yield Window(
                tuple(
                    _renumbered(m.message, number, is_new=first + number > start)
                    for number, m in enumerate(chosen, 1)
                ),
                people,
            )


def _renumbered(message: WindowMessage, number: int, *, is_new: bool) -> WindowMessage:
    return replace(message, number=number, is_new=is_new)


@cache
def windows_of(conversation: Conversation) -> tuple[Window, ...]:
    """Made once: every engine is shown the same windows."""
    return tuple(conversation.windows())


def written(path: Path = WRITTEN_CHAT, corpus: str = "written") -> list[Conversation]:
    """Chat in lines of `label | author | text`.

    An author may be `[bot] name`; `name >` answers in a thread to what was last said outside of
    one. A text may end in `{reaction reaction}`; `\\n` is a line break.
    """
    return [
        _written(part.strip().split("\n"), corpus)
        for part in path.read_text(encoding="utf-8").split("\n## ")[1:]
    ]


def held_out() -> list[Conversation]:
    return written(HELD_OUT_CHAT, "held out")


def _written(lines: list[str], corpus: str) -> Conversation:
    name, *talk = lines
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    messages: list[LabelledMessage] = []
    root = None
    for position, line in enumerate(talk):
        label, author, text = (piece.strip() for piece in line.split("|", 2))
        mark, _, task = label.partition(" ")
        said = _REACTIONS.search(text)
        is_answer = author.endswith(">")
        message = message_at(
            position,
            author.removeprefix("[bot]").removesuffix(">").strip(),
            _REACTIONS.sub("", text).replace("\\n", "\n"),
            start + timedelta(seconds=25 * position),
            is_bot=author.startswith("[bot]"),
        )
        root = root if is_answer else message.message_ts
        message = replace(
            message,
            reactions=tuple(said[1].split()) if said else (),
            thread_ts=root if is_answer else None,
        )
        kind = {"F": "follow_up", "I": "immediate_action", ".": "none"}[mark]
        messages.append(LabelledMessage(message, kind, f"{name}/{task}" if task else None))
    return Conversation(name, corpus, tuple(messages))


def labelled(folder: Path = SHARED_DATA) -> list[Conversation]:
    runs = _grouped(lines_of(folder / "labelled" / "meeting_chat.jsonl"), "run")
    return [
        Conversation(
            run,
            "labelled",
            tuple(
                LabelledMessage(
                    _message_of(position, row),
                    row["label"],
                    row.get("task_id"),
                    is_borderline=row["confidence"] != "clear",
                    is_marker=row.get("kind") == "marker",
                )
                for position, row in enumerate(rows)
            ),
        )
        for run, rows in runs.items()
    ]


def marked_actions(folder: Path = SHARED_DATA) -> list[Conversation]:
    conversations = []
    for path in sorted((folder / "marked_actions").glob("*.messages.jsonl")):
        actions = lines_of(path.with_name(path.name.replace(".messages.", ".actions.")))
        for session, rows in _grouped(lines_of(path), "session").items():
            positions = {row["id"]: number for number, row in enumerate(rows, 1)}
            conversations.append(
                Conversation(
                    f"{path.name.split('.')[0]}/{session}",
                    "marked",
                    tuple(
                        LabelledMessage(
                            _message_of(position, row),
                            "unlabelled",
                            is_marker=row.get("label") == "action_marker",
                        )
                        for position, row in enumerate(rows)
                    ),
                    tuple(
                        MarkedAction(
                            action["action_id"],
                            action["text"],
                            positions[action["marker_id"]],
                            tuple(positions[i] for i in action["window"] if i in positions),
                        )
                        for action in actions
                        if action["marker_id"] in positions
                    ),
                )
            )
    return conversations


def noise(folder: Path = SHARED_DATA) -> list[Conversation]:
    return [
        Conversation(
            f"{path.stem}/{session}",
            "noise",
            tuple(
                LabelledMessage(_message_of(position, row), "none")
                for position, row in enumerate(rows)
            ),
        )
        for path in sorted((folder / "noise").glob("*.jsonl"))
        for session, rows in _grouped(lines_of(path), "session").items()
    ]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _grouped(rows: list[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(str(row[key]), []).append(row)
    return groups


def _message_of(position: int, row: dict[str, Any]) -> WindowMessage:
    said_at = datetime.fromisoformat(re.sub(r"T(\d):", r"T0\1:", row["ts"]))
    if said_at.tzinfo is None:
        said_at = said_at.replace(tzinfo=UTC)
    is_bot = bool(row.get("bot")) or str(row["author"]).lower().endswith(("bot", "ubotu", "ubottu"))
    return message_at(position, str(row["author"]), str(row["text"]), said_at, is_bot=is_bot)


def message_at(
    position: int, author: str, text: str, said_at: datetime, *, is_bot: bool = False
) -> WindowMessage:
    return WindowMessage(
        number=position + 1,
        event_id=position + 1,
        revision_id=position + 1,
        author_id=author,
        author_name=author,
        text=text,
        occurred_at=said_at,
        message_ts=f"{int(said_at.timestamp())}.{position:06d}",
        thread_ts=None,
        is_bot=is_bot,
        is_new=True,
    )


def without_markers(conversation: Conversation) -> Conversation:
    """The same talk with the lines taken out in which people marked actions.

    Numbers stay: a hidden line becomes an empty message of a bot.
    """
    return replace(
        conversation,
        messages=tuple(
            replace(m, message=replace(m.message, text="", is_bot=True), label="none", task_id=None)
            if m.is_marker
            else m
            for m in conversation.messages
        ),
    )
