"""Considering an incident: what is proposed, checked, merged, judged and saved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.models import Incident, Severity, Status
from copilot.jobs import Job, QueuedJob
from copilot.ports import Candidate, Quote, Window
from copilot.suggestions.consideration import incidents_with_unconsidered, propose_now
from copilot.suggestions.leases import CONSIDERATION_LEASE
from copilot.suggestions.listing import held_of
from copilot.suggestions.models import ModelRun, Suggestion
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.windows import CONTEXT_MESSAGES, NEW_MESSAGES
from copilot.timeline.models import TimelineEvent
from tests.fakes.channel_story import ChannelStory, row_ids
from tests.fakes.proposer import marked_candidates
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return ChannelStory(db)


def unconsidered(story: ChannelStory) -> list[str]:
    with story.db.reading() as session:
        query = select(TimelineEvent.text).where(TimelineEvent.considered_at.is_(None))
        return list(session.scalars(query))


def runs(story: ChannelStory) -> list[ModelRun]:
    with story.db.reading() as session:
        return list(session.scalars(select(ModelRun).order_by(ModelRun.id)))


def rows(story: ChannelStory) -> list[Suggestion]:
    with story.db.reading() as session:
        return list(session.scalars(select(Suggestion).order_by(Suggestion.id)))


@ON_BOTH
def test_a_sure_suggestion_in_a_calm_channel_is_posted(story: ChannelStory) -> None:
    ts = story.says("todo: page on replica lag", by="U3")
    story.sweeps()
    assert story.shown() == ["page on replica lag"]
    (suggestion,) = story.suggestions()
    assert suggestion.model_dump(mode="json") == {
        "id": suggestion.id,
        "kind": "commitment",
        "title": "page on replica lag",
        "owner": "dana",
        "confidence": 0.9,
        "verdict": "deliver",
        "reason": "cleared",
        "tempo": "calm",
        "evidence": [
            {
                "message_ts": ts,
                "quote": "todo: page on replica lag",
                "permalink": f"https://acme.slack.com/archives/C1/p{ts.replace('.', '')}",
            }
        ],
    }


def test_quotes_of_a_thread_reply_link_into_the_thread(story: ChannelStory) -> None:
    parent = story.says("what now?")
    reply = story.says("todo: page on replica lag", thread_ts=parent)
    story.considers()
    (evidence,) = story.suggestions()[0].evidence
    assert evidence.permalink == (
        f"https://acme.slack.com/archives/C1/p{reply.replace('.', '')}?thread_ts={parent}&cid=C1"
    )


def test_every_row_is_seen_to_once(story: ChannelStory) -> None:
    story.says("hello")
    story.severity(Severity.SEV2)
    story.considers()
    story.considers()
    assert unconsidered(story) == []
    assert len(story.proposer.windows) == 1
    with story.db.reading() as session:
        assert incidents_with_unconsidered(session, 10, story.clock.now()) == []


def test_what_nobody_said_is_seen_to_without_a_run(story: ChannelStory) -> None:
    story.severity(Severity.SEV2)
    story.considers()
    assert unconsidered(story) == []
    assert runs(story) == []


def test_a_later_window_has_the_earlier_messages_as_context(story: ChannelStory) -> None:
    for number in range(CONTEXT_MESSAGES + 5):
        story.says(f"line {number}")
    story.considers()
    story.waits(minutes=1)
    story.says("and now?")
    story.considers()
    messages = story.proposer.windows[-1].messages
    assert [one.number for one in messages] == list(range(1, CONTEXT_MESSAGES + 2))
    assert [one.text for one in messages if one.is_new] == ["and now?"]
    assert messages[0].text == "line 5"
    assert messages[-1].text == "and now?"


def test_a_reply_brings_its_thread_along(story: ChannelStory) -> None:
    parent = story.says("who can page on replica lag?")
    story.chatter(CONTEXT_MESSAGES + 5)
    story.considers()
    story.says("I can", thread_ts=parent)
    story.considers()
    assert story.proposer.windows[-1].messages[0].message_ts == parent


@ON_BOTH
def test_a_waiting_suggestion_brings_its_messages_along_so_that_done_is_seen(
    story: ChannelStory,
) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    story.chatter(CONTEXT_MESSAGES + 5)
    story.considers()
    story.says("done: page on replica lag")
    story.considers()
    assert story.proposer.windows[-1].messages[0].text == "todo(0.6): page on replica lag"
    assert story.verdicts() == {"page on replica lag": ("suppress", "done_already")}


def test_a_long_backlog_is_read_window_by_window(story: ChannelStory) -> None:
    for number in range(NEW_MESSAGES + 30):
        story.says(f"line {number}")
    story.considers()
    first, second = story.proposer.windows
    new = [[one.text for one in window.messages if one.is_new] for window in (first, second)]
    assert [*new[0], *new[1]] == [f"line {number}" for number in range(NEW_MESSAGES + 30)]
    assert len(second.messages) - len(new[1]) == CONTEXT_MESSAGES
    assert unconsidered(story) == []


def test_each_run_is_kept_with_all_that_went_in_and_came_out(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.considers()
    (run,) = runs(story)
    (message,) = story.proposer.windows[0].messages
    assert run.inputs == [[message.event_id, message.revision_id]]
    assert (run.engine, run.purpose, run.outcome, run.tokens) == ("fake-1", "propose", "ok", 7)
    (suggestion,) = story.suggestions()
    assert run.output[0]["candidate"]["title"] == "page on replica lag"
    assert run.output[0]["became"] == f"saved as #{suggestion.id}"
    assert rows(story)[0].model_run_id == run.id


def test_what_fails_the_check_is_dropped_and_noted(story: ChannelStory) -> None:
    def rubbish(window: Window) -> Sequence[Candidate]:
        good = marked_candidates(window)[0]
        return [
            good,
            replace(good, evidence=(Quote(99, "todo"),)),
            replace(good, title="see https://evil.example"),
            replace(good, title="nul \0 and half \ud800", confidence=float("nan")),
        ]

    story.proposer.answer = rubbish
    story.says("todo: page on replica lag")
    story.considers()
    assert list(story.verdicts()) == ["page on replica lag"]
    (run,) = runs(story)
    assert [note["dropped"] for note in run.output] == [
        [],
        ["m99 is not in the window", "no quote left to rest on"],
        ["title is empty"],
        ["confidence is no probability"],
    ]


def test_an_engine_gone_wild_is_cut_short(story: ChannelStory) -> None:
    def wild(window: Window) -> Sequence[Candidate]:
        good = marked_candidates(window)[0]
        return [
            replace(good, title=f"{chr(97 + n % 26) * 9} {chr(97 + n // 26) * 9}")
            for n in range(60)
        ]

    story.proposer.answer = wild
    story.says("todo: page on replica lag")
    story.considers()
    assert runs(story)[0].output[-1] == {"left_out": 10}


def test_two_tellings_in_one_run_make_one_suggestion(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.says("todo(0.7): page on the replica lag!", by="U2")
    story.considers()
    (suggestion,) = story.suggestions()
    assert suggestion.confidence == 0.7
    assert len(suggestion.evidence) == 2


@ON_BOTH
def test_a_later_telling_adds_to_what_waits_and_may_lift_it(story: ChannelStory) -> None:
    story.says("todo(0.6): page on replica lag")
    story.considers()
    assert story.verdicts() == {"page on replica lag": ("digest", "below_threshold")}
    story.waits(minutes=1)
    story.says("todo(0.9): page on the replica lag, really", by="U2")
    story.considers()
    (suggestion,) = story.suggestions()
    assert (suggestion.verdict, len(suggestion.evidence)) == ("deliver", 2)


def test_what_was_shown_is_not_brought_up_again(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    for _ in range(3):
        story.waits(minutes=30)
        story.says("todo: page on the replica lag!", by="U2")
        story.sweeps()
    assert story.shown() == ["page on replica lag"]
    first, repetition = story.suggestions()
    assert (repetition.verdict, repetition.reason) == ("suppress", "duplicate")
    assert repetition.why == f"same as #{first.id}"
    assert len(repetition.evidence) == 3


@ON_BOTH
def test_work_done_already_is_not_brought_up(story: ChannelStory) -> None:
    story.says("done: page on replica lag")
    story.sweeps()
    assert story.verdicts() == {"page on replica lag": ("suppress", "done_already")}
    story.waits(minutes=20)
    story.says("done: page on replica lag")
    story.sweeps()
    assert len(story.suggestions()) == 1
    story.chatter(CONTEXT_MESSAGES)
    story.sweeps()
    story.waits(minutes=6)
    story.says("todo: page on replica lag for the second cluster")
    story.sweeps()
    assert story.shown() == ["page on replica lag for the second cluster"]


def test_an_engine_that_forgets_what_is_new_does_no_harm(story: ChannelStory) -> None:
    story.proposer.answer = lambda _: ()
    story.says("todo: page on replica lag")
    story.considers()
    story.proposer.answer = marked_candidates
    story.says("anything else?")
    story.considers()
    assert story.suggestions() == []
    assert runs(story)[-1].output[0]["became"] == "said before, and judged before"


def test_in_a_hectic_phase_nothing_is_posted(story: ChannelStory) -> None:
    story.chatter(8)
    story.says("todo: page on replica lag")
    story.sweeps()
    assert story.messenger.posts == []
    (suggestion,) = story.suggestions()
    assert (suggestion.verdict, suggestion.tempo) == ("digest", "hectic")
    assert suggestion.why == "hectic: 9 msg/min ≥ 8"


def test_a_tempo_read_long_ago_says_nothing_about_now(story: ChannelStory) -> None:
    story.chatter(8)
    story.sweeps()
    story.waits(minutes=6)
    story.chatter(5)
    story.says("todo(0.8): page on replica lag")
    story.sweeps()
    assert story.suggestions()[0].tempo == "busy"


def test_the_second_post_of_a_quarter_hour_waits(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.sweeps()
    story.waits(minutes=3)
    story.says("todo: rewrite step 4 of the runbook")
    story.sweeps()
    assert story.shown() == ["page on replica lag"]
    assert story.suggestions()[1].why == "budget: next at 14:15"


def test_what_is_cleared_together_shares_one_card(story: ChannelStory) -> None:
    story.says("todo(0.8): page on replica lag")
    story.says("todo(0.95): rewrite step 4 of the runbook")
    story.says("todo(0.85): rotate the leaked gateway key", by="U2")
    story.waits(minutes=2)
    story.says("todo(0.78): drop the unused index", by="U2")
    story.sweeps()
    assert [len(post.card.items) for post in story.messenger.posts] == [3]
    assert story.shown() == [
        "rewrite step 4 of the runbook",
        "rotate the leaked gateway key",
        "page on replica lag",
    ]
    assert story.verdicts()["drop the unused index"] == ("digest", "budget_spent")
    assert story.messenger.posts[0].card.headline == "Three follow-ups from the last 2 minutes"


@ON_BOTH
def test_of_a_resolved_incident_nothing_is_posted(story: ChannelStory) -> None:
    story.status(Status.RESOLVED)
    story.says("todo: page on replica lag")
    story.sweeps()
    assert story.messenger.posts == []
    assert story.suggestions()[0].why == "nothing is posted: the incident is resolved"


def test_every_verdict_can_be_computed_again_from_its_row(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.says("todo(0.3): tidy the desk")
    story.sweeps()
    story.says("todo: page on replica lag!")
    story.says("done: restart cron")
    story.says("todo: rewrite step 4 of the runbook")
    story.sweeps()
    story.chatter(9)
    story.says("todo: rotate the leaked gateway key")
    story.sweeps()
    found = rows(story)
    assert {row.reason for row in found} == {
        "cleared",
        "below_threshold",
        "duplicate",
        "done_already",
        "budget_spent",
        "hectic",
    }
    for row in found:
        assert recompute(row.reason_details) == (row.outcome, row.reason)


def test_what_was_held_is_listed_with_its_reason(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.says("todo(0.41): tidy the desk")
    story.sweeps()
    with story.db.reading() as session:
        (held,) = held_of(session, story.incident_id)
    assert (held.title, held.why) == ("tidy the desk", "below threshold: 0.41 < 0.5 at any time")


def test_a_failing_proposer_costs_nothing_but_time(story: ChannelStory) -> None:
    story.proposer.failures = [TemporaryError("overloaded")]
    story.says("todo: page on replica lag")
    with pytest.raises(TemporaryError):
        story.considers()
    assert unconsidered(story) == ["Declared: Checkout errors · SEV3", "todo: page on replica lag"]
    story.considers()
    assert len(story.proposer.windows) == 1, "its lease is the pause before the next try"
    story.waits(seconds=CONSIDERATION_LEASE.total_seconds())
    story.sweeps()
    assert story.shown() == ["page on replica lag"]
    assert [run.outcome for run in runs(story)] == ["failed", "ok"]


@ON_BOTH
def test_what_a_proposer_refuses_for_good_is_not_asked_for_ever(story: ChannelStory) -> None:
    story.proposer.failures = [PermanentError("unsafe content")]
    story.says("todo: page on replica lag")
    story.considers()
    story.considers()
    assert [run.outcome for run in runs(story)] == ["refused"]
    assert unconsidered(story) == []


def test_a_worker_that_dies_leaves_its_rows_and_its_lease_runs_out(story: ChannelStory) -> None:
    story.proposer.failures = [KeyboardInterrupt()]
    story.says("todo: page on replica lag")
    with pytest.raises(KeyboardInterrupt):
        story.considers()
    story.sweeps()
    assert story.shown() == []
    story.waits(seconds=CONSIDERATION_LEASE.total_seconds())
    story.sweeps()
    assert story.shown() == ["page on replica lag"]


def test_a_slow_worker_whose_lease_ran_out_saves_nothing(story: ChannelStory) -> None:
    def slow(window: Window) -> Sequence[Candidate]:
        story.proposer.answer = marked_candidates
        story.waits(seconds=CONSIDERATION_LEASE.total_seconds())
        story.considers()  # another worker takes over meanwhile
        return marked_candidates(window)

    story.proposer.answer = slow
    story.says("todo: page on replica lag")
    story.considers()
    assert len(story.suggestions()) == 1
    assert [run.outcome for run in runs(story)] == ["ok"]


def test_a_message_edited_while_it_was_considered_proves_nothing_and_is_read_again(
    story: ChannelStory,
) -> None:
    ts = story.says("todo: page on replica lag")

    def edited_meanwhile(window: Window) -> Sequence[Candidate]:
        story.proposer.answer = marked_candidates
        story.waits(seconds=1)
        story.edits(ts, "todo: page on primary lag")
        return marked_candidates(window)

    story.proposer.answer = edited_meanwhile
    story.considers()
    assert list(story.verdicts()) == ["page on primary lag"]
    assert story.suggestions()[0].evidence[0].quote == "todo: page on primary lag"


def test_a_message_deleted_while_it_was_considered_proves_nothing(story: ChannelStory) -> None:
    ts = story.says("todo: page on replica lag")

    def deleted_meanwhile(window: Window) -> Sequence[Candidate]:
        story.deletes(ts)
        return marked_candidates(window)

    story.proposer.answer = deleted_meanwhile
    story.considers()
    assert story.suggestions() == []
    assert unconsidered(story) == []


def test_quotes_of_deleted_messages_are_shown_no_more(story: ChannelStory) -> None:
    ts = story.says("todo(0.6): page on replica lag")
    story.considers()
    story.deletes(ts)
    assert story.suggestions()[0].evidence == []
    story.waits(minutes=6)
    story.sweeps()
    assert story.messenger.posts == [], "without a source there is nothing to show"


def test_a_post_is_asked_for_only_after_the_commit(
    story: ChannelStory, sent_jobs: list[QueuedJob]
) -> None:
    story.says("todo: page on replica lag")
    story.considers()
    (suggestion,) = story.suggestions()
    assert row_ids(sent_jobs, Job.POST_DELIVERY) == [suggestion.delivery_id]


def import_it(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        session.execute(
            update(Incident).values(
                is_imported=True,
                status=Status.RESOLVED,
                resolved_at=story.clock.now() + timedelta(hours=1),
            )
        )


@ON_BOTH
def test_an_imported_incident_is_considered_when_a_person_asks(story: ChannelStory) -> None:
    import_it(story)
    story.says("todo: page on replica lag")
    story.waits(minutes=30)
    story.chatter(8)
    story.says("todo: rewrite step 4 of the runbook")
    story.waits(hours=300)
    story.sweeps()
    assert story.suggestions() == []
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 2
    first, second = story.suggestions()
    assert (first.verdict, first.reason, first.tempo) == ("hold", "nothing_is_posted", "calm")
    assert second.tempo == "hectic", "the tempo of the time when it was said"
    assert first.why == "nothing is posted: the incident is imported"
    story.sweeps()
    assert story.messenger.posts == []


def test_proposing_again_adds_nothing(story: ChannelStory) -> None:
    import_it(story)
    for number in range(NEW_MESSAGES + 30):
        story.says("todo: page on replica lag" if number % 100 == 7 else f"line {number}")
    story.says("done: restart cron")
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 2
    before = [one.model_dump() for one in story.suggestions()]
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 0
    assert [one.model_dump() for one in story.suggestions()] == before


def test_proposing_again_on_a_live_incident_judges_nothing_anew(story: ChannelStory) -> None:
    story.says("todo: page on replica lag")
    story.says("todo(0.6): rewrite step 4 of the runbook")
    story.sweeps()
    story.waits(minutes=20)
    story.says("todo: page on replica lag!")
    story.sweeps()
    before = story.suggestions()
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 0
    assert story.suggestions() == before


def test_what_is_found_by_reading_again_is_not_posted(story: ChannelStory) -> None:
    story.proposer.answer = lambda _: ()
    story.says("todo: page on replica lag")
    story.considers()
    story.proposer.answer = marked_candidates
    story.says("todo: rewrite step 4 of the runbook")
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 1
    assert story.suggestions()[0].why == (
        "nothing is posted: it was found when somebody had the timeline read again"
    )
    assert unconsidered(story)[-1:] == ["todo: rewrite step 4 of the runbook"]
    story.sweeps()
    assert story.shown() == ["rewrite step 4 of the runbook"], "the workers' own was left to them"


@ON_BOTH
def test_reading_again_takes_nothing_from_what_waits(story: ChannelStory) -> None:
    story.proposer.answer = lambda window: [
        one for one in marked_candidates(window) if "lag!" not in one.title
    ]
    story.says("todo(0.6): page on replica lag")
    story.says("todo(0.9): page on the replica lag!")
    story.considers()
    story.proposer.answer = marked_candidates
    assert propose_now(story.db, story.incident_id, story.proposer, story.clock) == 0
    (suggestion,) = story.suggestions()
    assert (suggestion.verdict, len(suggestion.evidence)) == ("digest", 2)


def test_proposing_while_another_worker_considers_says_so(story: ChannelStory) -> None:
    def meanwhile(_: Window) -> Sequence[Candidate]:
        with pytest.raises(TemporaryError, match="another worker"):
            propose_now(story.db, story.incident_id, story.proposer, story.clock, story.lease_clock)
        return ()

    story.proposer.answer = meanwhile
    story.says("hello")
    story.considers()
