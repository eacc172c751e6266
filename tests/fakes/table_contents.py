"""All that a database holds, to see what a request changed, and to put it back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from copilot.db import Base

_SAYS_NOTHING = ("last_event",)
"""Tables that are written whatever a request says."""

Contents = Mapping[str, Sequence[tuple[Any, ...]]]


def contents(engine: Engine) -> Contents:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select())]
            for name, table in Base.metadata.tables.items()
            if name not in _SAYS_NOTHING
        }


def changed_tables(before: Contents, after: Contents) -> set[str]:
    """Those with a row added, changed or gone."""
    return {name for name in after if _as_set(before[name]) != _as_set(after[name])}


def restore(engine: Engine, before: Contents) -> None:
    """Have the tables hold what they held."""
    changed = changed_tables(before, contents(engine))
    tables = [table for table in Base.metadata.sorted_tables if table.name in changed]
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            columns = [column.name for column in table.c]
            rows = [dict(zip(columns, row, strict=True)) for row in before[table.name]]
            if rows:
                connection.execute(table.insert(), rows)


def _as_set(rows: Sequence[tuple[Any, ...]]) -> set[str]:
    return {repr(row) for row in rows}
