"""The page of the gap in a workspace whose ledger is long, against the same page of its last weeks.

What was checked long ago is looked at by nobody, so it should cost next to nothing.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.incidents.models import Incident
from copilot.migrating import upgrade
from copilot.ports import WorkspaceInfo
from copilot.reviews.models import Claim, LedgerEntry, Review
from copilot.workspaces.directory import upsert_workspace
from tests.benchmarks.measuring import Measurement, interleaved
from tests.console_world.client import Visitor

LINES = 100_000
LONGEST_S = 1.0
TARGET = 1.5
_WEEKS, _RECENT_WEEKS = 104, 12
_CLAIMS = 40
"""Of each review."""
_LINES_OF_ONE = 5
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_TEAM = "T0BENCH"


def measure(share: float) -> list[Measurement]:
    lines = max(2_000, int(LINES * share))
    reviews = lines // (_CLAIMS * _LINES_OF_ONE)
    recent = reviews * _RECENT_WEEKS // _WEEKS
    with _workspace(reviews, reviews) as whole, _workspace(recent, reviews) as newest:
        taken = interleaved(
            {"whole": lambda _: whole.sees("/gap"), "newest": lambda _: newest.sees("/gap")},
            make=lambda number: number,
            rounds=5,
            per_round=1,
        )
    return [
        Measurement(
            f"the gap of a workspace with {lines:,} lines",
            taken["whole"].wall_us,
            f"with those of its last {_RECENT_WEEKS} weeks alone",
            taken["newest"].wall_us,
            target_ratio=TARGET,
            cpu_ratio=taken["whole"].cpu_us / taken["newest"].cpu_us,
            longest_s=LONGEST_S,
        )
    ]


@contextmanager
def _workspace(newest: int, of: int) -> Iterator[Visitor]:
    """With the `newest` so many of `of` reviews, spread evenly over two years."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'gap.db'}")
        upgrade(engine)
        db = Database(engine, lambda _job: None)
        with db.transaction() as session:
            upsert_workspace(
                session, WorkspaceInfo(_TEAM, "bench", "https://b.slack.com/", "UBOT"), _NOW
            )
        with engine.begin() as connection:
            for number in range(of - newest, of):
                at = _NOW - timedelta(weeks=_WEEKS) * (of - number) / of
                for table, rows in _review(number + 1, at):
                    connection.execute(insert(table), rows)
        try:
            yield Visitor(db, ReplayClock(_NOW)).signs_in()
        finally:
            engine.dispose()


def _review(number: int, at: datetime) -> list[tuple[Any, list[dict[str, Any]]]]:
    """An incident with a review of which each sentence was drafted, read and verified."""
    ids = range(number * _CLAIMS, (number + 1) * _CLAIMS)
    incident = {
        "id": number,
        "team_id": _TEAM,
        "channel_id": f"C{number:06}",
        "title": f"Incident {number}",
        "status": "resolved",
        "declared_at": at,
        "is_imported": True,
    }
    review = {
        "id": number,
        "incident_id": number,
        "version": 1,
        "engine": "benchmark",
        "drafted_at": at,
        "events_read": 100,
    }
    claims = [
        {
            "id": each,
            "review_id": number,
            "section": "impact",
            "position": each,
            "text": "Twenty words or so.",
            "drafted_text": "Twenty words or so.",
            "is_supported": True,
            "state": "verified",
        }
        for each in ids
    ]
    lines = [line for each in ids for line in _lines(number, each, at)]
    return [(Incident, [incident]), (Review, [review]), (Claim, claims), (LedgerEntry, lines)]


def _lines(incident_id: int, claim_id: int, at: datetime) -> list[dict[str, Any]]:
    def line(kind: str, after_s: int, person: str | None, seconds: float | None) -> dict[str, Any]:
        return {
            "team_id": _TEAM,
            "incident_id": incident_id,
            "claim_id": claim_id,
            "kind": kind,
            "person": person,
            "words": 20,
            "sources": 1,
            "seconds": seconds,
            "details": {"version": 1, "source_words": 30},
            "recorded_at": at + timedelta(seconds=after_s + 20 * (claim_id % _CLAIMS)),
        }

    return [
        line("drafted", 0, None, None),
        line("opened", 60, "Ana", 12.0),
        line("verified", 72, "Ana", None),
        line("opened", 90, "Ben", 9.0),
        line("verified", 99, "Ben", None),
    ]
