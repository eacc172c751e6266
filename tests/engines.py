"""One engine for each database that tests use in turn.

An engine keeps the statements it has compiled. Compiling all of them anew for each test took a
quarter of the suite's time.
"""

from functools import cache

from sqlalchemy import Engine

from copilot.db import open_engine


@cache
def shared_engine(url: str) -> Engine:
    """Dispose of it after use all the same: that closes its connections and keeps what it knows."""
    return open_engine(url)
