"""What the local proposer says, and mostly what it does not say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.local.confidence import WEIGHTS_FILE, shipped_weights
from copilot.local.proposer import LocalProposer
from copilot.ports import Candidate, Person, Window
from tests.unit.local.windows import PEOPLE, a_message, a_window, only


def proposed(*lines: str, new_from: int = 1) -> tuple[Candidate, ...]:
    return LocalProposer().propose(a_window(*lines, new_from=new_from)).candidates


@pytest.mark.parametrize(
    ("line", "kind", "title", "owner", "due"),
    [
        (
            "dana: I'll write the incident report tomorrow",
            "commitment",
            "Write the incident report",
            "U1",
            "tomorrow",
        ),
        (
            "ben: we should really alert on disk usage, 80% would have caught this",
            "proposal",
            "Alert on disk usage",
            None,
            None,
        ),
        (
            "ben: dana please update the failover runbook next week",
            "request",
            "Update the failover runbook",
            "U1",
            "next week",
        ),
        (
            "ben: @omar can you file a ticket for the flaky probe after this",
            "request",
            "File a ticket for the flaky probe",
            "U4",
            "after this",
        ),
        (
            "dana: action item: rotate the signing keys",
            "proposal",
            "Rotate the signing keys",
            None,
            None,
        ),
        (
            "dana: [action] kim.r to draft the customer mail",
            "request",
            "Draft the customer mail",
            "U3",
            None,
        ),
        (
            "omar: TODO: document the new quota",
            "proposal",
            "Document the new quota",
            None,
            None,
        ),
        (
            "omar: would be nice if someone could add a dashboard for the retry queue",
            "request",
            "Add a dashboard for the retry queue",
            None,
            None,
        ),
        (
            "omar: the rollback script should be tested before the next release",
            "proposal",
            "Test the rollback script",
            None,
            "before the next release",
        ),
    ],
)
def test_it_finds_work_that_outlives_the_moment(
    line: str, kind: str, title: str, owner: str | None, due: str | None
) -> None:
    found = only(proposed(line))
    assert (found.kind, found.owner_id) == (kind, owner)
    assert (found.title, found.due) == (title, due)


@pytest.mark.parametrize(
    "line",
    [
        "dana: rolling back",
        "dana: gimme a bit",
        "dana: I'll check",
        "dana: I will look at the code",
        "dana: let me restart the pods",
        "ben: can you paste the logs?",
        "ben: let's do it",
        "ben: what happened to the canary?",
        "ben: could it be the new kernel?",
        "ben: I reverted it",
        "ben: I filed a ticket for that yesterday",
        "ben: thanks, good work everyone",
        "ben: happy to help, just ping me",
        "omar: I'll be back in ten",
        "omar: we should have tested this",
        "omar: lol",
        "omar: +1",
        "omar: error rate is down to 2%",
        "omar: you need to clear your cache",
    ],
)
def test_it_stays_silent_on_what_is_done_now_done_before_or_only_talk(line: str) -> None:
    assert proposed(line) == ()


def test_it_does_not_listen_to_bots_quotes_code_or_logs() -> None:
    todo = "TODO: add an alert on replica lag tomorrow"
    silent = (
        a_message(todo, is_bot=True, number=1),
        a_message(f"> {todo}\nthat never happened", number=2),
        a_message(f"```\n{todo}\n```", number=3),
        a_message(f"2026-03-02 12:00:01.123 ERROR {todo}", number=4),
    )
    assert LocalProposer().propose(Window(silent, PEOPLE)).candidates == ()


def test_several_messages_about_one_piece_of_work_become_one_candidate() -> None:
    found = only(
        proposed(
            "ben: we should add an alert on the certificate expiry",
            "omar: the graph looks fine again",
            "dana: [action] omar to add a certificate expiry alert",
        )
    )
    assert found.owner_id == "U4"
    assert {quote.number for quote in found.evidence} == {1, 3}


def test_the_addressee_who_agrees_is_evidence_and_makes_it_surer() -> None:
    asked = "ben: dana could you update the failover runbook tomorrow?"
    alone = only(proposed(asked))
    agreed = only(proposed(asked, "dana: will do"))
    assert agreed.confidence > alone.confidence
    assert agreed.owner_id == "U1"
    assert [quote.text for quote in agreed.evidence][1] == "will do"


def test_an_answer_in_another_thread_is_no_agreement() -> None:
    messages = (
        a_message("dana could you update the failover runbook tomorrow?", author="ben", number=1),
        a_message("will do", author="dana", number=2, thread_ts="1772400000.000100"),
    )
    found = only(LocalProposer().propose(Window(messages, PEOPLE)).candidates)
    assert [quote.number for quote in found.evidence] == [1]


def test_work_that_was_reported_done_is_marked_done() -> None:
    promised = "dana: I'll open a ticket for the stale cache config later today"
    assert not only(proposed(promised)).is_done
    assert only(proposed(promised, "dana: filed it: OPS-12 stale cache config")).is_done
    assert not only(proposed(promised, "ben: is the ticket filed?")).is_done


def test_news_of_completion_brings_back_what_was_proposed_before() -> None:
    lines = (
        "dana: I'll open a ticket for the stale cache config later today",
        "dana: filed it: OPS-12 stale cache config",
    )
    assert only(proposed(*lines, new_from=2)).is_done


def test_context_that_was_seen_before_is_not_proposed_again() -> None:
    lines = ("dana: I'll write the incident report tomorrow", "ben: the graph looks fine")
    assert proposed(*lines, new_from=2) == ()


def test_it_says_what_it_means_from_the_words_before() -> None:
    found = only(
        proposed("ben: step 4 of the runbook is stale", "dana: yes, I'll fix that tomorrow morning")
    )
    assert found.title.startswith("Fix ")
    assert "step 4 of the runbook" in found.title
    assert {quote.number for quote in found.evidence} == {1, 2}


def test_a_name_that_two_people_share_is_nobodys() -> None:
    window = a_window(
        "omar: sam please file a ticket for the flaky probe tomorrow",
        people=[*PEOPLE, Person("U8", "sam.a", "Sam Adu"), Person("U9", "sam.b", "Sam Boe")],
    )
    assert only(LocalProposer().propose(window).candidates).owner_id is None


def test_a_full_name_wins_over_another_persons_first_name() -> None:
    window = a_window(
        "omar: dana please file a ticket for the flaky probe tomorrow",
        people=[Person("U8", "d.frost", "Dana Frost"), *PEOPLE],
    )
    assert only(LocalProposer().propose(window).candidates).owner_id == "U1"


def test_surer_words_make_a_higher_confidence() -> None:
    marked = only(proposed("dana: action item: add an alert on replica lag"))
    hoped = proposed("dana: maybe add an alert on replica lag")
    assert all(marked.confidence > candidate.confidence for candidate in hoped)


def test_the_same_window_gives_the_same_proposal() -> None:
    window = a_window(
        "ben: dana could you update the failover runbook tomorrow?",
        "dana: sure",
        "omar: we need a ticket for the stale cache config",
    )
    assert LocalProposer().propose(window) == LocalProposer().propose(window)


def test_an_empty_window_gives_an_empty_proposal() -> None:
    assert LocalProposer().propose(Window((), ())).candidates == ()


def test_it_names_its_engine_by_the_version_of_its_weights() -> None:
    version = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["version"]
    proposal = LocalProposer().propose(Window((), ()))
    assert (proposal.engine, proposal.tokens) == (f"local-{version}", 0)


PLAIN = (
    "I'll file a ticket for the runbook tomorrow",
    "we should really page on replica lag",
    "someone needs to add an alert for disk usage",
    "AI: rotate the signing keys",
    "action item - write the customer mail",
    "TODO for monday: test the restore",
    "let's revisit retention next sprint",
    "I'll write the postmortem after this",
    "also a smoke test for the image would be nice",
    "we need an owner for every certificate",
    "a dashboard for queue depth would help",
    "pls create ticket for redis upgrade, tomorrow",
)


@pytest.mark.parametrize("line", PLAIN)
def test_it_hears_follow_ups_in_the_plain_words_of_an_incident(line: str) -> None:
    assert proposed("ben: back to normal", f"ravi: {line}"), line


def test_what_is_asked_for_in_a_bare_request_is_proposed_under_its_own_name() -> None:
    found = proposed(
        "ben: and we should have a test that fails when the header changes",
        "dana: good one. ben can you write that up after this?",
    )
    assert any("test that fails when the header changes" in one.title for one in found)


@pytest.mark.parametrize(
    "line",
    [
        "restarting the proxies now",
        "can you bounce gateway-2?",
        "rolling back",
        "let me look at the logs",
        "please silence it for an hour",
        "somebody was supposed to do the migration",
        "we should have tested this before",
        "I filed a ticket about it in june",
        "if we had a standby we could fail over",
        "update 3: resolved. next update in 30 min",
        "we could use redis, or postgres, or neither",
        "i think it was the deploy",
    ],
)
def test_the_moment_the_past_and_the_imagined_are_no_interruption(line: str) -> None:
    """Whatever is kept of these waits for the review."""
    assert all(
        one.confidence < 0.5 for one in proposed("ben: error rate climbing", f"ravi: {line}")
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_calibration_keeps_the_order(one: float, other: float) -> None:
    weights = shipped_weights()
    low, high = sorted((one, other))
    assert 0 <= weights.calibrated(low) <= weights.calibrated(high) <= 1
