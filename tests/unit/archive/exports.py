"""Builds Slack exports for tests: as folders, as zips, and as zips no honest tool would write."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHARED_EXPORTS = Path(__file__).parents[4] / "shared" / "data" / "slack_exports"

A_USER: dict[str, Any] = {
    "id": "U0ANA",
    "team_id": "T0TEST",
    "name": "ana",
    "real_name": "Ana Lima",
    "profile": {"display_name": "ana", "real_name": "Ana Lima"},
}
A_CHANNEL: dict[str, Any] = {"id": "C0OPS", "name": "ops"}
FIRST_SECOND = 1_700_000_000


def a_message(number: int = 0, **fields: Any) -> dict[str, Any]:
    """The `number`th message, some seconds after the one before it."""
    ts = f"{FIRST_SECOND + number * 7}.{number % 1_000_000:06d}"
    return {"type": "message", "user": "U0ANA", "text": f"message {number}", "ts": ts} | fields


def export_files(
    days: Mapping[str, Any] | None = None, **lists: list[dict[str, Any]]
) -> dict[str, Any]:
    """File contents by name: days such as `{"ops/2023-11-14": [...]}`, lists such as `users=`."""
    contents: dict[str, Any] = {"users": [A_USER], "channels": [A_CHANNEL], **lists}
    if days is None:
        days = {"ops/2023-11-14": [a_message(0), a_message(1)]}
    return {f"{name}.json": content for name, content in {**contents, **days}.items()}


def as_folder(path: Path, files: Mapping[str, Any]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_as_bytes(content))
    return path


def as_zip(path: Path, files: Mapping[str, Any], *, compress: bool = True) -> Path:
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, _as_bytes(content))
    return path


def _as_bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()
