import pytest
from slack_sdk import WebClient

from copilot.errors import TemporaryError
from copilot.ports import (
    ChannelInfo,
    MemberInfo,
    Page,
    Unreadable,
    UnreadableError,
    WorkspaceInfo,
    WorkspaceReader,
)
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
        "tz": "Europe/Madrid",
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
        MemberInfo("U1", "ana", "Ana Costa", is_bot=False, time_zone="Europe/Madrid"),
        MemberInfo("U2", "Ben Okafor", "Ben Okafor", is_bot=False),
        MemberInfo("U3", "alerts", "", is_bot=True),
    ]


def test_it_reads_a_channel_page_by_page(web_api: FakeSlackWebApi, reader: WorkspaceReader) -> None:
    alone = {"ts": "11.000000", "text": "alone"}
    more = {"messages": [alone], "response_metadata": {"next_cursor": "h2"}}
    web_api.on(
        "conversations.history",
        Reply({"ok": True, **more}),
        Reply({"ok": True, "messages": [], "is_limited": True}),
    )
    bounds = {"oldest_ts": "9.000000", "latest_ts": "12.000000"}
    first = reader.history_page("T0TEAM", "C1", **bounds, limit=200)
    assert first == Page((alone,), "h2")
    second = reader.history_page("T0TEAM", "C1", **bounds, limit=200, cursor="h2")
    assert second == Page((), None, is_limited=True)
    (asked, asked_again) = web_api.calls_of("conversations.history")
    assert (asked["oldest"], asked["latest"], asked["inclusive"]) == ("9.000000", "12.000000", "1")
    assert (asked["limit"], asked_again["cursor"]) == ("200", "h2")


@pytest.mark.parametrize("cut_short", [{}, {"messages": None}, {"messages": [], "has_more": True}])
def test_an_answer_that_is_not_whole_is_asked_for_again(
    web_api: FakeSlackWebApi, reader: WorkspaceReader, cut_short: dict[str, object]
) -> None:
    web_api.on("conversations.history", Reply({"ok": True, **cut_short}))
    with pytest.raises(TemporaryError):
        reader.history_page("T0TEAM", "C1", oldest_ts="0", latest_ts="1", limit=200)


def test_it_reads_a_thread_and_who_is_in_a_channel(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    parent, reply = {"ts": "10.000100"}, {"ts": "10.000200", "text": "r1"}
    web_api.on("conversations.replies", Reply({"ok": True, "messages": [parent, reply]}))
    bounds = {"oldest_ts": "9.000000", "latest_ts": "12.000000"}
    page = reader.replies_page("T0TEAM", "C1", "10.000100", **bounds, limit=200)
    assert page == Page((parent, reply))
    assert web_api.calls_of("conversations.replies")[0]["ts"] == "10.000100"
    web_api.on(
        "conversations.members",
        Reply({"ok": True, "members": ["U1"], "response_metadata": {"next_cursor": "m2"}}),
        Reply({"ok": True, "members": ["U2"]}),
    )
    assert list(reader.channel_members("T0TEAM", "C1")) == ["U1", "U2"]


def test_a_rate_limit_is_handed_on_with_its_length(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    limited = Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "5"})
    web_api.on("conversations.history", limited)
    with pytest.raises(TemporaryError) as caught:
        reader.history_page("T0TEAM", "C1", oldest_ts="0", latest_ts="1", limit=200)
    assert caught.value.retry_after_s == 5


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("not_in_channel", Unreadable.NOT_IN_CHANNEL),
        ("channel_not_found", Unreadable.NOT_IN_CHANNEL),
        ("missing_scope", Unreadable.NO_PERMISSION),
        ("token_revoked", Unreadable.DISCONNECTED),
        ("invalid_cursor", Unreadable.STALE_CURSOR),
        ("org_login_required", Unreadable.REFUSED),
    ],
)
def test_what_can_not_be_read_says_why(
    web_api: FakeSlackWebApi, reader: WorkspaceReader, code: str, why: Unreadable
) -> None:
    web_api.on("conversations.history", refusal(code))
    with pytest.raises(UnreadableError) as caught:
        reader.history_page("T0TEAM", "C1", oldest_ts="0", latest_ts="1", limit=200)
    assert caught.value.why is why


def test_a_channel_we_are_not_in_says_what_to_do(
    web_api: FakeSlackWebApi, reader: WorkspaceReader
) -> None:
    web_api.on("conversations.history", refusal("not_in_channel"))
    with pytest.raises(UnreadableError, match="invite the bot"):
        reader.history_page("T0TEAM", "C1", oldest_ts="0", latest_ts="1", limit=200)
