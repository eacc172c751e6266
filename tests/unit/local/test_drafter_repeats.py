"""What one says over and over is told once in a section."""

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_selection import meant_by
from copilot.ports import FollowUpFact, Quote
from copilot.reviews.models import Section
from tests.unit.local.test_drafter import a_request, texts
from tests.unit.reviews.messages import a_message

SAID = ["customers see 500s", "we should add an alert", "customers are still seeing 500s!"]
START = a_message(1, SAID[0], author="ana")
MANY = [
    replace(
        START,
        number=number,
        event_id=number,
        revision_id=number,
        text=SAID[number % 3],
        occurred_at=START.occurred_at + timedelta(minutes=number),
        is_new=True,
    )
    for number in range(1, 601)
]


def test_repeats_hours_apart_are_folded_in_a_section() -> None:
    claims = LocalDrafter().draft(a_request(MANY)).claims
    for section in Section:
        told = texts(claims, section)
        assert sum("500s" in text for text in told) <= 1, told
        assert sum("alert" in text for text in told) <= 1, told
    assert len(texts(claims, Section.FOLLOW_UPS)) == 1


def test_the_first_of_them_is_kept() -> None:
    spoken = [
        replace(START, number=number, event_id=number, revision_id=number, occurred_at=at)
        for number, at in enumerate(
            (START.occurred_at + timedelta(hours=hours) for hours in range(4)), 1
        )
    ]
    liked = replace(spoken[2], reactions=("+1", "+1"))
    claims = LocalDrafter().draft(a_request([*spoken[:2], liked, spoken[3]])).claims
    (impact,) = [claim for claim in claims if claim.section == Section.IMPACT]
    assert [quote.number for quote in impact.citations] == [1]


def test_equal_suggestions_are_folded_but_what_people_accepted_stays() -> None:
    said = MANY[:9]
    facts = [
        FollowUpFact(title, None, is_accepted, (Quote(number, SAID[1]),))
        for number, title, is_accepted in (
            (1, "Add an alert", False),
            (4, "Add the alert", True),
            (7, "Add an alert", False),
        )
    ]
    told = texts(LocalDrafter().draft(a_request(said, facts)).claims, Section.FOLLOW_UPS)
    assert told == ["Accepted follow-up: Add the alert"]
    twice = [replace(fact, is_accepted=True) for fact in facts]
    told = texts(LocalDrafter().draft(a_request(said, twice)).claims, Section.FOLLOW_UPS)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("checkout is working", "checkout is not working"),
        ("the checkout page is down", "the checkout page is back"),
        ("restarted web-1", "restarted web-2"),
    ],
)
def test_what_differs_in_sense_is_not_folded(one: str, other: str) -> None:
    assert meant_by(one) != meant_by(other)
