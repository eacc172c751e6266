"""Slack's own client against the sandbox, over loopback."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from copilot.clock import ReplayClock
from copilot.sandbox.workspace import SandboxWorkspace
from tests.prompt_server import PromptSandbox


@pytest.fixture
def workspace(clock: ReplayClock) -> SandboxWorkspace:
    workspace = SandboxWorkspace(clock)
    workspace.populate()
    return workspace


@pytest.fixture
def server(workspace: SandboxWorkspace) -> Iterator[PromptSandbox]:
    with PromptSandbox(workspace) as server:
        yield server


@pytest.fixture
def client(workspace: SandboxWorkspace, server: PromptSandbox) -> WebClient:
    return WebClient(workspace.bot_token, base_url=server.api_url)


@pytest.fixture
def channel_id(workspace: SandboxWorkspace) -> str:
    return next(iter(workspace.channels))


@pytest.fixture
def ana(workspace: SandboxWorkspace) -> str:
    return next(user.id for user in workspace.users.values() if user.name == "ana")


def code_of(error: pytest.ExceptionInfo[SlackApiError]) -> Any:
    return error.value.response["error"]


def test_it_says_whose_token_it_is(client: WebClient, server: PromptSandbox) -> None:
    answer = client.auth_test()
    assert answer["ok"]
    assert (answer["url"], answer["team_id"], answer["user_id"]) == (
        server.url,
        "T0SANDBOX",
        "U0SANDBOX",
    )


@pytest.mark.parametrize(
    ("token", "code"), [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), (None, "not_authed")]
)
def test_a_wrong_token_is_refused(server: PromptSandbox, token: str | None, code: str) -> None:
    with pytest.raises(SlackApiError) as error:
        WebClient(token, base_url=server.api_url).auth_test()
    assert code_of(error) == code


def test_an_unknown_method_is_named_so(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as error:
        client.api_call("chat.telepathy")
    assert code_of(error) == "unknown_method"


def test_a_post_is_in_the_history_with_its_metadata(client: WebClient, channel_id: str) -> None:
    metadata = {"event_type": "card", "event_payload": {"delivery_id": 7}}
    posted = client.chat_postMessage(channel=channel_id, text="hello", metadata=metadata)
    plain = client.conversations_history(channel=channel_id)["messages"]
    full = client.conversations_history(channel=channel_id, include_all_metadata=True)["messages"]
    assert [message["ts"] for message in plain] == [posted["ts"]]
    assert "metadata" not in plain[0]
    assert full[0]["metadata"] == metadata
    assert full[0]["bot_id"] == "B0SANDBOX"


def test_posts_of_one_instant_get_increasing_stamps(client: WebClient, channel_id: str) -> None:
    stamps = [client.chat_postMessage(channel=channel_id, text="x")["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)


def test_an_update_keeps_what_it_does_not_name(client: WebClient, channel_id: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "one"}}
    ts = client.chat_postMessage(channel=channel_id, text="one", blocks=[block])["ts"]
    client.chat_update(channel=channel_id, ts=ts, text="two")
    (message,) = client.conversations_history(channel=channel_id)["messages"]
    assert message["text"] == "two"
    assert message["blocks"][0]["text"]["text"] == "one"
    assert message["edited"]["user"] == "U0SANDBOX"
    client.chat_update(channel=channel_id, ts=ts, text="two", blocks=[])
    assert client.conversations_history(channel=channel_id)["messages"][0]["blocks"] == []


def test_another_ones_message_can_not_be_updated(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str, ana: str
) -> None:
    ts = workspace.say(ana, channel_id, "mine")
    with pytest.raises(SlackApiError) as error:
        client.chat_update(channel=channel_id, ts=ts, text="yours")
    assert code_of(error) == "cant_update_message"


def test_bad_blocks_are_refused_with_a_pointer(client: WebClient, channel_id: str) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=channel_id, text="x", blocks=blocks)
    assert code_of(error) == "invalid_blocks"
    assert "/blocks/0" in error.value.response["errors"][0]
    too_many = [{"type": "divider"}] * 51
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel=channel_id, text="x", blocks=too_many)


def test_replies_are_in_their_thread_and_not_in_the_history(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str, ana: str
) -> None:
    parent = workspace.say(ana, channel_id, "parent")
    reply = workspace.say(ana, channel_id, "reply", thread_ts=parent)
    loud = workspace.say(ana, channel_id, "loud", thread_ts=parent, is_broadcast=True)
    history = client.conversations_history(channel=channel_id)["messages"]
    assert [message["ts"] for message in history] == [loud, parent]
    assert (history[1]["reply_count"], history[1]["latest_reply"]) == (2, loud)
    thread = client.conversations_replies(channel=channel_id, ts=parent)["messages"]
    assert [message["ts"] for message in thread] == [parent, reply, loud]


def test_history_comes_in_pages(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str, ana: str
) -> None:
    said = [workspace.say(ana, channel_id, f"message {n}") for n in range(7)]
    pages = [
        [message["ts"] for message in page["messages"]]
        for page in client.conversations_history(channel=channel_id, limit=3)
    ]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [ts for page in pages for ts in page] == said[::-1]


def test_history_can_be_cut_by_time(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str, ana: str
) -> None:
    said = [workspace.say(ana, channel_id, f"message {n}") for n in range(4)]
    after = client.conversations_history(channel=channel_id, oldest=said[1])["messages"]
    assert [m["ts"] for m in after] == [said[3], said[2]]
    both = client.conversations_history(
        channel=channel_id, oldest=said[1], latest=said[2], inclusive=True
    )["messages"]
    assert [m["ts"] for m in both] == [said[2], said[1]]


def test_a_channel_the_app_is_not_in_must_be_joined_first(
    client: WebClient, workspace: SandboxWorkspace
) -> None:
    elsewhere = workspace.add_channel("elsewhere", has_bot=False)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=elsewhere.id, text="x")
    assert code_of(error) == "not_in_channel"
    client.conversations_join(channel=elsewhere.id)
    assert client.chat_postMessage(channel=elsewhere.id, text="x")["ok"]
    assert client.conversations_join(channel=elsewhere.id)["warning"] == "already_in_channel"


def test_a_private_channel_without_the_app_does_not_exist_for_it(
    client: WebClient, workspace: SandboxWorkspace
) -> None:
    hidden = workspace.add_channel("hidden", is_private=True, has_bot=False)
    with pytest.raises(SlackApiError) as error:
        client.conversations_info(channel=hidden.id)
    assert code_of(error) == "channel_not_found"
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert "hidden" not in {channel["name"] for channel in listed}


def test_the_app_can_create_a_channel_and_invite(client: WebClient, ana: str) -> None:
    channel = client.conversations_create(name="inc-1")["channel"]
    client.conversations_invite(channel=channel["id"], users=ana)
    client.conversations_setTopic(channel=channel["id"], topic="SEV2")
    members = client.conversations_members(channel=channel["id"])["members"]
    assert set(members) == {ana, "U0SANDBOX"}
    assert client.conversations_info(channel=channel["id"])["channel"]["topic"]["value"] == "SEV2"
    with pytest.raises(SlackApiError, match="name_taken"):
        client.conversations_create(name="inc-1")


def test_permalinks_open_the_sandbox(
    client: WebClient, workspace: SandboxWorkspace, server: PromptSandbox, channel_id: str, ana: str
) -> None:
    parent = workspace.say(ana, channel_id, "parent")
    reply = workspace.say(ana, channel_id, "reply", thread_ts=parent)

    def link(ts: str) -> Any:
        return client.chat_getPermalink(channel=channel_id, message_ts=ts)["permalink"]

    assert link(parent) == f"{server.url}archives/{channel_id}/p{parent.replace('.', '')}"
    assert link(reply).endswith(f"?thread_ts={parent}&cid={channel_id}")
    with pytest.raises(SlackApiError, match="message_not_found"):
        link("1.000001")


def test_reactions_and_pins_are_kept_once(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str, ana: str
) -> None:
    ts = workspace.say(ana, channel_id, "look")
    client.reactions_add(channel=channel_id, timestamp=ts, name="eyes")
    client.pins_add(channel=channel_id, timestamp=ts)
    message = workspace.message(channel_id, ts)
    assert message["reactions"] == [{"name": "eyes", "users": ["U0SANDBOX"], "count": 1}]
    assert message["pinned_to"] == [channel_id]
    with pytest.raises(SlackApiError, match="already_reacted"):
        client.reactions_add(channel=channel_id, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_pinned"):
        client.pins_add(channel=channel_id, timestamp=ts)


def test_users_come_in_pages(client: WebClient) -> None:
    pages = [[m["name"] for m in page["members"]] for page in client.users_list(limit=2)]
    assert [len(page) for page in pages] == [2, 2]
    names = {name for page in pages for name in page}
    assert names == {"ana", "ben", "dana", "incident-copilot"}


def test_a_rate_limit_says_when_to_come_back(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str
) -> None:
    workspace.rate_limit("chat.postMessage", count=1, retry_after=7)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=channel_id, text="x")
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "7"
    assert code_of(error) == "ratelimited"
    assert client.chat_postMessage(channel=channel_id, text="x")["ok"]


def test_slacks_own_retry_handler_gets_through(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str
) -> None:
    workspace.rate_limit("chat.postMessage", count=1, retry_after=0)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    assert client.chat_postMessage(channel=channel_id, text="x")["ok"]


def test_strict_posting_takes_one_message_a_second(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str
) -> None:
    workspace.be_strict_about_posting()
    client.chat_postMessage(channel=channel_id, text="first")
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postMessage(channel=channel_id, text="second")


def test_a_server_error_stores_nothing(
    client: WebClient, workspace: SandboxWorkspace, channel_id: str
) -> None:
    workspace.fail_next("chat.postMessage")
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel=channel_id, text="x")
    assert error.value.response.status_code == 500
    assert workspace.channel(channel_id).size == 0


def test_a_dropped_connection_leaves_a_stored_post(
    server: PromptSandbox, workspace: SandboxWorkspace, channel_id: str
) -> None:
    workspace.drop_after_storing("chat.postMessage")
    client = WebClient(workspace.bot_token, base_url=server.api_url, retry_handlers=[])
    with pytest.raises(OSError, match=r"losed|reset"):
        client.chat_postMessage(channel=channel_id, text="x")
    assert workspace.channel(channel_id).size == 1
