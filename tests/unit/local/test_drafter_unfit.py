"""Sentences that would mislead in a section are told elsewhere, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_log import is_deed, opens_with_deed
from copilot.local.drafter_unfit import (
    came_to_nothing,
    explains_nothing,
    is_asked_to_know,
    is_no_harm,
    is_offered,
)
from copilot.local.on_the_spot import is_on_the_spot
from copilot.ports import FollowUpFact, Quote, WindowMessage
from copilot.reviews.models import Section
from copilot.reviews.salience import Sentence, points, sentences_of
from tests.unit.local.test_drafter import STORY, a_request, conversation, draft, texts
from tests.unit.local.test_drafter_sections import LOG
from tests.unit.reviews.messages import a_message


def sentence(text: str) -> Sentence:
    return sentences_of(a_message(1, text))[0]


@pytest.mark.parametrize(
    "text",
    [
        "we can manually restart the workers",
        "I can fail over to the replica",
        "happy to restart the queue",
        "we could roll back the gateway",
    ],
)
def test_an_offer_is_no_deed(text: str) -> None:
    assert is_offered(sentence(text))


@pytest.mark.parametrize("text", ["restarted the workers", "we rolled back the gateway"])
def test_a_deed_is_no_offer(text: str) -> None:
    assert not is_offered(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "there are thousands of jobs on the primary?",
        "Shouldn't the quota be on the tenants?",
        "so we're writing everything to the replica?",
        "why not just move it all to one region?",
        "can you paste the logs of the gateway?",
    ],
)
def test_a_statement_with_a_question_mark_asks_nothing(text: str) -> None:
    assert not is_asked_to_know(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "does anyone know why the pool alarm never fired on web-2?",
        "why did the failover take twenty minutes?",
        "was the certificate of the gateway renewed by hand?",
    ],
)
def test_a_question_asks_for_what_is_not_known(text: str) -> None:
    assert is_asked_to_know(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "We discovered that three brokers were down",
        "The canary reveals that the workers are unable to reach the registry",
        "Team found that the issue was on 4 brokers and began to drain them",
        "A ticket was submitted about the timeouts caused by the gateway",
        "The system log reports `cannot allocate, because it failed before`",
    ],
)
def test_a_symptom_or_a_reaction_explains_nothing(text: str) -> None:
    assert explains_nothing(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "turns out the pool is exhausted because db-3 ran out of connections",
        "Found that the new version drops chunks when the buffer is full",
        "The brokers crashed after the upgrade changed their memory limits",
        "Rollback fails due to a wrong registry setting",
    ],
)
def test_what_explains_the_trouble_is_kept(text: str) -> None:
    assert not explains_nothing(sentence(text))


def test_an_attempt_that_came_to_nothing_is_seen_not_done() -> None:
    assert came_to_nothing(sentence("The second broker said it was draining, but nothing happened"))
    assert not came_to_nothing(sentence("Restarted the second broker, but it failed again"))


def test_that_nobody_was_hit_is_no_impact_where_somebody_was() -> None:
    assert is_no_harm(sentence("the staging cluster has a wrong secret; no impact on customers"))
    aside = "the staging cluster fails too, no impact on customers there"
    told = texts(draft([*STORY, a_message(16, aside, at="14:16:0")]), Section.IMPACT)
    assert not any("staging" in text for text in told)
    alert = a_message(1, "CRITICAL: disk full on web-2", author="alertbot", is_bot=True)
    alone = [alert, a_message(2, aside, at="15:16:0")]
    assert any("staging" in text for text in texts(draft(alone), Section.IMPACT))


@pytest.mark.parametrize(
    ("title", "quote", "expected"),
    [
        ("Roll back to yesterday's build", "shall we roll back to yesterday's build?", True),
        ("Look at the code", "i will look at the code", True),
        ("Restart the indexer", "I'll restart the indexer tomorrow", False),
        ("Check the alert thresholds", "we should check the alert thresholds", False),
        ("Look at the quota again", "ACTION: ana to look at the quota again", False),
        ("Restart the nodes by hand", "ACTION: ana to restart the nodes by hand", False),
        ("Pull a list for the auditors", "can you pull a list for the auditors?", False),
        ("Add an alert on lag", "let's add an alert on lag", False),
        ("Run the migration again next week", "run the migration again next week", False),
    ],
)
def test_what_is_done_on_the_spot_is_no_follow_up(title: str, quote: str, expected: bool) -> None:
    assert is_on_the_spot(title, [quote]) is expected


def test_a_person_may_accept_an_immediate_action_as_a_follow_up() -> None:
    messages = conversation(("ana", "i will look at the code of the gateway"))
    fact = FollowUpFact("Look at the code of the gateway", "ana", False, (Quote(1, "look at"),))
    suggested = LocalDrafter().draft(a_request(messages, [fact])).claims
    accepted = LocalDrafter().draft(a_request(messages, [replace(fact, is_accepted=True)])).claims
    assert texts(suggested, Section.FOLLOW_UPS) == []
    assert len(texts(accepted, Section.FOLLOW_UPS)) == 1


def test_what_is_put_right_at_once_is_no_factor() -> None:
    wrong = "so the cause is a wrong version in the right region"
    right = "the right version in the wrong region is the cause"
    told = draft(conversation(("ana", wrong), ("ben", right), ("ana", "ah")))
    assert not any(wrong.removeprefix("so ") in claim.text for claim in told)
    stands = draft(conversation(("ana", wrong), ("ben", "ok")))
    assert any("wrong version" in claim.text for claim in stands)


@pytest.mark.parametrize(
    "text",
    [
        "This fixes the problem of this morning",
        "I don't think it is that serious, just a bad release",
        "Autoscaler notices this, setting the size from 30 to 15",
    ],
)
def test_what_points_elsewhere_is_known(text: str) -> None:
    assert points(sentence(text))


def test_a_fix_that_points_is_told_with_the_change_it_means() -> None:
    told = draft(
        [
            a_message(1, "checkout is failing for customers", author="ben", at="14:0:0"),
            a_message(2, "#81 Keep the pool open", author="ana", at="14:20:0"),
            a_message(3, "This fixes the issue we had today", author="ana", at="14:20:2"),
        ]
    )
    assert texts(told, Section.SUMMARY)[-1] == (
        "14:20 ana: “#81 Keep the pool open”, “This fixes the issue we had today”"
    )


def logged(*lines: tuple[str, str]) -> list[WindowMessage]:
    return [
        a_message(number, text, author="scribe", at=f"{at}:00")
        for number, (at, text) in enumerate(lines, 1)
    ]


def test_what_was_done_before_the_first_sign_is_no_response() -> None:
    told = draft(
        logged(
            ("8:30", "Malformed route applied to the gateway"),
            ("8:55", "Old accounts deleted from the directory"),
            ("9:02", "Customers reported that the shop does not load"),
            ("9:14", "Restarted the cache servers"),
            ("9:52", "All traffic working as intended"),
        )
    )
    assert texts(told, Section.RESPONSE) == ["09:14 scribe: “Restarted the cache servers”"]
    assert any("Malformed" in text for text in texts(told, Section.CONTRIBUTING_FACTORS))
    assert any("Old accounts" in text for text in texts(told, Section.KEY_MOMENTS))
    assert texts(told, Section.SUMMARY)[-1].startswith("09:52 scribe: “All traffic working")


def test_a_summary_tells_the_last_deed_where_nobody_says_that_it_is_over() -> None:
    told = draft(
        logged(
            ("9:02", "Customers reported that the shop does not load"),
            ("9:14", "Restarted the cache servers"),
            ("9:31", "Release 80 deployed in all regions"),
            ("9:40", "Released version 81 without the new cache"),
        )
    )
    assert texts(told, Section.SUMMARY) == [
        "09:40 scribe: “Released version 81 without the new cache”, 38 min after "
        "“Customers reported that the shop does not load”"
    ]


def test_days_are_told_where_it_took_days() -> None:
    lines = logged(
        ("9:02", "Customers reported that the shop does not load"),
        ("9:14", "Restarted the cache servers"),
        ("9:31", "Release 80 deployed in all regions"),
        ("9:55", "Incident is resolved"),
    )
    last = lines[-1]
    later = replace(last, occurred_at=last.occurred_at + timedelta(days=6))
    (told,) = texts(draft([*lines[:-1], later]), Section.SUMMARY)
    assert "Incident is resolved”, 6 days after “Customers" in told


@pytest.mark.parametrize("opening", ["Denver - ", "shop: ", "PM PST Saturday Oct 30th: "])
def test_what_opens_all_lines_is_left_out(opening: str) -> None:
    lines = [
        "Customers reported that the shop does not load",
        "Restarted the cache servers",
        "Restart of the cache servers had no effect",
        "Incident is resolved",
    ]
    times = ["9:02", "9:14", "9:31", "9:55"]
    told = draft(logged(*[(at, opening + line) for at, line in zip(times, lines, strict=True)]))
    assert len(told) >= 4
    assert not any(opening.strip() in claim.text for claim in told)


def test_a_time_of_day_in_a_message_is_kept() -> None:
    (first, *_) = sentences_of(a_message(1, "12:45 PM PST: the shop went down for customers"))
    assert first.text.startswith("12:45 PM PST")


def test_where_links_are_to_be_found_is_no_key_moment() -> None:
    lines = [(f"{message.occurred_at:%H:%M}", message.text) for message in LOG]
    told = draft(logged(*lines, ("9:58", "Slack thread: #shop for the incident")))
    assert not any("Slack thread" in claim.text for claim in told)


def test_a_this_is_told_with_what_it_means() -> None:
    text = "Healthy brokers all stopped. This is due to the size being set back to 15"
    told = " ".join(claim.text for claim in draft([a_message(1, text, author="ana")]))
    assert text in told


def test_talk_yields_key_moments() -> None:
    people = ("ana", "ben", "dana")
    talk = [
        "we tracked the start of it to the last deploy of the gateway",
        "it looks like every job goes to the small cluster now",
        "the gateway drops every second request of the mobile app",
        "I moved the mobile app to the other gateway",
        "#4812 Keep the pool of the gateway open",
        "#4813 Keep the pool of the worker open",
    ]
    chat = [line for one in talk for line in (one, "hm", "ok", "anyone else?", "what does it say")]
    messages = [
        a_message(number, text, author=people[number % 3], at=f"14:{number}:0")
        for number, text in enumerate(chat, 1)
    ]
    claims = draft(messages)
    told = [claim for claim in claims if any(line in claim.text for line in talk)]
    assert len(told) >= 5
    assert len(texts(claims, Section.KEY_MOMENTS)) >= 3


@pytest.mark.parametrize(
    "text",
    ["Downgraded plugin reports an error", "Unrelated deployment reduces the timeout"],
)
def test_a_word_that_tells_which_one_is_no_deed(text: str) -> None:
    assert not opens_with_deed(sentence(text))


def test_what_happens_by_itself_is_no_deed() -> None:
    assert not is_deed(sentence("The pod has restarted and the container is starting"))
    assert is_deed(sentence("Restarted the pod"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("PM UTC Site is fully recovered", "Site is fully recovered"),
        ("AM: the directory was locked for users", "the directory was locked for users"),
        ("PM of the gateway team was paged", "PM of the gateway team was paged"),
    ],
)
def test_the_remnant_of_a_cut_time_is_left_out(text: str, left: str) -> None:
    assert sentence(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "The root cause is still unknown",
        "Some images start fast, hence not causing the timeouts",
        "Issue with the login verified",
        "A stalled job of the gateway is identified",
    ],
)
def test_that_something_was_found_or_is_no_cause_explains_nothing(text: str) -> None:
    assert explains_nothing(sentence(text))
    assert texts(draft([a_message(1, text)]), Section.CONTRIBUTING_FACTORS) == []
