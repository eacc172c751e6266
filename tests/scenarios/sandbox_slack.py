"""A sandbox with the app in it, for tests of the sandbox itself: what it tells is kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from copilot.clock import ReplayClock
from copilot.sandbox.outlet import Answer
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.slack.client import build_client
from tests.prompt_server import PromptSandbox


@dataclass
class Told:
    """An app that takes note of everything and answers 200."""

    events: list[dict[str, Any]] = field(default_factory=list)
    interactions: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def send_event(self, event: Mapping[str, Any], *, in_background: bool = False) -> None:
        self.events.append(dict(event))

    def send_body(self, body: Mapping[str, Any]) -> None:
        self.bodies.append(dict(body))

    def send_command(self, fields: Mapping[str, str]) -> Answer:
        return Answer(200)

    def send_interaction(self, payload: Mapping[str, Any]) -> Answer:
        self.interactions.append(dict(payload))
        return Answer(200)

    def kinds(self) -> list[str]:
        """Type and subtype of each event, as `message/channel_name`."""
        return ["/".join(filter(None, (one["type"], one.get("subtype")))) for one in self.events]


@dataclass
class PretendSlack:
    workspace: SandboxWorkspace
    server: PromptSandbox
    client: WebClient
    told: Told

    def person(self, name: str) -> str:
        return next(user.id for user in self.workspace.users.values() if user.name == name)

    @property
    def channel(self) -> str:
        return next(iter(self.workspace.channels))

    def refusal(self, method: str, **arguments: Any) -> str:
        """Slack's word for why it did not do that."""
        with pytest.raises(SlackApiError) as error:
            self.client.api_call(method, json=arguments)
        return str(error.value.response["error"])


@contextmanager
def a_pretend_slack(clock: ReplayClock, **more: Any) -> Iterator[PretendSlack]:
    workspace = SandboxWorkspace(clock, **more)
    workspace.populate()
    told = Told()
    workspace.connect(told)
    with PromptSandbox(workspace) as server:
        client = build_client(workspace.bot_token, server.api_url)
        yield PretendSlack(workspace, server, client, told)
