"""Stories of installing: many workspaces, one deployment, and none sees another."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.slack.manifest import BOT_SCOPES
from copilot.workspaces.models import Installation
from tests.fakes.slack_caller import SlackCaller
from tests.scenarios.install_world import (
    OTHER_TEAM,
    InstallWorld,
    asked_of,
    channel,
    installations,
    open_install_world,
    workspace,
)


@pytest.fixture
def world(sqlite_url: str, clock: ReplayClock) -> Iterator[InstallWorld]:
    with open_install_world(sqlite_url, clock) as world:
        yield world


@pytest.fixture
def world_on_both(database_url: str, clock: ReplayClock) -> Iterator[InstallWorld]:
    with open_install_world(database_url, clock) as world:
        yield world


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the application and the libraries it runs in wrote; the test's own browser aside."""
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    return "\n".join(f"{record.name}: {record.getMessage()}" for record in ours)


def test_two_workspaces_install_the_app_and_neither_sees_the_other(
    world_on_both: InstallWorld,
) -> None:
    world, acme, other = world_on_both, world_on_both.acme, world_on_both.other
    for each in (acme, other):
        page = world.install(each)
        assert page.status_code == 200
        assert f"Installed in {each.name}" in page.text
        assert "/invite @incident-copilot" in page.text
    world.works()
    assert workspace(world, acme.team_id).name == "Acme"
    assert channel(acme) == channel(other), "the same ids in both, so that mixing them up shows"

    world.command(acme, "declare Checkout errors sev2")
    assert "no incident" in world.command(other, "status")
    world.command(other, "declare Login is slow sev3")
    world.works()
    world.says(acme, "the carts are empty")
    world.says(other, "logins take a minute")
    world.works()

    assert world.recorded(acme.team_id) == ["the carts are empty"]
    assert world.recorded(OTHER_TEAM) == ["logins take a minute"]
    assert "Checkout errors" in world.command(acme, "status")
    assert "Login is slow" in world.command(other, "status")
    assert "Checkout" not in world.command(other, "status")


def test_each_workspace_is_spoken_to_with_its_own_token(world: InstallWorld) -> None:
    for each in (world.acme, world.other):
        world.install(each)
    clients = world.services.slack_clients
    mine, theirs = clients.of(world.acme.team_id), clients.of(OTHER_TEAM)
    assert mine.auth_test()["team_id"] == world.acme.team_id
    assert theirs.auth_test()["team_id"] == OTHER_TEAM
    for row in installations(world):
        assert "xoxb" not in row.bot_token


def test_setting_out_asks_for_the_scopes_and_comes_back_here(world: InstallWorld) -> None:
    welcome = world.go("/slack/install")
    assert "Continue to Slack" in welcome.text
    away = world.go("/slack/install/start")
    location = away.headers["location"]
    asked = asked_of(location)
    assert location.startswith(world.sandbox.url)
    assert asked["client_id"] == world.acme.grants.client_id
    assert asked["scope"].split(",") == list(BOT_SCOPES)
    assert asked["redirect_uri"] == f"{world.web_url}/slack/oauth_redirect"
    assert world.acme.grants.client_secret not in location
    cookie = away.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_reloading_the_page_at_the_end_does_no_harm(world: InstallWorld) -> None:
    world.install(world.acme)
    again = world.go("/slack/installed")
    assert "Installed in Acme" in again.text
    assert len(installations(world)) == 1


def test_pages_run_nothing_and_escape_names(world: InstallWorld) -> None:
    world.acme.name = '<script>alert("x")</script>'
    page = world.install(world.acme)
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_way_back_works_once(world: InstallWorld) -> None:
    back = world.consent(world.acme)
    state = world.browser.cookies["copilot_install"]
    assert world.go(back).status_code == 303
    world.browser.cookies.set("copilot_install", state, domain="127.0.0.1", path="/slack")
    replayed = world.go(back)
    assert replayed.status_code == 400
    assert "does not work here" in replayed.text
    assert len(installations(world)) == 1


def test_the_way_back_is_for_the_browser_that_set_out(world: InstallWorld) -> None:
    """Nobody can make somebody else finish an installation that he began."""
    back = world.consent(world.acme)
    world.browser.cookies.clear()
    assert world.go(back).status_code == 400
    world.go("/slack/install/start")  # a state of the victim's own, but another one
    assert world.go(back).status_code == 400
    assert installations(world) == []


def test_a_forged_way_back_is_answered_calmly(world: InstallWorld) -> None:
    world.go("/slack/install/start")
    for query in (
        "",
        "code=1&state=",
        "state=x",
        "code=1&state=forged",
        "code=1&state=%00%ff",
        "state[]=1&code[]=2",
        f"code=1&state={'x' * 5000}",
        "error=access_denied",
        "error=%3Cscript%3E&state=forged",
    ):
        answer = world.go(f"/slack/oauth_redirect?{query}")
        assert answer.status_code == 400, query
        assert "Nothing was changed" in answer.text
        assert "<script" not in answer.text
    assert installations(world) == []


def test_what_slack_brings_back_instead_of_a_good_code(world: InstallWorld) -> None:
    for answer, status, words in (
        ("error=access_denied", 200, "Nothing was installed"),
        ("error=%3Cscript%3Ealert(1)", 200, "Nothing was installed"),
        ("error=invalid_scope", 502, "invalid_scope"),
        ("", 400, "did not take the code"),
        ("code=", 400, "did not take the code"),
        ("code=never-given", 400, "did not take the code"),
        (f"code={'9' * 2000}", 400, "did not take the code"),
        ("code=%3Cscript%3E", 400, "did not take the code"),
    ):
        state = asked_of(world.go("/slack/install/start").headers["location"])["state"]
        page = world.go(f"/slack/oauth_redirect?{answer}&state={state}")
        assert page.status_code == status, answer
        assert words in page.text
        assert "<script" not in page.text
        assert "Start again" in page.text
    assert installations(world) == []


def test_slack_in_trouble_is_said_and_the_next_try_works(world: InstallWorld) -> None:
    world.acme.fail_next("oauth.v2.access")
    assert "Slack does not answer" in world.go(world.consent(world.acme)).text
    world.acme.rate_limit("oauth.v2.access")
    assert "Slack does not answer" in world.go(world.consent(world.acme)).text
    # Stored is stored, also if Slack does not say who we are; the sync asks again.
    world.acme.fail_next("auth.test")
    assert world.install(world.acme).status_code == 200
    world.works()
    assert workspace(world, world.acme.team_id).url == world.acme.url


def test_a_wrong_client_secret_is_for_the_operator(
    world: InstallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    back = world.consent(world.acme)
    world.acme.grants.client_secret = "another-secret"
    with caplog.at_level(logging.DEBUG):
        page = world.go(back)
    assert page.status_code == 502
    assert "SLACK_CLIENT_SECRET" in page.text
    assert "bad_client_secret" in logged(caplog)
    secret = world.services.settings.slack_client_secret
    assert secret is not None
    assert secret.get_secret_value() not in logged(caplog) + page.text
    assert asked_of(back)["code"] not in logged(caplog)


def test_no_token_is_ever_logged(world: InstallWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.acme.grants.is_rotating = True
    with caplog.at_level(logging.DEBUG):
        world.install(world.acme)
        world.clock.advance_to(world.clock.now() + timedelta(hours=11))
        world.sweeps()
    assert "xoxe" not in logged(caplog)
    assert "xoxb" not in logged(caplog)


def test_tokens_are_renewed_before_they_run_out(world_on_both: InstallWorld) -> None:
    world = world_on_both
    world.acme.grants.is_rotating = True
    world.install(world.acme)
    before = world.services.slack_clients.of(world.acme.team_id).token
    world.clock.advance_to(world.clock.now() + timedelta(hours=10))
    world.sweeps()
    world.clock.advance_to(world.clock.now() + timedelta(hours=3))
    after = world.services.slack_clients.of(world.acme.team_id)
    assert after.token not in {None, before}
    assert after.auth_test()["ok"]


def test_a_token_that_slack_calls_expired_is_renewed_and_the_call_repeated(
    world: InstallWorld,
) -> None:
    world.acme.grants.is_rotating = True
    world.install(world.acme)
    client = world.services.slack_clients.of(world.acme.team_id)
    for token in world.acme.grants._tokens.values():
        token.expires_at = world.clock.now()
    assert client.auth_test()["team_id"] == world.acme.team_id
    assert client.users_list()["ok"]


def test_another_processs_new_token_is_taken_up(world: InstallWorld) -> None:
    """Somebody installed again elsewhere, which ends the token this process still holds."""
    world.install(world.acme)
    client = world.services.slack_clients.of(world.acme.team_id)
    held = client.token
    assert held is not None
    world.acme.grants.revoke(held)
    with world.db.transaction() as session:
        box = world.services.installed
        assert box is not None
        fresh = world.acme.grants._give("U1").access_token
        session.scalars(select(Installation)).one().bot_token = box._box.seal(fresh)
    assert client.auth_test()["ok"]
    assert client.token == fresh


def test_an_event_costs_no_call_of_slack_and_names_us_from_the_record(
    world: InstallWorld,
) -> None:
    world.install(world.acme)
    with world.acme.outage():
        world.command(world.acme, "status")
        identity = world.services.slack_clients.installation_of(world.acme.team_id)
        assert identity is not None
        assert identity.bot_id == world.acme.bot_id
        assert identity.bot_user_id == world.acme.bot_user_id


def test_slack_may_check_the_address_before_anybody_installed(world: InstallWorld) -> None:
    port = urlsplit(world.web_url).port
    assert port is not None
    caller = SlackCaller(port, world.acme.signing_secret)
    answer = caller.json({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"})
    assert answer.status == 200
    assert "3eZbrw1a" in answer.text


def test_events_of_strangers_are_acknowledged_and_dropped(world: InstallWorld) -> None:
    world.says(world.acme, "nobody installed anything here")
    assert world.senders[0].deliveries[-1].is_ok
    assert "not installed" in world.command(world.acme, "declare x")
    button = world.acme.message  # nothing was stored either
    assert button is not None
    assert world.recorded(world.acme.team_id) == []
