"""What the pretend workspace holds, and what changed in it."""

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from copilot.clock import Clock
from copilot.errors import NotFoundError
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.grants import Grants
from copilot.sandbox.people import SandboxUser, colour_for
from copilot.sandbox.stamps import permalink_path
from copilot.sandbox.switches import Switches
from copilot.sandbox.tickets import Tickets
from copilot.sandbox.views import OpenView, ViewStacks

TEAM_ID = "T0SANDBOX"
APP_ID = "A0SANDBOX"


@dataclass(frozen=True, slots=True)
class PrivateAnswer:
    """What one person sees and nobody else."""

    user_id: str
    channel_id: str
    ts: str
    body: Body


class SandboxState(Switches):
    """Thread-safe. `url` is set by the server that shows the workspace; it ends in a slash."""

    def __init__(
        self,
        clock: Clock,
        *,
        name: str = "Sandbox",
        bot_token: str | None = None,
        signing_secret: str | None = None,
        team_id: str = TEAM_ID,
        enterprise_id: str | None = None,
    ) -> None:
        super().__init__(clock)
        self.name = name
        self.domain = re.sub(r"[^a-z0-9]+", "-", name.lower())
        self.team_id, self.app_id = team_id, APP_ID
        self.enterprise_id, self.enterprise_name = enterprise_id, f"{name} Enterprise"
        self.bot_id, self.bot_user_id = f"B{team_id[1:]}", f"U{team_id[1:]}"
        self.grants = Grants(clock, bot_token=bot_token)
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.url = "http://127.0.0.1/"
        self._console_url: str | None = None
        self.lock = threading.RLock()
        self.tickets = Tickets()
        self.views = ViewStacks(self.team_id, self.app_id, self.bot_id)
        self.users: dict[str, SandboxUser] = {}
        self.channels: dict[str, SandboxChannel] = {}
        self._changes: list[Change] = []
        self._private: dict[tuple[str, str], PrivateAnswer] = {}
        self._entered: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        """What a person has ticked or typed but not sent, by message ts or view id."""
        self._is_closed = False
        bot = SandboxUser(self.bot_user_id, "incident-copilot", "Incident Copilot", is_bot=True)
        self.put_user(replace(bot, colour="44546a"))

    @property
    def bot_token(self) -> str:
        """The token of the app as it was installed here at first."""
        return self.grants.bot_token

    @property
    def app_token(self) -> str:
        """The app's own token, with which it opens sockets."""
        return self.grants.app_token

    @property
    def enterprise(self) -> dict[str, str] | None:
        """The organisation that this workspace belongs to, as payloads name it."""
        if self.enterprise_id is None:
            return None
        return {"id": self.enterprise_id, "name": self.enterprise_name}

    @property
    def console_url(self) -> str | None:
        """Where the page's link "Open the console" leads; without one there is no link."""
        return self._console_url

    @console_url.setter
    def console_url(self, url: str | None) -> None:
        with self.changing(Change(ChangeKind.DIRECTORY)):
            self._console_url = url

    # People and channels

    def put_user(self, user: SandboxUser) -> None:
        with self.changing(Change(ChangeKind.DIRECTORY)):
            self.users[user.id] = user

    def add_user(
        self, name: str, real_name: str = "", *, user_id: str | None = None
    ) -> SandboxUser:
        with self.lock:
            number = len(self.users)
            user = SandboxUser(
                id=user_id or f"U{number:08d}",
                name=name,
                real_name=real_name or name.capitalize(),
                display_name=name,
                colour=colour_for(number - 1),
            )
            self.put_user(user)
            return user

    def add_channel(
        self,
        name: str,
        *,
        channel_id: str | None = None,
        is_private: bool = False,
        creator_id: str = "",
        has_bot: bool = True,
    ) -> SandboxChannel:
        """A channel with everybody in it; the app hears only of channels it is in."""
        with self.lock:
            channel = SandboxChannel(
                id=channel_id or f"C{len(self.channels) + 1:08d}",
                name=name,
                is_private=is_private,
                creator_id=creator_id or self.bot_user_id,
            )
            channel.member_ids = {user_id for user_id in self.users if user_id != self.bot_user_id}
            if has_bot:
                channel.member_ids.add(self.bot_user_id)
            with self.changing(Change(ChangeKind.DIRECTORY)):
                self.channels[channel.id] = channel
            return channel

    def channel(self, channel_id: str) -> SandboxChannel:
        with self.lock:
            if found := self.channels.get(channel_id):
                return found
        raise NotFoundError(f"The sandbox has no channel {channel_id}.")

    def channel_named(self, name: str) -> SandboxChannel | None:
        wanted = name.removeprefix("#")
        with self.lock:
            return next((c for c in self.channels.values() if c.name == wanted), None)

    def message(self, channel_id: str, ts: str) -> Body:
        with self.lock:
            if body := self.channel(channel_id).get(ts):
                return body
        raise NotFoundError(f"There is no message {ts} in {channel_id}.")

    def know_topic(self, channel_id: str, topic: str) -> None:
        with self.changing(Change(ChangeKind.DIRECTORY)):
            self.channel(channel_id).topic = topic

    def bot_hears(self, channel_id: str) -> bool:
        with self.lock:
            channel = self.channels.get(channel_id)
            return channel is not None and self.bot_user_id in channel.member_ids

    # Messages

    def stamp(self, channel_id: str) -> str:
        with self.lock:
            return self.channel(channel_id).stamp(self.clock.now())

    def store(self, channel_id: str, body: Body) -> None:
        """Keep a new message, or another body of one that is there."""
        with self.changing(Change(ChangeKind.MESSAGE, channel_id, body["ts"])):
            self.channel(channel_id).put(body)
            parent_ts = body.get("thread_ts")
            if parent_ts and parent_ts != body["ts"]:
                self._note(Change(ChangeKind.MESSAGE, channel_id, parent_ts))

    def take_away(self, channel_id: str, ts: str) -> Body:
        """Delete a message and return what it was."""
        with self.changing(Change(ChangeKind.MESSAGE, channel_id, ts)):
            body = self.message(channel_id, ts)
            self.channel(channel_id).remove(ts)
            self.channel(channel_id).pinned.pop(ts, None)
            if body.get("thread_ts"):
                self._note(Change(ChangeKind.MESSAGE, channel_id, body["thread_ts"]))
            return body

    def forget_message(self, channel_id: str, ts: str) -> None:
        """Delete a message if it is there."""
        with self.lock:
            if self.channel(channel_id).get(ts) is not None:
                self.take_away(channel_id, ts)

    def permalink(self, channel_id: str, ts: str) -> str:
        thread_ts = self.message(channel_id, ts).get("thread_ts")
        return self.url + permalink_path(channel_id, ts, thread_ts)

    # Private answers

    def answer_privately(
        self, user_id: str, channel_id: str, body: Body, *, ts: str | None = None
    ) -> PrivateAnswer:
        """Show `body` to one person; with the `ts` of an earlier answer, in its place."""
        with self.changing(Change(ChangeKind.PRIVATE, channel_id, user_id)):
            ts = ts or self.channel(channel_id).stamp(self.clock.now())
            answer = PrivateAnswer(user_id, channel_id, ts, {**body, "ts": ts})
            self._private[(user_id, ts)] = answer
            return answer

    def private_answers(self, user_id: str, channel_id: str | None = None) -> list[PrivateAnswer]:
        """What the person was told alone, in the order in which it appeared."""
        with self.lock:
            return [
                answer
                for answer in self._private.values()
                if answer.user_id == user_id and channel_id in (None, answer.channel_id)
            ]

    def private_answer(self, user_id: str, ts: str) -> PrivateAnswer | None:
        with self.lock:
            return self._private.get((user_id, ts))

    def withdraw_answer(self, user_id: str, ts: str) -> None:
        with self.lock:
            if answer := self._private.pop((user_id, ts), None):
                self._note(Change(ChangeKind.PRIVATE, answer.channel_id, user_id))

    # Views

    def open_view(self, user_id: str) -> OpenView | None:
        """The modal the person sees."""
        with self.lock:
            return self.views.top(user_id)

    # Changes

    @property
    def version(self) -> int:
        """Counts changes; `changes_since` takes it."""
        with self.lock:
            return len(self._changes)

    def changes_since(self, version: int) -> list[Change]:
        with self.lock:
            return self._changes[max(version, 0) :]

    @contextmanager
    def changing(self, change: Change) -> Iterator[None]:
        """Hold the lock for the work, then count it as a change."""
        with self.lock:
            yield
            self._note(change)

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        """Let go of the pages that wait for a change."""
        self._is_closed = True

    def _note(self, change: Change) -> None:
        self._changes.append(change)

    def now(self) -> datetime:
        return self.clock.now()

    def bot_fields(self) -> dict[str, Any]:
        """How a message of the app names its author."""
        bot = self.users[self.bot_user_id]
        return {
            "user": self.bot_user_id,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "bot_profile": {
                "id": self.bot_id,
                "app_id": self.app_id,
                "name": bot.real_name,
                "deleted": False,
                "updated": 0,
                "team_id": self.team_id,
                "icons": {},
            },
        }
