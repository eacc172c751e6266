"""Follow-ups said where nobody has looked for them are told in the words they were said in."""

from dataclasses import replace

from copilot.local.drafter import LocalDrafter
from copilot.reviews.models import Section
from tests.unit.local.test_drafter import a_request, conversation, texts

TALK = conversation(
    ("ana", "checkout is failing for customers, 12% of requests get a 500"),
    ("ben", "rolled back to v81, checkout works again"),
    ("ana", "I'll file a ticket for the missing alert on checkout errors tomorrow"),
)


def follow_ups(is_new: bool) -> list[str]:
    messages = [replace(message, is_new=is_new) for message in TALK]
    return texts(LocalDrafter().draft(a_request(messages)).claims, Section.FOLLOW_UPS)


def test_what_no_proposer_has_seen_is_read_for_follow_ups() -> None:
    assert follow_ups(is_new=True) == [
        "14:03 ana: “I'll file a ticket for the missing alert on checkout errors tomorrow”"
    ]


def test_what_one_has_seen_is_its_word() -> None:
    assert follow_ups(is_new=False) == []


def test_what_is_not_read_for_them_is_counted() -> None:
    many = [
        replace(TALK[2], number=number, event_id=number, revision_id=number)
        for number in range(1, 321)
    ]
    assert LocalDrafter().draft(a_request(many)).left_out == (
        "follow-ups in the oldest 20 of 320 messages that may hold one: "
        "nobody had looked for suggestions",
    )
