"""A migrated database for each walk of a property test, copied rather than migrated again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from copilot.db import Database, open_engine


@contextmanager
def fresh(template: Path) -> Iterator[Database]:
    copy = shutil.copy(template, template.with_name("walk.db"))
    engine = open_engine(f"sqlite:///{copy}")
    # Nothing here pulls the plug, so nothing needs to wait for the disk.
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    try:
        yield Database(engine, lambda _: None)
    finally:
        engine.dispose()
        for leftover in template.parent.glob("walk.db*"):
            leftover.unlink()
