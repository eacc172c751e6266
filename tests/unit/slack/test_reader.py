import pytest
from slack_sdk import WebClient

from copilot.errors import PermanentError, TemporaryError
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo, WorkspaceReader
from copilot.slack.clients import OneWorkspace
from copilot.slack.reader import SlackReader
from tests.fakes.slack_web_api import FakeSlackWebApi, Reply, refusal


@pytest.fixture
def reader(client: WebClient) -> WorkspaceReader:
    return SlackReader(OneWorkspace(client))


def test_it_tells_the_workspace(web_api: FakeSlackWebApi, reader: WorkspaceReader) -> None:
    web_api.on(
        "auth.test",
        Reply(
            {
                "ok": True,
                "url": "https://acme.slack.com",
                "team": "Acme",
                "team_id": "T1",
                "user_id": "UBOT",
            }
        ),
    )
    assert reader.workspace("T0TEAM") == WorkspaceInfo(
        "T1", "Acme", "https://acme.slack.com/", "UBOT"
    )


def test_it_tells_a_channel(web_api: FakeSlackWebApi, reader: WorkspaceReader) -> None:
    channel = {"id": "C1", "name": "incident-7", "is_private": True}
    web_api.on("conversations.info", Reply({"ok": True, "channel": channel}))
    assert reader.channel("T0TEAM", "C1") == ChannelInfo("C1", "incident-7", is_private=True)


def test_it_reads_all_pages_of_members(web_api: FakeSlackWebApi, reader: WorkspaceReader) -> None:
    ana = {
        "id": "U1",
        "name": "ana.costa",
        "profile": {"display_name": "ana", "real_name": "Ana Costa"},
    }
    ben = {"id": "U2", "name": "ben", "real_name": "Ben Okafor", "profile": {"display_name": ""}}
    bot = {"id": "U3", "name": "alerts", "is_bot": True}
    web_api.on(
        "users.list",
        Reply({"ok": True, "members": [ana], "response_metadata": {"next_cursor": "c2"}}),
        Reply({"ok": True, "members": [ben, bot], "response_metadata": {"next_cursor": ""}}),
    )
    assert list(reader.members("T0TEAM")) == [
        MemberInfo("U1", "ana", "Ana Costa", is_bot=False),
        MemberInfo("U2", "Ben Okafor", "Ben Okafor", is_bot=False),
        MemberInfo("U3", "alerts", "", is_bot=True),
    ]


def test_it_reads_history_with_the_replies_of_its_threads(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    parent = {"ts": "10.000100", "thread_ts": "10.000100", "reply_count": 2, "text": "parent"}
    alone = {"ts": "11.000000", "text": "alone"}
    replies = [{"ts": "10.000200", "text": "r1"}, {"ts": "10.000300", "text": "r2"}]
    web_api.on(
        "conversations.history",
        Reply({"ok": True, "messages": [alone], "response_metadata": {"next_cursor": "h2"}}),
        Reply({"ok": True, "messages": [parent]}),
    )
    web_api.on(
        "conversations.replies",
        Reply(
            {
                "ok": True,
                "messages": [parent, replies[0]],
                "response_metadata": {"next_cursor": "r2"},
            }
        ),
        Reply({"ok": True, "messages": [parent, replies[1]]}),
    )
    assert list(reader.history("T0TEAM", "C1", "9.000000")) == [alone, parent, *replies]
    assert web_api.calls_of("conversations.history")[0]["oldest"] == "9.000000"
    assert [call["cursor"] for call in web_api.calls_of("conversations.replies")[1:]] == ["r2"]


def test_a_rate_limit_in_the_middle_is_handed_on(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    web_api.on(
        "conversations.history",
        Reply({"ok": True, "messages": [{"ts": "1.1"}], "response_metadata": {"next_cursor": "c"}}),
        Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "5"}),
    )
    with pytest.raises(TemporaryError) as caught:
        list(reader.history("T0TEAM", "C1", "0"))
    assert caught.value.retry_after_s == 5


def test_a_channel_we_are_not_in_says_what_to_do(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    web_api.on("conversations.history", refusal("not_in_channel"))
    with pytest.raises(PermanentError, match="invite the bot"):
        list(reader.history("T0TEAM", "C1", "0"))
