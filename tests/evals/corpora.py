"""Loads labelled and ordinary chat as conversations, in the shape in which the product sees them.

The shared data stays outside the project; `written_chat.txt` was written for it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from copilot.ports import Person, Window, WindowMessage

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
WRITTEN_CHAT = Path(__file__).with_name("written_chat.txt")
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


@dataclass(frozen=True, slots=True)
class Conversation:
    """One run of chat. Messages are numbered from 1 through the whole run."""

    name: str
    corpus: str
    messages: tuple[LabelledMessage, ...]
    actions: tuple[MarkedAction, ...] = ()

    def people(self) -> tuple[Person, ...]:
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
    return WindowMessage(
        number=number,
        event_id=message.event_id,
        revision_id=message.revision_id,
        author_id=message.author_id,
        author_name=message.author_name,
        text=message.text,
        occurred_at=message.occurred_at,
        message_ts=message.message_ts,
        thread_ts=None,
        is_bot=message.is_bot,
        is_new=is_new,
    )


def written() -> list[Conversation]:
    conversations = []
    for part in WRITTEN_CHAT.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, *lines = part.strip().split("\n")
        start = datetime(2026, 1, 1, 12, tzinfo=UTC)
        messages = []
        for position, line in enumerate(lines):
            label, author, text = (piece.strip() for piece in line.split("|", 2))
            mark, _, task = label.partition(" ")
            message = _message(position, author, text, start + timedelta(seconds=25 * position))
            kind = {"F": "follow_up", "I": "immediate_action", ".": "none"}[mark]
            messages.append(LabelledMessage(message, kind, f"{name}/{task}" if task else None))
        conversations.append(Conversation(name, "written", tuple(messages)))
    return conversations


def labelled(folder: Path = SHARED_DATA) -> list[Conversation]:
    runs = _grouped(_lines(folder / "labelled" / "meeting_chat.jsonl"), "run")
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
        actions = _lines(path.with_name(path.name.replace(".messages.", ".actions.")))
        for session, rows in _grouped(_lines(path), "session").items():
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
        for session, rows in _grouped(_lines(path), "session").items()
    ]


def _lines(path: Path) -> list[dict[str, Any]]:
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
    return _message(position, str(row["author"]), str(row["text"]), said_at, is_bot=is_bot)


def _message(
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
