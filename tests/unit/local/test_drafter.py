"""The local drafter reports what was said, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.local.drafter import LocalDrafter
from copilot.ports import (
    DraftedClaim,
    DraftRequest,
    FollowUpFact,
    IncidentFacts,
    Quote,
    WindowMessage,
)
from copilot.reviews.citations import check_claim
from copilot.reviews.episodes import episodes_for_drafter
from copilot.reviews.models import Section
from copilot.reviews.review_policy import SHIPPED
from copilot.reviews.words import word_set
from tests.unit.reviews.messages import STARTED_AT, a_message

FACTS = IncidentFacts("Checkout errors", "sev2", "resolved", STARTED_AT, None, None)


def a_request(
    messages: Sequence[WindowMessage], follow_ups: Sequence[FollowUpFact] = ()
) -> DraftRequest:
    return DraftRequest(FACTS, episodes_for_drafter(messages), tuple(follow_ups), sections=SHIPPED)


def draft(
    messages: Sequence[WindowMessage], follow_ups: Sequence[FollowUpFact] = ()
) -> tuple[DraftedClaim, ...]:
    return LocalDrafter().draft(a_request(messages, follow_ups)).claims


def texts(claims: Sequence[DraftedClaim], section: Section) -> list[str]:
    return [claim.text for claim in claims if claim.section == section]


def conversation(*lines: tuple[str, str]) -> list[WindowMessage]:
    return [
        a_message(number, text, author=author, at=f"14:{number}:00", is_bot=author == "alertbot")
        for number, (author, text) in enumerate(lines, 1)
    ]


STORY = conversation(
    ("alertbot", "CRITICAL: checkout error rate 14% on web-2"),
    ("ana", "looking"),
    ("ana", "customers can't pay, 14% of checkout requests fail with a 503"),
    ("ben", "lol of course it's friday :stuck_out_tongue:"),
    ("ben", "I'd guess the client change in 4812 broke the connection pool"),
    ("ana", "shall we roll back 4812?"),
    ("dana", "yes"),
    ("ben", "rolling back 4812"),
    ("ana", "the rollback did not help, still 503s"),
    ("dana", "turns out the pool is exhausted because db-3 ran out of connections"),
    ("dana", "failed over to db-4"),
    ("ana", "error rate is back to normal"),
    ("ana", "it took us a while to find the runbook, no dashboard for the pool"),
    ("dana", "good thing that the replica was warm, failover was quick"),
    ("ben", "does anyone know why the pool alarm never fired on web-2?"),
)


def test_a_draft_tells_the_story() -> None:
    claims = draft(STORY)
    assert texts(claims, Section.DETECTION)[0] == (
        "14:01 alertbot: “CRITICAL: checkout error rate 14% on web-2”"
    )
    assert any("back to normal" in text for text in texts(claims, Section.SUMMARY))
    assert texts(claims, Section.RESPONSE)[0] == (
        "ana asked: “shall we roll back 4812?” dana answered: “yes”"
    )
    assert any("ran out of connections" in t for t in texts(claims, Section.CONTRIBUTING_FACTORS))
    assert any("pool alarm" in text for text in texts(claims, Section.OPEN_QUESTIONS))
    assert any("runbook" in text for text in texts(claims, Section.WAS_HARD))
    assert any("replica was warm" in text for text in texts(claims, Section.WENT_WELL))


def test_nothing_is_told_twice() -> None:
    numbers = [claim.citations[0].number for claim in draft(STORY)]
    assert len(numbers) == len(set(numbers))


def test_a_hypothesis_stays_one() -> None:
    told = [claim.text for claim in draft(STORY) if "client change" in claim.text]
    assert told in (
        [],
        ["ben thought: “I'd guess the client change in 4812 broke the connection pool”"],
    )


def test_jokes_and_chatter_are_left_out() -> None:
    everything = " ".join(claim.text for claim in draft(STORY))
    assert "friday" not in everything
    assert "looking" not in everything


def test_pasted_output_is_no_sentence() -> None:
    log = "```\nERROR checkout failed because of db-3\nERROR again\n```"
    messages = conversation(("ana", log), ("ana", "$ kubectl get pods failed"))
    assert draft(messages) == ()


def test_a_long_sentence_is_cut_only_where_the_rest_does_not_turn_it() -> None:
    kept = "checkout requests were failing for customers in the european region with timeouts"
    turned = (
        f"{kept}, but that was not caused by us and we do not know whether it was ever real at all "
        "or only a test"
    )
    plain = (
        f"{kept}, and the dashboards of the european region showed the same picture of timeouts "
        "for the payments service too"
    )
    assert all("…" not in claim.text for claim in draft(conversation(("ana", turned))))
    claims = draft(conversation(("ana", plain)))
    assert {claim.section for claim in claims} == {Section.DETECTION, Section.IMPACT}
    assert all(claim.text.endswith("with timeouts …”") for claim in claims)


def test_hostile_names_are_not_printed() -> None:
    message = a_message(1, "checkout is failing for customers", author="<!channel> https://evil")
    claims = draft([message])
    assert claims
    assert all("evil" not in claim.text and "channel" not in claim.text for claim in claims)


def test_links_are_left_out_of_sentences() -> None:
    (message,) = conversation(
        ("ana", "fixed by https://example.com/pull/4812 and working again now")
    )
    claims = draft([message])
    assert [claim.text for claim in claims] == [
        "14:01 ana: “fixed by … and working again now”"
    ] or all("http" not in claim.text for claim in claims)


def test_an_accepted_follow_up_is_told_with_its_owner() -> None:
    messages = conversation(("dana", "I'll add an alert on replica lag above 30 s tomorrow"))
    quote = Quote(1, "add an alert on replica lag above 30 s")
    fact = FollowUpFact("Add an alert on replica lag above 30 s", "dana", True, (quote,))
    (claim,) = draft(messages, [fact])
    assert (claim.section, claim.text) == (
        Section.FOLLOW_UPS,
        "Accepted follow-up: Add an alert on replica lag above 30 s (dana)",
    )


def test_a_title_its_evidence_does_not_carry_gives_way_to_the_words_said() -> None:
    messages = conversation(("dana", "I'll add an alert on replica lag"))
    fact = FollowUpFact("Buy 12 servers", "sam", False, (Quote(1, "add an alert on replica lag"),))
    (claim,) = draft(messages, [fact])
    assert claim.text == "14:01 dana: “I'll add an alert on replica lag”"


_WORDS = st.sampled_from(
    sorted(
        word_set(
            """
        rolling rolled back not never checkout failed failing db-3 v1.2.3 4812 #4812 12% 30s 3pm
        14:12 the a we I because caused before after then customers fixed is was didn't can't maybe
        think ? . , ! : ( ) “quoted” "said" &amp; <b> `code` :lol: @ana @here https://x.y/z two
        hundreds all every Katharine PodNamespace OOMKilled yesterday Friday 5 March hour minutes
        should why lol … - back normal resolved deadbeef1 |
        """
        )
    )
)
_LINES = st.one_of(
    st.lists(_WORDS, max_size=40).map(" ".join),
    st.text(max_size=120),
)
_AUTHORS = st.sampled_from(
    ["ana", "ben", "Ana Roe", "prow APP", "@here", "https://x.y", "will", "mark", ""]
)


@given(st.lists(st.tuples(_AUTHORS, _LINES, st.booleans()), max_size=25))
def test_whatever_was_said_each_claim_passes_every_check(
    lines: list[tuple[str, str, bool]],
) -> None:
    messages = [
        a_message(number, text, author=author, is_bot=is_bot, at=f"14:0:{number * 20}")
        for number, (author, text, is_bot) in enumerate(lines, 1)
    ]
    by_number = {message.number: message for message in messages}
    names = {message.author_name for message in messages} | {"Katharine Roe", "sam"}
    for claim in draft(messages):
        assert check_claim(claim.text, claim.citations, by_number, names).problem is None


@pytest.mark.parametrize("count", [1, 100, 3_000])
def test_a_draft_is_short_however_long_the_incident(count: int) -> None:
    messages = [
        a_message(
            number,
            f"{STORY[number % len(STORY)].text} ({number})",
            author=STORY[number % len(STORY)].author_name,
            at=f"0:0:{number * 30}",
        )
        for number in range(1, count + 1)
    ]
    assert len(draft(messages)) <= 45
    assert messages[-1].occurred_at - messages[0].occurred_at == timedelta(seconds=30 * (count - 1))
