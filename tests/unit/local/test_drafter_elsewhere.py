"""What is of another time, place or incident is not told of this one."""

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_elsewhere import is_elsewhere
from copilot.reviews.models import Section
from copilot.reviews.salience import sentences_of
from tests.unit.local.test_drafter import STORY, a_request, draft, texts
from tests.unit.reviews.messages import a_message


@pytest.mark.parametrize(
    "text",
    [
        "back in March the outage was caused by an expired certificate",
        "the same alert in 2024 was caused by a bad deploy, not this time",
        "the outage last month was caused by a full disk on db-3",
        "the vendor outage in another region was caused by lightning",
        "last week 400 orders were lost in the other incident",
        "last week checkout was down because of a bad deploy",
        "the deploy caused an outage last week",
        "two months ago db-3 ran out of disk and checkout failed",
        "yesterday's outage was caused by db-3",
        "in yesterdays drill checkout was down for 40 minutes",
        "during the game day customers could not pay",
        "exercise: checkout is down",
        "test alert: checkout down",
        "staging is down, production is fine",
        "INC-311 was caused by a full disk, this looks different",
        "hard to find the logs last year",
    ],
)
def test_another_incident_is_told_in_no_section(text: str) -> None:
    for messages in (
        [a_message(1, text, author="ana")],
        [*STORY, a_message(16, text, author="ana", at="14:26:0")],
    ):
        assert not any(text in claim.text for claim in draft(messages))


@pytest.mark.parametrize(
    "text",
    [
        "the outage is caused by yesterday's deploy",
        "the outage was caused by a deploy last week",
        "last week's deploy broke checkout",
        "the change we made last month caused the pool to run out",
        "the certificate issued in 2024 expired",
        "the limit we set three weeks ago was too low and caused the timeouts",
        "same symptoms as last month's incident, the pool is exhausted",
        "turns out the cause is the previous version of the gateway",
        "the outage was caused by the drill we ran on db-3",
        "checkout is down for everyone, this is not a drill",
        "the disk has been filling since last week",
        "errors were rising over the last month",
        "traffic is double last year's",
        "restored db-3 from last week's snapshot",
        "in 2026 requests fail with a 500",
        "error in 2024 requests of checkout",
        "drill down into the gateway logs shows 500s",
        "failing over to another region",
        "another outage of db-3 at 14:20",
        "staging and production are down",
        "this looks different from the alert",
    ],
)
def test_what_made_or_is_this_trouble_is_kept(text: str) -> None:
    assert not is_elsewhere(sentences_of(a_message(1, text))[0])


def test_a_deploy_of_yesterday_is_told_as_the_cause() -> None:
    told = draft([a_message(1, "the outage is caused by yesterday's deploy", author="ana")])
    assert texts(told, Section.CONTRIBUTING_FACTORS) == [
        "ana reported that the outage is caused by yesterday's deploy."
    ]


def test_what_takes_back_follows_in_the_same_message() -> None:
    first, *_ = sentences_of(a_message(1, "It was caused by a full disk on db-3. Not this time."))
    assert is_elsewhere(first)


def test_an_incident_that_is_a_drill_is_told() -> None:
    drill = a_message(1, "drill: customers can't pay, checkout is down", author="ana")
    assert is_elsewhere(sentences_of(drill)[0])
    assert not is_elsewhere(sentences_of(drill)[0], "Drill: checkout fails over")
    assert LocalDrafter().draft(a_request([drill])).claims == ()
