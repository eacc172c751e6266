"""Imports a Slack export: each channel becomes an incident that is over and posts nothing.

Batches are committed as they come, and a message already stored is found again by its key: an
import that was interrupted is continued by starting it again.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.archive.bulk_recording import BatchResult, Place, has_dated_marks, record_batch
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.models import Incident, Status
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_export import ExportChannel, Extent, SlackExport, open_export
from copilot.timeline.slack_messages import Record, to_records
from copilot.workspaces.directory import (
    names_of,
    upsert_channel,
    upsert_members,
    upsert_workspace,
    workspace_of,
)
from copilot.workspaces.models import Workspace

UNKNOWN_WORKSPACE_URL = "https://slack.com/"
"""Slack sends a signed-in reader on from here; the address of a workspace that names none."""

_BATCH = 2_000
_URL = re.compile(r"https?://[A-Za-z0-9.-]{1,150}(?::\d{1,5})?/?")
_USER_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}", re.ASCII)
_TITLE_LENGTH = 200

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class ImportedIncident:
    id: int
    channel: str
    title: str
    messages: int
    """Messages of the channel in the export, new or not."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    incidents: list[ImportedIncident]
    messages: int
    """Messages that were not here before."""
    duplicates: int
    """Messages that were."""


def import_slack_export(
    db: Database,
    path: Path | str,
    *,
    channel: str | None = None,
    title: str | None = None,
    workspace_url: str | None = None,
    now: datetime,
    on_progress: Progress | None = None,
) -> ImportResult:
    """Import the conversation named, or each channel with messages. Raises BadInputError."""
    if workspace_url is not None and not _URL.fullmatch(workspace_url):
        raise BadInputError(
            f"{workspace_url!r} is not the address of a workspace, like https://acme.slack.com/."
        )
    with open_export(path) as export:
        chosen = _chosen(export, channel)
        if title and len(chosen) > 1:
            raise BadInputError(
                f"One title does not fit {len(chosen)} incidents: name the channel as well."
            )
        team_id = export.team_id or _made_up_team_id(export)
        with db.transaction() as session:
            _learn_directory(session, export, team_id, workspace_url, now)
            incidents = [
                _found_or_new_incident(session, team_id, each, extent, title)
                for each, extent in chosen.items()
            ]
        report = _Report(sum(extent.messages for extent in chosen.values()), on_progress)
        for each in chosen:
            _import_messages(db, export, Place(team_id, each.id), each, now, report)
    imported = [
        ImportedIncident(incident.id, each.name, incident.title, extent.messages)
        for incident, (each, extent) in zip(incidents, chosen.items(), strict=True)
    ]
    return ImportResult(imported, messages=report.new, duplicates=report.known)


def _chosen(export: SlackExport, channel: str | None) -> dict[ExportChannel, Extent]:
    """What to import, and how much it is. Finds broken files before anything is stored."""
    if channel is None:
        # Who wants a direct conversation names it: it is hardly an incident, and was not public.
        extents = {each: export.extent(each) for each in export.channels if not each.is_direct}
    else:
        named = export.channel(channel)
        extents = {named: export.extent(named)}
    chosen = {each: extent for each, extent in extents.items() if extent}
    if not chosen:
        where = f"no messages of {channel}" if channel else "no messages in any channel"
        raise BadInputError(f"The export has {where}.")
    return chosen


def _import_messages(
    db: Database,
    export: SlackExport,
    place: Place,
    channel: ExportChannel,
    now: datetime,
    report: "_Report",
) -> None:
    with db.reading() as session:
        marks_are_undated = not has_dated_marks(session, place)
    for batch in _batches(export.messages(channel)):
        records = [_records(place, channel, message) for message in batch]
        with db.transaction() as session:
            result = record_batch(session, place, records, now, marks_are_undated=marks_are_undated)
        report.add(len(batch), result)


class _Report:
    """Counts what was done, and shows it."""

    def __init__(self, total: int, show: Progress | None) -> None:
        self._total = total
        self._show = show
        self._done = 0
        self.new = 0
        self.known = 0

    def add(self, messages: int, result: BatchResult) -> None:
        self._done += messages
        self.new += result.new
        self.known += result.known
        if self._show:
            self._show(self._done, self._total)


def _records(place: Place, channel: ExportChannel, message: dict[str, Any]) -> list[Record]:
    try:
        return to_records(place.team_id, message, place.channel_id)
    except BadInputError as error:
        raise BadInputError(
            f"The message {message['ts']} of #{channel.name} can't be read: {error} "
            "The messages before it are stored; importing again goes on from there."
        ) from error


def _batches(messages: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    remaining = iter(messages)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _found_or_new_incident(
    session: Session, team_id: str, channel: ExportChannel, extent: Extent, title: str | None
) -> Incident:
    """The incident of an earlier import of this time, or a new one without any milestone.

    A channel sees many incidents: exports of different times are different incidents.
    """
    upsert_channel(session, team_id, ChannelInfo(channel.id, channel.name, channel.is_private))
    starts_at = ts_to_instant(extent.first_ts)
    until = ts_to_instant(extent.last_ts) + timedelta(microseconds=1)
    incident = session.scalar(
        select(Incident)
        .where(
            Incident.team_id == team_id,
            Incident.channel_id == channel.id,
            Incident.is_imported,
            Incident.timeline_from < until,
            Incident.timeline_until > starts_at,
        )
        .order_by(Incident.id)
        .limit(1)
    )
    if incident is None:
        incident = Incident(
            team_id=team_id,
            channel_id=channel.id,
            title=_one_line(channel.name),
            status=Status.RESOLVED,
            declared_at=starts_at,
            is_imported=True,
            timeline_from=starts_at,
            timeline_until=until,
        )
        session.add(incident)
    incident.title = _one_line(title) if title else incident.title
    incident.declared_at = min(incident.declared_at, starts_at)
    incident.timeline_from = min(incident.timeline_from or starts_at, starts_at)
    incident.timeline_until = max(incident.timeline_until or until, until)
    session.flush()
    return incident


def _learn_directory(
    session: Session, export: SlackExport, team_id: str, url: str | None, now: datetime
) -> None:
    """Learn names and the address; what an installed app told us of this workspace stands."""
    known = _known_workspace(session, team_id)
    url = url or (known.url if known and known.url != UNKNOWN_WORKSPACE_URL else None)
    url = url or export.workspace_url or UNKNOWN_WORKSPACE_URL
    name = known.name if known else _workspace_name(url, team_id)
    bot_user_id = known.bot_user_id if known else None
    upsert_workspace(session, WorkspaceInfo(team_id, name, url, bot_user_id or ""), now)
    kept = names_of(session, team_id).keys() if bot_user_id else set()
    members = (info for user in export.users for info in _members(user))
    upsert_members(session, team_id, [info for info in members if info.user_id not in kept])


def _known_workspace(session: Session, team_id: str) -> Workspace | None:
    try:
        return workspace_of(session, team_id)
    except NotFoundError:
        return None


def _workspace_name(url: str, team_id: str) -> str:
    host = url.partition("//")[2].strip("/")
    return host.removesuffix(".slack.com") if host.endswith(".slack.com") else team_id


def _members(user: dict[str, Any]) -> Iterator[MemberInfo]:
    """The user, and for an app's user also the bot id that its messages carry."""
    profile = user.get("profile") if isinstance(user.get("profile"), dict) else {}
    assert isinstance(profile, dict)  # noqa: S101 - narrows the type
    ids = [user.get("id"), profile.get("bot_id")]
    name = _text(profile.get("display_name")) or _text(user.get("name"))
    real_name = _text(user.get("real_name")) or _text(profile.get("real_name"))
    zone = _text(user.get("tz"))
    is_bot = user.get("is_bot") is True or user.get("id") == "USLACKBOT"
    for user_id in ids:
        if isinstance(user_id, str) and _USER_ID.fullmatch(user_id):
            yield MemberInfo(
                user_id, name or real_name or user_id, real_name, is_bot, time_zone=zone
            )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _one_line(title: str) -> str:
    return " ".join(title.split())[:_TITLE_LENGTH]


def _made_up_team_id(export: SlackExport) -> str:
    ids = ",".join(sorted(channel.id for channel in export.channels))
    return f"T-IMPORT-{hashlib.sha256(ids.encode()).hexdigest()[:12].upper()}"
