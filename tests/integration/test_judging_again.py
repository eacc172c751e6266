"""A sentence that the second judge refused stays apart until it has been judged again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.models import Incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import EngineRun, Judged, Judgement, JudgeRequest, Support
from copilot.reviews.citing import add_claim, cite
from copilot.reviews.debt import debt_of
from copilot.reviews.drafting import (
    draft_requested_review,
    draft_review,
    request_review,
    reviews_to_draft,
)
from copilot.reviews.models import Claim
from copilot.reviews.nearby import message_to_cite
from copilot.reviews.proposals import take_proposal
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import edit_claim, undo, verify
from copilot.reviews.views import ClaimView
from copilot.suggestions.models import ModelRun
from copilot.workspaces.retrying import MAX_ATTEMPTS
from tests.fakes.drafter import ScriptedDrafter
from tests.integration.reviewing import (
    ROLLBACK,
    an_incident,
    claim_like,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA = Reviewer("Ana", "UANA")
NONE = Judgement(Support.NONE, "the messages do not say who did it")
FULL = Judgement(Support.FULL)
SILENT = None


class ScriptedJudge:
    """Gives its answers one after the other, the last one for ever."""

    def __init__(self, *answers: Judgement | None, has_runs: bool = True) -> None:
        self.answers = list(answers)
        self.asked: list[JudgeRequest] = []
        self._has_runs = has_runs

    def judge(self, request: JudgeRequest) -> Judged:
        self.asked.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        run = EngineRun("judge-1", "ok", tuple(request.messages), 1.0)
        runs = (run,) if self._has_runs else ()
        return Judged(tuple(answer for _ in request.claims), "judge-1", runs)


class Story:
    def __init__(self, db: Database, clock: ReplayClock) -> None:
        self.db, self.clock = db, clock
        self.wall = ReplayClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
        few_sections(db, "key_moments")
        self.incident_id = an_incident(db)
        self.stamps = talk(db)
        clock.advance_to(clock.now() + timedelta(days=1))
        drafter = ScriptedDrafter((ROLLBACK,))
        draft_review(db, self.incident_id, drafter, clock, judge=ScriptedJudge(NONE))

    @property
    def claim(self) -> ClaimView:
        return claim_like(read(self.db, self.incident_id), "4812")

    @property
    def is_published(self) -> bool:
        return self.claim in read(self.db, self.incident_id).claims

    def cites(self, message: int) -> None:
        with self.db.transaction() as session:
            stamp = self.stamps[message]
            cite(session, self.claim.id, message_ts=stamp, by=ANA, now=self.clock.now())

    def edits(self, text: str) -> None:
        with self.db.transaction() as session:
            edit_claim(session, self.claim.id, text=text, by=ANA, now=self.clock.now())

    def adds(self, text: str, *messages: int) -> int:
        with self.db.transaction() as session:
            stamps = [self.stamps[each] for each in messages]
            return add_claim(
                session,
                self.incident_id,
                section="key_moments",
                text=text,
                message_ts=stamps,
                by=ANA,
                now=self.clock.now(),
            ).id

    def why(self, claim_id: int) -> str | None:
        with self.db.reading() as session:
            row = session.get_one(Claim, claim_id)
            assert row.is_supported == (row.failed_check is None)
            return row.failed_check

    def works(self, judge: ScriptedJudge | None) -> None:
        drafter = ScriptedDrafter((ROLLBACK,))
        args = (self.db, self.incident_id, drafter, self.clock, self.wall)
        draft_requested_review(*args, judge=judge)

    @property
    def is_due(self) -> bool:
        with self.db.reading() as session:
            return reviews_to_draft(session, self.wall) == [self.incident_id]

    def runs(self) -> Sequence[ModelRun]:
        with self.db.reading() as session:
            return session.scalars(select(ModelRun).where(ModelRun.purpose == "judge")).all()


@pytest.fixture
def story(db: Database, clock: ReplayClock) -> Story:
    return Story(db, clock)


def test_another_source_lifts_no_verdict_by_itself(
    story: Story, sent_jobs: list[QueuedJob]
) -> None:
    assert story.claim.why == NONE.why
    story.cites(5)
    assert sent_jobs[-1] == QueuedJob(Job.DRAFT_REVIEW, story.incident_id)
    assert not story.is_published
    assert "it is being read again" in (story.claim.why or "")
    with pytest.raises(BadInputError, match="second reading"), story.db.transaction() as session:
        verify(session, story.claim.id, by=ANA, now=story.clock.now())


def test_a_verdict_outlives_a_redraft_in_which_the_judge_is_silent(story: Story) -> None:
    drafter = ScriptedDrafter((ROLLBACK,))
    draft_review(story.db, story.incident_id, drafter, story.clock, judge=ScriptedJudge(SILENT))
    assert (story.is_published, story.claim.judged) == (False, "none")
    assert story.claim.why == NONE.why
    with pytest.raises(BadInputError, match=str(NONE.why)), story.db.transaction() as session:
        verify(session, story.claim.id, by=ANA, now=story.clock.now())
    draft_review(story.db, story.incident_id, drafter, story.clock, judge=ScriptedJudge(FULL))
    assert (story.is_published, story.claim.judged) == (True, "full")


@pytest.mark.parametrize("judge", [None, ScriptedJudge(SILENT, has_runs=False)])
def test_a_redraft_without_a_judge_goes_by_code_alone(
    story: Story, judge: ScriptedJudge | None
) -> None:
    drafter = ScriptedDrafter((ROLLBACK,))
    draft_review(story.db, story.incident_id, drafter, story.clock, judge=judge)
    assert (story.is_published, story.claim.judged) == (True, None)


@ON_BOTH
def test_the_judge_reads_the_old_source_and_the_new_one(story: Story) -> None:
    story.cites(5)
    assert story.is_due
    judge = ScriptedJudge(FULL)
    story.works(judge)
    (request,) = judge.asked
    assert [claim.text for claim in request.claims] == [story.claim.text]
    assert [m.message_ts for m in request.messages.values()] == [story.stamps[1], story.stamps[5]]
    assert story.is_published
    assert story.claim.judged == "full"
    assert [run.engine for run in story.runs()] == ["judge-1", "judge-1"]
    assert not story.is_due
    with story.db.reading() as session:
        assert debt_of(session, story.incident_id, story.clock.now()).claims == 1


def test_what_it_refuses_again_stays_apart_with_the_new_reason(story: Story) -> None:
    story.cites(5)
    why = "neither message names the person"
    story.works(ScriptedJudge(Judgement(Support.NONE, why)))
    assert (story.is_published, story.claim.why, story.is_due) == (False, why, False)
    story.cites(6)
    assert story.is_due, "with yet another source it is asked once more"


def test_without_a_judge_the_checks_by_code_decide(story: Story) -> None:
    story.cites(5)
    story.works(None)
    assert (story.is_published, story.claim.judged, story.is_due) == (True, None, False)


def test_a_judge_that_may_not_read_the_channel_counts_as_none(story: Story) -> None:
    story.cites(5)
    story.works(ScriptedJudge(SILENT, has_runs=False))
    assert (story.is_published, story.is_due) == (True, False)


def test_a_judge_that_says_nothing_lifts_nothing(story: Story) -> None:
    story.cites(5)
    silent = ScriptedJudge(SILENT)
    story.works(silent)
    assert not story.is_due, "it is left alone for a while"
    for _ in range(2 * MAX_ATTEMPTS):
        story.wall.advance_to(story.wall.now() + timedelta(minutes=6))
        story.works(silent)
    assert len(silent.asked) == MAX_ATTEMPTS
    assert (story.is_published, story.is_due) == (False, False)
    assert "gave no answer to the new ones" in (story.claim.why or "")


def test_its_answer_after_a_pause_counts(story: Story) -> None:
    story.cites(5)
    judge = ScriptedJudge(SILENT, FULL)
    story.works(judge)
    story.wall.advance_to(story.wall.now() + timedelta(minutes=6))
    assert story.is_due
    story.works(judge)
    assert (story.is_published, story.is_due) == (True, False)


def test_a_persons_other_words_are_not_for_the_judge(story: Story) -> None:
    story.cites(5)
    with story.db.transaction() as session:
        words = "ben rolled deploy 4812 back, and the failover helped."
        edit_claim(session, story.claim.id, text=words, by=ANA, now=story.clock.now())
    assert story.is_published
    story.works(ScriptedJudge(NONE))
    assert (story.is_published, story.is_due) == (True, False)


def test_what_is_cited_meanwhile_is_judged_next(story: Story) -> None:
    story.cites(5)

    class Slow(ScriptedJudge):
        def judge(self, request: JudgeRequest) -> Judged:
            if not self.asked:
                story.cites(6)
            return super().judge(request)

    judge = Slow(FULL)
    story.works(judge)
    assert not story.is_published, "it was not asked about the newest source"
    assert story.is_due
    story.works(judge)
    assert len(judge.asked[-1].messages) == 3
    assert (story.is_published, story.is_due) == (True, False)


@ON_BOTH
def test_a_new_draft_leaves_it_apart_until_then(story: Story) -> None:
    story.cites(5)
    story.clock.advance_to(story.clock.now() + timedelta(minutes=1))
    with story.db.transaction() as session:
        request_review(session, story.incident_id, story.clock.now(), story.wall)
    story.works(ScriptedJudge(NONE))
    assert not story.is_published
    with story.db.reading() as session:
        row = session.get_one(Claim, story.claim.id)
        assert (row.judged, row.failed_check) == ("none", NONE.why)


def test_undoing_an_edit_brings_the_verdict_back(story: Story) -> None:
    with story.db.transaction() as session:
        now = story.clock.now()
        words = "ben rolled deploy 4812 back early on."
        claim_id = story.claim.id
        edit_claim(session, claim_id, text=words, by=ANA, now=now)
        undo(session, claim_id, by=ANA, now=now)
    assert not story.is_published


def test_one_word_more_is_read_again_and_lifts_nothing_by_itself(story: Story) -> None:
    story.edits("ben was rolling back deploy 4812 then.")
    assert not story.is_published
    assert "it is being read again" in (story.claim.why or "")
    judge = ScriptedJudge(NONE, FULL)
    story.works(judge)
    assert [claim.text for claim in judge.asked[0].claims] == [story.claim.text]
    assert (story.is_published, story.claim.why, story.is_due) == (False, NONE.why, False)
    story.edits("ben rolled back deploy 4812.")
    story.works(judge)
    assert (story.is_published, story.is_due) == (True, False)
    with story.db.reading() as session:
        debt = debt_of(session, story.incident_id, story.clock.now())
    assert debt.claims == 0, "a person answers for these words already"


def test_it_waits_for_an_answer_about_a_person_s_few_other_words(story: Story) -> None:
    story.edits("ben was rolling back deploy 4812 then.")
    silent = ScriptedJudge(SILENT)
    for _ in range(2 * MAX_ATTEMPTS):
        story.works(silent)
        story.wall.advance_to(story.wall.now() + timedelta(minutes=6))
    assert len(silent.asked) == MAX_ATTEMPTS
    assert not story.is_published


@ON_BOTH
def test_adding_the_same_sentence_anew_lifts_nothing(story: Story) -> None:
    again = story.adds("Ben was rolling back deploy 4812", 1)
    assert story.why(again) == NONE.why
    beside = story.adds("ben was rolling back deploy 4812.", 1, 5)
    altered = story.adds("ben was rolling back deploy 4812 then.", 1)
    for claim_id in (beside, altered):
        assert "it is being read again" in (story.why(claim_id) or "")
    judge = ScriptedJudge(FULL)
    story.works(judge)
    assert len(judge.asked[0].claims) == 2
    assert (story.why(again), story.why(beside), story.why(altered)) == (NONE.why, None, None)


def test_what_is_added_in_other_words_is_not_for_the_judge(story: Story) -> None:
    assert story.why(story.adds("the failover worked.", 5)) is None
    assert not story.is_due


def test_no_message_is_offered_for_what_only_the_judge_refused(story: Story) -> None:
    with story.db.reading() as session:
        incident = session.get_one(Incident, story.incident_id)
        assert message_to_cite(session, incident, story.claim.id) is None


def test_few_other_words_beside_it_lift_nothing_either(story: Story) -> None:
    claim_id = story.claim.id
    with story.db.transaction() as session:
        now, words = story.clock.now(), "ben was rolling back deploy 4812 then."
        beside = edit_claim(session, claim_id, text=words, by=ANA, now=now, seen="what it was")
        proposal_id = beside.id
    assert proposal_id != claim_id
    with pytest.raises(BadInputError, match="second reading"), story.db.transaction() as session:
        take_proposal(session, proposal_id, by=ANA, now=story.clock.now())
    assert not story.is_published
