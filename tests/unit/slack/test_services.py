"""What listeners are handed."""

from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.slack.client import build_client
from copilot.slack.clients import OneWorkspace
from copilot.slack.identity import BotIdentities
from copilot.slack.services import SlackServices

SLACKS_PATIENCE_S = 3


def test_listeners_give_a_slow_slack_up_in_time_and_jobs_wait_on() -> None:
    client = build_client("xoxb-1", "https://slack.com/api/")
    clients = OneWorkspace(client)
    slack = SlackServices(
        Database(open_engine("sqlite://"), lambda _: None),
        SystemClock(),
        clients,
        BotIdentities(clients),
        lambda: "",
    )
    hurried = slack.client_of("T1")
    assert hurried.timeout < SLACKS_PATIENCE_S < clients.of("T1").timeout
    assert (hurried.token, hurried.base_url) == (client.token, client.base_url)
