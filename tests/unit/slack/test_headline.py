from datetime import UTC, datetime, timedelta

import pytest

from copilot.ports import Briefing, CitedLine, HeadlineCard, RoleHolder
from copilot.slack.briefing import briefing_answer
from copilot.slack.declare_form import (
    NEW_CHANNEL,
    FormError,
    FormOrigin,
    declare_form,
    read_form,
    read_origin,
)
from copilot.slack.headline import headline_blocks, headline_text
from tests.unit.slack.block_kit import message_problems, view_problems
from tests.unit.slack.cards_made import NASTY_TEXTS

NOW = datetime(2026, 3, 4, 14, 2, tzinfo=UTC)


def a_headline(
    *,
    title: str = "checkout errors",
    status: str = "investigating",
    roles: tuple[RoleHolder, ...] = (),
    declared_by: str | None = "ana",
    resolved_at: datetime | None = None,
    open_follow_ups: int = 0,
    console: str | None = None,
) -> HeadlineCard:
    return HeadlineCard(
        incident_id=5,
        posting=1,
        version=3,
        title=title,
        severity="sev2",
        status=status,
        declared_at=NOW,
        declared_by=declared_by,
        resolved_at=resolved_at,
        roles=roles,
        open_follow_ups=open_follow_ups,
        done_follow_ups=1,
        timeline_url=f"{console}incidents/5" if console else None,
        review_url=f"{console}incidents/5/review" if console else None,
    )


def lines_of(card: HeadlineCard) -> list[str]:
    section, commands = headline_blocks(card)
    return [*section["text"]["text"].splitlines(), commands["elements"][0]["text"]]


def test_it_says_how_it_stands_on_three_lines_and_what_can_be_typed() -> None:
    card = a_headline(
        roles=(RoleHolder("commander", "dana"), RoleHolder("scribe", "ben")),
        open_follow_ups=2,
        console="https://copilot.example/",
    )
    *stands, commands = lines_of(card)
    assert stands == [
        "*checkout errors* · SEV2 · investigating",
        "Declared <!date^1772632920^{date_short_pretty} {time}|2026-03-04 14:02 UTC> by ana",
        "Commander dana · scribe ben · 2 follow-ups open · 1 done · "
        "<https://copilot.example/incidents/5|timeline> · "
        "<https://copilot.example/incidents/5/review|review>",
    ]
    for word in ("status", "severity", "role", "handover", "catchup", "note", "resolve"):
        assert word in commands


def test_it_says_what_is_missing_and_when_it_was_over() -> None:
    assert lines_of(a_headline())[2] == "No commander yet · no open follow-ups · 1 done"
    over = a_headline(status="resolved", resolved_at=NOW + timedelta(minutes=49))
    assert "resolved <!date" in lines_of(over)[1]
    assert lines_of(over)[1].endswith("after 49 min")
    assert "reopen" in lines_of(over)[-1]
    assert lines_of(over)[2].startswith("No commander · ")


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_whatever_it_is_called_slack_takes_it_and_nothing_fires(text: str) -> None:
    card = a_headline(
        title=text,
        declared_by=text,
        roles=tuple(RoleHolder(role, text) for role in ("commander", "comms", "scribe")),
        resolved_at=NOW,
        open_follow_ups=10**9,
        console="https://copilot.example/",
    )
    assert message_problems({"text": headline_text(card), "blocks": headline_blocks(card)}) == []
    briefing = Briefing(
        incident_id=5,
        title=text,
        severity=None,
        status="monitoring",
        declared_at=NOW,
        from_name=text,
        note=text,
        roles=card.roles,
        lines=tuple(
            CitedLine(NOW, text, text, number, "https://a.example/p1" if number else None)
            for number in range(8)
        ),
        covered=1,
        messages=2,
        follow_ups=((text, text),) * 50,
        waiting=(text,) * 50,
        console_url="https://copilot.example/incidents/5",
    )
    assert message_problems(briefing_answer(briefing)) == []
    assert message_problems(briefing_answer(briefing, is_asked=True)) == []
    origin = FormOrigin("C1", text, f"https://hooks.example/{text}")
    form = declare_form(origin, can_be_here=True, caution="", now=NOW)
    assert view_problems(form) == []
    assert read_origin(form["private_metadata"]).channel_id == "C1"


def test_where_it_can_not_be_here_only_a_new_channel_is_offered() -> None:
    origin = FormOrigin("D1", "directmessage", "")
    form = declare_form(origin, can_be_here=False, caution="It needs others.", now=NOW)
    assert view_problems(form) == []
    place = next(block for block in form["blocks"] if block.get("block_id") == "place")
    assert [option["value"] for option in place["element"]["options"]] == [NEW_CHANNEL]


@pytest.mark.parametrize("state", [{}, {"values": {}}, {"values": {"title": {"title": None}}}])
def test_an_empty_form_asks_for_a_title(state: dict[str, object]) -> None:
    with pytest.raises(FormError) as refused:
        read_form({"state": state})
    assert refused.value.block_id == "title"
