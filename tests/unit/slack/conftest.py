from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from copilot.slack.client import build_client
from tests.fakes.slack_web_api import FakeSlackWebApi


@pytest.fixture
def web_api() -> Iterator[FakeSlackWebApi]:
    with FakeSlackWebApi() as fake:
        yield fake


@pytest.fixture
def client(web_api: FakeSlackWebApi) -> WebClient:
    return build_client("xoxb-test", web_api.url)
