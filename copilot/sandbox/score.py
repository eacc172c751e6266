"""What a player plays: an export's messages and commands as steps in time order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from copilot.errors import BadInputError
from copilot.sandbox import events
from copilot.sandbox.channels import Body
from copilot.sandbox.events import Event
from copilot.sandbox.people import user_of_export
from copilot.sandbox.stamps import is_stamp, moment, to_instant, to_stamp
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.timeline.slack_export import ExportChannel, SlackExport

_LATER = (
    "reactions",
    "reply_count",
    "reply_users",
    "reply_users_count",
    "latest_reply",
    "replies",
    "subscribed",
    "last_read",
    "pinned_to",
    "pinned_info",
)
"""What an exported message has, but the event of its posting had not yet."""
_COUNTED = ("reply_count", "reply_users", "reply_users_count", "latest_reply", "replies")
"""What the sandbox works out itself."""


class PlayedCommand(BaseModel):
    """A slash command that somebody uses while an export plays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    user: str
    channel: str
    command: str = Field(pattern=r"^/[a-z-]+$")
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    channel_id: str
    events: tuple[Event, ...] = ()
    body: Body | None = None
    """The message as the workspace holds it from now on."""
    removed_ts: str | None = None
    is_message: bool = False
    command: PlayedCommand | None = None


def read_commands(export_path: Path) -> list[PlayedCommand]:
    """The commands beside an export: `commands.json` in its folder, `NAME.commands.json` by a zip.

    No such file means none. Raises BadInputError for one that can't be read.
    """
    if export_path.is_dir():
        path = export_path / "commands.json"
    else:
        path = export_path.with_suffix(".commands.json")
    if not path.is_file():
        return []
    try:
        commands = TypeAdapter(list[PlayedCommand]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise BadInputError(f"{path.name} is unusable ({where}: {first['msg']}).") from None
    return [command.model_copy(update={"at": _aware(command.at)}) for command in commands]


def score(
    workspace: SandboxWorkspace,
    export: SlackExport,
    channels: Iterable[ExportChannel],
    commands: Sequence[PlayedCommand] = (),
) -> list[Step]:
    """Every step, in time order; a command comes before a message of the same instant."""
    keyed: list[tuple[tuple[int, int], int, Step]] = []
    played = set()
    for channel in channels:
        played.add(channel.id)
        kind = "group" if channel.is_private else "channel"
        for message in export.messages(channel):
            _introduce(workspace, message)
            step = _message_step(message, channel.id, kind, workspace.team_id)
            keyed.append((moment(message["ts"]), 1, step))
    for command in commands:
        if command.channel in played:
            step = Step(command.at, command.channel, command=command)
            keyed.append((moment(to_stamp(command.at)), 0, step))
    keyed.sort(key=lambda entry: entry[:2])
    return [step for _, _, step in keyed]


def _message_step(message: dict[str, Any], channel_id: str, kind: str, team_id: str) -> Step:
    at = to_instant(message["ts"])
    subtype = message.get("subtype")
    if subtype in ("message_changed", "message_deleted"):
        return _mutation_step(message, channel_id, kind, at)
    whole = {**message, "type": "message", "team": team_id}
    body = {name: value for name, value in whole.items() if name not in _COUNTED}
    fresh = {name: value for name, value in whole.items() if name not in _LATER}
    sent = events.posted(fresh, channel_id, kind)
    marks = _reactions(message, channel_id)
    return Step(at, channel_id, (sent, *marks), body=body, is_message=True)


def _mutation_step(message: dict[str, Any], channel_id: str, kind: str, at: datetime) -> Step:
    event = {
        "hidden": True,
        "event_ts": message["ts"],
        **message,
        "type": "message",
        "channel": channel_id,
        "channel_type": kind,
    }
    if message["subtype"] == "message_deleted":
        removed = message.get("deleted_ts")
        return Step(at, channel_id, (event,), removed_ts=removed if is_stamp(removed) else None)
    after = message.get("message")
    if not isinstance(after, dict) or not is_stamp(after.get("ts")):
        return Step(at, channel_id, (event,))
    return Step(at, channel_id, (event,), body={"type": "message", **after})


def _reactions(message: Mapping[str, Any], channel_id: str) -> Iterator[Event]:
    reactions = message.get("reactions")
    for reaction in reactions if isinstance(reactions, list) else ():
        if not isinstance(reaction, dict) or not isinstance(reaction.get("name"), str):
            continue
        users = reaction.get("users")
        for user_id in users if isinstance(users, list) else ():
            yield events.reaction(
                "reaction_added",
                user_id,
                reaction["name"],
                dict(message),
                channel_id,
                message["ts"],
            )


def _introduce(workspace: SandboxWorkspace, message: Mapping[str, Any]) -> None:
    """An author whom the export's list of users does not name, but whose profile it shows."""
    user_id, profile = message.get("user"), message.get("user_profile")
    if not isinstance(user_id, str) or user_id in workspace.users or not isinstance(profile, dict):
        return
    entry = {**profile, "id": user_id, "profile": profile}
    if user := user_of_export(entry, len(workspace.users)):
        workspace.put_user(user)


def _aware(at: datetime) -> datetime:
    """A time without a zone is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
