"""A channel's past as Slack gives it out: page by page, capped, limited and sometimes refused."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from copilot.clock import Clock
from copilot.errors import CopilotError, TemporaryError
from copilot.ports import ChannelInfo, MemberInfo, Page, Unreadable, UnreadableError, WorkspaceInfo
from copilot.timeline.permalinks import instant_to_ts, ts_order
from tests.fakes.slack_stories import CHANNEL, TEAM, Event

US = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "U0BOT")


class ChannelHistory:
    """A `WorkspaceReader` of one channel. What people do there, tests do to `messages`."""

    def __init__(self, clock: Clock) -> None:
        self.messages: dict[str, Event] = {}
        self.cap = 1000
        """No page holds more, whatever is asked for."""
        self.per_minute: int | None = None
        """More requests of one method are answered with 429."""
        self.is_limited = False
        self.garble: Callable[[list[Event]], list[Event]] = lambda messages: messages
        """What a Slack that breaks its promises makes of a page of the channel."""
        self.refusals: defaultdict[str, list[BaseException]] = defaultdict(list)
        """Raised one by one, by method."""
        self.asked: list[tuple[str, datetime]] = []
        """Requests that were answered."""
        self.limited: list[datetime] = []
        """Requests that were answered with 429."""
        self.channel_info = ChannelInfo(CHANNEL, "inc-checkout", is_private=False)
        self.member_ids = ["U0ANA", "U0BEN"]
        self._clock = clock

    def says(
        self, at: datetime, text: str, *, thread: str | None = None, user: str = "U0ANA"
    ) -> str:
        ts = instant_to_ts(at)
        message: Event = {"type": "message", "user": user, "text": text, "ts": ts}
        if thread:
            message["thread_ts"] = thread
            parent = self.messages[thread]
            parent["thread_ts"] = thread
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = max(parent.get("latest_reply", ts), ts, key=ts_order)
        self.messages[ts] = message
        return ts

    def edits(self, ts: str, text: str, at: datetime) -> None:
        edited = {"user": self.messages[ts]["user"], "ts": instant_to_ts(at)}
        self.messages[ts] = {**self.messages[ts], "text": text, "edited": edited}

    def workspace(self, team_id: str) -> WorkspaceInfo:
        return US

    def members(self, team_id: str) -> Iterable[MemberInfo]:
        return []

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
        self._refuse("channel")
        return self.channel_info

    def channel_members(self, team_id: str, channel_id: str) -> Iterable[str]:
        return list(self.member_ids)

    def history_page(
        self,
        team_id: str,
        channel_id: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        self._answer("history")
        found = [
            message
            for ts, message in self.messages.items()
            if message.get("thread_ts") in (None, ts)
            or message.get("subtype") == "thread_broadcast"
        ]
        found.sort(key=lambda message: ts_order(message["ts"]), reverse=True)
        found = [each for each in found if _is_within(each, oldest_ts, latest_ts)]
        if cursor:
            found = [each for each in found if ts_order(each["ts"]) < ts_order(cursor)]
        return self._page(self.garble(found), limit)

    def replies_page(
        self,
        team_id: str,
        channel_id: str,
        parent_ts: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        self._answer("replies")
        if parent_ts not in self.messages:
            raise UnreadableError("thread_not_found", Unreadable.THREAD_GONE)
        replies = [each for each in self.messages.values() if each.get("thread_ts") == parent_ts]
        replies = [
            each
            for each in replies
            if each["ts"] != parent_ts and _is_within(each, oldest_ts, latest_ts)
        ]
        found = [self.messages[parent_ts], *sorted(replies, key=lambda one: ts_order(one["ts"]))]
        if cursor:
            found = [each for each in found if ts_order(each["ts"]) > ts_order(cursor)]
        return self._page(found, limit)

    def _page(self, found: list[Event], limit: int) -> Page:
        size = min(limit, self.cap)
        page, has_more = found[:size], len(found) > size
        cursor = page[-1]["ts"] if has_more else None
        return Page(tuple(dict(each) for each in page), cursor, self.is_limited)

    def _answer(self, method: str) -> None:
        now = self._clock.now()
        self._refuse(method)
        recent = [
            at for name, at in self.asked if name == method and now - at < timedelta(minutes=1)
        ]
        if self.per_minute is not None and len(recent) >= self.per_minute:
            self.limited.append(now)
            wait = recent[-self.per_minute] + timedelta(minutes=1) - now
            raise TemporaryError("ratelimited", retry_after_s=wait.total_seconds())
        self.asked.append((method, now))

    def _refuse(self, method: str) -> None:
        if self.refusals[method]:
            raise self.refusals[method].pop(0)


def refused(why: Unreadable) -> CopilotError:
    return UnreadableError(str(why), why)


def _is_within(message: Event, oldest_ts: str, latest_ts: str) -> bool:
    return ts_order(oldest_ts) <= ts_order(message["ts"]) <= ts_order(latest_ts)
