"""Records what engines were given, what they said, and what became of each candidate."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.ports import Candidate, EngineRun, Proposal, Window, WindowMessage
from copilot.suggestions.candidates import merge_alike
from copilot.suggestions.evidence import Checked, check
from copilot.suggestions.judging import Judging
from copilot.suggestions.models import ModelRun

NO_ENGINE = "none"
MOST_CANDIDATES = 50
"""A window of a few hundred messages holds a handful of follow-ups; more is an engine gone wild."""

_MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking a proposer: a proposal, or why there is none."""

    proposal: Proposal
    outcome: str
    """`ok`, `refused` or `failed`."""
    latency_ms: float
    started_at: datetime


def save_runs(session: Session, incident_id: int, window: Window, answer: Answer) -> list[ModelRun]:
    """A row for each call of an engine, the one that answered last; at least one."""
    rows = [
        run_row(incident_id, "propose", window.messages, run, answer.started_at)
        for run in answer.proposal.runs or (_only_run(window, answer),)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def judge_all(
    judging: Judging, runs: Sequence[ModelRun], window: Window, proposal: Proposal
) -> None:
    """Check, merge and judge the candidates, and write beside each what became of it.

    Each is noted with the run of the engine that found it; what two found is the surer one's.
    """
    run_of = {run.engine: run for run in runs}
    said = proposal.candidates[:MOST_CANDIDATES]
    checked = [check(candidate, window) for candidate in said]
    sound = [each.candidate for each in checked if each.candidate is not None]
    became = {}
    for one in merge_alike(sound):
        run = run_of.get(one.engine, runs[-1])
        judging.model_run_id, judging.engine = run.id, run.engine
        became[one.title] = judging.take(one)
    judging.post_best()
    output: dict[int, list[Any]] = {run.id: [] for run in runs}
    for one, each in zip(said, checked, strict=True):
        output[run_of.get(one.engine, runs[-1]).id].append(_noted(one, each, became))
    if left_out := len(proposal.candidates) - len(said):
        output[runs[-1].id].append({"left_out": left_out})
    for run in runs:
        run.output = output[run.id]


def _only_run(window: Window, answer: Answer) -> EngineRun:
    """Of an engine that keeps no record of its own."""
    return EngineRun(
        engine=answer.proposal.engine,
        outcome=answer.outcome,
        numbers=tuple(message.number for message in window.messages),
        latency_ms=answer.latency_ms,
        output_tokens=answer.proposal.tokens,
    )


def run_row(
    incident_id: int,
    purpose: str,
    messages: Iterable[WindowMessage],
    run: EngineRun,
    started_at: datetime,
) -> ModelRun:
    """The record of one call of an engine that was given some of `messages`."""
    given = set(run.numbers)
    return ModelRun(
        incident_id=incident_id,
        purpose=purpose,
        engine=run.engine[:64],
        inputs=[
            [message.event_id, message.revision_id]
            for message in messages
            if message.number in given
        ],
        output=[],
        outcome=run.outcome[:32],
        latency_ms=run.latency_ms,
        tokens=run.input_tokens + run.output_tokens,
        input_tokens=run.input_tokens,
        output_tokens=run.output_tokens,
        prompt_version=run.prompt_version,
        details=storable(dict(run.details)),
        started_at=started_at,
    )


def _noted(said: Candidate, checked: Checked, became: dict[str, str]) -> dict[str, Any]:
    note: dict[str, Any] = {"candidate": storable(asdict(said)), "dropped": list(checked.dropped)}
    if checked.candidate is not None:
        note["became"] = became.get(checked.candidate.title, "merged with another of this run")
    return note


def storable(value: Any) -> Any:
    """As every database takes it: what an engine said may hold NaN, NUL or half characters."""
    match value:
        case str():
            clean = value[:_MOST_CHARACTERS].replace("\0", "\ufffd")
            return clean.encode(errors="replace").decode()
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
        case _:
            return value
