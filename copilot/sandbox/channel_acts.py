"""What happens to a channel itself: who comes and goes, what it is called, when it ends."""

from typing import Any

from copilot.errors import BadInputError
from copilot.sandbox import events
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.conversation import Conversation


class ChannelActs(Conversation):
    """As in Slack, most of it is both an event of its own and a message in the channel."""

    def create_channel(
        self, user_id: str, name: str, *, is_private: bool = False, has_bot: bool = False
    ) -> str:
        """A person's new channel, in which everybody but perhaps the app is; returns its id."""
        channel = self.add_channel(name, is_private=is_private, creator_id=user_id, has_bot=has_bot)
        if not is_private:
            ts = channel.stamp(self.now())
            self.tell_always(events.channel_created(channel_fields(channel), ts))
        return channel.id

    def open_direct(self, user_id: str) -> SandboxChannel:
        """The conversation between the app and one person, made where there is none yet."""
        with self.lock:
            for channel in self.channels.values():
                if channel.partner_id == user_id:
                    return channel
            number = len(self.channels) + 1
            channel = SandboxChannel(
                id=f"D{number:08d}",
                name=self.users[user_id].name,
                is_private=True,
                creator_id=self.bot_user_id,
                partner_id=user_id,
                member_ids={user_id, self.bot_user_id},
            )
            with self.changing(Change(ChangeKind.DIRECTORY)):
                self.channels[channel.id] = channel
            return channel

    def join(self, user_id: str, channel_id: str, *, inviter_id: str | None = None) -> bool:
        """Become a member; False for one who is. The channel says so, as Slack does."""
        with self.lock:
            channel = self.channel(channel_id)
            if user_id in channel.member_ids:
                return False
            with self.changing(Change(ChangeKind.DIRECTORY)):
                channel.member_ids.add(user_id)
            fields: Body = {
                "subtype": "group_join" if channel.is_private else "channel_join",
                "user": user_id,
                "text": f"<@{user_id}> has joined the channel",
            }
            if inviter_id:
                fields["inviter"] = inviter_id
            body = self.add_message(channel_id, fields)
        joined = events.membership(
            "member_joined_channel", user_id, channel_id, channel.kind, self.team_id, body["ts"]
        )
        if inviter_id:
            joined["inviter"] = inviter_id
        self.tell(channel_id, joined, in_background=True)
        self._tell_posted(channel, body)
        return True

    def invite_bot(self, user_id: str, channel_id: str) -> bool:
        """Somebody invites the app; False where it is there already."""
        return self.join(self.bot_user_id, channel_id, inviter_id=user_id)

    def leave(self, user_id: str, channel_id: str, *, by: str | None = None) -> bool:
        """Leave, or be removed by somebody; False for one who is no member."""
        with self.lock:
            channel = self.channel(channel_id)
            if user_id not in channel.member_ids:
                return False
            with self.changing(Change(ChangeKind.DIRECTORY)):
                channel.member_ids.discard(user_id)
            fields: Body = {
                "subtype": "group_leave" if channel.is_private else "channel_leave",
                "user": user_id,
                "text": f"<@{user_id}> has left the channel",
            }
            body = self.add_message(channel_id, fields)
        if user_id == self.bot_user_id:
            kind = "group_left" if channel.is_private else "channel_left"
            self.tell_always(
                {
                    "type": kind,
                    "channel": channel_id,
                    "actor_id": by or user_id,
                    "event_ts": body["ts"],
                },
                in_background=True,
            )
            return True
        left = events.membership(
            "member_left_channel", user_id, channel_id, channel.kind, self.team_id, body["ts"]
        )
        self.tell(channel_id, left, in_background=True)
        self._tell_posted(channel, body)
        return True

    def remove_bot(self, user_id: str, channel_id: str) -> bool:
        """Somebody takes the app out of the channel; False where it is not there."""
        return self.leave(self.bot_user_id, channel_id, by=user_id)

    def set_topic(self, user_id: str, channel_id: str, topic: str) -> None:
        self._say_about(user_id, channel_id, "topic", topic)

    def set_purpose(self, user_id: str, channel_id: str, purpose: str) -> None:
        self._say_about(user_id, channel_id, "purpose", purpose)

    def rename(self, user_id: str, channel_id: str, name: str) -> None:
        """Give the channel another name. Raises BadInputError where another has it."""
        with self.lock:
            channel = self.channel(channel_id)
            other = self.channel_named(name)
            if other is not None and other is not channel:
                raise BadInputError(f"There is already a channel #{name}.")
            old = channel.name
            with self.changing(Change(ChangeKind.DIRECTORY)):
                channel.name = name
                channel.previous_names.append(old)
            body = self.add_message(
                channel_id,
                {
                    "subtype": "group_name" if channel.is_private else "channel_name",
                    "user": user_id,
                    "old_name": old,
                    "name": name,
                    "text": f'has renamed the channel from "{old}" to "{name}"',
                },
            )
            renamed = events.channel_renamed(channel_fields(channel), body["ts"])
        self._tell_about(channel, renamed)
        self._tell_posted(channel, body)

    def archive(self, user_id: str, channel_id: str) -> bool:
        """End the channel; False where it has ended."""
        return self._change_archived(user_id, channel_id, is_archived=True)

    def unarchive(self, user_id: str, channel_id: str) -> bool:
        return self._change_archived(user_id, channel_id, is_archived=False)

    def convert_to_private(self, user_id: str, channel_id: str) -> None:
        """Make a public channel private; it keeps its id."""
        with self.lock:
            channel = self.channel(channel_id)
            if channel.is_private:
                raise BadInputError(f"#{channel.name} is private already.")
            body = self.add_message(
                channel_id,
                {
                    "subtype": "channel_convert_to_private",
                    "user": user_id,
                    "text": "made this channel *private*. It can only be joined by invitation.",
                },
            )
            with self.changing(Change(ChangeKind.DIRECTORY)):
                channel.is_private = True
        self._tell_posted(channel, body)

    def share(self, channel_id: str, *, partner_team_id: str = "T0PARTNER") -> None:
        """Share the channel with another organisation, as Slack Connect does."""
        with self.changing(Change(ChangeKind.DIRECTORY)):
            channel = self.channel(channel_id)
            channel.is_shared = True
            event_ts = channel.stamp(self.now())
        self.tell(
            channel_id,
            {
                "type": "channel_shared",
                "connected_team_id": partner_team_id,
                "channel": channel_id,
                "event_ts": event_ts,
            },
        )

    def _change_archived(self, user_id: str, channel_id: str, *, is_archived: bool) -> bool:
        deed = "archive" if is_archived else "unarchive"
        with self.lock:
            channel = self.channel(channel_id)
            if channel.is_archived == is_archived:
                return False
            with self.changing(Change(ChangeKind.DIRECTORY)):
                channel.is_archived = False
                body = self.add_message(
                    channel_id,
                    {
                        "subtype": f"{'group' if channel.is_private else 'channel'}_{deed}",
                        "user": user_id,
                        "text": f"<@{user_id}> {deed}d the channel",
                    },
                )
                channel.is_archived = is_archived
        kind = f"{'group' if channel.is_private else 'channel'}_{deed}"
        self._tell_about(
            channel,
            {"type": kind, "channel": channel_id, "user": user_id, "event_ts": body["ts"]},
        )
        self._tell_posted(channel, body)
        return True

    def _say_about(self, user_id: str, channel_id: str, what: str, words: str) -> None:
        with self.lock:
            channel = self.channel(channel_id)
            with self.changing(Change(ChangeKind.DIRECTORY)):
                setattr(channel, what, words)
            body = self.add_message(
                channel_id,
                {
                    "subtype": f"{'group' if channel.is_private else 'channel'}_{what}",
                    "user": user_id,
                    what: words,
                    "text": f"set the channel {what}: {words}",
                },
            )
        self._tell_posted(channel, body)

    def _tell_posted(self, channel: SandboxChannel, body: Body) -> None:
        self.tell(channel.id, events.posted(body, channel.id, channel.kind), in_background=True)

    def _tell_about(self, channel: SandboxChannel, event: dict[str, Any]) -> None:
        """Of a public channel the app hears without being in it."""
        if channel.is_private:
            self.tell(channel.id, event, in_background=True)
        else:
            self.tell_always(event, in_background=True)


def channel_fields(channel: SandboxChannel) -> dict[str, Any]:
    """What events about a channel say of it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "created": 0,
        "creator": channel.creator_id,
    }
