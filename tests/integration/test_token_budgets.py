"""Tokens for a model: no number of workers spends a budget twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.suggestions.models import TokenBudget
from copilot.suggestions.token_budgets import OverBudgetError, TokenBudgets, TokenLimits

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def wall_clock() -> ReplayClock:
    return ReplayClock(START)


def spent(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return dict(list(session.execute(select(TokenBudget.scope, TokenBudget.tokens))))


def test_what_a_call_may_use_is_set_aside_and_what_it_did_not_use_given_back(
    db: Database, wall_clock: ReplayClock
) -> None:
    budgets = TokenBudgets(db, TokenLimits(100, 200, 300), wall_clock)
    held = budgets.reserve("T1", 7, 90)
    assert spent(db) == {"incident:7": 90, "hour:2026-03-04T14": 90, "day:2026-03-04": 90}
    budgets.settle(held, 30)
    assert set(spent(db).values()) == {30}


@pytest.mark.parametrize(
    ("limits", "scope"),
    [((99, 500, 500), "incident"), ((500, 99, 500), "hour"), ((500, 500, 99), "day")],
)
def test_what_has_no_room_in_one_budget_takes_nothing_of_the_others(
    db: Database, wall_clock: ReplayClock, limits: tuple[int, int, int], scope: str
) -> None:
    budgets = TokenBudgets(db, TokenLimits(*limits), wall_clock)
    with pytest.raises(OverBudgetError) as refused:
        budgets.reserve("T1", 7, 100)
    assert refused.value.scope == scope
    assert set(spent(db).values()) <= {0}


def test_incidents_share_the_hour_and_workspaces_share_nothing(
    db: Database, wall_clock: ReplayClock
) -> None:
    budgets = TokenBudgets(db, TokenLimits(100, 150, 1000), wall_clock)
    budgets.reserve("T1", 1, 100)
    with pytest.raises(OverBudgetError):
        budgets.reserve("T1", 2, 100)
    budgets.reserve("T2", 3, 100)


def test_the_next_hour_has_its_own_share_and_old_ones_are_forgotten(
    db: Database, wall_clock: ReplayClock
) -> None:
    budgets = TokenBudgets(db, TokenLimits(1000, 100, 1000), wall_clock)
    budgets.reserve("T1", 1, 100)
    wall_clock.advance_to(START + timedelta(hours=1))
    budgets.reserve("T1", 1, 100)
    wall_clock.advance_to(START + timedelta(days=5))
    budgets.reserve("T1", 1, 100)
    assert spent(db) == {"incident:1": 300, "hour:2026-03-09T14": 100, "day:2026-03-09": 100}


def test_a_call_that_crashed_stays_spent(db: Database, wall_clock: ReplayClock) -> None:
    budgets = TokenBudgets(db, TokenLimits(100, 1000, 1000), wall_clock)
    budgets.reserve("T1", 1, 60)
    with pytest.raises(OverBudgetError):
        TokenBudgets(db, TokenLimits(100, 1000, 1000), wall_clock).reserve("T1", 1, 60)


def test_workers_at_once_never_spend_more_than_there_is(
    db: Database, wall_clock: ReplayClock
) -> None:
    """Eight of them, two incidents; some calls crash, the others settle for less."""
    limits = TokenLimits(per_incident=600, per_hour=1000, per_day=1100)
    used: list[int] = []
    refused: list[str] = []

    def work(seed: int) -> None:
        random = Random(seed)  # noqa: S311 - no secret
        budgets = TokenBudgets(db, limits, wall_clock)
        for _ in range(12):
            most = random.randint(20, 120)
            try:
                held = budgets.reserve("T1", random.randint(1, 2), most)
            except OverBudgetError as error:
                refused.append(error.scope)
                continue
            assert all(tokens <= 1100 for tokens in spent(db).values())
            if random.random() < 0.1:
                used.append(most)
                continue
            took = random.randint(0, most)
            used.append(took)
            budgets.settle(held, took)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    left = spent(db)
    assert left["hour:2026-03-04T14"] == left["day:2026-03-04"] == sum(used) <= 1000
    assert left["incident:1"] + left["incident:2"] == sum(used)
    assert max(left["incident:1"], left["incident:2"]) <= 600
    assert refused
