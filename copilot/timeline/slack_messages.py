"""Slack's message events, and messages of histories and exports, as plain records.

Pure. What comes in was written by strangers: anything may be missing, of another type or absurdly
long, and the only error raised is BadInputError.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from copilot.errors import BadInputError
from copilot.timeline.message_text import clean, text_of
from copilot.timeline.models import EventKind
from copilot.timeline.permalinks import ts_order, ts_to_instant

_KIND = re.compile(r"[a-z_]{1,64}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}", re.ASCII)
_CONTROL_SUBTYPES = frozenset({"message_changed", "message_deleted", "message_replied"})
_WITHHELD = "ekm_access_denied"
_REACTION_KINDS = frozenset({EventKind.REACTION_ADDED, EventKind.REACTION_REMOVED})
_PIN_KINDS = frozenset({EventKind.PIN_ADDED, EventKind.PIN_REMOVED})


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message as it read at one time: first posted, or after the edit `edited_ts`."""

    team_id: str
    channel_id: str
    message_ts: str
    kind: str
    text: str
    thread_ts: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    bot_id: str | None = None
    files: tuple[str, ...] = ()
    edited_ts: str | None = None
    edit_sent_ts: str | None = None
    """When Slack sent the edit. It tells two edits of one second apart: `edited.ts` does not."""
    is_withheld: bool = False
    """The workspace's own keys keep its words from us; `text` is empty, whatever Slack says
    instead, and what was known of it stays."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A message was taken back. `deleted_at` is unknown for a tombstone found in a history."""

    team_id: str
    channel_id: str
    message_ts: str
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A reaction or a pin came or went. `marked_ts` is unknown for one found on a message."""

    team_id: str
    channel_id: str
    kind: str
    target_ts: str
    author_id: str | None
    reaction: str | None = None
    marked_ts: str | None = None


Record = SourceMessage | Deletion | Mark


def to_records(
    team_id: str, event: Mapping[str, Any], channel_id: str | None = None
) -> list[Record]:
    """What a Slack event, or a message of a history or an export, says happened.

    `channel_id` is for messages that don't name their channel. An event that is none of ours
    says nothing; one that is malformed raises BadInputError.
    """
    if not isinstance(event, Mapping):
        raise BadInputError("A Slack event is a JSON object; this is none.")
    kind = event.get("type", "message")
    if kind == "message":
        return _message_records(_Place.of(team_id, channel_id or event.get("channel")), event)
    if isinstance(kind, str) and kind in _REACTION_KINDS | _PIN_KINDS:
        return _mark_records(team_id, channel_id, kind, event)
    return []


@dataclass(frozen=True, slots=True)
class _Place:
    team_id: str
    channel_id: str

    @classmethod
    def of(cls, team_id: object, channel_id: object) -> "_Place":
        return cls(_required_id(team_id, "workspace"), _required_id(channel_id, "channel"))


def _message_records(place: _Place, event: Mapping[str, Any]) -> list[Record]:
    subtype = event.get("subtype")
    if subtype == "message_replied" or (not subtype and _is_message_replied(event)):
        return []  # the reply itself arrives as a message of its own
    if subtype == "message_changed":
        return _change_records(place, event)
    if subtype == "message_deleted":
        return _deletion_records(place, event)
    if subtype == "tombstone":
        return [Deletion(place.team_id, place.channel_id, _required_ts(event.get("ts")))]
    message = _source_message(place, event)
    return [message, *_reactions_on(message, event)]


def _is_message_replied(event: Mapping[str, Any]) -> bool:
    """The Events API drops this one subtype; it alone wraps a message and has no text."""
    return "text" not in event and isinstance(event.get("message"), Mapping)


def _change_records(place: _Place, event: Mapping[str, Any]) -> list[Record]:
    inner = event.get("message")
    if not isinstance(inner, Mapping):
        raise BadInputError("A message_changed event holds no message.")
    sent_ts = _sent_ts(event)
    previous = _previous_message(place, event, _required_ts(inner.get("ts")))
    if inner.get("subtype") == "tombstone":
        # A thread's first message was deleted: Slack keeps it as a tombstone for the replies.
        return [*previous, _deletion(place, _required_ts(inner.get("ts")), sent_ts)]
    message = replace(_source_message(place, inner), edit_sent_ts=sent_ts)
    if message.edited_ts is None:
        message = replace(message, edit_sent_ts=None)
    for before in previous:
        if before.edited_ts == message.edited_ts and before.text != message.text and sent_ts:
            # Changed without a mark, or twice within the second that `edited.ts` resolves.
            message = replace(message, edited_ts=sent_ts, edit_sent_ts=sent_ts)
    return [*previous, message]


def _deletion_records(place: _Place, event: Mapping[str, Any]) -> list[Record]:
    deleted_ts = event.get("deleted_ts")
    before = event.get("previous_message")
    if not deleted_ts and isinstance(before, Mapping):
        deleted_ts = before.get("ts")
    message_ts = _required_ts(deleted_ts)
    previous = _previous_message(place, event, message_ts)
    return [*previous, _deletion(place, message_ts, _sent_ts(event))]


def _deletion(place: _Place, message_ts: str, sent_ts: str | None) -> Deletion:
    deleted_at = ts_to_instant(sent_ts) if sent_ts else None
    return Deletion(place.team_id, place.channel_id, message_ts, deleted_at)


def _previous_message(
    place: _Place, event: Mapping[str, Any], message_ts: str
) -> list[SourceMessage]:
    before = event.get("previous_message")
    if not isinstance(before, Mapping) or before.get("ts") != message_ts:
        return []
    if before.get("subtype") == "tombstone":
        return []
    return [_source_message(place, before)]


def _source_message(place: _Place, message: Mapping[str, Any]) -> SourceMessage:
    message_ts = _required_ts(message.get("ts"))
    user_id, bot_id = _optional_id(message.get("user")), _optional_id(message.get("bot_id"))
    is_withheld = message.get("subtype") == _WITHHELD
    edited = message.get("edited")
    return SourceMessage(
        team_id=place.team_id,
        channel_id=place.channel_id,
        message_ts=message_ts,
        kind=EventKind.MESSAGE if is_withheld else _kind(message.get("subtype")),
        text="" if is_withheld else text_of(message),
        thread_ts=_optional_ts(message.get("thread_ts")),
        author_id=user_id or bot_id,
        author_name=_author_name(message),
        bot_id=bot_id,
        files=() if is_withheld else _file_names(message),
        is_withheld=is_withheld,
        edited_ts=_optional_ts(edited.get("ts")) if isinstance(edited, Mapping) else None,
    )


def _reactions_on(message: SourceMessage, event: Mapping[str, Any]) -> Iterator[Mark]:
    for reaction in _objects(event.get("reactions")):
        users = reaction.get("users")
        for user in users if isinstance(users, list) else []:
            user_id, name = _optional_id(user), _reaction_name(reaction.get("name"))
            if user_id and name:
                yield Mark(
                    message.team_id,
                    message.channel_id,
                    EventKind.REACTION_ADDED,
                    message.message_ts,
                    user_id,
                    name,
                )


def _mark_records(
    team_id: str, channel_id: str | None, kind: str, event: Mapping[str, Any]
) -> list[Record]:
    item = event.get("item")
    if not isinstance(item, Mapping):
        raise BadInputError(f"A {kind} event names no item.")
    if item.get("type") != "message":
        return []  # a file, outside of any conversation
    message = item.get("message")
    target = item if kind in _REACTION_KINDS or not isinstance(message, Mapping) else message
    place = _Place.of(team_id, channel_id or item.get("channel") or event.get("channel_id"))
    reaction = _reaction_name(event.get("reaction")) if kind in _REACTION_KINDS else None
    if kind in _REACTION_KINDS and not reaction:
        raise BadInputError(f"A {kind} event names no reaction.")
    return [
        Mark(
            place.team_id,
            place.channel_id,
            kind,
            _required_ts(target.get("ts")),
            _optional_id(event.get("user")),
            reaction,
            _required_ts(event.get("event_ts")),
        )
    ]


def _author_name(message: Mapping[str, Any]) -> str | None:
    """The name it was posted under: a bot's own choice, its app's, or the export's profile."""
    profiles = [message.get("bot_profile"), message.get("user_profile")]
    names: list[Any] = [message.get("username")]
    if not any(profiles) and not names[0]:
        return None
    for profile in profiles:
        if isinstance(profile, Mapping):
            names += [profile.get(key) for key in ("display_name", "real_name", "name")]
    for name in names:
        if isinstance(name, str) and clean(name).strip():
            return clean(name).strip()[:200]
    return None


def _file_names(message: Mapping[str, Any]) -> tuple[str, ...]:
    if not message.get("files") and not message.get("file"):
        return ()
    files = [*_objects(message.get("files")), *_objects([message.get("file")])]
    names = (file.get("name") or file.get("title") for file in files)
    return tuple(sorted({clean(name)[:250] for name in names if isinstance(name, str) and name}))


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, Mapping):
            yield each


def _kind(subtype: object) -> str:
    if isinstance(subtype, str) and _KIND.fullmatch(subtype) and subtype not in _CONTROL_SUBTYPES:
        return subtype
    return EventKind.MESSAGE


def _reaction_name(value: object) -> str | None:
    return clean(value)[:100] if isinstance(value, str) and clean(value) else None


def _sent_ts(event: Mapping[str, Any]) -> str | None:
    return _optional_ts(event.get("event_ts")) or _optional_ts(event.get("ts"))


def _required_ts(value: object) -> str:
    if not isinstance(value, str):
        raise BadInputError("A Slack message without a time stamp.")
    ts_to_instant(value)
    return value


def _optional_ts(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        ts_order(value)
    except BadInputError:
        return None
    return value


def _required_id(value: object, what: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadInputError(f"A Slack message without a {what} id.")
    return value


def _optional_id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None
