"""Who asks for a draft while one is written starts no second one beside it, and loses nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError, TemporaryError
from copilot.ports import Draft, DraftRequest
from copilot.reviews.draft_requests import Wish, request_review
from copilot.reviews.drafting import draft_now, draft_requested_review, reviews_to_draft
from copilot.reviews.models import Review
from copilot.reviews.policies import set_policy
from copilot.reviews.review_policy import SHIPPED, ReviewPolicy
from tests.fakes.drafter import FailingDrafter, ScriptedDrafter
from tests.integration.reviewing import NORMAL, TEAM, an_incident, few_sections, say, talk

WALL = ReplayClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))


class Interrupted(ScriptedDrafter):
    """Something happens while it writes each section."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__((NORMAL,))
        self._meanwhile = meanwhile
        self.asked: list[str] = []

    def draft(self, request: DraftRequest) -> Draft:
        self.asked += [wish.key for wish in request.sections]
        self._meanwhile()
        return super().draft(request)


@pytest.fixture
def incident_id(db: Database, clock: ReplayClock) -> int:
    few_sections(db, "impact", "key_moments")
    found = an_incident(db)
    talk(db)
    clock.advance_to(clock.now() + timedelta(days=1))
    return found


def press(db: Database, incident_id: int, clock: ReplayClock) -> Wish:
    clock.advance_to(clock.now() + timedelta(seconds=1))
    with db.transaction() as session:
        return request_review(session, incident_id, clock.now(), WALL)


def work(db: Database, incident_id: int, clock: ReplayClock, drafter: ScriptedDrafter) -> None:
    clock.advance_to(clock.now() + timedelta(seconds=1))
    draft_requested_review(db, incident_id, drafter, clock, WALL)


def due(db: Database) -> list[int]:
    with db.reading() as session:
        return reviews_to_draft(session, WALL)


def versions(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Review)) or 0


def test_pressed_while_one_runs_it_says_so_and_starts_none(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    said: list[Wish] = []
    beside = Interrupted(lambda: None)

    def press_and_nudge() -> None:
        said.append(press(db, incident_id, clock))
        work(db, incident_id, clock, beside)

    assert press(db, incident_id, clock) is Wish.BEGINS
    running = Interrupted(press_and_nudge)
    work(db, incident_id, clock, running)
    assert said == [Wish.RUNS, Wish.RUNS]
    assert running.asked == ["impact", "key_moments"]
    assert beside.asked == []
    assert (due(db), versions(db)) == ([], 1)
    assert press(db, incident_id, clock) is Wish.BEGINS, "once it is done, another one begins"


def test_what_was_said_meanwhile_is_drafted_afterwards(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    said: list[Wish] = []

    def speak_and_press() -> None:
        if len(said) == 1:
            at = clock.now() + timedelta(seconds=1)
            say(db, "UBEN", "it was db-3 after all", ts=f"{int(at.timestamp())}.000100")
        clock.advance_to(clock.now() + timedelta(seconds=2))
        said.append(press(db, incident_id, clock))

    press(db, incident_id, clock)
    running = Interrupted(speak_and_press)
    work(db, incident_id, clock, running)
    assert said == [Wish.RUNS, Wish.FOLLOWS]
    assert running.asked == ["impact", "key_moments"], "what runs goes on to its end"
    assert due(db) == [incident_id]
    following = ScriptedDrafter((NORMAL,))
    work(db, incident_id, clock, following)
    assert following.seen[-1].text == "it was db-3 after all"
    assert (due(db), versions(db)) == ([], 2)


def test_another_template_is_drafted_afterwards(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    said: list[Wish] = []

    def change_and_press() -> None:
        clock.advance_to(clock.now() + timedelta(seconds=1))
        with db.transaction() as session:
            kept = ReviewPolicy(sections=tuple(w for w in SHIPPED if w.key == "detection"))
            set_policy(session, TEAM, kept, replaces=2, reason="-", by="U", now=clock.now())
        said.append(press(db, incident_id, clock))

    press(db, incident_id, clock)
    once = iter([change_and_press])
    work(db, incident_id, clock, Interrupted(lambda: next(once, lambda: None)()))
    assert said == [Wish.FOLLOWS]
    following = Interrupted(lambda: None)
    work(db, incident_id, clock, following)
    assert following.asked == ["detection"]


def test_people_who_press_at_once_have_it_drafted_once(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    drafters = [Interrupted(lambda: None) for _ in range(4)]

    def press_and_work(drafter: Interrupted) -> None:
        with db.transaction() as session:
            request_review(session, incident_id, clock.now(), WALL)
        draft_requested_review(db, incident_id, drafter, clock, WALL)

    press(db, incident_id, clock)
    with ThreadPoolExecutor(4) as threads:

        def all_press() -> None:
            for _ in threads.map(press_and_work, drafters):
                pass

        slow = Interrupted(all_press)
        work(db, incident_id, clock, slow)
    assert [each.asked for each in drafters] == [[]] * 4
    assert slow.asked == ["impact", "key_moments"]


def test_pressing_ends_the_rest_after_a_failure(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    press(db, incident_id, clock)
    for _ in range(2):
        with pytest.raises(TemporaryError):
            draft_requested_review(db, incident_id, FailingDrafter(), clock, WALL)
        assert due(db) == []
        assert press(db, incident_id, clock) is Wish.BEGINS
        assert due(db) == [incident_id]


def test_a_command_drafts_unless_a_worker_does(
    db: Database, incident_id: int, clock: ReplayClock
) -> None:
    refused: list[str] = []

    def command() -> None:
        with pytest.raises(BadInputError) as error:
            draft_now(db, incident_id, ScriptedDrafter(), clock, lease_clock=WALL)
        refused.append(str(error.value))

    press(db, incident_id, clock)
    work(db, incident_id, clock, Interrupted(command))
    assert refused == [Wish.RUNS, Wish.RUNS]
    clock.advance_to(clock.now() + timedelta(seconds=1))
    commanded = Interrupted(lambda: work(db, incident_id, clock, beside))
    beside = Interrupted(lambda: None)
    draft_now(db, incident_id, commanded, clock, lease_clock=WALL)
    assert commanded.asked == ["impact", "key_moments"]
    assert beside.asked == [], "no worker joins in, either"
    assert (due(db), versions(db)) == ([], 2)
