"""The migrations are the only way tables come to be."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, func, inspect, select, table

from copilot.db import Base, Database, open_engine
from copilot.incidents.follow_ups import write_follow_up
from copilot.incidents.lifecycle import declare
from copilot.migrating import downgrade, is_current, upgrade
from copilot.ports import ChannelInfo
from copilot.reviews.models import Claim
from copilot.reviews.progress import claims_checked
from copilot.suggestions.pacing import lock_pacing
from copilot.workspaces.directory import upsert_channel


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """On a database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_they_make_every_table_and_take_every_table_away_again(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    made = tables(empty_engine)
    assert made == set(Base.metadata.tables)
    downgrade(empty_engine, "base")
    assert tables(empty_engine) == set()
    upgrade(empty_engine)
    assert tables(empty_engine) == made


def test_they_make_exactly_what_the_models_describe(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_running_them_twice_changes_nothing(empty_engine: Engine) -> None:
    assert not is_current(empty_engine)
    upgrade(empty_engine)
    upgrade(empty_engine)
    assert is_current(empty_engine)


def test_they_keep_what_is_stored(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    now = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
    with Database(empty_engine, lambda _: None).transaction() as session:
        upsert_channel(session, "T1", ChannelInfo("C1", "inc-checkout", is_private=False))
        declared = declare(
            session,
            team_id="T1",
            channel_id="C1",
            title="Checkout errors",
            severity=None,
            by="U1",
            now=now,
        )
        write_follow_up(
            session, declared.incident, title="Fix it", owner_id=None, due=None, by="U1", now=now
        )
        lock_pacing(session, declared.incident.id)
    kept = ("channel", "incident", "follow_up", "pacing", "timeline_event")
    before = rows_in(empty_engine, kept)
    assert all(before.values())
    downgrade(empty_engine, "0001")
    assert rows_in(empty_engine, kept) == before
    upgrade(empty_engine)
    assert rows_in(empty_engine, kept) == before


def test_of_reviews_from_before_only_the_newest_version_stands(empty_engine: Engine) -> None:
    upgrade(empty_engine, "0003")
    drafted = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    old = MetaData()
    with empty_engine.begin() as connection:
        old.reflect(connection, only=["incident", "review", "claim"])
        incident = {"team_id": "T1", "title": "Errors", "status": "resolved", "is_imported": False}
        incident |= {"declared_at": drafted}
        for incident_id in (1, 2):
            row = incident | {"id": incident_id, "channel_id": f"C{incident_id}"}
            connection.execute(old.tables["incident"].insert().values(row))
        review = {"engine": "local-1", "drafted_at": drafted, "events_read": 1}
        review |= {"events_left_out": 0}
        claim = {"section": "impact", "position": 0, "text": "It failed.", "is_supported": True}
        claim |= {"drafted_text": "It failed.", "state": "verified"}
        for number, (incident_id, version) in enumerate([(1, 1), (2, 1), (1, 2), (1, 3)], 1):
            row = review | {"id": number, "incident_id": incident_id, "version": version}
            connection.execute(old.tables["review"].insert().values(row))
            row = claim | {"id": number, "review_id": number}
            connection.execute(old.tables["claim"].insert().values(row))
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        withdrawn = select(Claim.id, Claim.withdrawn_in_id).order_by(Claim.id)
        assert connection.execute(withdrawn).all() == [(1, 3), (2, None), (3, 4), (4, None)]
    with Database(empty_engine, lambda _: None).reading() as session:
        assert claims_checked(session, [1, 2]) == {1: (1, 1), 2: (1, 1)}
    downgrade(empty_engine, "0003")
    assert rows_in(empty_engine, ["claim", "review"]) == {"claim": 4, "review": 4}


def rows_in(engine: Engine, names: Iterable[str]) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table(name))) or 0
            for name in names
        }
