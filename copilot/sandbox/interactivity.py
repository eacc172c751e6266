"""What people do with the app: commands, shortcuts, and what its messages offer."""

from collections.abc import Mapping
from typing import Any

from copilot.errors import BadInputError, NotFoundError
from copilot.sandbox import interactions
from copilot.sandbox.blocks import Found, find_element, with_ids
from copilot.sandbox.channel_acts import ChannelActs
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.element_state import Values, state_values
from copilot.sandbox.interactions import Surroundings
from copilot.sandbox.outlet import Answer

COMMANDS = ("/incident",)
_SLOW = "operation_timeout"
_FAILED = "dispatch_failed"


class Interactivity(ChannelActs):
    """Each method returns once the app has answered; what it said at once is shown."""

    commands: tuple[str, ...] = COMMANDS

    def command(self, user_id: str, channel_id: str, command: str, text: str = "") -> Answer:
        """Use a slash command; what the app says at once is shown as Slack shows it."""
        if command not in self.commands:
            self._notice(user_id, channel_id, f"{command} is not a valid command.")
            return Answer(status=None, failure="unknown_command")
        with self.lock:
            channel = self.channel(channel_id)
            user = self._person(user_id)
            fields = {
                "token": "sandbox-verification-token",
                "team_id": self.team_id,
                "team_domain": self.domain,
                "channel_id": channel_id,
                "channel_name": _shown_name(channel),
                "user_id": user_id,
                "user_name": user.name,
                "command": command,
                "text": text,
                "api_app_id": self.app_id,
                "is_enterprise_install": str(self.grants.is_org_install).lower(),
                "response_url": self._response_url(user_id, channel_id),
                "trigger_id": self.tickets.issue_trigger(user_id, channel_id),
            }
            if self.enterprise_id:
                fields["enterprise_id"] = self.enterprise_id
                fields["enterprise_name"] = self.enterprise_name
        answer = self.outlet.send_command(fields)
        if not answer.is_ok:
            code = _SLOW if answer.failure == "http_timeout" else _FAILED
            self._notice(user_id, channel_id, f"{command} failed with the error “{code}”.")
        elif answer.body:
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            self.say_as_app(body, user_id=user_id, channel_id=channel_id)
        return answer

    def click(
        self,
        user_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        values: Values | None = None,
    ) -> Answer:
        """Use an element of a message or of a private answer to this person.

        `value` is what was chosen (a button needs none); `values` what else is entered there.
        What is chosen stays so for this person until the app draws that block anew.
        """
        with self.lock:
            private = self.private_answer(user_id, ts)
            body = private.body if private else self.message(channel_id, ts)
            found = self._element(body.get("blocks") or [], action_id, block_id)
            user = self._person(user_id)
            entered = self._enter(user_id, ts, values or {}, found, value)
            payload = interactions.message_action(
                self._surroundings(user_id, channel_id),
                message=body,
                channel_id=channel_id,
                channel_name=_shown_name(self.channel(channel_id)),
                is_private=private is not None,
                response_url=self._response_url(user.id, channel_id, body, private is not None),
                entry=interactions.action(found, value),
                state=state_values(body.get("blocks") or [], entered),
            )
        return self._interact(payload, user_id, channel_id)

    def entered(self, user_id: str, where: str) -> Values:
        """What the person ticked or typed in a message (its ts) or a view (its id)."""
        with self.lock:
            mine = self._entered.get((user_id, where), {})
            return {block_id: {**values} for block_id, values in mine.items()}

    def use_message_shortcut(
        self, user_id: str, channel_id: str, ts: str, callback_id: str
    ) -> Answer:
        """Choose a shortcut of the app from the menu of a message."""
        with self.lock:
            channel = self.channel(channel_id)
            body = self.message(channel_id, ts)
            payload = interactions.message_shortcut(
                self._surroundings(user_id, channel_id),
                callback_id=callback_id,
                message=body,
                channel_id=channel_id,
                channel_name=_shown_name(channel),
                response_url=self._response_url(
                    user_id, channel_id, thread_ts=body.get("thread_ts")
                ),
            )
        return self._interact(payload, user_id, channel_id)

    def use_global_shortcut(self, user_id: str, channel_id: str, callback_id: str) -> Answer:
        """Choose a shortcut of the app that belongs to no message; the app isn't told where."""
        with self.lock:
            around = self._surroundings(user_id, channel_id)
        payload = interactions.global_shortcut(around, callback_id)
        return self._interact(payload, user_id, channel_id)

    def say_as_app(
        self,
        sent: Mapping[str, Any],
        *,
        user_id: str,
        channel_id: str,
        thread_ts: str | None = None,
        private_ts: str | None = None,
    ) -> None:
        """Show what the app answered: to one person, or to all if it says `in_channel`."""
        fields: Body = {
            "type": "message",
            **self.bot_fields(),
            "text": str(sent.get("text") or ""),
        }
        if sent.get("blocks"):
            fields["blocks"] = with_ids(sent["blocks"])
        if sent.get("attachments"):
            fields["attachments"] = sent["attachments"]
        if thread_ts:
            fields["thread_ts"] = thread_ts
        if sent.get("response_type") == "in_channel":
            self.post_as_app(channel_id, fields)
        else:
            self.answer_privately(user_id, channel_id, fields, ts=private_ts)

    def post_as_app(self, channel_id: str, fields: Body) -> Body:
        """A message of the app that everybody sees; the app hears of it too, as in Slack."""
        body = self.add_message(channel_id, fields)
        channel = self.channel(channel_id)
        event = {**body, "channel": channel_id, "channel_type": channel.kind}
        self.tell(channel_id, {**event, "event_ts": body["ts"]}, in_background=True)
        return body

    def _interact(self, payload: Mapping[str, Any], user_id: str, channel_id: str) -> Answer:
        answer = self.outlet.send_interaction(payload)
        if not answer.is_ok:
            self._notice(user_id, channel_id, "That did not work: the app gave no good answer.")
        return answer

    def _notice(self, user_id: str, channel_id: str, text: str) -> None:
        self.answer_privately(
            user_id, channel_id, {"type": "message", "user": "USLACKBOT", "text": text}
        )

    def _person(self, user_id: str) -> Any:
        if found := self.users.get(user_id):
            return found
        raise NotFoundError(f"The sandbox has no user {user_id}.")

    def _element(self, blocks: list[Any], action_id: str, block_id: str | None) -> Found:
        if found := find_element(blocks, action_id, block_id):
            return found
        raise BadInputError(f"There is nothing here with the action {action_id}.")

    def _surroundings(self, user_id: str, channel_id: str) -> Surroundings:
        return Surroundings(
            team_id=self.team_id,
            domain=self.domain,
            app_id=self.app_id,
            user_id=user_id,
            user_name=self._person(user_id).name,
            trigger_id=self.tickets.issue_trigger(user_id, channel_id),
            enterprise=self.enterprise,
            is_org_install=self.grants.is_org_install,
        )

    def _enter(
        self,
        user_id: str,
        where: str,
        values: Values,
        found: Found | None = None,
        value: Any = None,
    ) -> Values:
        """Remember what the person entered; returns all that is entered there."""
        mine = self._entered.setdefault((user_id, where), {})
        for block_id, entered in values.items():
            mine.setdefault(block_id, {}).update(entered)
        if found is not None and found.element.get("type") not in ("button", "overflow"):
            mine.setdefault(found.block["block_id"], {})[found.element["action_id"]] = value
        return mine

    def _response_url(
        self,
        user_id: str,
        channel_id: str,
        body: Body | None = None,
        is_private: bool = True,
        thread_ts: str | None = None,
    ) -> str:
        secret = self.tickets.issue_response(
            user_id,
            channel_id,
            message_ts=body["ts"] if body else None,
            is_private=is_private,
            thread_ts=body.get("thread_ts") if body else thread_ts,
        )
        return f"{self.url}{'actions' if body else 'commands'}/{self.team_id}/{secret}"


def _shown_name(channel: SandboxChannel) -> str:
    """What Slack calls a channel to the app: it never tells the name of a private one."""
    if channel.is_direct:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
