"""People of the sandbox talking: what they do is stored, then told to the app."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from copilot.errors import BadInputError
from copilot.sandbox import events
from copilot.sandbox.channels import Body, Pin
from copilot.sandbox.outlet import Nobody, Outlet
from copilot.sandbox.state import SandboxState

_EMOJI_NAME = re.compile(r"[a-z0-9_+'-]{1,64}(::skin-tone-[2-6])?")


class Conversation(SandboxState):
    """Each method returns once the app has answered the first delivery, or refused it."""

    outlet: Outlet = Nobody()

    def connect(self, outlet: Outlet) -> None:
        """From now on, tell the app through `outlet`."""
        self.outlet = outlet

    def tell(
        self, channel_id: str, event: Mapping[str, Any], *, in_background: bool = False
    ) -> None:
        """Send an event if the app is in the channel. Never called while holding the lock."""
        if self.bot_hears(channel_id):
            self.tell_always(event, in_background=in_background)

    def tell_always(self, event: Mapping[str, Any], *, in_background: bool = False) -> None:
        """Send an event that reaches the app whatever channel it is in, unless it is cut off."""
        if not self.is_silent:
            self.outlet.send_event(event, in_background=in_background)

    def say(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        is_broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> str:
        """Post as a person, in Slack's mrkdwn; returns the message's ts."""
        if not text.strip() and not files:
            raise BadInputError("An empty message can't be sent.")
        fields: Body = {"user": user_id, "text": text, "client_msg_id": secrets.token_hex(16)}
        if files:
            fields["subtype"] = "file_share"
            fields["files"] = [{"id": f"F{secrets.token_hex(4)}", "name": name} for name in files]
        if thread_ts:
            fields["thread_ts"] = thread_ts
            if is_broadcast:
                fields["subtype"] = "thread_broadcast"
        body = self.add_message(channel_id, fields)
        channel = self.channel(channel_id)
        self.tell(channel_id, events.posted(body, channel_id, channel.kind))
        ts: str = body["ts"]
        return ts

    def add_message(self, channel_id: str, fields: Mapping[str, Any]) -> Body:
        """Store a message now, telling nobody."""
        with self.lock:
            channel = self.channel(channel_id)
            if channel.is_archived:
                raise BadInputError(f"#{channel.name} is archived; nothing can be said there.")
            if parent_ts := fields.get("thread_ts"):
                self.message(channel_id, parent_ts)
            ts = channel.stamp(self.now())
            body = {"type": "message", "team": self.team_id, **fields, "ts": ts}
            self.store(channel_id, body)
            return body

    def edit(self, user_id: str, channel_id: str, ts: str, text: str) -> None:
        if self._own_message(user_id, channel_id, ts, "edit").get("text") != text:
            self.amend(channel_id, ts, {"text": text}, user_id)

    def amend(
        self,
        channel_id: str,
        ts: str,
        fields: Mapping[str, Any],
        user_id: str,
        *,
        in_background: bool = False,
    ) -> Body:
        """Change fields of a message, mark it as edited and tell the app."""
        with self.lock:
            before = self.message(channel_id, ts)
            channel = self.channel(channel_id)
            event_ts = channel.stamp(self.now())
            after = {**before, **fields, "edited": {"user": user_id, "ts": event_ts}}
            self.store(channel_id, after)
        self.tell(
            channel_id,
            events.changed(after, before, channel_id, channel.kind, event_ts),
            in_background=in_background,
        )
        return after

    def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        self._own_message(user_id, channel_id, ts, "delete")
        self.erase(channel_id, ts)

    def erase(self, channel_id: str, ts: str, *, in_background: bool = False) -> None:
        with self.lock:
            before = self.take_away(channel_id, ts)
            channel = self.channel(channel_id)
            event_ts = channel.stamp(self.now())
        self.tell(
            channel_id,
            events.deleted(before, channel_id, channel.kind, event_ts),
            in_background=in_background,
        )

    def react(self, user_id: str, channel_id: str, ts: str, name: str) -> bool:
        """Add a reaction; False where the person had reacted so already."""
        if not _EMOJI_NAME.fullmatch(name):
            raise BadInputError(f"{name!r} is no emoji name.")
        return self._change_reaction("reaction_added", user_id, channel_id, ts, name)

    def unreact(self, user_id: str, channel_id: str, ts: str, name: str) -> bool:
        """Take a reaction back; False where there was none of the person's."""
        return self._change_reaction("reaction_removed", user_id, channel_id, ts, name)

    def pin(self, user_id: str, channel_id: str, ts: str) -> bool:
        """False where it is pinned already."""
        return self._change_pin("pin_added", user_id, channel_id, ts)

    def unpin(self, user_id: str, channel_id: str, ts: str) -> bool:
        return self._change_pin("pin_removed", user_id, channel_id, ts)

    def _own_message(self, user_id: str, channel_id: str, ts: str, deed: str) -> Body:
        body = self.message(channel_id, ts)
        if body.get("user") != user_id:
            raise BadInputError(f"Only its author can {deed} a message.")
        return body

    def _change_reaction(
        self, kind: str, user_id: str, channel_id: str, ts: str, name: str
    ) -> bool:
        with self.lock:
            body = self.message(channel_id, ts)
            reactions = with_reaction(
                body.get("reactions") or [], name, user_id, is_added=kind == "reaction_added"
            )
            if reactions is None:
                return False
            after = {key: value for key, value in body.items() if key != "reactions"}
            self.store(channel_id, {**after, "reactions": reactions} if reactions else after)
            event_ts = self.channel(channel_id).stamp(self.now())
        self.tell(channel_id, events.reaction(kind, user_id, name, body, channel_id, event_ts))
        return True

    def _change_pin(self, kind: str, user_id: str, channel_id: str, ts: str) -> bool:
        with self.lock:
            channel = self.channel(channel_id)
            body = self.message(channel_id, ts)
            is_added = kind == "pin_added"
            if (ts in channel.pinned) == is_added:
                return False
            event_ts = channel.stamp(self.now())
            if is_added:
                channel.pinned[ts] = Pin(user_id, int(event_ts.partition(".")[0]))
            else:
                del channel.pinned[ts]
            after = {key: value for key, value in body.items() if key != "pinned_to"}
            self.store(channel_id, {**after, "pinned_to": [channel_id]} if is_added else after)
            event = events.pin(
                kind,
                user_id,
                body,
                channel_id=channel_id,
                link=self.permalink(channel_id, ts),
                pins=len(channel.pinned),
                event_ts=event_ts,
            )
        self.tell(channel_id, event)
        return True


def with_reaction(
    reactions: Sequence[Mapping[str, Any]], name: str, user_id: str, *, is_added: bool
) -> list[dict[str, Any]] | None:
    """The reactions after a person added or removed one; None where that changes nothing."""
    users = {reaction["name"]: list(reaction.get("users", ())) for reaction in reactions}
    if (user_id in users.get(name, ())) == is_added:
        return None
    if is_added:
        users.setdefault(name, []).append(user_id)
    else:
        users[name].remove(user_id)
    return [{"name": n, "users": u, "count": len(u)} for n, u in users.items() if u]
