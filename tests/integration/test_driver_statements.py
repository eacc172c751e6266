"""Statements handed to the driver behave as if SQLAlchemy had run them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from copilot.db import Database, connection_of, open_engine
from copilot.timeline.driver_statements import DriverStatement
from copilot.workspaces.models import Workspace

NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
SELECT = DriverStatement(
    lambda _: select(Workspace.team_id, Workspace.created_at).where(
        Workspace.team_id == bindparam("team_id")
    )
)
INSERT = DriverStatement(
    lambda dialect: (
        dialect.insert(Workspace)
        .values(
            team_id=bindparam("team_id"),
            name=bindparam("name"),
            url=bindparam("url"),
            created_at=bindparam("created_at"),
            enterprise_id=bindparam("enterprise_id"),
        )
        .inline()
    )
)


def a_workspace(team_id: str = "T1") -> dict[str, object]:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    named = {"team_id": team_id, "name": "100 %s", "url": "/", "enterprise_id": ""}
    return {**named, "created_at": elsewhere}


def test_values_are_written_and_read_as_the_columns_types_say(db: Database) -> None:
    with db.transaction() as session:
        assert INSERT.rows(connection_of(session), a_workspace()) == []
    with db.reading() as session:
        assert SELECT.rows(session.connection(), {"team_id": "T1"}) == [("T1", NOON)]
        assert session.scalars(select(Workspace.name)).all() == ["100 %s"]
        assert session.scalars(select(Workspace.created_at)).all() == [NOON]


def test_many_rows_are_written_like_one(db: Database) -> None:
    with db.transaction() as session:
        INSERT.run_many(connection_of(session), [a_workspace("T1"), a_workspace("T2")])
        INSERT.run_many(connection_of(session), [])
    with db.reading() as session:
        assert session.scalars(select(Workspace.created_at)).all() == [NOON, NOON]


def test_what_failed_is_taken_back_and_keeps_what_was_said_to_itself(db: Database) -> None:
    def twice(session: Session) -> None:
        for _ in range(2):
            INSERT.rows(connection_of(session), {**a_workspace(), "name": "our secret plan"})

    with pytest.raises(DBAPIError) as refused, db.transaction() as session:
        twice(session)
    assert "our secret plan" not in str(refused.value)
    with db.reading() as session:
        assert session.scalars(select(Workspace.id)).all() == []


def test_a_connection_that_broke_is_not_used_again(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    db = Database(engine, lambda _: None)

    def hung_up_on(session: Session) -> None:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with db.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        SELECT.rows(connection_of(session), {"team_id": "T1"})

    with pytest.raises(OperationalError), db.transaction() as session:
        hung_up_on(session)
    with db.transaction() as session:
        assert SELECT.rows(connection_of(session), {"team_id": "T1"}) == []
    engine.dispose()


def test_connections_that_were_hung_up_on_while_idle_are_replaced_unseen(
    postgres_url: str,
) -> None:
    """As after a restart of PostgreSQL: nobody who asks later hears of it."""
    engine, other_engine = open_engine(postgres_url), open_engine(postgres_url)
    db, other = Database(engine, lambda _: None), Database(other_engine, lambda _: None)
    with db.transaction(), db.transaction():
        pass  # two connections wait in the pool
    with other.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    for _ in range(3):
        with db.transaction() as session:
            assert SELECT.rows(connection_of(session), {"team_id": "T1"}) == []
    engine.dispose()
    other_engine.dispose()
