"""Modals that the app opened for people, and the Home it published for each."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.sandbox.blocks import with_ids


@dataclass(frozen=True, slots=True)
class OpenView:
    user_id: str
    channel_id: str
    """Where the person was; the page shows the modal there."""
    body: dict[str, Any]
    """As the app sees it: what it sent, with id, hash and state."""

    @property
    def id(self) -> str:
        view_id: str = self.body["id"]
        return view_id


class ViewStacks:
    """Per person, the top view is the one seen. Not thread-safe by itself."""

    def __init__(self, team_id: str, app_id: str, bot_id: str) -> None:
        self._team_id, self._app_id, self._bot_id = team_id, app_id, bot_id
        self._stacks: dict[str, list[OpenView]] = {}
        self._homes: dict[str, OpenView] = {}

    def top(self, user_id: str) -> OpenView | None:
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def depth(self, user_id: str) -> int:
        return len(self._stacks.get(user_id, ()))

    def home(self, user_id: str) -> OpenView | None:
        return self._homes.get(user_id)

    def publish(self, user_id: str, channel_id: str, sent: Mapping[str, Any]) -> OpenView:
        """Put up a person's Home, in place of the one before."""
        before = self._homes.get(user_id)
        view_id = before.id if before else f"V{secrets.token_hex(5).upper()}"
        body = self._body(sent, view_id, root_id=view_id, previous_id=None)
        self._homes[user_id] = OpenView(user_id, channel_id, body)
        return self._homes[user_id]

    def push(self, user_id: str, channel_id: str, sent: Mapping[str, Any]) -> OpenView:
        """Show a view above those already open."""
        stack = self._stacks.setdefault(user_id, [])
        view_id = f"V{secrets.token_hex(5).upper()}"
        view = OpenView(
            user_id,
            channel_id,
            self._body(
                sent,
                view_id,
                root_id=stack[0].id if stack else view_id,
                previous_id=stack[-1].id if stack else None,
            ),
        )
        stack.append(view)
        return view

    def find(
        self, *, view_id: str | None = None, external_id: str | None = None
    ) -> OpenView | None:
        for stack in (*self._stacks.values(), [*self._homes.values()]):
            for view in stack:
                if view.id == view_id or (
                    external_id and view.body.get("external_id") == external_id
                ):
                    return view
        return None

    def replace(self, old: OpenView, sent: Mapping[str, Any]) -> OpenView:
        stack = self._stacks.get(old.user_id, [])
        body = self._body(
            sent, old.id, root_id=old.body["root_view_id"], previous_id=old.body["previous_view_id"]
        )
        view = OpenView(old.user_id, old.channel_id, body)
        if old in stack:
            stack[stack.index(old)] = view
        else:
            self._homes[old.user_id] = view
        return view

    def close(self, view: OpenView) -> None:
        stack = self._stacks.get(view.user_id, [])
        if view in stack:
            stack.remove(view)

    def close_all(self, user_id: str) -> None:
        self._stacks.pop(user_id, None)

    def _body(
        self, sent: Mapping[str, Any], view_id: str, *, root_id: str, previous_id: str | None
    ) -> dict[str, Any]:
        return {
            "callback_id": "",
            "private_metadata": "",
            "submit": None,
            "close": None,
            "notify_on_close": False,
            "clear_on_close": False,
            "external_id": "",
            **sent,
            "blocks": with_ids(sent.get("blocks") or []),
            "id": view_id,
            "team_id": self._team_id,
            "app_id": self._app_id,
            "app_installed_team_id": self._team_id,
            "bot_id": self._bot_id,
            "root_view_id": root_id,
            "previous_view_id": previous_id,
            "state": {"values": {}},
            "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
        }
