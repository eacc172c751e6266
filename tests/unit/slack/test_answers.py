import re
from datetime import UTC, datetime, timedelta

import pytest

from copilot.slack.answers import (
    Answer,
    Standing,
    duration,
    help_answer,
    lines_answer,
    note,
    standing_answer,
)
from tests.unit.slack.block_kit import message_problems
from tests.unit.slack.cards_made import NASTY_TEXTS

NOW = datetime(2026, 3, 4, 14, 51, tzinfo=UTC)


def shown(answer: Answer) -> str:
    """What a reader sees who is told no local time."""
    text = "\n".join(
        block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"
    )
    return re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", text)


def a_standing(
    *,
    title: str = "checkout errors",
    severity: str | None = "sev2",
    tempo: str | None = "calm",
    resolved_at: datetime | None = None,
    follow_ups: list[tuple[str, str | None]] | None = None,
    waiting: int = 0,
    held: int = 0,
    roles: list[tuple[str, str]] | None = None,
    quiet_until: datetime | None = None,
    trouble: str | None = None,
) -> Standing:
    return Standing(
        title=title,
        severity=severity,
        status="resolved" if resolved_at else "monitoring",
        tempo=tempo,
        declared_at=NOW - timedelta(minutes=49),
        resolved_at=resolved_at,
        follow_ups=follow_ups or [],
        waiting=waiting,
        held=held,
        roles=roles or [],
        quiet_until=quiet_until,
        trouble=trouble,
    )


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_answers_take_any_text(text: str) -> None:
    follow_ups: list[tuple[str, str | None]] = [(text, text)] * 50
    answers = [
        help_answer(text, None),
        standing_answer(
            a_standing(
                title=text, follow_ups=follow_ups, roles=[("commander", text)], trouble=text
            ),
            NOW,
        ),
    ]
    assert [message_problems(answer) for answer in answers] == [[], []]


@pytest.mark.parametrize("answer", [help_answer(), note("done"), lines_answer([])])
def test_every_answer_is_private(answer: Answer) -> None:
    assert answer["response_type"] == "ephemeral"
    assert message_problems(answer) == []


def test_long_lists_fill_several_sections_and_no_line_is_lost() -> None:
    answer = lines_answer(f"line {number:03d} " + "x" * 90 for number in range(200))
    assert message_problems(answer) == []
    assert "line 199" in shown(answer)
    assert len(answer["blocks"]) > 5


def test_the_standing_is_told_in_four_lines() -> None:
    standing = a_standing(
        follow_ups=[("Alert on lag", "dana"), ("Fix the runbook", None), ("c", None), ("d", None)],
        waiting=2,
        held=5,
    )
    assert shown(standing_answer(standing, NOW)).splitlines() == [
        "*checkout errors* · SEV2 · monitoring · calm",
        "Declared 14:02 UTC, 49 min ago · no commander yet",
        "4 follow-ups: Alert on lag (dana); Fix the runbook (unowned); c (unowned) and 1 more",
        "2 to decide on: `/incident suggestions` · 5 kept back: `/incident held`",
    ]


def test_roles_quiet_and_trouble_are_told_where_there_are_any() -> None:
    standing = a_standing(
        roles=[("commander", "ana"), ("scribe", "<@UBEN>")],
        quiet_until=NOW + timedelta(minutes=20),
        trouble="Can't pin the headline: Slack says missing_scope.",
    )
    lines = shown(standing_answer(standing, NOW)).splitlines()
    assert lines[1] == ("Declared 14:02 UTC, 49 min ago · commander ana · scribe &lt;@UBEN&gt;")
    assert lines[-2:] == [
        "Quiet until 15:11 UTC: nothing is posted unasked",
        "The pinned headline is out of date or incomplete. Can't pin the headline: Slack says "
        "missing_scope.",
    ]
    later = shown(standing_answer(standing, NOW + timedelta(hours=1)))
    assert "Quiet until" not in later


def test_a_resolved_incident_has_no_tempo_and_a_length() -> None:
    standing = a_standing(resolved_at=NOW, severity=None)
    assert shown(standing_answer(standing, NOW + timedelta(days=9))).splitlines()[:2] == [
        "*checkout errors* · no severity yet · resolved",
        "Declared 2026-03-04 14:02 UTC, resolved 2026-03-04 14:51 UTC after 49 min",
    ]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=49), "49 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(days=3, hours=4, minutes=50), "3 d 4 h"),
    ],
)
def test_a_length_of_time_is_said_shortly(length: timedelta, words: str) -> None:
    assert duration(length) == words
