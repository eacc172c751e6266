from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from copilot.llm.replies import pause_of
from copilot.llm.tokens import estimate_tokens

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "90"}, timedelta(seconds=90)),
        ({"Retry-After": "0.5"}, timedelta(seconds=0.5)),
        ({"Retry-After-Ms": "250", "Retry-After": "1"}, timedelta(milliseconds=250)),
        ({"Retry-After": "Wed, 04 Mar 2026 14:02:00 GMT"}, timedelta(minutes=2)),
        (
            {
                "Retry-After": "Wed, 04 Mar 2026 15:02:00 GMT",
                "Date": "Wed, 04 Mar 2026 15:00:00 GMT",
            },
            timedelta(minutes=2),
        ),
        ({"Retry-After": "1e9"}, timedelta(hours=1)),
        ({"Retry-After": "inf"}, timedelta(hours=1)),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Wed, 04 Mar 2026 13:00:00 GMT"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_a_pause_is_read_in_every_form(headers: dict[str, str], pause: timedelta | None) -> None:
    assert pause_of(httpx2.Headers(headers), NOW) == pause


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("word", 1), ("words", 2), ("日本語", 3), ("Grüße an alle", 5)]
)
def test_tokens_are_estimated_for_every_script(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens
