"""What is of another time, place or incident is not told of this one."""

from dataclasses import replace

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_elsewhere import elsewhere_for, is_elsewhere
from copilot.local.drafter_incident_ids import own_incidents
from copilot.ports import FollowUpFact, Quote
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


@pytest.mark.parametrize(
    "text",
    [
        "INC-311 was caused by a full disk",
        "in INC-311 we lost 40 orders because nobody was paged",
        "fwiw incident #311 turned out to be a bad route",
        "PM-7 had the cause wrong, the broker was overloaded",
        "the February outage was caused by a leap second",
        "the Monday outage was an expired certificate",
    ],
)
def test_another_number_or_date_is_another_incident(text: str) -> None:
    assert is_elsewhere(sentences_of(a_message(1, text))[0])
    told = draft([*STORY, a_message(16, text, author="ana", at="14:26:0")])
    assert not any(text[:30] in claim.text for claim in told)


@pytest.mark.parametrize(
    "text",
    [
        "same as INC-311: the pool is exhausted",
        "the outage was caused by the fix for INC-311",
        "checkout fails since the rollout for INC-311",
        "INC-311 is resolved, checkout works again",
        "the incident 14:02 was caused by a full disk",
        "the March outage was caused by a full disk",
        "the Wednesday outage was caused by a full disk",
        "incident declared, 311 orders were lost",
    ],
)
def test_what_is_only_like_another_or_has_no_number_is_of_this_one(text: str) -> None:
    assert not is_elsewhere(sentences_of(a_message(1, text))[0])


@pytest.mark.parametrize(
    ("title", "declared"),
    [("INC-311 checkout errors", "hello"), ("Checkout", "Declared INC-311, bridge is open")],
)
def test_its_own_number_is_of_this_one(title: str, declared: str) -> None:
    own, other = (
        sentences_of(a_message(2, f"{number} was caused by a full disk"))[0]
        for number in ("INC-311", "INC-298")
    )
    is_of_elsewhere = elsewhere_for(title, [a_message(1, declared), own.message])
    assert not is_of_elsewhere(own)
    assert is_of_elsewhere(other)


def test_the_first_number_that_is_declared_is_its_own() -> None:
    messages = [
        a_message(1, "looks like INC-298 to me"),
        a_message(2, "tracking this as INC-311"),
        a_message(3, "INC-312 was declared for the vendor"),
    ]
    assert own_incidents("Checkout errors", messages) == {"311"}


def test_a_suggested_follow_up_of_another_incident_is_not_told() -> None:
    text = "in INC-311 we should have added an alert for the disk"
    messages = [*STORY, a_message(16, text, author="ana", at="14:26:0")]
    suggested = FollowUpFact("Add an alert for the disk", "ana", False, (Quote(16, text),))
    assert texts(draft(messages, [suggested]), Section.FOLLOW_UPS) == []
    accepted = replace(suggested, is_accepted=True)
    assert texts(draft(messages, [accepted]), Section.FOLLOW_UPS) == [
        "Accepted follow-up: Add an alert for the disk (ana)"
    ]


def test_an_unheard_follow_up_of_another_incident_is_not_told() -> None:
    here = "we should add an alert for the pool"
    of_here = a_message(16, here, author="ana", at="14:26:0")
    of_there = a_message(17, f"during INC-311 {here} but nobody did", author="ben", at="14:27:0")
    told = texts(draft([*STORY, of_here, of_there]), Section.FOLLOW_UPS)
    assert any(here in text for text in told)
    assert not any("INC-311" in text for text in told)


def test_a_marked_message_of_another_incident_is_counted_and_not_told() -> None:
    other = replace(
        a_message(16, "INC-311 was caused by a full disk", author="ana", at="14:26:0"),
        is_key_moment=True,
    )
    both = replace(
        a_message(17, "INC-311 was a full disk. The pool of db-4 holds now", at="14:27:0"),
        is_key_moment=True,
    )
    drafted = LocalDrafter().draft(a_request([*STORY, other, both]))
    moments = texts(drafted.claims, Section.KEY_MOMENTS)
    assert not any("caused by a full disk" in text for text in moments)
    assert any("The pool of db-4 holds now" in text for text in moments)
    assert drafted.left_out == (
        "a message that was marked as key moment, about another time, place or incident",
    )
