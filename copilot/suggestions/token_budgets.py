"""How many tokens a model service may be given, for an incident, an hour and a day.

A call sets aside the most that it may use before it is made, and gives back what it did not use.
Both are single conditional UPDATEs, so that no number of workers spends a budget twice. A worker
that dies between the two leaves its share spent: a little of the budget is lost, never overrun.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import CopilotError
from copilot.suggestions.models import TokenBudget

_KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class TokenLimits:
    per_incident: int
    per_hour: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Reservation:
    team_id: str
    scopes: tuple[str, ...]
    tokens: int


class OverBudgetError(CopilotError):
    """A budget has no room for the call; `scope` is `incident`, `hour` or `day`."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TokenBudgets:
    """Hours and days are those of the wall clock, in UTC, even where an incident is replayed in
    its own time: that is the time in which tokens cost money.
    """

    def __init__(self, db: Database, limits: TokenLimits, wall_clock: Clock) -> None:
        self._db = db
        self._limits = limits
        self._wall_clock = wall_clock

    def reserve(self, team_id: str, incident_id: int, tokens: int) -> Reservation:
        """Set the tokens aside in all three budgets, or in none. Raises OverBudgetError."""
        now = self._wall_clock.now().astimezone(UTC)
        limits = {
            f"incident:{incident_id}": self._limits.per_incident,
            f"hour:{now:%Y-%m-%dT%H}": self._limits.per_hour,
            f"day:{now:%Y-%m-%d}": self._limits.per_day,
        }
        # Always in the same order, so that two workers wait for each other and never in a circle.
        with self._db.transaction() as session:
            if _open(session, team_id, list(limits)):
                _forget_old(session, team_id, now)
            for scope, limit in limits.items():
                if not _take(session, team_id, scope, tokens, limit):
                    raise OverBudgetError(scope.partition(":")[0])
        return Reservation(team_id, tuple(limits), tokens)

    def settle(self, reservation: Reservation, used: int) -> None:
        """Count what the call used in place of what was set aside for it."""
        with self._db.transaction() as session:
            for scope in reservation.scopes:
                session.execute(
                    update(TokenBudget)
                    .where(TokenBudget.team_id == reservation.team_id, TokenBudget.scope == scope)
                    .values(tokens=TokenBudget.tokens + (used - reservation.tokens)),
                    execution_options={"synchronize_session": False},
                )


def _open(session: Session, team_id: str, scopes: list[str]) -> bool:
    """Make sure of the rows; True if one of them is new."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"team_id": team_id, "scope": scope, "tokens": 0} for scope in scopes]
    insert = dialect.insert(TokenBudget).values(rows).on_conflict_do_nothing()
    return bool(session.execute(insert.returning(TokenBudget.scope)).all())


def _take(session: Session, team_id: str, scope: str, tokens: int, limit: int) -> bool:
    taken = session.execute(
        update(TokenBudget)
        .where(
            TokenBudget.team_id == team_id,
            TokenBudget.scope == scope,
            TokenBudget.tokens + tokens <= limit,
        )
        .values(tokens=TokenBudget.tokens + tokens)
        .returning(TokenBudget.scope),
        execution_options={"synchronize_session": False},
    )
    return taken.one_or_none() is not None


def _forget_old(session: Session, team_id: str, now: datetime) -> None:
    """Hours and days that are over; what was used in them is in the recorded runs."""
    for kind in ("hour", "day"):
        session.execute(
            delete(TokenBudget).where(
                TokenBudget.team_id == team_id,
                TokenBudget.scope.like(f"{kind}:%"),
                TokenBudget.scope < f"{kind}:{now - _KEPT:%Y-%m-%d}",
            ),
            execution_options={"synchronize_session": False},
        )
