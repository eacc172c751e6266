"""Small Slack exports, written for a test."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

USERS = [
    {"id": "U1", "name": "ana", "real_name": "Ana Costa", "profile": {"display_name": "ana"}},
    {"id": "U2", "name": "ben", "real_name": "Ben Okafor", "profile": {"display_name": ""}},
]


def an_export(
    folder: Path,
    messages: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    commands: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """An export with a channel per key of `messages`; their ids are C1, C2…"""
    folder.mkdir(parents=True, exist_ok=True)
    channels = [{"id": f"C{n}", "name": name} for n, name in enumerate(messages, start=1)]
    (folder / "users.json").write_text(json.dumps(USERS))
    (folder / "channels.json").write_text(json.dumps(channels))
    for name, said in messages.items():
        (folder / name).mkdir()
        (folder / name / "2026-03-04.json").write_text(json.dumps(list(said)))
    if commands:
        (folder / "commands.json").write_text(json.dumps(list(commands)))
    return folder


def a_message(ts: str, text: str = "hello", user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}
