"""The local drafter writes what is asked for, once, in the incident's own time."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.local.drafter import LocalDrafter
from copilot.ports import DraftedClaim, DraftRequest, FollowUpFact, Quote, SectionWish
from copilot.reviews.citations import check_claim
from copilot.reviews.models import Section
from copilot.reviews.review_policy import SHIPPED
from tests.unit.local.test_drafter import STORY, a_request, conversation, draft, texts
from tests.unit.reviews.messages import a_message

_LOG = (
    ("9:02", "Customers reported that the shop does not load"),
    ("9:05", "First detected"),
    ("9:06", "Incident declared"),
    ("9:10", "War room started"),
    ("9:14", "Restarted the cache servers"),
    ("9:20", "Restart of the cache servers had no effect"),
    ("9:31", "Decision made to go back to release 81"),
    ("9:40", "Release 81 deployed in all regions"),
    ("9:52", "Pages load again for customers in all regions"),
    ("9:55", "Incident is resolved"),
    ("9:55", "Resolved"),
)
LOG = [
    a_message(number, text, author="scribe", at=f"{at}:00")
    for number, (at, text) in enumerate(_LOG, 1)
]


def one_by_one(request: DraftRequest, *, remembers: bool = True) -> list[DraftedClaim]:
    """As the product asks: a section at a time, with what is said already."""
    said: list[DraftedClaim] = []
    for wish in request.sections:
        drafted = LocalDrafter().draft(replace(request, sections=(wish,), said=tuple(said)))
        said += drafted.claims
        if remembers:
            request = replace(request, memory=drafted.memory)
    return said


_TALK = st.lists(
    st.tuples(
        st.sampled_from(["ana", "ben", "scribe", "alertbot"]),
        st.sampled_from([message.text for message in (*STORY, *LOG)]),
    ),
    max_size=25,
)


@given(_TALK, st.booleans(), st.permutations(SHIPPED))
def test_sections_asked_for_one_by_one_are_together_what_they_are_at_once(
    talk: list[tuple[str, str]], remembers: bool, wishes: list[SectionWish]
) -> None:
    quotes = [(number, text) for number, (_, text) in enumerate(talk[:2], 1)]
    facts = [FollowUpFact(text, None, False, (Quote(number, text),)) for number, text in quotes]
    request = replace(a_request(conversation(*talk), facts), sections=tuple(wishes))
    at_once = LocalDrafter().draft(request).claims
    assert one_by_one(request, remembers=remembers) == list(at_once)


def test_only_what_is_asked_for_is_written_in_the_order_asked() -> None:
    wishes = (SHIPPED[5], SHIPPED[0])
    drafted = LocalDrafter().draft(replace(a_request(STORY), sections=wishes))
    assert list(dict.fromkeys(claim.section for claim in drafted.claims)) == [
        Section.CONTRIBUTING_FACTORS,
        Section.SUMMARY,
    ]


def test_a_section_of_the_workspaces_own_stays_empty() -> None:
    wish = SectionWish("customers_told", "What customers were told")
    drafted = LocalDrafter().draft(replace(a_request(STORY), sections=(wish,)))
    assert drafted.claims == ()


def test_no_more_than_asked_for_and_what_is_left_out_is_said() -> None:
    wish = replace(SHIPPED[2], most=2)
    whole = texts(draft(LOG), Section.KEY_MOMENTS)
    drafted = LocalDrafter().draft(replace(a_request(LOG), sections=(wish,)))
    assert len(drafted.claims) == 2
    assert {claim.text for claim in drafted.claims} < set(whole)
    assert drafted.left_out == (
        f"{len(whole) - 2} of {len(whole)} sentences for Key moments, the least telling",
    )


def test_what_the_review_says_already_is_not_said_again() -> None:
    request = a_request(STORY)
    first = LocalDrafter().draft(request).claims[0]
    in_other_words = replace(first, text="The rate of errors was back where it should be.")
    again = LocalDrafter().draft(replace(request, said=(in_other_words,))).claims
    assert first not in again
    assert len(again) == len(LocalDrafter().draft(request).claims) - 1


def test_a_plan_of_other_messages_is_not_used() -> None:
    stale = LocalDrafter().draft(a_request(LOG)).memory
    drafted = LocalDrafter().draft(replace(a_request(STORY), memory=stale))
    assert drafted.claims == draft(STORY)


@pytest.mark.parametrize("memory", [{"local_plan": 3}, {"local_plan": {"of": "", "claims": 4}}])
def test_a_damaged_memory_is_no_obstacle(memory: dict[str, object]) -> None:
    assert LocalDrafter().draft(replace(a_request(STORY), memory=memory)).claims == draft(STORY)


def test_clock_times_are_those_of_the_incidents_zone() -> None:
    request = a_request(LOG)
    facts = replace(request.facts, time_zone="Asia/Kolkata")
    claims = LocalDrafter().draft(replace(request, facts=facts)).claims
    assert texts(claims, Section.DETECTION) == [
        "14:32 scribe: “Customers reported that the shop does not load”"
    ]
    by_number = {message.number: message for message in LOG}
    zone = ZoneInfo("Asia/Kolkata")
    for claim in claims:
        check = check_claim(claim.text, claim.citations, by_number, {"scribe"}, zone=zone)
        assert check.problem is None


def test_the_date_is_told_where_a_clock_time_comes_twice() -> None:
    later = [
        replace(message, occurred_at=message.occurred_at.replace(day=7)) for message in LOG[5:]
    ]
    told = " ".join(claim.text for claim in draft([*LOG[:5], *later]))
    assert "2026-03-04 09:02" in told
    assert "2026-03-07 09:52" in told


def test_of_a_log_most_lines_are_told() -> None:
    claims = draft(LOG)
    cited = [quote.number for claim in claims for quote in claim.citations]
    assert {1, 4, 5, 6, 7, 8} <= set(cited)
    assert "scribe: “First detected” 09:05, “Incident declared” 09:06, “Resolved” 09:55" in texts(
        claims, Section.KEY_MOMENTS
    )
    assert texts(claims, Section.RESPONSE)[0] == "09:14 scribe: “Restarted the cache servers”"


def test_the_end_says_how_long_it_came_after_the_first_sign() -> None:
    assert texts(draft(LOG), Section.SUMMARY)[-1] == (
        "09:55 scribe: “Incident is resolved”, 53 min after "
        "“Customers reported that the shop does not load”"
    )


def test_what_was_done_is_no_follow_up_of_a_log() -> None:
    done = FollowUpFact("Restart the servers", None, False, (Quote(5, "Restarted the cache"),))
    agreed = replace(done, title="Restarted the cache servers", is_accepted=True)
    request = a_request(LOG, [done])
    assert texts(LocalDrafter().draft(request).claims, Section.FOLLOW_UPS) == []
    assert len(texts(draft(LOG, [agreed]), Section.FOLLOW_UPS)) == 1
