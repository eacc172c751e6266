"""The sandbox's Socket Mode endpoint, met as a client of Slack's would."""

import json
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from copilot.clock import ReplayClock
from copilot.sandbox.outlet import Answer
from copilot.sandbox.sockets import SocketSender
from copilot.sandbox.workspace import SandboxWorkspace
from copilot.slack.client import build_client
from tests.prompt_server import PromptSandbox


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.populate()
    return workspace


@pytest.fixture
def sockets(workspace: SandboxWorkspace) -> Iterator[SocketSender]:
    sender = SocketSender(workspace, timeout_s=0.2, retry_delays_s=(0.0,), max_sockets=2)
    sender.turn_on()
    yield sender
    sender.close()


class Client:
    """One socket, whose messages a test reads one by one."""

    def __init__(self, url: str) -> None:
        self.connection: ClientConnection = connect(url, proxy=None).__enter__()
        self.hello = self.next()

    def next(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.connection.recv(timeout=5))
        return told

    def ack(self, envelope: dict[str, Any], **more: Any) -> None:
        self.connection.send(json.dumps({"envelope_id": envelope["envelope_id"], **more}))

    def close(self) -> None:
        self.connection.close()


def say(workspace: SandboxWorkspace) -> None:
    """Told in the background, so that the test can be the app meanwhile."""
    workspace.post_as_app(_channel(workspace), {"text": "hello"})


def _channel(workspace: SandboxWorkspace) -> str:
    return next(iter(workspace.channels))


def test_only_the_apps_own_token_opens_a_socket(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    with PromptSandbox(workspace) as server:
        answer = build_client(workspace.app_token, server.api_url).apps_connections_open(
            app_token=workspace.app_token
        )
        assert str(answer["url"]).startswith("ws://127.0.0.1:")
        refused = build_client(workspace.bot_token, server.api_url).api_call
        with pytest.raises(Exception, match="not_allowed_token_type"):
            refused("apps.connections.open")
        sockets.turn_off()
        with pytest.raises(Exception, match="socket_mode_not_enabled"):
            build_client(None, server.api_url).apps_connections_open(app_token=workspace.app_token)


def test_an_address_is_good_for_one_socket(sockets: SocketSender) -> None:
    url = sockets.issue_url()
    client = Client(url)
    assert client.hello["type"] == "hello"
    assert client.hello["num_connections"] == 1
    assert client.hello["debug_info"]["approximate_connection_time"] > 0
    assert client.hello["connection_info"]["app_id"]
    with pytest.raises(InvalidStatus):
        Client(url)
    client.close()


def test_an_event_is_taken_when_it_is_acknowledged(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    client = Client(sockets.issue_url())
    say(workspace)
    envelope = client.next()
    assert envelope["type"] == "events_api"
    assert envelope["retry_attempt"] == 0
    assert envelope["accepts_response_payload"] is False
    assert envelope["payload"]["event"]["text"] == "hello"
    client.ack(envelope)
    assert sockets.wait_until_idle()
    assert [attempt.failure for attempt in sockets.deliveries[-1].attempts] == [None]
    client.close()


def test_an_event_that_nobody_acknowledges_comes_again(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    client = Client(sockets.issue_url())
    say(workspace)
    first, second = client.next(), client.next()
    assert second["payload"] == first["payload"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    client.ack(second)
    assert sockets.wait_until_idle()
    assert sockets.deliveries[-1].is_ok
    client.close()


def test_an_event_on_a_broken_line_comes_again_down_another(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    clients = [Client(sockets.issue_url()), Client(sockets.issue_url())]
    say(workspace)
    used = sockets.socket_in_use()
    number = sockets.socket_ids().index(used)
    sockets.cut(used)
    again = clients[1 - number].next()
    assert again["retry_attempt"] == 1
    clients[1 - number].ack(again)
    assert sockets.wait_until_idle()
    assert sockets.deliveries[-1].is_ok
    clients[1 - number].close()


def test_a_command_is_answered_with_the_acknowledgement(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    client = Client(sockets.issue_url())
    answers: list[Answer] = []
    person = next(user.id for user in workspace.users.values() if user.name == "ana")
    typing = Thread(
        target=lambda: answers.append(workspace.command(person, _channel(workspace), "/incident"))
    )
    typing.start()
    envelope = client.next()
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    assert envelope["payload"]["command"] == "/incident"
    client.ack(envelope, payload={"text": "here"})
    typing.join()
    assert answers[0].body == {"text": "here"}
    client.close()


def test_an_acknowledgement_down_another_socket_does_not_count(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    clients = [Client(sockets.issue_url()), Client(sockets.issue_url())]
    say(workspace)
    number = sockets.socket_ids().index(sockets.socket_in_use())
    envelope = clients[number].next()
    clients[1 - number].ack(envelope)
    assert sockets.wait_until_idle()
    assert sockets.deliveries[-1].attempts[0].failure == "http_timeout"
    for client in clients:
        client.close()


def test_too_many_sockets_are_sent_away(sockets: SocketSender) -> None:
    clients = [Client(sockets.issue_url()), Client(sockets.issue_url())]
    third = Client(sockets.issue_url())
    assert (third.hello["type"], third.hello["reason"]) == ("disconnect", "too_many_websockets")
    with pytest.raises(ConnectionClosed):
        third.next()
    for client in clients:
        client.close()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_socket_is_told_before_it_is_closed(sockets: SocketSender, reason: str) -> None:
    client = Client(sockets.issue_url())
    sockets.disconnect(reason)
    assert client.next()["reason"] == reason
    with pytest.raises(ConnectionClosed):
        client.next()


def test_turned_off_every_socket_hears_it(
    workspace: SandboxWorkspace, sockets: SocketSender
) -> None:
    client = Client(sockets.issue_url())
    sockets.turn_off()
    assert client.next()["reason"] == "link_disabled"
    assert workspace.socket_url() is None
