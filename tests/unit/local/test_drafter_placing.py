"""Each sentence stands in the section that it fits."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_log import is_deed
from copilot.local.drafter_unfit import explains_nothing, hits_in_its_cause, is_bare_finding
from copilot.local.drafter_wording import Wordings, quoted_to_fit
from copilot.ports import DraftedClaim
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, sentences_of
from tests.unit.local.test_drafter import a_request, conversation, draft, texts
from tests.unit.local.test_drafter_summary import log
from tests.unit.reviews.messages import a_message


def sentence(text: str) -> Sentence:
    return sentences_of(a_message(1, text))[0]


@pytest.mark.parametrize(
    "text",
    ["Wrong orders in the right queue of the wrong shop", "payments in an incorrect ledger"],
)
def test_how_things_lie_is_a_finding_and_no_harm(text: str) -> None:
    assert is_bare_finding(sentence(text))
    told = draft(conversation(("ana", "search is slow for customers"), ("ben", text)))
    assert not any(text in one for one in texts(told, Section.IMPACT))


@pytest.mark.parametrize(
    "text",
    [
        "customers see wrong prices",
        "30% of orders in the wrong queue",
        "wrong prices for customers, checkouts fail",
        "users were charged in the wrong currency",
        "timeouts for all customers",
    ],
)
def test_what_hit_people_is_harm(text: str) -> None:
    assert not is_bare_finding(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "Platform team planned to roll back the pricing change",
        "Platform team intends to restart the brokers",
        "Team about to drain the second rack",
    ],
)
def test_what_is_planned_is_not_done(text: str) -> None:
    assert not is_deed(sentence(text))


def test_a_plan_that_names_the_cause_tells_the_cause() -> None:
    told = draft(
        log(
            ("9:02", "Alert for the load of the pricing service triggered"),
            ("9:10", "Restarted two pricing nodes"),
            (
                "9:14",
                "Shop team planned to revert a pricing rule that seems to have produced the load",
            ),
            ("9:55", "Incident is resolved"),
        )
    )
    assert any("planned to revert" in one for one in texts(told, Section.CONTRIBUTING_FACTORS))
    assert not any("planned to revert" in one for one in texts(told, Section.RESPONSE))


def test_a_cause_that_was_found_and_named_is_a_factor() -> None:
    assert not explains_nothing(
        sentence("Root cause found by removing the expired token and parser bug confirmed")
    )
    for barely in ("Root cause of the outage identified", "The issue was found and confirmed"):
        assert explains_nothing(sentence(barely))


def test_a_deed_that_only_dates_something_answers_nothing() -> None:
    told = draft(
        conversation(
            ("ana", "search fails for all customers"),
            ("ben", "we traced the first errors to five minutes after the last release"),
            ("dana", "restarted the indexer after the deploy"),
            ("ana", "search works again"),
        )
    )
    response = texts(told, Section.RESPONSE)
    assert not any("traced" in one for one in response)
    assert any("restarted the indexer" in one for one in response)


@pytest.mark.parametrize(
    "text", ["which is why uploads fail", "which is roughly when the batch begins"]
)
def test_which_that_goes_on_asks_nothing(text: str) -> None:
    assert Cue.QUESTION not in cues_in(text)
    assert Cue.QUESTION in cues_in("which is the right bucket for uploads")


def test_what_is_left_of_a_long_cause_tells_the_cause() -> None:
    told = draft(
        log(
            ("9:02", "Customers reported that the shop does not load"),
            (
                "9:20",
                "Storage team looking at the volumes of the shop and learned that the archive"
                " service had doubled its writes, causing the full disk on the second node of"
                " the volume group",
            ),
            ("9:55", "Incident is resolved"),
        )
    )
    assert texts(told, Section.CONTRIBUTING_FACTORS) == [
        "scribe said: “… learned that the archive service had doubled its writes, causing the full"
        " disk on the second node of the volume group”"
    ]


def test_no_cause_is_cut_out_of_a_doubt() -> None:
    long = (
        "nobody is sure about it but the archive service that writes to all of the volumes of the"
        " shop may be what is causing the full disk on the second node of the group"
    )
    assert Wordings(ZoneInfo("UTC")).explained(sentence(long)) is None


def test_whom_it_hit_is_told_where_only_those_who_noticed_say_it() -> None:
    told = draft(
        log(
            ("9:02", "Customers reported that they can't open any invoice"),
            ("9:14", "Restarted the invoice workers"),
            ("9:30", "Index of the invoices rebuilt by hand"),
            ("9:55", "Incident is resolved"),
        )
    )
    assert texts(told, Section.IMPACT) == ["scribe reported: “… they can't open any invoice”"]
    assert texts(told, Section.DETECTION) == [
        "09:02 scribe: “Customers reported that they can't open any invoice”"
    ]


def test_whom_it_hit_is_told_where_the_first_sign_says_all_of_it() -> None:
    text = "checkout fails for 40% of orders"
    told = draft(conversation(("ana", text), ("ben", "rolled back 81"), ("ana", "works again")))
    assert texts(told, Section.IMPACT) == [f"ana reported: “{text}”"]
    one_by_one = LocalDrafter()
    request = a_request(conversation(("ana", text)))
    said: list[DraftedClaim] = []
    for wish in request.sections:
        asked = replace(request, sections=(wish,), said=tuple(said))
        said += one_by_one.draft(asked).claims
    assert texts(said, Section.IMPACT) == [f"ana reported: “{text}”"]


def test_what_only_engineers_saw_hit_nobody_yet() -> None:
    told = draft(
        log(
            ("9:02", "Engineers noticed that the replica is stuck"),
            ("9:14", "Restarted the replica by hand"),
            ("9:55", "Incident is resolved"),
            ("9:56", "Notes sent to the whole team"),
        )
    )
    assert texts(told, Section.IMPACT) == []


def test_a_cause_that_counts_no_victim_hit_nobody() -> None:
    told = draft(conversation(("ana", "the disk is full because of old jobs"), ("ben", "looking")))
    assert texts(told, Section.IMPACT) == []
    assert not hits_in_its_cause(sentence("jobs fail because the disk is full"))


def test_whom_a_question_was_put_to_is_no_part_of_it() -> None:
    assert quoted_to_fit("is anyone seeing 502s? @ben @dana.k", 12) == "“is anyone seeing 502s?”"
    assert quoted_to_fit("ask @ben @dana.k", 12) == "“ask @ben @dana.k”"
