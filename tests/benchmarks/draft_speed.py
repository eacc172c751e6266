"""A local draft of the review of 5,000 messages, against reading their words once.

Sections are asked for one by one, as the product does, and each sentence is checked by code. Then
the same through a database, to the saved review.
"""

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from copilot.archive.importing import import_slack_export
from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.local.drafter import LocalDrafter
from copilot.migrating import upgrade
from copilot.ports import DraftedClaim, DraftRequest, IncidentFacts, WindowMessage
from copilot.reviews.citations import check_claim
from copilot.reviews.drafting import draft_review
from copilot.reviews.episodes import episodes_for_drafter
from copilot.reviews.review_policy import SHIPPED
from copilot.reviews.words import sentences, words
from tests.benchmarks.measuring import Measurement, Taken
from tests.evals.drafting import lift_the_cap
from tests.evals.exports import demo

MESSAGES = 5_000
_LONGEST_S = 5.0
_ROUNDS = 3
_START = datetime(2026, 1, 5, 12, tzinfo=UTC)
_EVERY = timedelta(seconds=40)
_FACTS = IncidentFacts("Benchmark", "sev2", "resolved", _START, None, None)


def measure(share: float) -> list[Measurement]:
    count = max(100, int(MESSAGES * share))
    messages = _messages(count)
    request = DraftRequest(
        facts=_FACTS,
        episodes=episodes_for_drafter(messages),
        sections=SHIPPED,
        names=frozenset(message.author_name for message in messages),
    )
    reading = _best(lambda: [words(s) for m in messages for s in sentences(m.text)])
    baseline = "reading every word of them once"
    longest_s = _LONGEST_S if count == MESSAGES else None
    works = {
        f"local draft of {count:,} messages, checked": _best(lambda: _draft_and_check(request)),
        f"local draft of {count:,} messages through SQLite": _through_a_database(messages),
    }
    return [
        Measurement(
            what,
            ours.wall_us,
            baseline,
            reading.wall_us,
            cpu_ratio=ours.cpu_us / reading.cpu_us,
            longest_s=longest_s,
        )
        for what, ours in works.items()
    ]


def _messages(count: int) -> list[WindowMessage]:
    """The talk of the demo's incident, over and over, each message with words of its own."""
    talk = [labelled.message for chat in demo() for labelled in chat.messages]
    return [
        replace(
            (said := talk[at % len(talk)]),
            number=at + 1,
            event_id=at + 1,
            revision_id=at + 1,
            text=f"{said.text} ({at})",
            occurred_at=_START + at * _EVERY,
            message_ts=f"{int((_START + at * _EVERY).timestamp())}.{at:06}",
            thread_ts=None,
        )
        for at in range(count)
    ]


def _draft_and_check(request: DraftRequest) -> None:
    messages = {message.number: message for message in request.messages}
    said: list[DraftedClaim] = []
    asked = request
    for wish in request.sections:
        draft = LocalDrafter().draft(replace(asked, sections=(wish,), said=tuple(said)))
        said += draft.claims
        asked = replace(asked, memory=draft.memory)
    zone = ZoneInfo(request.facts.time_zone)
    for claim in said:
        check = check_claim(claim.text, claim.citations, messages, request.names, zone=zone)
        if not check.is_supported:
            raise AssertionError(check.problem)


def _through_a_database(messages: list[WindowMessage]) -> Taken:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_export(folder / "export", messages)
        engine = open_engine(f"sqlite:///{folder / 'drafted.db'}")
        upgrade(engine)
        db = Database(engine, lambda _: None)
        try:
            (incident,) = import_slack_export(db, folder / "export", now=_START).incidents
            lift_the_cap(db, incident.id)
            return _best(lambda: draft_review(db, incident.id, LocalDrafter(), ReplayClock(_START)))
        finally:
            engine.dispose()


def _write_export(folder: Path, messages: list[WindowMessage]) -> None:
    (folder / "ops").mkdir(parents=True)
    names = sorted({message.author_name for message in messages})
    ids = {name: f"U0{at:05}" for at, name in enumerate(names)}
    users = [{"id": ids[name], "team_id": "T0BENCH", "name": name} for name in names]
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "channels.json").write_text(json.dumps([{"id": "C0BENCH", "name": "ops"}]))
    days: dict[str, list[dict[str, str]]] = {}
    for message in messages:
        said = {"type": "message", "user": ids[message.author_name], "text": message.text}
        day = f"{message.occurred_at:%Y-%m-%d}"
        days.setdefault(day, []).append({**said, "ts": message.message_ts})
    for day, rows in days.items():
        (folder / "ops" / f"{day}.json").write_text(json.dumps(rows))


def _best(work: Callable[[], object]) -> Taken:
    """Of a few runs the quickest: what else the machine does makes none of them quicker."""
    walls, cpus = [], []
    for _ in range(_ROUNDS):
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        work()
        cpus.append((time.process_time() - began_cpu_s) * 1e6)
        walls.append((time.perf_counter() - began_s) * 1e6)
    return Taken(min(walls), min(cpus))
