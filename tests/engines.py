"""One engine for each database that tests use in turn.

An engine keeps the statements it has compiled. Compiling all of them anew for each test took a
quarter of the suite's time.
"""

from functools import cache
from typing import Any

from sqlalchemy import Engine, event

from copilot.db import open_engine


@cache
def shared_engine(url: str) -> Engine:
    """Dispose of it after use all the same: that closes its connections and keeps what it knows."""
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _no_wait_for_the_disk)
    return engine


def _no_wait_for_the_disk(raw: Any, _: object) -> None:
    """As on PostgreSQL: what tests write may be lost with the machine, never with the process."""
    raw.execute("PRAGMA synchronous=OFF")
