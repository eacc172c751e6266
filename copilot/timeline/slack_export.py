"""Reads a Slack export, zip or folder: its people, its channels, their messages in time order."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.errors import BadInputError
from copilot.timeline.permalinks import ts_order
from copilot.timeline.slack_export_files import ExportFiles, open_files

_USER_LISTS = ("users.json", "org_users.json")
_DIRECT_LISTS = ("mpims.json", "dms.json")
_CHANNEL_LISTS = ("channels.json", "groups.json", *_DIRECT_LISTS)
_DIRECT_FOLDER = re.compile(r"D[A-Z0-9]{8,}|mpdm-.+")
_DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_SLACK_ID = re.compile(r"[A-Z0-9_-]{1,32}")
_FILE_LINK = re.compile(r"(https://[a-z0-9-]{1,63}(?:\.enterprise)?\.slack\.com/)files/")
_SERVICE_LINK = re.compile(r"<(https://[a-z0-9-]{1,63}\.slack\.com/)services/")
_NAMES_IN_AN_ERROR = 20


@dataclass(frozen=True, slots=True)
class ExportChannel:
    """A conversation of the export. `folder` is where its day files are.

    A folder that no list of channels names gets an id made from its name, the same each time,
    and counts as private: nothing says that everybody could read it.
    """

    id: str
    name: str
    is_private: bool
    folder: str
    is_direct: bool = False
    """A conversation of two or a few, not a channel."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many messages a channel has, and between which stamps."""

    messages: int
    first_ts: str
    last_ts: str


class SlackExport:
    """An opened export. Nothing but the lists and the day file in hand is in memory."""

    def __init__(self, files: ExportFiles, source: str) -> None:
        self._files = files
        self._root = _root_of(files)
        lists = {name: self._list(name) for name in (*_USER_LISTS, *_CHANNEL_LISTS)}
        _require(lists, source)
        self._day_files = self._day_files_by_folder()
        self.users: list[dict[str, Any]] = [u for n in _USER_LISTS for u in lists[n] or ()]
        self.team_id = _team_id(self.users)
        self.channels: list[ExportChannel] = self._named_channels(lists)
        self.channels += self._unnamed_channels()
        self._workspace_url: str | None = None
        self._has_looked_for_url = False

    def channel(self, name: str) -> ExportChannel:
        """The channel of that name, with or without `#`, or of that id."""
        wanted = name.strip().removeprefix("#")
        for channel in self.channels:
            if wanted in (channel.name, channel.id):
                return channel
        known = sorted(channel.name for channel in self.channels)
        more = len(known) - _NAMES_IN_AN_ERROR
        listed = ", ".join(known[:_NAMES_IN_AN_ERROR]) + (f" and {more} more" if more > 0 else "")
        raise BadInputError(
            f"The export has no channel {wanted!r}. It has: {listed or 'no channel at all'}."
        )

    def extent(self, channel: ExportChannel) -> Extent | None:
        """How much the channel holds, None if nothing. Reads it all, so broken files show early."""
        found: Extent | None = None
        for name in self._day_files.get(channel.folder, ()):
            day = _messages_in_order(name, self._files.read(name))
            if day:
                found = _extended(found, len(day), day[0]["ts"], day[-1]["ts"])
        return found

    def messages(self, channel: ExportChannel) -> Iterator[dict[str, Any]]:
        """The channel's message objects as Slack wrote them, oldest first."""
        for name in self._day_files.get(channel.folder, ()):
            yield from _messages_in_order(name, self._files.read(name))

    @property
    def workspace_url(self) -> str | None:
        """The workspace's address as its own links to files and services show it.

        Links inside what people wrote are not asked: they may point anywhere.
        """
        if not self._has_looked_for_url:
            self._workspace_url = self._find_workspace_url()
            self._has_looked_for_url = True
        return self._workspace_url

    def _find_workspace_url(self) -> str | None:
        for names in self._day_files.values():
            for name in names:
                data = self._files.read(name)
                if b".slack.com" not in data:  # spares parsing nearly all day files
                    continue
                for message in _messages_in_order(name, data):
                    if url := _own_link(message):
                        return url
        return None

    def _list(self, name: str) -> list[dict[str, Any]] | None:
        path = self._root + name
        if path not in self._files.sizes:
            return None
        return _objects(path, self._files.read(path))

    def _day_files_by_folder(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for name in sorted(self._files.sizes):
            if not name.startswith(self._root):
                continue
            folder, _, file = name[len(self._root) :].rpartition("/")
            if folder and "/" not in folder and _DAY_FILE.fullmatch(file):
                folders.setdefault(folder, []).append(name)
        return folders

    def _named_channels(self, lists: dict[str, list[dict[str, Any]] | None]) -> list[ExportChannel]:
        names = {user.get("id"): user.get("name") for user in self.users}
        channels: dict[str, ExportChannel] = {}
        for list_name in _CHANNEL_LISTS:
            for entry in lists[list_name] or ():
                channel_id = entry.get("id")
                if not isinstance(channel_id, str) or not _SLACK_ID.fullmatch(channel_id):
                    raise BadInputError(f"{list_name} has a channel without a valid id.")
                name = entry.get("name") or _conversation_name(channel_id, entry, names)
                # Direct messages lie in a folder named by id, the others by name.
                folder = next((f for f in (name, channel_id) if f in self._day_files), str(name))
                is_private = list_name != "channels.json" or entry.get("is_private") is True
                is_direct = list_name in _DIRECT_LISTS
                channels.setdefault(
                    channel_id, ExportChannel(channel_id, str(name), is_private, folder, is_direct)
                )
        return list(channels.values())

    def _unnamed_channels(self) -> list[ExportChannel]:
        named = {channel.folder for channel in self.channels}
        return [
            ExportChannel(
                _made_up_id(folder), folder, True, folder, bool(_DIRECT_FOLDER.fullmatch(folder))
            )
            for folder in self._day_files
            if folder not in named
        ]


@contextmanager
def open_export(path: Path | str) -> Iterator[SlackExport]:
    """Open the export at `path`; raises BadInputError saying what is wrong with it."""
    path = Path(path)
    files = open_files(path)
    try:
        yield SlackExport(files, path.name or str(path))
    finally:
        files.close()


def _root_of(files: ExportFiles) -> str:
    """The folder that holds the lists: the top, or the one folder an archive was wrapped in."""
    lists = {*_USER_LISTS, *_CHANNEL_LISTS}
    if lists & files.sizes.keys():
        return ""
    wrappers = {
        folder
        for folder, _, file in (name.rpartition("/") for name in files.sizes)
        if file in lists and folder != "__MACOSX" and "/" not in folder
    }
    return f"{wrappers.pop()}/" if len(wrappers) == 1 else ""


def _require(lists: dict[str, list[dict[str, Any]] | None], source: str) -> None:
    missing = [
        " or ".join(names)
        for names in (_USER_LISTS, _CHANNEL_LISTS)
        if all(lists[name] is None for name in names)
    ]
    if missing:
        raise BadInputError(
            f"{source} is not a Slack export: it has no {', and no '.join(missing)}."
        )


def _objects(name: str, data: bytes) -> list[dict[str, Any]]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name} is not valid JSON: {error}.") from error
    if not isinstance(parsed, list):
        raise BadInputError(f"{name} should be a JSON list, but is {_kind(parsed)}.")
    for position, item in enumerate(parsed, start=1):
        if not isinstance(item, dict):
            raise BadInputError(
                f"Entry {position} of {name} should be an object, but is {_kind(item)}."
            )
    return parsed


def _messages_in_order(name: str, data: bytes) -> list[dict[str, Any]]:
    stamped = []
    for position, message in enumerate(_objects(name, data), start=1):
        try:
            # The position keeps messages of one stamp in order, and from being compared.
            stamped.append((ts_order(message["ts"]), position, message))
        except (KeyError, TypeError, BadInputError) as error:
            raise BadInputError(f"Message {position} of {name} has no valid ts.") from error
    stamped.sort()
    return [message for _, _, message in stamped]


def _extended(extent: Extent | None, messages: int, first_ts: str, last_ts: str) -> Extent:
    if extent is None:
        return Extent(messages, first_ts, last_ts)
    return Extent(
        extent.messages + messages,
        min(extent.first_ts, first_ts, key=ts_order),
        max(extent.last_ts, last_ts, key=ts_order),
    )


def _team_id(users: list[dict[str, Any]]) -> str | None:
    """The team most users are of; guests from connected workspaces carry another."""
    teams = Counter(
        team
        for user in users
        if isinstance(team := user.get("team_id"), str) and _SLACK_ID.fullmatch(team)
    )
    return teams.most_common(1)[0][0] if teams else None


def _conversation_name(channel_id: str, entry: dict[str, Any], names: dict[Any, Any]) -> str:
    members = entry.get("members")
    if not isinstance(members, list) or not members:
        return channel_id
    return "dm-" + "-".join(str(names.get(m) or m) for m in members if isinstance(m, str))


def _made_up_id(folder: str) -> str:
    return "CX" + hashlib.sha256(folder.encode(errors="replace")).hexdigest()[:10].upper()


def _own_link(message: dict[str, Any]) -> str | None:
    """The address in a link that Slack itself wrote: a file's permalink, an added service."""
    files = message.get("files")
    for file in (message.get("file"), *(files if isinstance(files, list) else ())):
        permalink = file.get("permalink") if isinstance(file, dict) else None
        if isinstance(permalink, str) and (found := _FILE_LINK.match(permalink)):
            return found[1]
    text = message.get("text")
    if message.get("subtype") == "bot_add" and isinstance(text, str):
        found = _SERVICE_LINK.search(text)
        return found[1] if found else None
    return None


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")
