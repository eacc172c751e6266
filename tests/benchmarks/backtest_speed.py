"""Replaying 10,000 recorded suggestions, from rows and without them.

The baseline is what cannot be avoided: giving each recorded verdict once more, one after the
other, with no incident around it; and for the loading, reading the bare columns of its rows.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, insert, select

from copilot.db import Database, open_engine
from copilot.incidents.models import Incident
from copilot.migrating import upgrade
from copilot.suggestions.backtest import backtest
from copilot.suggestions.backtest_reading import read_history
from copilot.suggestions.models import Delivery, Suggestion, VerdictRecord
from copilot.suggestions.noise_gate import ChannelState, Proposed, judge, recompute
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY, PRESETS, PolicySet, Preset
from copilot.suggestions.vocabulary import Tempo
from copilot.timeline.models import TimelineEvent
from tests.benchmarks.measuring import Measurement

TEAM = "T0BENCH"
START = datetime(2026, 3, 4, 14, tzinfo=UTC)
SUGGESTIONS = 10_000
AN_INCIDENT = 50
"""Suggestions in it; design.md counts on 2 or 3 in 100 messages."""
MESSAGES = 400
MOST_US = 1_000_000
"""For all of them, without the reading (design.md, section 4)."""


def measure(share: float) -> list[Measurement]:
    count = max(500, round(SUGGESTIONS * share))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        _fill(engine, count)
        found = _measured(Database(engine, lambda _: None), count)
        engine.dispose()
    return found


def _measured(db: Database, count: int) -> list[Measurement]:
    policies = PolicySet(PRESETS[Preset.QUIET])

    def read() -> Any:
        with db.reading() as session:
            return read_history(session, TEAM, since=START - timedelta(days=400))

    def read_bare() -> Any:
        with db.reading() as session:
            session.execute(select(*VerdictRecord.__table__.columns)).all()
            session.execute(select(*Suggestion.__table__.columns)).all()
            return session.execute(select(TimelineEvent.occurred_at)).all()

    history = read()
    facts = [
        each.facts
        for incident in history.incidents
        for one in incident.suggestions
        for each in one.verdicts
    ]
    replayed_us = _taken_us(lambda: backtest(history, policies))
    judged_us = _taken_us(lambda: [recompute(each) for each in facts])
    within = "within" if replayed_us <= MOST_US * count / SUGGESTIONS else "OVER"
    return [
        Measurement(
            f"replay of {count:,} recorded suggestions ({within} the target of "
            f"{MOST_US / 1e6:g} s for {SUGGESTIONS:,})",
            replayed_us,
            f"its {len(facts):,} verdicts given once more",
            judged_us,
        ),
        Measurement(
            f"reading them from SQLite, with {count // AN_INCIDENT * MESSAGES:,} messages around",
            _taken_us(read),
            "bare columns of the same rows",
            _taken_us(read_bare),
        ),
    ]


def _taken_us(work: Callable[[], object], rounds: int = 5) -> float:
    """Of computing: there is nothing to wait for but other processes."""
    work()
    taken = []
    for _ in range(rounds):
        began_s = time.process_time()
        work()
        taken.append((time.process_time() - began_s) * 1e6)
    return median(taken)


def _fill(engine: Engine, count: int) -> None:
    """Incidents as they are: talk with pauses, a post in the quarter hour, digests between."""
    with engine.begin() as connection:
        for incident_id in range(1, count // AN_INCIDENT + 1):
            began_at = START - timedelta(hours=6 * incident_id)
            rows = _incident(incident_id, began_at)
            for table in (Incident, TimelineEvent, Delivery, Suggestion, VerdictRecord):
                connection.execute(insert(table), rows[table])


def _incident(incident_id: int, began_at: datetime) -> dict[Any, list[dict[str, Any]]]:
    rows: dict[Any, list[dict[str, Any]]] = {
        Incident: [
            {
                "id": incident_id,
                "team_id": TEAM,
                "channel_id": f"C{incident_id}",
                "title": "Bench",
                "severity": "sev3",
                "status": "investigating",
                "declared_at": began_at,
                "is_imported": False,
            }
        ],
        TimelineEvent: [
            {
                "team_id": TEAM,
                "channel_id": f"C{incident_id}",
                "natural_key": f"message:{number}",
                "kind": "message",
                "text": "looking at graphs",
                "details": {},
                "occurred_at": began_at + timedelta(seconds=20 * number + number // 25 * 400),
                "recorded_at": began_at,
            }
            for number in range(MESSAGES)
        ],
    }
    next_post_at = began_at
    deliveries, suggestions, verdicts = [], [], []
    for number in range(AN_INCIDENT):
        row_id = incident_id * AN_INCIDENT + number
        at = began_at + timedelta(minutes=5 * number)
        state = ChannelState(Tempo.CALM, 2.0, 8.0, None, next_post_at)
        proposed = Proposed("commitment", f"Add alert {number}", (0.4, 0.6, 0.8, 0.95)[number % 4])
        verdict = judge(proposed, state, DEFAULT_NOISE_POLICY, at)
        is_posted = verdict.outcome == "deliver"
        if is_posted:
            next_post_at = at + DEFAULT_NOISE_POLICY.post_interval
            deliveries.append(
                {
                    "id": row_id,
                    "incident_id": incident_id,
                    "tempo": "calm",
                    "created_at": at,
                    "posted_at": at + timedelta(seconds=1),
                }
            )
        judged = {
            "incident_id": incident_id,
            "outcome": verdict.outcome,
            "reason": verdict.reason,
            "judged_at": at,
        }
        suggestions.append(
            {
                **judged,
                "id": row_id,
                "kind": "commitment",
                "title": proposed.title,
                "confidence": proposed.confidence,
                "fingerprint": str(row_id),
                "proposed_at": at,
                "reason_details": dict(verdict.details),
                "tempo": "calm",
                "delivery_id": row_id if is_posted else None,
                "decision": ("accepted", "dismissed", None)[number % 3] if is_posted else None,
                "decided_at": at + timedelta(minutes=3) if is_posted and number % 3 < 2 else None,
            }
        )
        verdicts.append({**judged, "suggestion_id": row_id, "details": dict(verdict.details)})
    return {**rows, Delivery: deliveries, Suggestion: suggestions, VerdictRecord: verdicts}
