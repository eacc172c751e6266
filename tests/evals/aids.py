"""Further sets that only measure: single sentences of e-mail, and timelines of post-mortems."""

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tests.evals.corpora import (
    SHARED_DATA,
    Conversation,
    LabelledMessage,
    lines_of,
    message_at,
)

EVERY = 8
"""Of thousands of sentences, one in so many is judged: enough for a narrow interval."""
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sentences(folder: Path = SHARED_DATA) -> list[Conversation]:
    """Each sentence is a chat of one message; e-mail is not incident chat."""
    found = []
    for path in sorted((folder / "sentences").glob("*/sentences.jsonl")):
        for number, row in enumerate(islice(lines_of(path), 0, None, EVERY)):
            name = f"{path.parent.name}/{number}"
            is_task = row["label"] != "none"
            message = LabelledMessage(
                message_at(0, "writer", row["text"], START),
                "follow_up" if is_task else "none",
                name if is_task else None,
            )
            found.append(Conversation(name, "sentences", (message,)))
    return found


def timelines(folder: Path = SHARED_DATA) -> list[Conversation]:
    """What happened, told afterwards: hardly any entry is work still to be done."""
    path = folder / "incidents" / "postmortems.jsonl"
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_timeline(row) for row in rows if row.get("timeline")]


def _timeline(row: dict[str, Any]) -> Conversation:
    return Conversation(
        row["id"],
        "timelines",
        tuple(
            LabelledMessage(
                message_at(position, "writer", entry["text"], START + timedelta(minutes=position)),
                "none",
            )
            for position, entry in enumerate(row["timeline"])
        ),
    )
