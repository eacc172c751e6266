"""Table base, column types and the transaction boundary, for SQLite and PostgreSQL."""

import select
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from copilot.jobs import SendJob, take_pending

_READ_ONLY = "copilot_read_only"
_SQLITE_PATIENCE_S = 15
_KEEPALIVES = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. SQLite has no time zones: naive UTC there, aware again when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: give every instant a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonData = JSON().with_variant(JSONB(), "postgresql")
# SQLite only gives rowid aliases, and so autoincrement, to a column declared INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        datetime: UtcDateTime(),
        dict[str, Any]: JsonData,
        list[Any]: JsonData,
    }


class Database:
    """Opens transactions on one engine and sends jobs after they commit."""

    def __init__(self, bind: Engine | Connection, send_job: SendJob) -> None:
        self._bind = bind
        self._send_job = send_job
        self._writing = threading.Lock()

    @property
    def dialect(self) -> str:
        return self._bind.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit on success, then send the jobs that were enqueued inside.

        Written out instead of hung on SQLAlchemy's `after_commit`, which also fires when a
        savepoint is released. The session joins a transaction that is begun here, so that
        whoever needs no ORM (`connection_of`) does not pay for its unit of work.
        """
        with self._begun() as connection:
            session = _joined(connection)
            try:
                yield session
                if session.in_transaction():
                    session.commit()  # flushes; the connection is what commits
            finally:
                if session.in_transaction() or session.identity_map:
                    session.close()
        for queued in take_pending(session):
            self._send_job(queued)

    def _begun(self) -> AbstractContextManager[Connection]:
        """A transaction of its own, or a savepoint of the connection that was given."""
        if not isinstance(self._bind, Engine):
            return _savepoint(self._bind)
        return self._in_turn(self._bind) if self.dialect == "sqlite" else self._bind.begin()

    @contextmanager
    def _in_turn(self, engine: Engine) -> Iterator[Connection]:
        """One writer at a time, as SQLite has it, but woken when it is its turn.

        SQLite itself looks again after a pause that grows to a tenth of a second, and whoever comes
        meanwhile goes first; of many writers some wait for seconds.
        """
        if not self._writing.acquire(timeout=_SQLITE_PATIENCE_S):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("locked"))
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        options: dict[str, Any] = {_READ_ONLY: True}
        if self.dialect == "postgresql":
            # Its default shows each statement what others committed meanwhile.
            options["isolation_level"] = "REPEATABLE READ"
        with Session(
            self._bind, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            session.connection(execution_options=options)
            # Closing rolls back and detaches; an explicit rollback would empty what was read.
            yield session


@contextmanager
def _savepoint(connection: Connection) -> Iterator[Connection]:
    with connection.begin_nested():
        yield connection


def _joined(connection: Connection) -> Session:
    return Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")


def connection_of(session: Session) -> Connection:
    """What the session runs on, for statements of tables; the ORM is not woken for it."""
    return session.bind if isinstance(session.bind, Connection) else session.connection()


def open_engine(url: str) -> Engine:
    """An engine set up so that a committed row survives a crash.

    SQLite: write-ahead log, `synchronous=FULL`, foreign keys on, and transactions that take
    the write lock when they begin: a transaction that upgrades from reading to writing
    fails at once with "database is locked", whatever the busy timeout.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # Parameters are what people said, and errors end up in logs.
    is_sqlite = url.startswith("sqlite")
    engine = create_engine(url, hide_parameters=True, connect_args={} if is_sqlite else _KEEPALIVES)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkout", _refuse_dead)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the driver's type
    connection.isolation_level = None  # we send BEGIN ourselves, see _begin_sqlite
    pragmas: Sequence[str] = (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_SQLITE_PATIENCE_S * 1000}",
        "foreign_keys=ON",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    statement = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    # By the driver: through SQLAlchemy it would cost as much as recording a message.
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(statement)
    except sqlite3.OperationalError as error:
        raise OperationalError(statement, None, error) from error


def _refuse_dead(
    connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Have the pool connect anew where PostgreSQL has gone, e.g. started again.

    A server that hangs up makes its idle socket readable, and so does the kernel once keepalives
    find nobody there. Looking costs no round trip, unlike `pool_pre_ping`.
    """
    driver: Any = connection
    if driver.closed or _has_something_to_tell(driver.fileno()):
        raise InvalidatePoolError


def _has_something_to_tell(socket: int) -> bool:
    idle = select.poll()  # not select.select, which refuses numbers above 1,023
    idle.register(socket, select.POLLIN)
    return bool(idle.poll(0))
