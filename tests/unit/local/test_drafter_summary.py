"""The summary tells what was wrong and how it ended, not the last thing that was done."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_wording import Wordings
from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.plain_trouble import tells_a_lack, tells_what_is_down
from copilot.reviews.salience import sentences_of
from tests.unit.local.test_drafter import FACTS, a_request, conversation, draft, texts
from tests.unit.reviews.messages import a_message


def log(*lines: tuple[str, str]) -> list[WindowMessage]:
    return [
        a_message(number, text, author="scribe", at=f"{at}:00")
        for number, (at, text) in enumerate(lines, 1)
    ]


def test_an_end_before_trouble_came_back_is_no_end() -> None:
    told = draft(
        log(
            ("9:02", "Alert for the invoice queue triggered"),
            ("9:14", "Restarted the invoice workers"),
            ("9:20", "Incident closed"),
            ("10:40", "Reported that some invoices are missing"),
            ("11:05", "Reattached the second volume"),
            ("11:30", "Invoices are available again for all tenants"),
        )
    )
    assert texts(told, Section.SUMMARY)[0].startswith("11:30 scribe: “Invoices are available again")
    assert any("Incident closed" in text for text in texts(told, Section.KEY_MOMENTS))


def test_talk_of_old_trouble_does_not_outlive_the_end() -> None:
    told = draft(
        conversation(
            ("ana", "search is down for all tenants, 502s"),
            ("ben", "restarted the indexer"),
            ("ana", "search works again"),
            ("ben", "the indexer was stuck because the lease had expired"),
            ("ana", "glad it is fixed"),
        )
    )
    assert texts(told, Section.SUMMARY)[0].startswith("14:03 ana: “search works again”")


def test_what_was_seen_is_told_without_who_saw_it_where_room_is_short() -> None:
    first, last = log(
        (
            "9:02",
            "Tenants reported that their exports were cut off and never finished in the two"
            " regions that moved",
        ),
        ("12:30", "Resolved"),
    )
    (seen,), (end,) = sentences_of(first), sentences_of(last)
    assert Wordings(ZoneInfo("UTC"), is_dated=True).timed_after(end, seen) == (
        "2026-03-04 12:30 scribe: “Resolved”, 3 h 28 min after “… their exports were cut off and"
        " never finished in the two regions that moved”"
    )


def test_the_end_is_cut_before_what_was_wrong_goes_untold() -> None:
    told = draft(
        log(
            ("9:02", "Detected that the nightly builds were not being picked up by any runner"),
            ("9:14", "Restarted the scheduler of the build farm"),
            ("9:40", "Added two runners to the build farm"),
            ("10:10", "Outage resolved, all the runners of the build farm take new builds"),
        )
    )
    assert texts(told, Section.SUMMARY)[0] == (
        "10:10 scribe: “Outage resolved …”, 1 h 8 min after “Detected that the nightly builds were"
        " not being picked up by any runner”"
    )


def test_the_last_deed_is_told_with_the_trouble_where_nobody_names_an_end() -> None:
    told = draft(
        log(
            ("9:02", "We received a lot of alerts about broker disconnects"),
            ("9:14", "Restarted the first broker"),
            ("9:40", "Moved the leader to another rack"),
            ("10:10", "Raised the heap of the brokers by hand"),
        )
    )
    assert texts(told, Section.SUMMARY)[0] == (
        "10:10 scribe: “Raised the heap of the brokers by hand”, 1 h 8 min after “We received a"
        " lot of alerts about broker disconnects”"
    )


def test_when_it_was_detected_is_told_where_nobody_says_what() -> None:
    told = draft(
        log(
            ("9:02", "First detected"),
            ("9:14", "Gateway certificate was replaced by hand"),
            ("9:40", "Second gateway moved to the new certificate"),
            ("10:10", "Resolved"),
        )
    )
    assert texts(told, Section.DETECTION) == ["09:02 scribe: “First detected”"]
    assert texts(told, Section.SUMMARY) == [
        "10:10 scribe: “Resolved”, 1 h 8 min after “First detected”"
    ]


@pytest.mark.parametrize(
    "text",
    ["we have no workers left", "there are no runners up", "We have no quorum"],
)
def test_that_there_is_nothing_left_is_trouble(text: str) -> None:
    assert tells_a_lack(text)
    assert Cue.SYMPTOM in cues_in(text)
    assert sentences_of(a_message(1, text))


@pytest.mark.parametrize(
    "text", ["we have no errors", "there are no alerts now", "I have no idea", "no worries"]
)
def test_a_lack_of_trouble_is_none(text: str) -> None:
    assert not tells_a_lack(text)


@pytest.mark.parametrize(
    "text",
    ["The second wave of logins slows.", "the flood of retries eases now", "attack is dying down"],
)
def test_less_of_what_is_bad_is_no_trouble(text: str) -> None:
    assert Cue.SYMPTOM not in cues_in(text)


@pytest.mark.parametrize(
    "text", ["checkout slowed after the wave", "the flood of retries slows the gateway"]
)
def test_what_is_slowed_down_is_trouble(text: str) -> None:
    assert Cue.SYMPTOM in cues_in(text)


def test_how_things_stood_is_told_before_how_they_were_for_one() -> None:
    told = draft(
        conversation(
            ("ana", "I am having issues with the wiki"),
            ("ben", "customers get errors from the search, uploads are failing"),
            ("ben", "orders of the mobile app can't be paid, 30% of payments fail"),
            ("dana", "the shop is down for everyone because the cache cluster is overloaded"),
            ("ben", "restarted the cache cluster"),
            ("ana", "the shop works again"),
        )
    )
    assert any("the shop is down for everyone" in text for text in texts(told, Section.SUMMARY))
    assert any("can't be paid" in text for text in texts(told, Section.IMPACT))


def test_what_the_title_names_is_told_where_nobody_says_what_was_wrong() -> None:
    lines = log(
        ("9:02", "First wave of the login storm begins"),
        ("9:14", "Ten thousand logins in a minute"),
        ("9:40", "The gateways take it so far"),
        ("10:10", "Logins at the usual level"),
    )
    titled = replace(FACTS, title="Login storm of March")
    told = LocalDrafter().draft(replace(a_request(lines), facts=titled)).claims
    assert texts(told, Section.SUMMARY) == ["09:02 scribe: “First wave of the login storm begins”"]


def test_that_something_is_down_is_heard_and_told_be_it_ever_so_short() -> None:
    told = draft(
        conversation(
            ("ana", "search is down"),
            ("ben", "rolled back 81"),
            ("ana", "search works again"),
        )
    )
    assert texts(told, Section.DETECTION) == ["14:01 ana: “search is down”"]
    assert texts(told, Section.SUMMARY) == [
        "14:03 ana: “search works again”, 2 min after “search is down”"
    ]


@pytest.mark.parametrize("text", ["db-3 went offline", "all of checkout is now unreachable"])
def test_what_is_down_is_named(text: str) -> None:
    assert tells_what_is_down(text)


@pytest.mark.parametrize(
    "text",
    [
        "it is down",
        "search is not down",
        "if search is down",
        "errors are down to 2%",
        "search is up",
    ],
)
def test_what_is_down_is_neither_pointed_at_nor_denied(text: str) -> None:
    assert not tells_what_is_down(text)


def test_that_it_is_down_again_is_no_repetition() -> None:
    told = draft(
        conversation(
            ("ana", "search is down"),
            ("ben", "rolled back 81"),
            ("ana", "search works again"),
            ("ana", "search is down again"),
            ("ben", "restarted the indexer"),
            ("ana", "search works again, the error rate is at 0"),
        )
    )
    assert any(claim.text == "14:04 ana: “search is down again”" for claim in told)
    assert any(text.startswith("14:06 ana") for text in texts(told, Section.SUMMARY))
