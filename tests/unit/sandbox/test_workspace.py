import threading

import pytest

from copilot.clock import ReplayClock
from copilot.errors import BadInputError, NotFoundError
from copilot.sandbox.people import SandboxUser
from copilot.sandbox.tickets import RESPONSE_USES, Tickets
from copilot.sandbox.workspace import SandboxWorkspace


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.add_user("ana", "Ana Costa", user_id="U1")
    workspace.add_user("ben", user_id="U2")
    workspace.add_channel("ops", channel_id="C1")
    return workspace


def test_stamps_in_a_channel_only_go_up(workspace: SandboxWorkspace) -> None:
    said = [workspace.say("U1", "C1", "x") for _ in range(50)]
    assert said == sorted(set(said))


def test_threads_of_a_program_do_not_disturb_each_other(workspace: SandboxWorkspace) -> None:
    def talk() -> None:
        for _ in range(50):
            workspace.say("U1", "C1", "x")

    talkers = [threading.Thread(target=talk) for _ in range(4)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    assert workspace.channel("C1").size == 200


def test_a_deleted_parent_leaves_a_tombstone_for_its_replies(workspace: SandboxWorkspace) -> None:
    parent = workspace.say("U1", "C1", "parent")
    workspace.say("U2", "C1", "reply", thread_ts=parent)
    workspace.delete("U1", "C1", parent)
    left = workspace.message("C1", parent)
    assert (left["subtype"], left["text"]) == ("tombstone", "This message was deleted.")


def test_nobody_edits_or_deletes_what_another_said(workspace: SandboxWorkspace) -> None:
    ts = workspace.say("U1", "C1", "mine")
    with pytest.raises(BadInputError):
        workspace.edit("U2", "C1", ts, "yours")
    with pytest.raises(BadInputError):
        workspace.delete("U2", "C1", ts)


def test_what_is_not_there_is_named(workspace: SandboxWorkspace) -> None:
    with pytest.raises(NotFoundError, match="C9"):
        workspace.say("U1", "C9", "x")
    with pytest.raises(NotFoundError):
        workspace.say("U1", "C1", "x", thread_ts="1.000000")
    with pytest.raises(NotFoundError):
        workspace.submit_view("U1", {})
    with pytest.raises(BadInputError):
        workspace.say("U1", "C1", "  ")
    with pytest.raises(BadInputError):
        workspace.react("U1", "C1", workspace.say("U1", "C1", "x"), "<b>")


def test_without_an_app_a_command_says_that_it_failed(workspace: SandboxWorkspace) -> None:
    assert not workspace.command("U1", "C1", "/incident", "held").is_ok
    (answer,) = workspace.private_answers("U1")
    assert "dispatch_failed" in answer.body["text"]


def test_a_new_console_link_is_a_change(workspace: SandboxWorkspace) -> None:
    version = workspace.version
    workspace.console_url = "http://127.0.0.1:8080/"
    assert workspace.version > version


@pytest.mark.parametrize(
    ("real_name", "initials"),
    [("Ana Costa", "AC"), ("ben", "B"), ("Tomás de la Cruz", "TC"), ("", "X"), ("🦊", "?")],
)
def test_initials_come_from_the_name(real_name: str, initials: str) -> None:
    assert SandboxUser("U1", "x", real_name).initials == initials


def test_a_response_address_wears_out() -> None:
    tickets = Tickets()
    secret = tickets.issue_response("U1", "C1")
    for _ in range(RESPONSE_USES):
        assert tickets.use_response(secret) is not None
    assert tickets.use_response(secret) is None
    assert tickets.use_response("made up") is None
