"""One channel of the sandbox and everything said in it, in time order."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from copilot.sandbox.stamps import moment, next_stamp

Body = dict[str, Any]
"""A message in Slack's shape. Replaced, never changed in place, so it may be shared."""


@dataclass(frozen=True, slots=True)
class Pin:
    user_id: str
    created_s: int


@dataclass(slots=True)
class SandboxChannel:
    id: str
    name: str
    is_private: bool = False
    creator_id: str = ""
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    is_shared: bool = False
    """With another organisation, as by Slack Connect."""
    partner_id: str = ""
    """In a conversation between the app and one person: that person."""
    previous_names: list[str] = field(default_factory=list)
    member_ids: set[str] = field(default_factory=set)
    pinned: dict[str, Pin] = field(default_factory=dict)
    """By ts, in the order in which they were pinned."""
    last_ts: str | None = None
    """The latest stamp given out here, also to events that are no message."""
    _order: list[tuple[int, int, str]] = field(default_factory=list)
    _bodies: dict[str, Body] = field(default_factory=dict)
    _replies: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What events call it."""
        if self.is_direct:
            return "im"
        return "group" if self.is_private else "channel"

    @property
    def is_direct(self) -> bool:
        return bool(self.partner_id)

    @property
    def size(self) -> int:
        return len(self._bodies)

    def get(self, ts: str) -> Body | None:
        return self._bodies.get(ts)

    def put(self, body: Body) -> None:
        """Store a new message, or another body for the same `ts`."""
        ts: str = body["ts"]
        if ts not in self._bodies:
            insort(self._order, _entry(ts))
            self._note(ts)
        self._bodies[ts] = body
        parent_ts = body.get("thread_ts")
        if parent_ts and parent_ts != ts:
            replies = self._replies.setdefault(parent_ts, [])
            if _entry(ts) not in replies:
                insort(replies, _entry(ts))

    def remove(self, ts: str) -> None:
        """Take a message away; a parent with replies leaves a tombstone, as in Slack."""
        body = self._bodies.get(ts)
        if body is None:
            return
        if self._replies.get(ts):
            self._bodies[ts] = _tombstone(ts)
            return
        del self._bodies[ts]
        self._order.remove(_entry(ts))
        parent_ts = body.get("thread_ts")
        if parent_ts and parent_ts != ts and parent_ts in self._replies:
            self._replies[parent_ts].remove(_entry(ts))

    def stamp(self, now: datetime) -> str:
        """A stamp for `now`, later than every one given out here before."""
        self.last_ts = next_stamp(now, self.last_ts)
        return self.last_ts

    def newest_first(self, before: str | None = None) -> Iterator[Body]:
        """Messages that are shown in the channel itself: no replies but broadcast ones."""
        end = len(self._order) if before is None else bisect_left(self._order, _entry(before))
        for position in range(end - 1, -1, -1):
            body = self._bodies[self._order[position][2]]
            if in_channel(body):
                yield self.shown(body)

    def oldest_first(self, after: str) -> Iterator[Body]:
        for position in range(bisect_right(self._order, _entry(after)), len(self._order)):
            body = self._bodies[self._order[position][2]]
            if in_channel(body):
                yield self.shown(body)

    def replies(self, parent_ts: str) -> list[Body]:
        return [self._bodies[entry[2]] for entry in self._replies.get(parent_ts, ())]

    def shown(self, body: Body) -> Body:
        """The body, with the counts of its thread if it has one."""
        replies = self._replies.get(body["ts"])
        if not replies:
            return body
        speakers: dict[str, None] = {}
        for entry in replies:
            reply = self._bodies[entry[2]]
            speakers.setdefault(reply.get("user") or reply.get("bot_id") or "", None)
        return {
            **body,
            "thread_ts": body["ts"],
            "reply_count": len(replies),
            "reply_users_count": len(speakers),
            "reply_users": list(speakers),
            "latest_reply": replies[-1][2],
        }

    def _note(self, ts: str) -> None:
        if self.last_ts is None or moment(ts) > moment(self.last_ts):
            self.last_ts = ts


def in_channel(body: Body) -> bool:
    parent_ts = body.get("thread_ts")
    return not parent_ts or parent_ts == body["ts"] or body.get("subtype") == "thread_broadcast"


def _entry(ts: str) -> tuple[int, int, str]:
    return (*moment(ts), ts)


def _tombstone(ts: str) -> Body:
    return {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": ts,
        "thread_ts": ts,
    }
