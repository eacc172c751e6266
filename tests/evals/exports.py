"""Real and played incident chat from Slack exports, with labels by the time of a message.

The two Kubernetes incidents come unlabelled. We labelled them by the rules in the shared data's
README, by reading, before the proposer was shown them; they only measure. The demo's incident was
written for the demo and carries its own list.
"""

import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from copilot.ports import Person
from tests.evals.corpora import SHARED_DATA, Conversation, LabelledMessage, message_at

DEMO = Path(__file__).parents[2] / "copilot" / "sandbox" / "demo_incident"

_TASKS = {
    "1549388220.000100": ("recover the wedged jobs", "borderline"),
    "1549394820.000100": ("try the bump again", "borderline"),
    "1549675260.000600": ("revert plank to the old client", "clear"),
    "1549675440.000300": ("revert plank to the old client", "borderline"),
    "1549677540.000200": ("mail k-dev", "clear"),
}
_IMMEDIATE = frozenset(
    [
        "1549384380.000200",
        "1549385820.000400",
        "1549387140.000200",
        "1549387140.000300",
        "1549387140.000400",
        "1549387860.000800",
        "1549387920.000400",
        "1549387920.000600",
        "1549672800.000300",
        "1549674540.000400",
        "1549674600.000100",
        "1549675260.000200",
        "1549675440.000100",
        "1549675500.000300",
    ]
)
_MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>")


def kubernetes(folder: Path = SHARED_DATA) -> list[Conversation]:
    """Empty where the shared data is not there."""
    return [_kubernetes(path) for path in sorted((folder / "slack_exports").glob("k8s-*.zip"))]


def _kubernetes(path: Path) -> Conversation:
    with zipfile.ZipFile(path) as archive:
        users = json.loads(archive.read("users.json"))
        days = sorted(name for name in archive.namelist() if name.startswith("testing-ops/"))
        rows = [row for day in days for row in json.loads(archive.read(day))]
    labels = {
        ts: ("follow_up", f"{path.stem}/{task}", sureness)
        for ts, (task, sureness) in _TASKS.items()
    } | dict.fromkeys(_IMMEDIATE, ("immediate_action", None, "clear"))
    return _conversation(path.stem, "k8s", rows, users, labels)


def demo() -> list[Conversation]:
    expected = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))
    users = json.loads((DEMO / "users.json").read_text(encoding="utf-8"))
    days = sorted((DEMO / expected["channel"]).glob("*.json"))
    rows = [row for day in days for row in json.loads(day.read_text(encoding="utf-8"))]
    labels: dict[str, tuple[str, str | None, str]] = dict.fromkeys(
        expected["immediate_actions"], ("immediate_action", None, "clear")
    )
    for task in expected["follow_ups"]:
        for ts in [*task["message_ts"], *task["done_ts"]]:
            labels[ts] = ("follow_up", task["task_id"], "clear")
    return [_conversation(expected["channel"], "demo", rows, users, labels)]


def _conversation(
    name: str,
    corpus: str,
    rows: Iterable[dict[str, Any]],
    users: Iterable[dict[str, Any]],
    labels: Mapping[str, tuple[str, str | None, str]],
) -> Conversation:
    names = {user["id"]: user["name"] for user in users}
    talk = [row for row in rows if row.get("subtype") not in {"message_deleted", "channel_join"}]
    messages = []
    for position, row in enumerate(sorted(talk, key=lambda row: row["ts"])):
        author = str(row.get("user") or row.get("bot_id") or "")
        label, task, sureness = labels.get(row["ts"], ("none", None, "clear"))
        message = message_at(
            position,
            names.get(author, author),
            _MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", row.get("text", "")),
            datetime.fromtimestamp(float(row["ts"]), UTC),
            is_bot=row.get("subtype") in {"bot_message", "message_changed"},
        )
        message = replace(
            message,
            author_id=author,
            message_ts=row["ts"],
            thread_ts=row.get("thread_ts"),
            reactions=tuple(reaction["name"] for reaction in row.get("reactions", ())),
        )
        messages.append(LabelledMessage(message, label, task, is_borderline=sureness != "clear"))
    members = tuple(Person(user_id, name) for user_id, name in names.items())
    return Conversation(name, corpus, tuple(messages), members=members)
