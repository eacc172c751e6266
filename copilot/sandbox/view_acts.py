"""Modals and the App Home: what people do in the views that the app made for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.errors import NotFoundError
from copilot.sandbox import events, interactions
from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.element_state import Values, missing_inputs, state_values
from copilot.sandbox.interactivity import Interactivity
from copilot.sandbox.outlet import Answer
from copilot.sandbox.views import OpenView


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of a submitted modal; `errors` names inputs by block id."""

    is_closed: bool
    errors: Mapping[str, str] = field(default_factory=dict)


class ViewActs(Interactivity):
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
        return self._click_in(self._open_view(user_id), action_id, block_id, value, values or {})

    def submit_view(self, user_id: str, values: Values) -> Submission:
        """Submit the person's open modal, as its button does."""
        view = self._open_view(user_id)
        with self.lock:
            entered = self._enter(user_id, view.id, values)
            if missing := missing_inputs(view.body["blocks"], entered):
                return Submission(is_closed=False, errors=missing)
            payload = interactions.submission(
                self._surroundings(user_id, view.channel_id), self._with_state(view, entered)
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

    def open_home(self, user_id: str, tab: str = "home") -> None:
        """Open the app's Home (or its Messages tab); what it publishes then is `home`."""
        channel = self.open_direct(user_id)
        home = self.home(user_id)
        event = events.home_opened(
            user_id, channel.id, tab, home.body if home else None, self.stamp(channel.id)
        )
        self.tell(channel.id, event)

    def home(self, user_id: str) -> OpenView | None:
        """What the app last published for this person."""
        with self.lock:
            return self.views.home(user_id)

    def publish_home(self, user_id: str, sent: Mapping[str, Any]) -> OpenView:
        channel = self.open_direct(user_id)
        with self.changing(Change(ChangeKind.VIEW, channel.id, user_id)):
            return self.views.publish(user_id, channel.id, sent)

    def click_in_home(
        self,
        user_id: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        values: Values | None = None,
    ) -> Answer:
        """Use an element of the App Home that the person sees."""
        home = self.home(user_id)
        if home is None:
            raise NotFoundError("The app has published no Home for this person.")
        return self._click_in(home, action_id, block_id, value, values or {})

    def _click_in(
        self, view: OpenView, action_id: str, block_id: str | None, value: Any, values: Values
    ) -> Answer:
        found = self._element(view.body["blocks"], action_id, block_id)
        with self.lock:
            entered = self._enter(view.user_id, view.id, values, found, value)
            payload = interactions.view_action(
                self._surroundings(view.user_id, view.channel_id),
                self._with_state(view, entered),
                interactions.action(found, value),
            )
        return self._interact(payload, view.user_id, view.channel_id)

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

    def _open_view(self, user_id: str) -> OpenView:
        if view := self.open_view(user_id):
            return view
        raise NotFoundError("There is no open modal.")

    def _with_state(self, view: OpenView, values: Values) -> dict[str, Any]:
        state = state_values(view.body["blocks"], values)
        return {**view.body, "state": {"values": state}}
