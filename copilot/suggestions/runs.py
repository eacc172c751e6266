"""Records what a proposer was given, what it said, and what became of each of its candidates."""

import math
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.ports import Candidate, Proposal, Window
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


def save_run(session: Session, incident_id: int, window: Window, answer: Answer) -> ModelRun:
    run = ModelRun(
        incident_id=incident_id,
        purpose="propose",
        engine=answer.proposal.engine,
        inputs=[[message.event_id, message.revision_id] for message in window.messages],
        output=[],
        outcome=answer.outcome,
        latency_ms=answer.latency_ms,
        tokens=answer.proposal.tokens,
        started_at=answer.started_at,
    )
    session.add(run)
    session.flush()
    return run


def judge_all(judging: Judging, run: ModelRun, window: Window, proposal: Proposal) -> None:
    """Check, merge and judge the candidates, and write beside each what became of it."""
    said = proposal.candidates[:MOST_CANDIDATES]
    checked = [check(candidate, window) for candidate in said]
    sound = [each.candidate for each in checked if each.candidate is not None]
    became = {one.title: judging.take(one) for one in merge_alike(sound)}
    judging.post_best()
    run.output = [_noted(one, each, became) for one, each in zip(said, checked, strict=True)]
    if left_out := len(proposal.candidates) - len(said):
        run.output.append({"left_out": left_out})


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
