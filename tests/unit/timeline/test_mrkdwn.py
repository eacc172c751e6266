import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.timeline.mrkdwn import to_plain

NAMES = {"U0ANA": "ana"}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<@U0ANA> please look", "@ana please look"),
        ("<@U0ANA|old name>", "@ana"),
        ("<@U0GONE|ben> and <@U0GONE>", "@ben and @U0GONE"),
        ("see <#C0INC|inc-4812> and <#C0INC>", "see #inc-4812 and #C0INC"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|the runbook>", "the runbook"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<mailto:ana@example.com>", "ana@example.com"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S0SRE|@sre> <!subteam^S0SRE>", "@sre @S0SRE"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("lag &gt; 30 s &amp;&amp; &lt;5 users", "lag > 30 s && <5 users"),
        ("&amp;lt; stays escaped once", "&lt; stays escaped once"),
        ("```if a <b> c```", "```if a <b> c```"),
        ("*bold* stays as typed", "*bold* stays as typed"),
    ],
)
def test_markup_reads_as_people_saw_it(text: str, plain: str) -> None:
    assert to_plain(text, NAMES) == plain


@given(st.text(alphabet="<>@#!|^&;ampltg U0ANA:/h", max_size=60))
def test_any_text_has_a_plain_reading(text: str) -> None:
    assert isinstance(to_plain(text, NAMES), str)
