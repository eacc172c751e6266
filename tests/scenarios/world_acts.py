"""What people do in the pretend Slack of a scenario, by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from copilot.clock import ReplayClock
from copilot.sandbox.view_acts import Submission
from copilot.sandbox.workspace import SandboxWorkspace
from tests.scenarios.block_reading import (
    Body,
    element_of,
    entered_value,
    input_named,
    option_value,
)


@dataclass
class Acts:
    """Each takes a second of the story; ana is an admin, dana the owner, ben neither."""

    clock: ReplayClock
    workspace: SandboxWorkspace

    def person(self, name: str) -> str:
        return next(user.id for user in self.workspace.users.values() if user.name == name)

    def channel(self, name: str = "incidents") -> str:
        found = self.workspace.channel_named(name)
        assert found is not None, f"no channel {name}"
        return found.id

    def private(self, by: str, channel: str = "incidents") -> Body:
        """The last thing that only this person sees."""
        return self.workspace.private_answers(self.person(by), self.channel(channel))[-1].body

    def press(
        self, by: str, message: Body, action_id: str, *, title: str = "", choose: str = ""
    ) -> None:
        """Use a button, or a choice of a menu, of the item with that title."""
        block, element = element_of(message, action_id, title)
        value = option_value(element, choose) if choose else None
        answer = self.workspace.click(
            self.person(by),
            self.channel_of(message),
            message["ts"],
            action_id,
            block_id=block["block_id"],
            value=value,
        )
        assert answer.is_ok, answer

    def checks(
        self, by: str, message: Body, action_id: str, values: Sequence[str], *, title: str = ""
    ) -> None:
        """Tick boxes, or choose in a menu of several; what was chosen stays for this person.

        `values` name options by their text or their value.
        """
        block, element = element_of(message, action_id, title)
        answer = self.workspace.click(
            self.person(by),
            self.channel_of(message),
            message["ts"],
            action_id,
            block_id=block["block_id"],
            value=[option_value(element, value) for value in values],
        )
        assert answer.is_ok, answer

    def channel_of(self, message: Body) -> str:
        """The id of the channel that a message, or a private answer, is in."""
        for channel in self.workspace.channels.values():
            if channel.get(message["ts"]) is not None:
                return channel.id
        return self.channel()

    def shortcut(
        self, by: str, callback_id: str, message_ts: str = "", *, channel: str = "incidents"
    ) -> None:
        """Choose a shortcut from a message's menu; without a message, from the app's own."""
        self._second()
        if message_ts:
            answer = self.workspace.use_message_shortcut(
                self.person(by), self.channel(channel), message_ts, callback_id
            )
        else:
            answer = self.workspace.use_global_shortcut(
                self.person(by), self.channel(channel), callback_id
            )
        assert answer.is_ok, answer

    def react(self, by: str, ts: str, name: str, *, channel: str = "incidents") -> None:
        self._second()
        assert self.workspace.react(self.person(by), self.channel(channel), ts, name)

    def unreact(self, by: str, ts: str, name: str, *, channel: str = "incidents") -> None:
        self._second()
        assert self.workspace.unreact(self.person(by), self.channel(channel), ts, name)

    def pin(self, by: str, ts: str, *, channel: str = "incidents") -> None:
        self._second()
        assert self.workspace.pin(self.person(by), self.channel(channel), ts)

    def unpin(self, by: str, ts: str, *, channel: str = "incidents") -> None:
        self._second()
        assert self.workspace.unpin(self.person(by), self.channel(channel), ts)

    def topic(self, channel: str = "incidents") -> str:
        return self.workspace.channel(self.channel(channel)).topic

    def pins(self, channel: str = "incidents") -> list[Body]:
        """The pinned messages, the first pin first."""
        found = self.workspace.channel(self.channel(channel))
        return [self.workspace.message(found.id, ts) for ts in found.pinned]

    def home_of(self, by: str) -> Body:
        """The App Home that this person sees."""
        home = self.workspace.home(self.person(by))
        assert home is not None, f"no Home was published for {by}"
        return home.body

    def press_in_home(self, by: str, action_id: str, *, title: str = "", choose: str = "") -> None:
        self._second()
        block, element = element_of(self.home_of(by), action_id, title)
        value = option_value(element, choose) if choose else None
        answer = self.workspace.click_in_home(
            self.person(by), action_id, block_id=block["block_id"], value=value
        )
        assert answer.is_ok, answer

    def view_of(self, by: str) -> Body:
        """The modal this person has open."""
        view = self.workspace.open_view(self.person(by))
        assert view is not None, f"{by} has no modal open"
        return view.body

    def has_view(self, by: str) -> bool:
        return self.workspace.open_view(self.person(by)) is not None

    def press_in_view(self, by: str, action_id: str, *, choose: str | list[str] = "") -> None:
        """Use an element of the open modal that tells the app at once."""
        block, element = element_of(self.view_of(by), action_id)
        answer = self.workspace.click_in_view(
            self.person(by),
            action_id,
            block_id=block["block_id"],
            value=entered_value(element, choose) if choose else None,
        )
        assert answer.is_ok, answer

    def submits(self, by: str, values: Mapping[str, Any] | None = None) -> Submission:
        """Fill the open modal and submit it.

        `values` says by block id or action id what is typed, or chosen: the text of an option
        or its value, a person's name, a list of them.
        """
        self._second()
        view = self.view_of(by)
        entered: dict[str, dict[str, Any]] = {}
        for name, value in (values or {}).items():
            block, element = input_named(view, name)
            chosen = self._person_id(element, entered_value(element, value))
            entered.setdefault(block["block_id"], {})[element["action_id"]] = chosen
        return self.workspace.submit_view(self.person(by), entered)

    def _person_id(self, element: Body, value: Any) -> Any:
        if "users_select" not in element["type"]:
            return value
        if isinstance(value, list):
            return [self._person_id(element, one) for one in value]
        known = {user.name: user.id for user in self.workspace.users.values()}
        return known.get(str(value), value)

    def _second(self) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=1))
