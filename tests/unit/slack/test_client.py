import os

import pytest
from slack_sdk import WebClient

from copilot.errors import PermanentError, TemporaryError
from copilot.slack.client import build_client, slack_error_code, translated
from tests.fakes.slack_web_api import FakeSlackWebApi, Reply, refusal


def ask(client: WebClient) -> None:
    with translated(client, "ask"):
        client.auth_test()


def test_a_rate_limit_passes_and_says_when(web_api: FakeSlackWebApi, client: WebClient) -> None:
    web_api.on(
        "auth.test", Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "17"})
    )
    with pytest.raises(TemporaryError) as caught:
        ask(client)
    assert caught.value.retry_after_s == 17.0
    assert len(web_api.calls) == 1


@pytest.mark.parametrize("value", ["", "soon", "-3"])
def test_an_odd_retry_after_still_waits_a_little(
    web_api: FakeSlackWebApi, client: WebClient, value: str
) -> None:
    web_api.on(
        "auth.test", Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": value})
    )
    with pytest.raises(TemporaryError) as caught:
        ask(client)
    assert (caught.value.retry_after_s or 0) >= 1


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "service_unavailable"])
def test_slacks_own_trouble_passes(web_api: FakeSlackWebApi, client: WebClient, code: str) -> None:
    web_api.on("auth.test", refusal(code))
    with pytest.raises(TemporaryError):
        ask(client)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_page_of_a_proxy_passes(web_api: FakeSlackWebApi, client: WebClient, status: int) -> None:
    web_api.on("auth.test", Reply("<html>Bad gateway</html>", status))
    with pytest.raises(TemporaryError):
        ask(client)


@pytest.mark.parametrize("code", ["invalid_auth", "channel_not_found", "msg_too_long"])
def test_a_refusal_stays(web_api: FakeSlackWebApi, client: WebClient, code: str) -> None:
    web_api.on("auth.test", refusal(code))
    with pytest.raises(PermanentError, match=code) as caught:
        ask(client)
    assert slack_error_code(caught.value) == code


def test_a_missing_scope_is_named(web_api: FakeSlackWebApi, client: WebClient) -> None:
    web_api.on("auth.test", refusal("missing_scope", needed="channels:history"))
    with pytest.raises(PermanentError, match="channels:history"):
        ask(client)


def test_a_lost_answer_is_not_asked_for_again(web_api: FakeSlackWebApi, client: WebClient) -> None:
    web_api.on("auth.test", Reply(hangs_up=True))
    with pytest.raises(TemporaryError):
        ask(client)
    assert len(web_api.calls) == 1


def test_nobody_listening_passes() -> None:
    with pytest.raises(TemporaryError):
        ask(build_client("xoxb-test", "http://127.0.0.1:1/api/"))


def test_without_a_token_it_says_which_variable_to_set() -> None:
    with pytest.raises(PermanentError, match="SLACK_BOT_TOKEN"):
        ask(build_client(None, "http://127.0.0.1:1/api/"))


def test_a_proxy_of_the_machine_is_not_asked_for_loopback(
    web_api: FakeSlackWebApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.com")
    monkeypatch.setenv("NO_PROXY", "example.com")
    web_api.on("auth.test", Reply())
    ask(build_client("xoxb-test", web_api.url))
    assert len(web_api.calls) == 1
    assert os.environ["no_proxy"].startswith("example.com,127.0.0.1")
