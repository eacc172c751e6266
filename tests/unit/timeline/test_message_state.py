from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.timeline.message_state import MessageState, add_up, hash_of
from copilot.timeline.permalinks import ts_order
from copilot.timeline.redaction import redact
from copilot.timeline.slack_messages import Deletion, SourceMessage, to_records
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    TEAM,
    Event,
    Story,
    a_change,
    a_deletion,
    a_message,
    deliveries,
    edited,
    stories,
)


def state_after(*events: Event) -> MessageState:
    return add_up(MessageState(events_ts(events)), observations(events))


def events_ts(events: Sequence[Event]) -> str:
    return observations(events)[0].message_ts


def observations(events: Sequence[Event]) -> list[SourceMessage | Deletion]:
    found = [record for event in events for record in to_records(TEAM, event)]
    return [each for each in found if isinstance(each, SourceMessage | Deletion)]


@settings(max_examples=400)
@given(st.data(), stories())
def test_any_order_and_number_of_deliveries_ends_in_the_same_state(
    data: st.DataObject, story: Story
) -> None:
    expected = state_after(*story.events)
    assert state_after(*data.draw(deliveries(story))) == expected
    latest = expected.latest()
    assert latest is not None
    assert latest.text_hash == hash_of(redact(story.texts[-1]))
    assert latest.text == ("" if story.is_deleted else redact(story.texts[-1]))


def test_an_edit_keeps_the_text_before_it() -> None:
    before = a_message("restarting db-3")
    after = edited(before, "restarting db-4", "1700000100.000000")
    state = state_after(before, a_change(after, before, "1700000100.000300"))
    assert [each.text for each in state.revisions().values()] == [
        "restarting db-3",
        "restarting db-4",
    ]
    assert state.edited_ts == "1700000100.000000"


def test_an_older_edit_that_arrives_late_does_not_overwrite_a_newer_one() -> None:
    first = a_message("one")
    second = edited(first, "two", "1700000100.000000")
    third = edited(first, "three", "1700000200.000000")
    state = state_after(
        first,
        a_change(third, None, "1700000200.000300"),
        a_change(second, None, "1700000100.000300"),
    )
    assert [each.text for each in state.revisions().values()] == ["one", "two", "three"]
    assert state.edited_ts == "1700000200.000000"


def test_two_edits_in_one_second_are_told_apart_by_when_they_were_sent() -> None:
    second = edited(a_message("one"), "two", "1700000100.000000")
    third = edited(a_message("one"), "three", "1700000100.000000")
    early = a_change(second, None, "1700000100.000300")
    late = a_change(third, None, "1700000100.000400")
    for events in ([early, late], [late, early]):
        latest = state_after(*events).latest()
        assert latest is not None
        assert latest.text == "three"


def test_an_edit_that_arrives_alone_brings_the_text_before_it_along() -> None:
    before = a_message("restarting db-3")
    after = edited(before, "restarting db-4", "1700000100.000000")
    state = state_after(a_change(after, before, "1700000100.000300"))
    assert list(state.revisions()) == [FIRST_TS, "1700000100.000000"]
    assert state.author_id == "U0ANA"


def test_an_edit_that_changes_no_word_makes_no_revision_in_any_order() -> None:
    before = a_message("same")
    after = a_change(edited(before, "same", "1700000100.000000"), None, "1700000100.000300")
    for events in ([before, after], [after, before]):
        assert list(state_after(*events).revisions()) == [FIRST_TS]


def test_an_edit_that_falls_between_two_equal_texts_arrives_late() -> None:
    back_again = edited(a_message("a"), "a", "1700000200.000000")
    between = edited(a_message("a"), "b", "1700000100.000000")
    state = state_after(
        a_message("a"),
        a_change(back_again, None, "1700000200.000300"),
        a_change(between, None, "1700000100.000300"),
    )
    assert [each.text for each in state.revisions().values()] == ["a", "b", "a"]


def test_a_preview_of_a_link_is_no_edit() -> None:
    message = a_message("see <https://example.com>")
    preview = {"from_url": "https://example.com", "text": "Example Domain"}
    unfurled = a_change({**message, "attachments": [preview]}, message, "1700000003.000100")
    state = state_after(message, unfurled)
    assert list(state.revisions()) == [FIRST_TS]
    assert state.edited_ts is None


def test_a_bot_that_changes_its_message_without_a_mark_makes_a_revision() -> None:
    before = {**a_message("deploy: 10%"), "bot_id": "B0DEPLOY"}
    after = {**before, "text": "deploy: 50%"}
    state = state_after(before, a_change(after, before, "1700000003.000100"))
    assert [each.text for each in state.revisions().values()] == ["deploy: 10%", "deploy: 50%"]


def test_a_deletion_blanks_every_text_and_keeps_what_proves_it_was_there() -> None:
    before = a_message("the password is in the wiki", files=[{"name": "wiki.png"}])
    state = state_after(before, a_deletion(FIRST_TS, None, "1700000200.000900"))
    ((stamp, revision),) = state.revisions().items()
    assert (stamp, revision.text) == (FIRST_TS, "")
    assert revision.text_hash == hash_of("the password is in the wiki")
    assert state.author_id == "U0ANA"
    assert state.files == ()
    assert state.deleted_at is not None


def test_a_deletion_that_arrives_first_is_filled_in_by_the_original() -> None:
    original = a_message("hello", subtype="me_message", thread_ts="1690000000.000100")
    deletion = a_deletion(FIRST_TS, None, "1700000200.000900")
    assert state_after(deletion, original) == state_after(original, deletion)
    assert state_after(deletion, original).kind == "me_message"
    assert state_after(deletion, original).thread_ts == "1690000000.000100"


def test_a_tombstone_in_a_history_leaves_the_time_of_deletion_to_the_event() -> None:
    tombstone = a_message("This message was deleted.", subtype="tombstone", user="USLACKBOT")
    deletion = a_deletion(FIRST_TS, None, "1700000200.000900")
    assert state_after(tombstone).deleted_at is not None
    assert state_after(deletion, tombstone) == state_after(deletion)
    assert state_after(tombstone, deletion) == state_after(deletion)


def test_a_bots_user_names_it_better_than_its_bot_id() -> None:
    by_user = {**a_message("x"), "user": "U0ZBOT", "bot_id": "B0BOT"}
    by_bot_id = {**a_message("x"), "user": None, "bot_id": "B0BOT", "channel": CHANNEL}
    assert state_after(by_user, by_bot_id).author_id == "U0ZBOT"
    assert state_after(by_bot_id, by_user) == state_after(by_user, by_bot_id)


def test_edits_are_ordered_by_number_not_by_letters() -> None:
    assert ts_order("999999999.5") < ts_order("1000000000.000001")
