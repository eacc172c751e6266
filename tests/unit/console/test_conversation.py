from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.console.conversation import (
    MessageLine,
    Surroundings,
    conversation,
    reaction_counts,
)
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import instant_to_ts

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
AROUND = Surroundings("https://acme.slack.com/", {"U1": "ana", "U2": "ben"})


def an_event(number: int, minute: float = 0, **changes: Any) -> TimelineEvent:
    at = START + timedelta(minutes=minute)
    values: dict[str, Any] = {
        "id": number,
        "team_id": "T1",
        "channel_id": "C1",
        "kind": "message",
        "message_ts": instant_to_ts(at),
        "author_id": "U1",
        "text": "hello",
        "details": {},
        "occurred_at": at,
    }
    return TimelineEvent(**values | changes)


def kinds(*events: TimelineEvent, since: datetime | None = START) -> list[str]:
    return [line.kind for line in conversation(events, AROUND, since=since)]


def one(event: TimelineEvent, around: Surroundings = AROUND) -> MessageLine:
    (line,) = conversation([event], around, since=START)
    assert isinstance(line, MessageLine)
    return line


def test_the_day_stands_where_it_changes() -> None:
    events = [an_event(1), an_event(2, minute=1), an_event(3, minute=24 * 60)]
    assert kinds(*events, since=None) == ["day", "message", "message", "day", "message"]


def test_a_pause_is_shown() -> None:
    lines = conversation([an_event(1), an_event(2, minute=130)], AROUND, since=START)
    assert [line.kind for line in lines] == ["message", "gap", "message"]
    assert lines[1].label == "quiet 2 h 10"  # type: ignore[union-attr]


def test_reactions_and_pins_are_no_lines_of_their_own() -> None:
    assert kinds(an_event(1, kind="reaction_added", message_ts=None)) == []
    assert kinds(an_event(1, kind="pin_added", message_ts=None)) == []


def test_a_message_has_its_permalink() -> None:
    line = one(an_event(1))
    assert line.permalink == "https://acme.slack.com/archives/C1/p1772632800000000"


def test_a_reply_names_the_message_it_answers_once() -> None:
    root_ts = instant_to_ts(START)
    lines = conversation(
        [
            an_event(1),
            an_event(2, minute=1, author_id="U2"),
            an_event(3, minute=2, thread_ts=root_ts),
            an_event(4, minute=3, thread_ts=root_ts),
        ],
        AROUND,
        since=START,
    )
    replies = [line for line in lines if isinstance(line, MessageLine) and line.reply_to_ts]
    assert [reply.reply_to_at is not None for reply in replies] == [True, False]
    assert replies[0].permalink.endswith(f"?thread_ts={root_ts}&cid=C1")


def test_a_deleted_message_keeps_its_place_and_loses_its_words() -> None:
    line = one(an_event(1, text="", deleted_at=START + timedelta(minutes=2)))
    assert line.is_deleted
    assert line.pieces == []


def test_an_edited_message_shows_what_it_said_before() -> None:
    around = Surroundings("", {}, earlier={1: ["at first"]})
    line = one(an_event(1, text="now", edited_ts="1772632801.000000"), around)
    assert line.is_edited
    assert [piece.text for piece in line.earlier[0]] == ["at first"]


def test_mentions_read_as_names() -> None:
    line = one(an_event(1, text="<@U2> please look"))
    assert line.pieces[0].text == "@ben please look"


def test_markup_in_a_message_is_only_text() -> None:
    line = one(an_event(1, text="&lt;script&gt;alert(1)&lt;/script&gt;"))
    assert line.pieces[0].text == "<script>alert(1)</script>"


def test_changes_of_the_incident_are_notices() -> None:
    event = an_event(
        1, kind="severity_changed", message_ts=None, details={"old": None, "new": "sev2"}
    )
    (line,) = conversation([event], AROUND, since=START)
    assert line.kind == "notice"
    assert line.text == "ana changed the severity to SEV2"


def test_a_bot_goes_by_the_name_it_posted_under() -> None:
    event = an_event(1, kind="bot_message", author_id="B1", author_name="pulse")
    assert one(event).author == "pulse"
    assert one(event).is_bot


def test_reactions_that_went_again_do_not_count() -> None:
    def reaction(number: int, kind: str, user: str) -> TimelineEvent:
        details = {"reaction": "eyes"}
        return an_event(number, kind=kind, target_ts="1.1", author_id=user, details=details)

    events = [
        reaction(1, "reaction_added", "U1"),
        reaction(2, "reaction_added", "U2"),
        reaction(3, "reaction_added", "U2"),
        reaction(4, "reaction_removed", "U1"),
    ]
    assert reaction_counts(events) == {"1.1": [("eyes", 1)]}
    assert reaction_counts(events[:1] + events[3:]) == {}
