"""Statements that are sent for every message, handed to the driver as text.

SQLAlchemy spends ten times as long on running a statement as SQLite does on a small row. Here it
writes the text and encodes the values, both the same as ever, but the text only once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Build = Callable[[Any], Insert | Select[*tuple[Any, ...]]]
"""Writes the statement, given the dialect's module, whose `insert` knows ON CONFLICT."""

_DIALECTS: Mapping[str, tuple[Dialect, Any]] = {
    "postgresql": (PGDialect_psycopg(paramstyle="format"), postgresql),  # type: ignore[no-untyped-call]
    "sqlite": (sqlite.dialect(), sqlite),
}


class DriverStatement:
    """One statement, compiled when a dialect first needs it; safe to share between threads."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it, and fetch what it selects or returns."""
        compiled = self._for(connection)
        driver: Any = connection.connection.driver_connection
        try:
            cursor = driver.execute(compiled.text, compiled.encoded(values))
            found = cursor.fetchall() if compiled.results else []
        except Exception as error:
            raise _as_sqlalchemy_would(error, compiled.text, connection.dialect) from error
        return compiled.decoded(found)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each row; nothing is fetched."""
        if rows:
            compiled = self._for(connection)
            connection.exec_driver_sql(compiled.text, compiled.encoded_many(rows))

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        if name not in self._compiled:
            dialect, module = _DIALECTS[name]
            self._compiled[name] = _compile(self._build(module), dialect)
        return self._compiled[name]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    parameters: Sequence[tuple[str, Convert | None]]
    """In the order of their places: the name, and how the driver wants the value."""
    results: Sequence[Convert | None]
    """For each column of the result, how to read what the driver gives."""

    def encoded(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                values[name] if encode is None else encode(values[name])
                for name, encode in self.parameters
            ]
        )

    def encoded_many(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """The same column by column: what all rows share is encoded once."""
        columns = []
        for name, encode in self.parameters:
            column = [row[name] for row in rows]
            if encode is not None:
                encoded = {key: encode(value) for key, value in {id(v): v for v in column}.items()}
                column = [encoded[id(value)] for value in column]
            columns.append(column)
        return list(zip(*columns, strict=True))

    def decoded(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if not any(self.results):
            return found
        return [
            tuple(
                value if decode is None else decode(value)
                for value, decode in zip(row, self.results, strict=True)
            )
            for row in found
        ]


def _compile(statement: Insert | Select[*tuple[Any, ...]], dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    return _Compiled(
        str(compiled),
        [(name, _encoder(compiled.binds[name].type, dialect)) for name in compiled.positiontup],
        [_decoder(column.type, dialect) for column in statement.exported_columns],
    )


def _encoder(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _decoder(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _as_sqlalchemy_would(error: Exception, text: str, dialect: Dialect) -> BaseException:
    """Whoever catches database errors catches SQLAlchemy's."""
    base: Any = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect)
