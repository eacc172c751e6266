"""The pretend workspace: what people can do in it, with the app's answers shown to them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.errors import BadInputError, NotFoundError
from copilot.sandbox import interactions
from copilot.sandbox.blocks import Found, find_element, with_ids
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.channels import Body
from copilot.sandbox.conversation import Conversation
from copilot.sandbox.interactions import Surroundings, Values
from copilot.sandbox.outlet import Answer
from copilot.sandbox.playback import Playback
from copilot.sandbox.views import OpenView

DEFAULT_PEOPLE = (("ana", "Ana Costa"), ("ben", "Ben Okafor"), ("dana", "Dana Levi"))
COMMANDS = ("/incident",)
COMMAND_HINTS = (
    ("declare [title]", "declare an incident in this channel"),
    ("status [status]", "show or change the status"),
    ("severity [SEV1-4]", "show or change the severity"),
    ("suggestions", "follow-ups found so far"),
    ("held", "what was kept back, and why"),
    ("resolve", "say that the incident is over"),
    ("review", "the post-incident review"),
    ("help", "all commands"),
)
_SLOW = "operation_timeout"
_FAILED = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of a submitted modal; `errors` names inputs by block id."""

    is_closed: bool
    errors: Mapping[str, str] = field(default_factory=dict)


class SandboxWorkspace(Conversation):
    """Everything a person does here goes to the connected app as Slack would send it."""

    command_hints: tuple[tuple[str, str], ...] = COMMAND_HINTS
    """What the page offers after `/incident`."""
    commands: tuple[str, ...] = COMMANDS
    playback: Playback | None = None

    def populate(self) -> None:
        """A few people and channels to start with."""
        for name, real_name in DEFAULT_PEOPLE:
            self.add_user(name, real_name)
        for channel in ("general", "incidents"):
            self.add_channel(channel)

    def playback_changed(self) -> None:
        """Tell the page that what plays has moved on."""
        with self.changing(Change(ChangeKind.PLAYBACK)):
            pass

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
                "channel_name": "privategroup" if channel.is_private else channel.name,
                "user_id": user_id,
                "user_name": user.name,
                "command": command,
                "text": text,
                "api_app_id": self.app_id,
                "is_enterprise_install": "false",
                "response_url": self._response_url(user_id, channel_id),
                "trigger_id": self.tickets.issue_trigger(user_id, channel_id),
            }
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
        """
        with self.lock:
            private = self.private_answer(user_id, ts)
            body = private.body if private else self.message(channel_id, ts)
            found = self._element(body.get("blocks") or [], action_id, block_id)
            user = self._person(user_id)
            entered = {**(values or {})}
            if found.element.get("type") != "button":
                entered[found.block["block_id"]] = {action_id: value}
            payload = interactions.message_action(
                self._surroundings(user_id, channel_id),
                message=body,
                channel_id=channel_id,
                channel_name=self.channel(channel_id).name,
                is_private=private is not None,
                response_url=self._response_url(user.id, channel_id, body, private is not None),
                entry=interactions.action(found, value),
                state=interactions.state_values(body.get("blocks") or [], entered),
            )
        return self._interact(payload, user_id, channel_id)

    def click_in_view(
        self,
        user_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        values: Values | None = None,
    ) -> Answer:
        """Use an element of the modal that the person has open."""
        view = self._open_view(user_id)
        found = self._element(view.body["blocks"], action_id, block_id)
        with self.lock:
            payload = interactions.view_action(
                self._surroundings(user_id, view.channel_id),
                self._with_state(view, values or {}),
                interactions.action(found, value),
            )
        return self._interact(payload, user_id, view.channel_id)

    def submit_view(self, user_id: str, values: Values) -> Submission:
        """Submit the person's open modal, as its button does."""
        view = self._open_view(user_id)
        if missing := interactions.missing_inputs(view.body["blocks"], values):
            return Submission(is_closed=False, errors=missing)
        with self.lock:
            payload = interactions.submission(
                self._surroundings(user_id, view.channel_id), self._with_state(view, values)
            )
        answer = self.outlet.send_interaction(payload)
        if not answer.is_ok:
            errors = {"": "We had some trouble connecting. Try again?"}
            return Submission(is_closed=False, errors=errors)
        return self._follow(view, answer.body if isinstance(answer.body, dict) else {})

    def close_view(self, user_id: str) -> None:
        """Close the person's modal with its cross."""
        view = self._open_view(user_id)
        with self.changing(Change(ChangeKind.VIEW, view.channel_id, user_id)):
            self.views.close(view)
        if view.body.get("notify_on_close"):
            around = self._surroundings(user_id, view.channel_id)
            self.outlet.send_interaction(interactions.closing(around, view.body))

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

    def _follow(self, view: OpenView, wish: Mapping[str, Any]) -> Submission:
        """Do what the app's answer to a submission asks for."""
        kind = wish.get("response_action")
        if kind == "errors":
            return Submission(is_closed=False, errors=dict(wish.get("errors") or {}))
        with self.changing(Change(ChangeKind.VIEW, view.channel_id, view.user_id)):
            if kind == "update":
                self.views.replace(view, wish["view"])
            elif kind == "push":
                self.views.push(view.user_id, view.channel_id, wish["view"])
            elif kind == "clear":
                self.views.close_all(view.user_id)
            else:
                self.views.close(view)
        return Submission(is_closed=kind not in ("update", "push"))

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

    def _open_view(self, user_id: str) -> OpenView:
        if view := self.open_view(user_id):
            return view
        raise NotFoundError("There is no open modal.")

    def _element(self, blocks: list[Any], action_id: str, block_id: str | None) -> Found:
        if found := find_element(blocks, action_id, block_id):
            return found
        raise BadInputError(f"There is nothing here with the action {action_id}.")

    def _with_state(self, view: OpenView, values: Values) -> dict[str, Any]:
        state = interactions.state_values(view.body["blocks"], values)
        return {**view.body, "state": {"values": state}}

    def _surroundings(self, user_id: str, channel_id: str) -> Surroundings:
        return Surroundings(
            team_id=self.team_id,
            domain=self.domain,
            app_id=self.app_id,
            user_id=user_id,
            user_name=self._person(user_id).name,
            trigger_id=self.tickets.issue_trigger(user_id, channel_id),
        )

    def _response_url(
        self, user_id: str, channel_id: str, body: Body | None = None, is_private: bool = True
    ) -> str:
        secret = self.tickets.issue_response(
            user_id,
            channel_id,
            message_ts=body["ts"] if body else None,
            is_private=is_private,
            thread_ts=(body or {}).get("thread_ts"),
        )
        return f"{self.url}{'actions' if body else 'commands'}/{self.team_id}/{secret}"

    def new_event_id(self) -> str:
        return f"Ev{secrets.token_hex(5).upper()}"
