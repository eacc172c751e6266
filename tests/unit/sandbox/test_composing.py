import pytest

from copilot.sandbox.composing import to_mrkdwn

USERS = {"ana": "U1", "ben.o": "U2"}
CHANNELS = {"ops": "C1"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
        ("hi @ana, and @ben.o.", "hi <@U1>, and <@U2>."),
        ("mail ana@example.org or @nobody", "mail ana@example.org or @nobody"),
        ("see #ops, not #dev", "see <#C1|ops>, not #dev"),
        ("@here look", "<!here> look"),
        (
            "(see https://example.org/a?b=1&c=2).",
            "(see <https://example.org/a?b=1&amp;c=2>).",
        ),
        ("`@ana <b>` and @ana", "`@ana &lt;b&gt;` and <@U1>"),
        ("```\n@ana https://x.y\n```", "```\n@ana https://x.y\n```"),
        ("<@U1> <https://evil.example|bank>", "&lt;@U1&gt; &lt;<https://evil.example>|bank&gt;"),
        ("<!channel>", "&lt;!channel&gt;"),
    ],
)
def test_typed_text_becomes_what_slack_stores(typed: str, stored: str) -> None:
    assert to_mrkdwn(typed, USERS, CHANNELS) == stored
