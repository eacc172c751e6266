"""How fast Slack lets us read: per method and workspace, as Slack counts.

Two regimes are known. Apps of one's own may read about 50 pages a minute (Tier 3). Apps that are
distributed commercially outside Slack's Marketplace may read one page a minute, of at most 15
messages. Slack does not say which holds, so it is learnt: a page that was cut at 15 though more
was asked for and more is there, or a second 429 soon after one that was waited out, means the
slow regime. From then on one request a minute is made, rather than running into 429s. A page of
more than 15 shows that it is over; without one it is put to the test again after an hour.

A 429 stops the method in that workspace until exactly `Retry-After` later, and nothing else.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import ReadPace

PAGE_SIZE = 200
SLOW_PAGE_SIZE = 15
SLOW_INTERVAL = timedelta(seconds=60)
_INTERVAL = timedelta(seconds=1.5)
_BURST = 10
"""With the interval above never more than 50 in a minute."""
_AGAIN = timedelta(minutes=5)
"""A second 429 within this time is no accident."""
_SLOW_FOR = timedelta(hours=1)


def take_turn(session: Session, team_id: str, method: str, now: datetime) -> datetime | None:
    """None if a request may be made now, which is counted; else when to ask again.

    Evenly spaced, with a short burst allowed (GCRA: `next_at` is the theoretical arrival time).
    The row is held until the transaction ends, so two workers never spend one turn.
    """
    pace = _held(session, team_id, method, now)
    is_slow = _is_slow(pace, now)
    interval = SLOW_INTERVAL if is_slow else _INTERVAL
    slack = timedelta() if is_slow else _INTERVAL * (_BURST - 1)
    free_at = max(pace.next_at - slack, pace.blocked_until or now)
    if free_at > now:
        return free_at
    pace.next_at = max(pace.next_at, now) + interval
    session.flush()
    return None


def note_page(
    session: Session, team_id: str, method: str, *, got: int, has_more: bool, now: datetime
) -> None:
    """Learn from a page that was answered; `PAGE_SIZE` messages were asked for."""
    if got > SLOW_PAGE_SIZE:
        session.execute(
            update(ReadPace)
            .where(*_of(team_id, method), ReadPace.slow_until.is_not(None))
            .values(slow_until=None, limited_at=None)
        )
    elif has_more:
        session.execute(
            update(ReadPace).where(*_of(team_id, method)).values(slow_until=now + _SLOW_FOR)
        )
        _space_out(session, team_id, method, now)


def note_limited(
    session: Session, team_id: str, method: str, retry_after: timedelta, now: datetime
) -> datetime:
    """Slack answered 429; returns when the method may be used again."""
    pace = _held(session, team_id, method, now)
    if pace.limited_at is not None and now - pace.limited_at < _AGAIN:
        pace.slow_until = now + _SLOW_FOR
    pace.limited_at = now
    pace.blocked_until = now + retry_after
    pace.next_at = min(pace.next_at, pace.blocked_until)
    session.flush()
    return pace.blocked_until


def _space_out(session: Session, team_id: str, method: str, now: datetime) -> None:
    """The page just read counts for a whole minute."""
    session.execute(
        update(ReadPace)
        .where(*_of(team_id, method), ReadPace.next_at < now + SLOW_INTERVAL)
        .values(next_at=now + SLOW_INTERVAL)
    )


def _is_slow(pace: ReadPace, now: datetime) -> bool:
    return pace.slow_until is not None and pace.slow_until > now


def _held(session: Session, team_id: str, method: str, now: datetime) -> ReadPace:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table: Table = ReadPace.__table__  # type: ignore[assignment]
    insert = dialect.insert(table).values(team_id=team_id, method=method, next_at=now)
    session.execute(insert.on_conflict_do_nothing())
    query = select(ReadPace).where(*_of(team_id, method)).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _of(team_id: str, method: str) -> list[ColumnElement[bool]]:
    return [ReadPace.team_id == team_id, ReadPace.method == method]
