"""The page's own endpoints: what they show, and whom they refuse."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from copilot.clock import ReplayClock
from copilot.sandbox.workspace import SandboxWorkspace
from tests.prompt_server import PromptSandbox


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.add_user("ana", user_id="U1")
    workspace.add_user("ben", user_id="U2")
    workspace.add_channel("incidents", channel_id="C1")
    return workspace


@pytest.fixture
def web(workspace: SandboxWorkspace) -> Iterator[httpx2.Client]:
    with (
        PromptSandbox(workspace) as server,
        httpx2.Client(base_url=server.url, trust_env=False) as client,
    ):
        yield client


def told(web: httpx2.Client, **query: Any) -> Any:
    return web.get("/sandbox/state", params={"viewer": "U1", "channel": "C1", **query}).json()


def test_the_shell_comes_with_a_strict_policy(web: httpx2.Client) -> None:
    home = web.get("/")
    assert (home.status_code, home.headers["location"]) == (302, "/archives/C1")
    page = web.get("/archives/C1/p1772632800000100")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "charset=utf-8" in page.headers["content-type"]
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert web.get("/archives/C404").status_code == 404


def test_what_is_said_comes_as_a_change(workspace: SandboxWorkspace, web: httpx2.Client) -> None:
    before = told(web)["version"]
    web.post("/sandbox/say", json={"viewer": "U1", "channel": "C1", "text": "hi @ben, <b> & so"})
    after = told(web, since=before)
    (message,) = after["changed"]
    assert message["text"] == "hi <@U2>, &lt;b&gt; &amp; so"
    assert after["sizes"] == {"C1": 1}
    assert told(web, since=after["version"])["changed"] == []


def test_waiting_ends_when_something_happens(
    workspace: SandboxWorkspace, web: httpx2.Client
) -> None:
    version = told(web)["version"]
    ts = workspace.say("U1", "C1", "news")
    assert told(web, since=version, wait=True)["changed"][0]["ts"] == ts


def test_a_removed_message_is_named(workspace: SandboxWorkspace, web: httpx2.Client) -> None:
    ts = workspace.say("U1", "C1", "oops")
    version = told(web)["version"]
    body = {"viewer": "U1", "channel": "C1", "ts": ts}
    assert web.post("/sandbox/delete", json=body | {"viewer": "U2"}).status_code == 400
    assert web.post("/sandbox/delete", json=body).status_code == 200
    assert told(web, since=version)["removed"] == [ts]


def test_private_answers_are_told_to_nobody_else(
    workspace: SandboxWorkspace, web: httpx2.Client
) -> None:
    answer = workspace.answer_privately("U1", "C1", {"type": "message", "text": "secret"})
    assert [private["text"] for private in told(web)["private"]] == ["secret"]
    assert told(web, viewer="U2")["private"] == []
    web.post("/sandbox/dismiss", json={"viewer": "U1", "channel": "C1", "ts": answer.ts})
    assert told(web)["private"] == []


def test_a_long_channel_comes_in_stretches(workspace: SandboxWorkspace, web: httpx2.Client) -> None:
    said = [workspace.say("U1", "C1", f"message {n}") for n in range(400)]

    def stretch(**query: str) -> Any:
        return web.get("/sandbox/messages", params={"channel": "C1", **query}).json()

    latest = stretch()
    assert [m["ts"] for m in latest["messages"]] == said[-150:]
    assert (latest["hasOlder"], latest["hasNewer"]) == (True, False)
    older = stretch(before=latest["messages"][0]["ts"])
    assert [m["ts"] for m in older["messages"]] == said[100:250]
    around = stretch(around=said[200])
    assert said[200] in [m["ts"] for m in around["messages"]]
    assert (around["hasOlder"], around["hasNewer"]) == (True, True)


def test_a_thread_comes_whole(workspace: SandboxWorkspace, web: httpx2.Client) -> None:
    parent = workspace.say("U1", "C1", "parent")
    reply = workspace.say("U2", "C1", "reply", thread_ts=parent)
    thread = web.get("/sandbox/thread", params={"channel": "C1", "ts": parent}).json()
    assert [m["ts"] for m in thread["messages"]] == [parent, reply]


def test_reactions_and_pins_are_switches(workspace: SandboxWorkspace, web: httpx2.Client) -> None:
    ts = workspace.say("U1", "C1", "look")
    body = {"viewer": "U1", "channel": "C1", "ts": ts}
    for expected in (True, False):
        assert web.post("/sandbox/pin", json=body).json() == {"isThere": expected}
        reacted = web.post("/sandbox/react", json={**body, "name": "eyes"}).json()
        assert reacted == {"isThere": expected}
    assert "reactions" not in workspace.message("C1", ts)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/json", "sec-fetch-site": "cross-site"},
        {"content-type": "application/json", "sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_can_not_act_here(
    workspace: SandboxWorkspace, web: httpx2.Client, headers: dict[str, str]
) -> None:
    body = b'{"viewer": "U1", "channel": "C1", "text": "forged"}'
    assert web.post("/sandbox/say", content=body, headers=headers).status_code == 403
    assert workspace.channel("C1").size == 0


def test_another_sites_name_does_not_lead_here(web: httpx2.Client) -> None:
    assert web.get("/sandbox/state", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["../page.py", "..%2fpage.py", "%2e%2e/server.py"])
def test_only_static_files_are_served(web: httpx2.Client, path: str) -> None:
    assert web.get(f"/sandbox/static/{path}").status_code == 404


def test_a_replay_that_is_not_there_can_not_be_paused(web: httpx2.Client) -> None:
    answer = web.post("/sandbox/playback", json={"action": "pause"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Nothing is being played."})
