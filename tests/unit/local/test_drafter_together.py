"""What people say in several messages is told as what it is: one thought."""

import pytest

from copilot.local.drafter_log import opens_with_deed
from copilot.local.drafter_together import breath_of, denied_at_once
from copilot.ports import WindowMessage
from copilot.reviews.models import Section
from copilot.reviews.salience import sentences_of
from tests.unit.local.test_drafter import conversation, draft, texts
from tests.unit.local.test_drafter_summary import log
from tests.unit.reviews.messages import a_message


def breath(
    *lines: str, author: str = "ben", at: str = "14:20", number: int = 20
) -> list[WindowMessage]:
    return [
        a_message(number + place, text, author=author, at=f"{at}:{10 * place:02}")
        for place, text in enumerate(lines)
    ]


def test_a_cause_told_over_several_messages_is_told_whole() -> None:
    told = draft(
        breath(
            "I think I see the bug",
            "funny one",
            "I think this is a race condition",
            "introduced in the spring",
        )
    )
    assert texts(told, Section.CONTRIBUTING_FACTORS) == [
        "ben thought: “I think I see the bug”, “I think this is a race condition”, “introduced in"
        " the spring”"
    ]
    assert [quote.number for quote in told[0].citations] == [20, 22, 23]


def test_because_is_told_with_what_it_explains() -> None:
    told = draft(breath("uploads land in the old bucket", "because the flag was never set"))
    assert texts(told, Section.CONTRIBUTING_FACTORS) == [
        "ben said: “uploads land in the old bucket”, “because the flag was never set”"
    ]


@pytest.mark.parametrize(
    "taken_back", ["but it did not", "no, that's not it", "scratch that", "nope, it wasn't", "nvm"]
)
def test_what_is_taken_back_in_the_next_message_is_told_nowhere(taken_back: str) -> None:
    lines = breath("turns out the cache caused the outage", taken_back)
    assert denied_at_once(lines) == {20}
    assert not any("cache" in claim.text for claim in draft(lines))


def test_what_is_denied_by_somebody_else_or_later_is_kept() -> None:
    first = a_message(1, "turns out the cache caused the outage", author="ben", at="14:01:00")
    for other in (
        a_message(2, "it was not", author="ana", at="14:01:10"),
        a_message(2, "it was not", author="ben", at="14:31:10"),
        a_message(2, "it was not easy to find", author="ben", at="14:01:10"),
    ):
        assert denied_at_once([first, other]) == frozenset()


def test_a_breath_ends_with_another_author_a_pause_or_a_long_message() -> None:
    messages = [
        *breath("one", "two"),
        *breath("three", author="ana", at="14:21", number=30),
        *breath("four", at="14:22", number=40),
        *breath("five", "six " * 20, at="14:30", number=50),
    ]
    assert [m.text for m in breath_of(messages, 0)] == ["one", "two"]
    assert [m.text for m in breath_of(messages, 3)] == ["four"]
    assert [m.text for m in breath_of(messages, 4)] == ["five"]


def test_an_attempt_is_told_with_what_was_attempted() -> None:
    told = draft(
        log(
            ("9:02", "Customers reported that the shop does not load"),
            ("9:14", "Attempt at restoring the catalogue from the replica"),
            ("9:16", "Attempt fails because of a full disk"),
            ("9:55", "Incident is resolved"),
        )
    )
    assert texts(told, Section.CONTRIBUTING_FACTORS) == [
        "09:16 scribe: “Attempt at restoring the catalogue from the replica”, “Attempt fails"
        " because of a full disk”"
    ]


def test_an_attempt_at_who_knows_what_is_no_factor() -> None:
    told = draft(
        log(
            ("9:02", "Customers reported that the shop does not load"),
            ("9:14", "Called the vendor of the catalogue"),
            ("9:16", "Attempt fails because of a full disk"),
            ("9:55", "Incident is resolved"),
        )
    )
    assert texts(told, Section.CONTRIBUTING_FACTORS) == []


def test_a_fix_that_was_shown_as_a_link_is_named() -> None:
    link = "https://github.com/acme/shop/pull/412"
    told = draft(
        conversation(
            ("ana", "checkout is down, 503s"),
            ("ben", f"<{link}>"),
            ("ana", "which carts are hit?"),
            ("ben", "that patch should fix it"),
        )
    )
    assert "14:04 ben: “acme/shop/pull/412”, “that patch should fix it”" in texts(
        told, Section.KEY_MOMENTS
    )


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("https://github.com/acme/shop/blob/main/a.py", "that patch should fix it"),
        ("https://github.com/acme/shop/pull/412", "will that patch fix it?"),
        ("https://github.com/acme/shop/pull/412", "somebody has to fix the runbook"),
    ],
)
def test_a_link_is_no_fix_unless_somebody_says_so(shown: str, said: str) -> None:
    told = draft(conversation(("ana", "checkout is down, 503s"), ("ben", shown), ("ben", said)))
    assert not any("412" in text or "a.py" in text for text in texts(told, Section.KEY_MOMENTS))


@pytest.mark.parametrize("words", ["the quick ", "our team ", "we the cp ", "Acme "])
def test_many_words_before_a_deed_are_read_in_no_time(words: str) -> None:
    line = sentences_of(a_message(1, f"{words * 60}looked"))[0]
    assert not opens_with_deed(line)
