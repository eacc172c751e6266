"""The listener over Socket Mode, against a Slack that hangs up in every way it can."""

import logging
import threading
from datetime import timedelta

import pytest
from slack_bolt import App
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from copilot.errors import PermanentError, TemporaryError
from copilot.sandbox.sockets import SocketSender
from copilot.slack.client import build_client
from copilot.slack.socket_line import Line
from copilot.slack.socket_mode import Pace, SocketMode, SocketState
from copilot.timeline.coverage import RefillCause
from copilot.timeline.models import Refill, TimelineEvent
from tests.scenarios.slack_world import SlackWorld


@pytest.fixture
def declared(socket_world: SlackWorld) -> SlackWorld:
    socket_world.command("declare checkout errors")
    socket_world.works()
    return socket_world


def sockets_of(world: SlackWorld) -> SocketSender:
    assert isinstance(world.sender, SocketSender)
    return world.sender


def stored(world: SlackWorld, words: str) -> int:
    with world.db.reading() as session:
        return count(session, words)


def count(session: Session, words: str) -> int:
    wanted = select(func.count()).where(TimelineEvent.text == words)
    return session.scalar(wanted) or 0


def asked_after_breaks(world: SlackWorld) -> int:
    with world.db.reading() as session:
        wanted = select(func.count()).where(Refill.cause == RefillCause.RECONNECTED)
        return session.scalar(wanted) or 0


def wait_for(world: SlackWorld, connected: int) -> SocketState:
    assert world.socket_mode is not None
    assert sockets_of(world).wait_for(connected)
    return world.socket_mode.wait_until_connected(5)


def test_commands_buttons_and_forms_come_down_sockets(declared: SlackWorld) -> None:
    assert "checkout errors" in declared.command("status")
    sent = {delivery.kind for delivery in declared.sender.deliveries}
    assert {"command", "event"} <= sent
    assert all(delivery.is_ok for delivery in declared.sender.deliveries)


def test_both_sockets_are_used_and_every_message_is_kept(declared: SlackWorld) -> None:
    words = [f"message {number}" for number in range(12)]
    for one in words:
        declared.says("ana", one)
    assert [stored(declared, one) for one in words] == [1] * 12
    used = {ack.socket_id for ack in sockets_of(declared).acks}
    assert len(used) == 2
    assert all(ack.was_awaited for ack in sockets_of(declared).acks)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_socket_that_is_to_be_replaced_is_replaced_first(
    declared: SlackWorld, reason: str
) -> None:
    sockets = sockets_of(declared)
    before = sockets.socket_ids()
    sockets.disconnect(reason, grace_s=5)
    assert sockets.wait_for_others(before)
    declared.says("ana", "still heard")
    assert stored(declared, "still heard") == 1
    assert asked_after_breaks(declared) == 0


def test_a_broken_socket_is_opened_again_and_what_was_missed_is_asked_for(
    declared: SlackWorld,
) -> None:
    sockets = sockets_of(declared)
    before = sockets.socket_ids()
    sockets.cut()
    assert sockets.wait_for_others(before)
    assert wait_for(declared, 2).connected == 2
    declared.says("ana", "back again")
    assert stored(declared, "back again") == 1
    assert asked_after_breaks(declared) >= 1


def test_what_was_said_during_a_break_is_read_afterwards(declared: SlackWorld) -> None:
    sockets = sockets_of(declared)
    before = sockets.socket_ids()
    with declared.workspace.silence():
        declared.says("ana", "nobody heard this")
    assert stored(declared, "nobody heard this") == 0
    sockets.cut()
    assert sockets.wait_for_others(before)
    assert wait_for(declared, 2).connected == 2
    declared.passes(timedelta(minutes=1))
    assert stored(declared, "nobody heard this") == 1


def test_too_many_sockets_wait_for_their_turn(
    declared: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    sockets = sockets_of(declared)
    before = sockets.socket_ids()
    sockets.disconnect("too_many_websockets", socket_id=before[0])
    assert sockets.wait_for_others(before[:1])
    assert wait_for(declared, 2).connected == 2
    assert "already has ten sockets" in caplog.text


def test_an_app_whose_socket_mode_was_switched_off_says_what_to_click(
    declared: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    assert declared.socket_mode is not None
    sockets_of(declared).turn_off()
    state = declared.socket_mode.wait_until_connected(5)
    assert state.problem is not None
    assert "Enable Socket Mode" in state.words
    assert caplog.text.count("Enable Socket Mode") == 1
    assert sockets_of(declared).wait_for(0)


def test_what_was_not_stored_is_not_acknowledged_and_comes_again(declared: SlackWorld) -> None:
    sockets_of(declared).timeout_s = 0.5
    execute(declared, "ALTER TABLE revision RENAME TO hidden")
    first_try = threading.Timer(0.2, execute, (declared, "ALTER TABLE hidden RENAME TO revision"))
    first_try.start()
    declared.says("ana", "at the second attempt")
    declared.sender.wait_until_idle()
    first_try.join()
    delivery = declared.sender.deliveries[-1]
    assert delivery.attempts[0].failure == "http_timeout"
    assert delivery.is_ok
    assert stored(declared, "at the second attempt") == 1


def test_a_socket_that_breaks_before_the_acknowledgement_stores_once(declared: SlackWorld) -> None:
    sockets = sockets_of(declared)
    sockets.cut_before_acks = 1
    declared.says("ana", "twice down the line")
    declared.sender.wait_until_idle()
    assert stored(declared, "twice down the line") == 1
    attempts = declared.sender.deliveries[-1].attempts
    assert [attempt.failure for attempt in attempts][-1] is None
    assert len(attempts) > 1


def test_what_is_being_handled_is_acknowledged_before_the_process_hangs_up(
    declared: SlackWorld,
) -> None:
    assert declared.socket_mode is not None
    with declared.db.transaction():  # nobody else writes, so nothing is acknowledged meanwhile
        declared.workspace.post_as_app(declared.channel(), {"text": "told while stopping"})
        sockets_of(declared).socket_in_use()
    declared.socket_mode.stop()
    assert sockets_of(declared).wait_for(0)
    used = [ack for ack in sockets_of(declared).acks if ack.was_awaited]
    assert used


def test_a_token_that_slack_refuses_is_named(
    world: SlackWorld, caplog: pytest.LogCaptureFixture
) -> None:
    mode = SocketMode(
        App(signing_secret="", token_verification_enabled=False, token="xoxb-unused"),
        build_client("xapp-wrong", world.services.settings.slack_api_url),
        sockets=1,
        on_reconnect=lambda: None,
    )
    mode.start()
    state = mode.wait_until_connected(5)
    mode.stop()
    assert "SLACK_APP_TOKEN" in state.words
    assert "connections:write" in state.words
    assert "xapp-wrong" not in caplog.text


def test_an_outage_is_waited_out(socket_world: SlackWorld) -> None:
    sockets = sockets_of(socket_world)
    before = sockets.socket_ids()
    with socket_world.workspace.outage():
        sockets.cut()
        assert sockets.wait_for(0)
    assert sockets.wait_for_others(before)
    assert wait_for(socket_world, 2).words == "connected with 2 sockets"


def test_a_socket_without_encryption_leads_only_to_this_machine() -> None:
    with pytest.raises(PermanentError, match="not encrypted"):
        Line("ws://example.com/link", lambda *_: None)
    with pytest.raises(TemporaryError, match="could not be opened"):
        Line("ws://127.0.0.1:9/link", lambda *_: None)


def test_waits_grow_and_have_an_end() -> None:
    pace = Pace(first_s=1, most_s=60)
    assert 0.5 <= pace.wait_s(1) <= 1
    assert 4 <= pace.wait_s(4) <= 8
    assert 30 <= pace.wait_s(10_000) <= 60


def execute(world: SlackWorld, statement: str) -> None:
    with world.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()
