"""Slack exports, as zips, built from published post-mortems: each timeline entry is a message.

Which post-mortems: the twenty with most timeline entries and action items together, equal ones by
id. Who wrote an entry is not known, so one writer posts them all. Entries of the same minute stand
one microsecond apart, as Slack's own stamps would tell them apart.
"""

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from tests.evals.corpora import SHARED_DATA

HOW_MANY = 20
WRITER = "scribe"
_FULL = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d{1,2}:\d\d)")
_OF_A_DAY = re.compile(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{1,2}:\d\d(?: ?[AP]M)?)")
_CUT_OFF = re.compile(r"[AP]M\b[^:]{0,30}?\b([A-Z][a-z]{2})[a-z]* (\d{1,2})(?:st|nd|rd|th)\s*:")
_CLOCK = re.compile(r"(\d{1,2}:\d\d)(?: ?([AP]M))?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UNDATED = "2020-01-01"
"""Where neither the post-mortem nor an entry says the day."""
_LINK = re.compile(r"\[([^\[\]]*)\]\((https?://[^\s()]+)\)")
_PAST_MIDNIGHT = timedelta(hours=6)
"""A clock that goes back by more has passed midnight; by less the entry is told out of order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the human timeline, and the message that it became."""

    message_ts: str
    text: str


@dataclass(frozen=True, slots=True)
class PostMortem:
    name: str
    title: str
    entries: tuple[Entry, ...]
    action_items: tuple[str, ...]


def chosen_post_mortems(folder: Path = SHARED_DATA) -> list[PostMortem]:
    lines = (folder / "incidents" / "postmortems.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    rows.sort(key=lambda row: (-len(row["timeline"]) - len(row["action_items"]), row["id"]))
    return [_post_mortem(row) for row in rows[:HOW_MANY]]


def write_export(post_mortem: PostMortem, folder: Path) -> Path:
    """The zip; its one channel is named after the post-mortem."""
    path = folder / f"{post_mortem.name}.zip"
    channel = re.sub(r"[^a-z0-9-]+", "-", post_mortem.name.lower()).strip("-")[:60]
    days: dict[str, list[dict[str, str]]] = defaultdict(list)
    for entry in post_mortem.entries:
        day = datetime.fromtimestamp(float(entry.message_ts), UTC).date().isoformat()
        message = {"type": "message", "user": "U0SCRIBE", "text": _in_slack(entry.text)}
        days[day].append({**message, "ts": entry.message_ts})
    listed = {"id": f"C{crc32(channel.encode()):010}", "name": channel}
    with zipfile.ZipFile(path, "w") as archive:
        user = {"id": "U0SCRIBE", "team_id": "T0POSTMORTEM", "name": WRITER}
        archive.writestr("users.json", json.dumps([user]))
        archive.writestr("channels.json", json.dumps([listed]))
        for day, messages in days.items():
            archive.writestr(f"{channel}/{day}.json", json.dumps(messages))
    return path


def _post_mortem(row: Mapping[str, Any]) -> PostMortem:
    lines = [line for line in row["timeline"] if str(line["text"]).strip()]
    instants = _instants(str(row["date"]), [time_of(line["time"], line["text"]) for line in lines])
    in_order = sorted(zip(instants, (str(line["text"]) for line in lines), strict=True))
    entries: list[Entry] = []
    for place, (instant, text) in enumerate(in_order):
        entries.append(Entry(f"{int(instant.timestamp())}.{place + 1:06}", text))
    items = [str(item["text"]) for item in row["action_items"] if str(item["text"]).strip()]
    return PostMortem(str(row["id"]), str(row["title"]), tuple(entries), tuple(items))


def time_of(time: str | None, text: str) -> str | None:
    """With the day that was cut off it and stands before the text, as the reader would see it."""
    cut_off = _CUT_OFF.match(text)
    if time is None or cut_off is None or not _CLOCK.fullmatch(time):
        return time
    return f"{cut_off[1]} {cut_off[2]}, {time}"


def _instants(date: str, times: Sequence[str | None]) -> list[datetime]:
    """When each entry happened; one without a time a minute after the one before."""
    day = date if _DATE.fullmatch(date) else _UNDATED
    at = datetime.fromisoformat(f"{day}T00:00+00:00")
    found: list[datetime] = []
    for time in times:
        at = _instant(time or "", at) or at + timedelta(minutes=1)
        found.append(at)
    return found


def _instant(time: str, before: datetime) -> datetime | None:
    if full := _FULL.search(time):
        return datetime.fromisoformat(f"{full[1]}T{full[2]:0>5}+00:00")
    if day := _OF_A_DAY.search(time):
        told = "%I:%M %p" if day[3].endswith("M") else "%H:%M"
        spoken = f"{before.year} {day[1]} {day[2]} {day[3]} +0000"
        return datetime.strptime(spoken, f"%Y %b %d {told} %z")
    if clock := _CLOCK.search(time):
        hour, minute = (int(part) for part in clock[1].split(":"))
        hour = hour % 12 + 12 * (clock[2] == "PM") if clock[2] else hour
        if hour > 23:
            return None
        at = before.replace(hour=hour, minute=minute)
        return at + timedelta(days=1) if before - at > _PAST_MIDNIGHT else at
    return None


def _in_slack(text: str) -> str:
    """Markdown as Slack keeps it: entities, links in angle brackets, one star for bold."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINK.sub(r"<\2|\1>", escaped).replace("**", "*")
