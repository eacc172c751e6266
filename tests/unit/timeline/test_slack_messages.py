import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import BadInputError
from copilot.timeline.slack_messages import Deletion, Mark, Record, SourceMessage, to_records
from tests.fakes.slack_stories import (
    CHANNEL,
    FIRST_TS,
    TEAM,
    Event,
    a_change,
    a_deletion,
    a_message,
    a_pin,
    a_reaction,
)

PAYLOADS = Path(__file__).parents[4] / "shared" / "data" / "slack_payloads"


def the_message(event: Event) -> SourceMessage:
    (record,) = to_records(TEAM, event)
    assert isinstance(record, SourceMessage)
    return record


def test_a_plain_message() -> None:
    assert the_message(a_message("hello")) == SourceMessage(
        TEAM, CHANNEL, FIRST_TS, "message", "hello", author_id="U0ANA"
    )


@pytest.mark.parametrize(
    "subtype",
    [
        "bot_message",
        "me_message",
        "file_share",
        "thread_broadcast",
        "assistant_app_thread",
        "document_mention",
        *(
            f"{kind}_{what}"
            for kind in ("channel", "group")
            for what in ("join", "leave", "name", "topic", "purpose", "archive", "unarchive")
        ),
        "channel_convert_to_private",
        "channel_convert_to_public",
        "channel_posting_permissions",
        "pinned_item",
        "unpinned_item",
        "reminder_add",
        "file_comment",
        "file_mention",
        "something_slack_adds_later",
    ],
)
def test_every_subtype_is_kept_as_its_kind(subtype: str) -> None:
    assert the_message(a_message(subtype=subtype)).kind == subtype


def test_words_that_the_workspaces_keys_withhold_are_not_taken_for_its_words() -> None:
    text = "Your admins have suspended everyone's access to this content."
    message = the_message(a_message(text, subtype="ekm_access_denied", user="U0ANA"))
    assert (message.kind, message.text, message.is_withheld) == ("message", "", True)


@pytest.mark.parametrize("subtype", ["Drop Table", "", None, 7, "x" * 65, "message_changed_"])
def test_a_subtype_that_is_no_word_is_a_plain_message(subtype: object) -> None:
    assert the_message(a_message(subtype=subtype)).kind in ("message", "message_changed_")


def test_a_message_of_an_export_takes_its_channel_from_the_folder() -> None:
    message = {"type": "message", "user": "U0ANA", "text": "hi", "ts": FIRST_TS}
    (record,) = to_records(TEAM, message, "C0FOLDER")
    assert record.channel_id == "C0FOLDER"


def test_a_reply_keeps_its_thread_and_a_message_without_type_is_one() -> None:
    reply = a_message(thread_ts="1690000000.000100")
    del reply["type"]
    assert the_message(reply).thread_ts == "1690000000.000100"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"attachments": [{"pretext": "1 new commit", "text": "fix", "fallback": "f"}]},
            "1 new commit\nfix",
        ),
        ({"attachments": [{"fallback": "Disk full on db-3"}]}, "Disk full on db-3"),
        (
            {"attachments": [{"title": "CPU", "fields": [{"title": "host", "value": "db-3"}]}]},
            "CPU\nhost: db-3",
        ),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Fired*"}}]},
            "*Fired*",
        ),
        ({"attachments": [{"blocks": [{"text": {"text": "deep"}}], "fallback": "no"}]}, "deep"),
    ],
)
def test_a_bot_that_leaves_text_empty_is_heard_all_the_same(message: Event, text: str) -> None:
    event = a_message("", subtype="bot_message", bot_id="B0ALERT", user=None, **message)
    assert the_message(event).text == text


def test_rich_text_reads_in_the_order_it_is_shown() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "ask "},
            {"type": "user", "user_id": "U0BEN"},
            {"type": "text", "text": " or "},
            {"type": "link", "url": "https://example.com"},
        ],
    }
    blocks = [{"type": "rich_text", "elements": [section]}]
    assert the_message(a_message("", blocks=blocks)).text == "ask <@U0BEN> or https://example.com"


def test_what_a_link_preview_says_is_nobodys_word() -> None:
    preview = {"from_url": "https://example.com", "text": "Example Domain"}
    assert the_message(a_message("see this", attachments=[preview])).text == "see this"


def test_a_bots_alert_beside_its_text_is_part_of_the_message() -> None:
    event = a_message("FIRING", bot_id="B0ALERT", attachments=[{"text": "lag 210 s on db-3"}])
    assert the_message(event).text == "FIRING\nlag 210 s on db-3"


def test_names_of_files_and_of_bots_are_kept() -> None:
    files = [{"name": "graph.png"}, {"title": "log"}, "broken", {"name": 7}]
    event = a_message(subtype="file_share", files=files, username=" deploy\x00bot ")
    assert the_message(event).files == ("graph.png", "log")
    assert the_message(event).author_name == "deploy�bot"
    by_profile = a_message(bot_id="B0X", bot_profile={"name": "PagerDuty"})
    assert the_message(by_profile).author_name == "PagerDuty"


def test_message_replied_says_nothing_of_its_own_with_or_without_its_subtype() -> None:
    event = {"type": "message", "channel": CHANNEL, "message": a_message(), "ts": FIRST_TS}
    assert to_records(TEAM, event) == []
    assert to_records(TEAM, {**event, "subtype": "message_replied"}) == []


def test_a_deletion_tells_when_and_what_was_there() -> None:
    previous, deletion = to_records(TEAM, a_deletion(FIRST_TS, a_message(), "1700000200.000900"))
    assert isinstance(previous, SourceMessage)
    assert isinstance(deletion, Deletion)
    assert deletion.message_ts == FIRST_TS
    assert deletion.deleted_at == datetime.fromisoformat("2023-11-14T22:16:40.000900+00:00")


def test_a_deleted_first_message_of_a_thread_arrives_as_a_change_to_a_tombstone() -> None:
    tombstone = a_message("This message was deleted.", subtype="tombstone", user="USLACKBOT")
    records = to_records(TEAM, a_change(tombstone, a_message(), "1700000200.000900"))
    assert [type(record) for record in records] == [SourceMessage, Deletion]


def test_reactions_and_pins() -> None:
    (reaction,) = to_records(
        TEAM, a_reaction(FIRST_TS, "1700000400.000100", name="+1::skin-tone-2")
    )
    assert reaction == Mark(
        TEAM, CHANNEL, "reaction_added", FIRST_TS, "U0BEN", "+1::skin-tone-2", "1700000400.000100"
    )
    (pin,) = to_records(TEAM, a_pin(FIRST_TS, "1700000500.000100", added=False))
    assert pin == Mark(TEAM, CHANNEL, "pin_removed", FIRST_TS, "U0BEN", None, "1700000500.000100")
    on_a_file = a_reaction(FIRST_TS, "1700000400.000100")
    on_a_file["item"] = {"type": "file", "file": "F0X"}
    assert to_records(TEAM, on_a_file) == []


def test_reactions_found_on_an_exported_message_are_undated_marks() -> None:
    found = [{"name": "eyes", "users": ["U0BEN", "U0ANA", 7], "count": 4}, {"name": 5}, "x"]
    _, *marks = to_records(TEAM, a_message(reactions=found))
    assert [(mark.author_id, mark.marked_ts) for mark in marks if isinstance(mark, Mark)] == [
        ("U0BEN", None),
        ("U0ANA", None),
    ]


def test_events_that_are_no_messages_say_nothing() -> None:
    assert to_records(TEAM, {"type": "member_joined_channel", "channel": CHANNEL}) == []
    assert to_records(TEAM, {"type": 7}) == []


@pytest.mark.parametrize(
    "event",
    [
        [],
        None,
        "message",
        {},
        {"type": "message"},
        {**a_message(), "ts": 1700000000.0001},
        {**a_message(), "ts": "yesterday"},
        {**a_message(), "channel": "C" * 33},
        {**a_message(), "channel": ["C"]},
        {**a_message(), "subtype": "message_changed"},
        {**a_message(), "subtype": "message_deleted"},
        {**a_change(a_message(), None, FIRST_TS), "message": {"text": "no ts"}},
        {**a_reaction(FIRST_TS, FIRST_TS), "item": None},
        {**a_reaction(FIRST_TS, FIRST_TS), "reaction": None},
        {**a_reaction(FIRST_TS, FIRST_TS), "event_ts": None},
    ],
)
def test_a_malformed_event_is_refused(event: Any) -> None:
    with pytest.raises(BadInputError):
        to_records(TEAM, event)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["ts", "text", "blocks", "elements", "type", "users", "name", "fields"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = [
    "type",
    "subtype",
    "ts",
    "text",
    "edited",
    "message",
    "previous_message",
    "deleted_ts",
    "attachments",
    "blocks",
    "files",
    "file",
    "reactions",
    "item",
    "user",
    "bot_id",
    "bot_profile",
    "username",
    "event_ts",
    "thread_ts",
    "channel",
    "reaction",
]
SHAPES = [
    a_message(),
    a_change(a_message(), a_message(), FIRST_TS),
    a_deletion(FIRST_TS, a_message(), FIRST_TS),
    a_reaction(FIRST_TS, FIRST_TS),
    a_pin(FIRST_TS, FIRST_TS),
]


@given(st.sampled_from(SHAPES), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3))
def test_whatever_is_broken_there_is_one_kind_of_error(event: Event, broken: Event) -> None:
    records_or_refusal({**event, **broken})
    inner = event.get("message")
    if isinstance(inner, dict):
        records_or_refusal({**event, "message": {**inner, **broken}})


def records_or_refusal(event: Any) -> list[Record]:
    try:
        return to_records(TEAM, event)
    except BadInputError:
        return []


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"the public payloads are not in {PAYLOADS}")
def test_every_public_payload_is_understood_or_refused() -> None:
    understood = 0
    for path in sorted(PAYLOADS.glob("events__*.json")):
        event = json.loads(path.read_text()).get("event")
        records_or_refusal(event)
        understood += len(records_or_refusal(_filled_in(event)))
    assert understood > 20


def _filled_in(value: Any, key: str = "") -> Any:
    """The payloads come with blank values; these are some that Slack could send."""
    if isinstance(value, dict):
        return {name: _filled_in(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled_in(each, key) for each in value]
    if isinstance(value, str) and not value.strip("0."):
        stamps = {"ts", "event_ts", "thread_ts", "deleted_ts"}
        known = {"channel": CHANNEL, "channel_id": CHANNEL, "user": "U0ANA", "name": "eyes"}
        return FIRST_TS if key in stamps else known.get(key, "eyes" if key == "reaction" else "")
    return value
