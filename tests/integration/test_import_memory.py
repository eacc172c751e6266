"""A long import needs no more memory than a short one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.archive.exports import a_message, as_folder, export_files

A_DAY = 2_500
IMPORT_BOTH = """
import resource, sys
from datetime import UTC, datetime
from copilot.archive.importing import import_slack_export
from copilot.db import Database, open_engine

db = Database(open_engine(sys.argv[1]), lambda _: None)
for export in sys.argv[2:]:
    import_slack_export(db, export, now=datetime(2026, 3, 4, tzinfo=UTC))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells peak memory in KiB")
def test_memory_stays_flat(sqlite_url: str, tmp_path: Path) -> None:
    """In a process of its own: tracing each allocation would make the import four times slower."""
    short = as_folder(tmp_path / "short", export_files(dict(_days(2))))
    long = as_folder(
        tmp_path / "long", export_files(dict(_days(20)), channels=[{"id": "C0LONG", "name": "ops"}])
    )
    command = [sys.executable, "-c", IMPORT_BOTH, sqlite_url, str(short), str(long)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    short_kib, long_kib = (int(line) for line in told.split())
    # 45,000 more messages as Python objects would be some 60 MiB.
    assert long_kib - short_kib < 16 * 1024


def _days(days: int) -> Iterator[tuple[str, bytes]]:
    for day in range(days):
        messages = [a_message(day * A_DAY + number) for number in range(A_DAY)]
        yield f"ops/2023-01-{day + 1:02}", json.dumps(messages).encode()
