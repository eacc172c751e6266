from datetime import UTC, datetime, timedelta

import pytest

from copilot.errors import BadInputError
from copilot.reviews.catchup import CatchUp, LeftOut, ToldLine
from copilot.slack.answers import note
from copilot.slack.follow_up_list import FollowUpItem, list_answer
from copilot.slack.follow_up_modal import (
    FollowUpFields,
    WrittenFrom,
    follow_up_modal,
    read_fields,
    read_written_from,
)
from copilot.slack.message_shortcuts import marked_answer, undone_words
from copilot.slack.told import Told, catchup_answer, timeline_answer
from copilot.timeline.models import EventKind, MarkKind, TimelineEvent
from tests.scenarios.block_reading import words_of
from tests.unit.slack.block_kit import message_problems, view_problems
from tests.unit.slack.cards_made import NASTY_TEXTS

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
LINK = "https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1700000000.000100&cid=C1"


def told(text: str = "checkout errors", since: datetime | None = NOW) -> Told:
    return Told(text, "sev2", text or "monitoring", since, "when you last spoke here", LINK)


def a_line(text: str, number: int = 1, *, is_record: bool = False) -> ToldLine:
    at = NOW - timedelta(days=number)
    link = None if is_record else LINK
    return ToldLine(at, text, text, number, link, is_key_moment=True, is_alert=True)


def a_gap(until_ts: str | None) -> TimelineEvent:
    details = {"from_ts": "1772632800.000100", "until_ts": until_ts, "reason": "rate_limited"}
    return TimelineEvent(kind=EventKind.GAP, details=details, text="")


def a_catchup(*lines: ToldLine, messages: int = 231, left_out: LeftOut | None = None) -> CatchUp:
    gaps = [a_gap(None), a_gap("1772632900.000100")]
    return CatchUp(NOW, lines, messages, left_out or LeftOut(bot_lines=17), gaps)


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_every_answer_takes_any_text(text: str) -> None:
    lines = [a_line(text, number, is_record=number % 2 == 0) for number in range(40)]
    item = FollowUpItem(1, 1, text, text, text, text, None)
    done = FollowUpItem(2, 1, text, text, text, text, NOW)
    for answer in (
        catchup_answer(told(text), a_catchup(*lines[:8]), lambda _: LINK, NOW),
        timeline_answer(
            told(text), lines, left_out=9, gaps=[a_gap(None)] * 9, link_of=lambda _: text, now=NOW
        ),
        list_answer(text, [item, done], NOW, tag="t", said="✓"),
        marked_answer(MarkKind.IGNORED, title=text, quote=text, message_ts="1.0", is_new=False),
        note(undone_words(MarkKind.KEY_MOMENT, text, is_undone=True, is_still=False)),
    ):
        assert message_problems(answer) == []
    origin = WrittenFrom("C1", "1.0", text)
    view = follow_up_modal(
        FollowUpFields(text, text, text), origin, quote=text, author=text, is_known=True
    )
    assert view_problems(view) == []


def test_the_longest_list_stays_within_slacks_limits() -> None:
    items = [FollowUpItem(n, 1, "&" * 400, "&" * 99, "&" * 99) for n in range(60)]
    items += [FollowUpItem(n, 1, "&" * 400, None, None, "&" * 99, NOW) for n in range(60, 120)]
    answer = list_answer("&" * 400, items, NOW, tag="t", said="✓")
    assert message_problems(answer) == []
    assert "40 more are open" in words_of(answer)
    assert "50 more were done before" in words_of(answer)


def test_what_is_covered_and_left_out_adds_up() -> None:
    left_out = LeftOut(bot_lines=15, ignored=1, without_words=1, older=2)
    shown = words_of(catchup_answer(told(), a_catchup(left_out=left_out), lambda _: LINK, NOW))
    assert (
        "covers 212 of 231 messages; left out: 15 bot lines, 1 ignored message, "
        "1 message without words, 2 older messages"
    ) in shown


def test_all_covered_says_only_that() -> None:
    shown = words_of(catchup_answer(told(), a_catchup(left_out=LeftOut()), lambda _: LINK, NOW))
    assert "covers 231 of 231 messages\n" in shown
    assert "Nothing stands out in what was said." in shown


def test_gaps_are_named_with_when_and_why() -> None:
    shown = words_of(catchup_answer(told(), a_catchup(), lambda _: LINK, NOW))
    begins = "<!date^1772632800^{time}|14:00 UTC>"
    assert f"Since {begins} messages may be missing: Slack held them back" in shown
    assert f"From {begins} to <!date^1772632900^{{time}}|14:01 UTC>" in shown


def test_nothing_new_says_so() -> None:
    missed = CatchUp(NOW, [], 0, LeftOut(), [])
    shown = words_of(catchup_answer(told(), missed, lambda _: LINK, NOW))
    assert "Nothing new" in shown
    assert "covers" not in shown


def test_the_form_remembers_its_message_and_drops_an_endless_address() -> None:
    origin = WrittenFrom("C1", "1.0", "https://hooks.example/" + "x" * 4000)
    assert read_written_from(origin.to_metadata()) == WrittenFrom("C1", "1.0", "")


@pytest.mark.parametrize("metadata", ["", "{", "[]", "[1]", "null"])
def test_a_foreign_form_is_refused(metadata: str) -> None:
    with pytest.raises(BadInputError):
        read_written_from(metadata)


@pytest.mark.parametrize("view", [{}, {"state": None}, {"state": {"values": {"title": None}}}])
def test_a_form_without_a_title_is_refused(view: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        read_fields(view)
