"""Tokens of the pretend Slack, and the days on which it is in trouble."""

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from slack_sdk.errors import SlackApiError

from copilot.clock import ReplayClock
from copilot.sandbox.grants import ACCESS_LIFETIME
from copilot.slack.client import build_client
from tests.prompt_server import PromptSandbox
from tests.scenarios.sandbox_slack import PretendSlack, a_pretend_slack


@pytest.fixture
def slack(clock: ReplayClock) -> Iterator[PretendSlack]:
    with a_pretend_slack(clock) as slack:
        yield slack


def test_the_methods_say_who_may_do_what(slack: PretendSlack) -> None:
    people = {one["name"]: one for one in slack.client.users_list()["members"]}
    assert [people[name]["is_admin"] for name in ("ana", "ben", "dana")] == [True, False, True]
    assert people["dana"]["is_owner"]
    assert slack.client.team_info()["team"]["id"] == slack.workspace.team_id
    assert "pins:write" in slack.client.auth_test().headers["x-oauth-scopes"]


def test_a_scope_that_was_not_granted_is_named(slack: PretendSlack) -> None:
    scopes = slack.workspace.grants.scopes
    slack.workspace.grants.scopes = tuple(one for one in scopes if one != "pins:write")
    with pytest.raises(SlackApiError) as error:
        slack.client.pins_add(channel=slack.channel, timestamp="1.000001")
    assert error.value.response["error"] == "missing_scope"
    assert error.value.response["needed"] == "pins:write"


def test_an_installation_gives_tokens_that_rotate(slack: PretendSlack, clock: ReplayClock) -> None:
    grants = slack.workspace.grants
    grants.is_rotating = True
    app = build_client(None, slack.server.api_url)
    secret = {"client_id": grants.client_id, "client_secret": grants.client_secret}
    code = grants.issue_code(slack.person("ana"))
    first = app.oauth_v2_access(**secret, code=code)
    assert first["expires_in"] == ACCESS_LIFETIME.total_seconds()
    assert first["team"]["id"] == slack.workspace.team_id
    with pytest.raises(SlackApiError, match="code_already_used"):
        app.oauth_v2_access(**secret, code=code)
    clock.advance_to(clock.now() + ACCESS_LIFETIME)
    with pytest.raises(SlackApiError, match="token_expired"):
        build_client(first["access_token"], slack.server.api_url).auth_test()
    renewing = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = app.oauth_v2_access(**secret, **renewing)
    assert build_client(second["access_token"], slack.server.api_url).auth_test()["ok"]
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        app.oauth_v2_access(**secret, **renewing)
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        app.oauth_v2_access(client_id=grants.client_id, client_secret="x", code="y")


def test_whoever_allows_the_app_is_sent_back_with_a_code(slack: PretendSlack) -> None:
    asked = {
        "client_id": slack.workspace.grants.client_id,
        "redirect_uri": "http://127.0.0.1:1/slack/oauth",
        "state": "s1",
    }
    url = f"{slack.server.url}oauth/v2/authorize"
    answer = httpx2.get(url, params=asked, trust_env=False)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("http://127.0.0.1:1/slack/oauth?code=")
    assert answer.headers["location"].endswith("&state=s1")
    elsewhere = {**asked, "redirect_uri": "https://example.com/"}
    assert httpx2.get(url, params=elsewhere, trust_env=False).status_code == 400


def test_a_revoked_token_and_a_removed_app_are_told(slack: PretendSlack) -> None:
    assert slack.client.auth_revoke()["revoked"]
    with pytest.raises(SlackApiError, match="token_revoked"):
        slack.client.auth_test()
    slack.workspace.uninstall()
    assert slack.told.kinds() == ["tokens_revoked", "app_uninstalled", "tokens_revoked"]


def test_two_workspaces_share_an_address_but_no_token(clock: ReplayClock) -> None:
    with a_pretend_slack(clock) as first:
        other = first.workspace.neighbour("T0OTHER", "Other")
        with PromptSandbox(first.workspace, neighbours=(other,)) as server:
            answers = [
                build_client(token, server.api_url).auth_test()
                for token in (first.workspace.bot_token, other.bot_token)
            ]
    assert [answer["team_id"] for answer in answers] == ["T0SANDBOX", "T0OTHER"]
    assert answers[0]["user_id"] != answers[1]["user_id"]


def test_an_organisation_is_named_where_slack_names_it(clock: ReplayClock) -> None:
    with a_pretend_slack(clock, enterprise_id="E0BIG") as slack:
        assert slack.client.auth_test()["enterprise_id"] == "E0BIG"
        assert slack.client.team_info()["team"]["enterprise_id"] == "E0BIG"


def test_history_is_throttled_by_the_clock(slack: PretendSlack, clock: ReplayClock) -> None:
    for number in range(20):
        slack.workspace.say(slack.person("ana"), slack.channel, f"message {number}")
    slack.workspace.throttle_history()
    first = slack.client.conversations_history(channel=slack.channel, limit=200)
    assert len(first["messages"]) == 15
    with pytest.raises(SlackApiError) as error:
        slack.client.conversations_history(channel=slack.channel)
    assert error.value.response.headers["retry-after"] == "60"
    slack.client.conversations_replies(channel=slack.channel, ts=first["messages"][0]["ts"])
    clock.advance_to(clock.now() + timedelta(minutes=1))
    assert slack.client.conversations_history(channel=slack.channel)["ok"]


def test_old_messages_are_hidden_without_a_plan(slack: PretendSlack, clock: ReplayClock) -> None:
    slack.workspace.say(slack.person("ana"), slack.channel, "long ago")
    clock.advance_to(clock.now() + timedelta(days=91))
    slack.workspace.say(slack.person("ana"), slack.channel, "today")
    slack.workspace.visible_days = 90
    answer = slack.client.conversations_history(channel=slack.channel)
    assert [message["text"] for message in answer["messages"]] == ["today"]
    assert answer["is_limited"]


def test_an_outage_and_a_silence_end(slack: PretendSlack) -> None:
    with slack.workspace.outage(), pytest.raises(SlackApiError) as error:
        slack.client.auth_test()
    assert error.value.response.status_code == 503
    assert slack.client.auth_test()["ok"]
    with slack.workspace.silence():
        slack.workspace.say(slack.person("ana"), slack.channel, "nobody hears this")
    assert slack.told.events == []
    slack.workspace.tell_rate_limited()
    assert slack.told.bodies[0]["type"] == "app_rate_limited"
    slack.workspace.refuse_next("auth.test", "access_denied")
    with pytest.raises(SlackApiError, match="access_denied"):
        slack.client.auth_test()
