"""Each sentence stands in the section that it fits."""

import pytest

from copilot.local.drafter_log import is_deed
from copilot.local.drafter_unfit import explains_nothing, is_bare_finding
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, sentences_of
from tests.unit.local.test_drafter import conversation, draft, texts
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
