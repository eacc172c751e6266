"""Fixtures every test may use."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import make_url

from copilot.clock import ReplayClock
from copilot.db import Base, Database, open_engine
from copilot.jobs import QueuedJob
from copilot.migrating import upgrade
from tests.engines import shared_engine
from tests.servers import NoServerError, postgres_server, redis_server

# Examples are bounded by their number: two busy cores are no reason for a test to fail. A few each
# time find in a week what many find at once; `make thorough` asks for many.
settings.register_profile(
    "copilot",
    max_examples=int(os.environ.get("COPILOT_TEST_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("copilot")


@pytest.fixture
def sent_jobs() -> list[QueuedJob]:
    """What the database sent to workers, in order."""
    return []


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))


@pytest.fixture
def db(database_url: str, sent_jobs: list[QueuedJob]) -> Iterator[Database]:
    """A migrated database of the test's own, once on SQLite and once on PostgreSQL."""
    engine = shared_engine(database_url)
    yield Database(engine, sent_jobs.append)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh migrated database of either kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> str:
    """The URL of a fresh migrated SQLite file: always the same, so that one engine will do."""
    path = migrated_sqlite.with_name("test.db")
    url = f"sqlite:///{path}"
    shared_engine(url).dispose()
    for left_over in path.parent.glob(f"{path.name}*"):
        left_over.unlink()
    shutil.copy(migrated_sqlite, path)
    return url


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """The URL of an empty migrated PostgreSQL database.

    Emptied rather than made anew: creating a database takes longer than most tests.
    """
    yield migrated_postgres
    with psycopg.connect(migrated_postgres, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        _empty(connection)


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    yield from _own_postgres_database(postgres)


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """The URL of an empty Redis database, of this process's own where several test at once."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = redis_server_url.removesuffix("/0") + f"/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that the migrations have run on, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> Iterator[str]:
    """The URL of the database that the migrations have run on, emptied after each test."""
    for url in _own_postgres_database(postgres):
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server; tests that need it are skipped, with the reason, where none is."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server())
        except NoServerError as reason:
            pytest.skip(str(reason))
        yield url


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """A Redis server; tests that need it are skipped, with the reason, where none is."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(redis_server())
        except NoServerError as reason:
            pytest.skip(str(reason))
        yield url


def _empty(connection: "psycopg.Connection[Any]") -> None:
    """Delete what there is: TRUNCATE rewrites every table and takes five times as long."""
    holds_rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in Base.metadata.tables
    )
    filled = {name for (name,) in connection.execute(holds_rows)}
    used = connection.execute(
        "SELECT sequencename FROM pg_sequences "
        "WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    sequences = [name for (name,) in used]
    with connection.transaction():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in filled:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        for name in sequences:
            connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))


def _own_postgres_database(server_url: str) -> Iterator[str]:
    name = f"copilot_test_{uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {}")
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name)))
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
        connection.execute(drop.format(sql.Identifier(name)))
