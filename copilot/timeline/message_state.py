"""How observations of one message add up, in any order and any number, to the same state.

Pure. Each operation is a join: it only takes the larger of two values, or the union of two sets, so
order and repetition can't matter. `Version`s are keyed by Slack's stamp of the edit; a version
whose text equals the one before it makes no revision, but its stamp is remembered, because a
later arrival may fall between the two.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from copilot.timeline.models import EventKind
from copilot.timeline.permalinks import ts_order, ts_to_instant
from copilot.timeline.redaction import redact
from copilot.timeline.slack_messages import Deletion, SourceMessage


@dataclass(frozen=True, slots=True)
class Version:
    """The redacted text after one edit. Of two edits in one second the later sent one stands."""

    sent_ts: str
    text_hash: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageState:
    """All that is known of one message; also exactly what its rows hold."""

    message_ts: str
    kind: str = EventKind.MESSAGE
    thread_ts: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    bot_id: str | None = None
    files: tuple[str, ...] = ()
    deleted_at: datetime | None = None
    was_withheld: bool = False
    """Slack showed it once without its words."""
    versions: Mapping[str, Version] = field(default_factory=dict)

    @property
    def edited_ts(self) -> str | None:
        return max(
            (ts for ts in self.versions if ts != self.message_ts), key=ts_order, default=None
        )

    @property
    def edit_marks(self) -> dict[str, str]:
        """When each edit was sent, by its stamp; `""` where only its result was seen."""
        edits = sorted(ts for ts in self.versions if ts != self.message_ts)
        return {ts: self.versions[ts].sent_ts for ts in edits}

    def revisions(self) -> dict[str, Version]:
        """The versions that changed the text, oldest first."""
        found: dict[str, Version] = {}
        last_hash = ""
        for ts in sorted(self.versions, key=ts_order):
            version = self.versions[ts]
            if version.text_hash != last_hash:
                found[ts] = replace(version, text="") if self.deleted_at else version
            last_hash = version.text_hash
        return found

    def latest(self) -> Version | None:
        """The version people see; its text is empty once the message is deleted."""
        return next(reversed(self.revisions().values()), None)


def add_up(state: MessageState, seen: Iterable[SourceMessage | Deletion]) -> MessageState:
    """The state after some more observations of the same message."""
    for each in seen:
        state = _deleted(state, each) if isinstance(each, Deletion) else _read(state, each)
    return replace(state, files=()) if state.deleted_at else state


def restored_versions(
    revisions: Mapping[str, Version], edit_marks: Mapping[str, str]
) -> dict[str, Version]:
    """All versions, from the stored revisions and the stamps of every edit."""
    versions = dict(revisions)
    for ts, sent_ts in edit_marks.items():
        earlier = [revision for revision in revisions if ts_order(revision) <= ts_order(ts)]
        if earlier:
            versions[ts] = replace(revisions[max(earlier, key=ts_order)], sent_ts=sent_ts)
    return versions


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _deleted(state: MessageState, deletion: Deletion) -> MessageState:
    # A tombstone does not say when; the message's own instant is before any time that is said.
    deleted_at = deletion.deleted_at or ts_to_instant(state.message_ts)
    return replace(state, deleted_at=max(deleted_at, state.deleted_at or deleted_at))


def _read(state: MessageState, message: SourceMessage) -> MessageState:
    if message.is_withheld:
        who = MessageState(
            message_ts=state.message_ts,
            thread_ts=message.thread_ts,
            author_id=message.author_id,
            was_withheld=True,
        )
        return joined(state, who)
    text = redact(message.text)
    ts = message.edited_ts or message.message_ts
    read = MessageState(
        message_ts=state.message_ts,
        kind=message.kind,
        thread_ts=message.thread_ts,
        author_id=message.author_id,
        author_name=message.author_name,
        bot_id=message.bot_id,
        files=message.files,
        versions={ts: Version(message.edit_sent_ts or "", hash_of(text), text)},
    )
    return joined(state, read)


def joined(one: MessageState, other: MessageState) -> MessageState:
    """All that is known from both. Of equal texts that of `one` stays: a deletion took it away."""
    versions = dict(one.versions)
    for ts, version in other.versions.items():
        standing = versions.get(ts, version)
        versions[ts] = max(standing, version, key=lambda each: (each.sent_ts, each.text_hash))
    return MessageState(
        message_ts=one.message_ts,
        # A subtype says more than none; who met only an edit or a deletion may have seen none.
        kind=max(one.kind, other.kind, key=lambda kind: (kind != EventKind.MESSAGE, kind)),
        thread_ts=_known(one.thread_ts, other.thread_ts),
        author_id=_author(one, other),
        author_name=_known(one.author_name, other.author_name),
        bot_id=_known(one.bot_id, other.bot_id),
        files=tuple(sorted({*one.files, *other.files})),
        deleted_at=max(filter(None, (one.deleted_at, other.deleted_at)), default=None),
        was_withheld=one.was_withheld or other.was_withheld,
        versions=versions,
    )


def _known(one: str | None, other: str | None) -> str | None:
    return max(one or "", other or "") or None


def _author(one: MessageState, other: MessageState) -> str | None:
    """A bot is named by its user where that is known, else by its bot id."""
    bot_ids = {one.bot_id, other.bot_id}
    known = (author for author in (one.author_id, other.author_id) if author)
    return max(known, key=lambda author: (author not in bot_ids, author), default=None)
