"""What a candidate says of what was said: kind, title, owner, due; cases in told_work.txt."""

from dataclasses import replace
from pathlib import Path

import pytest

from copilot.local.confidence import shipped_weights
from copilot.local.proposer import LocalProposer
from copilot.ports import Candidate
from copilot.suggestions.evidence import check
from tests.unit.local.windows import a_window

CASES = [
    tuple(line.split(" => "))
    for line in Path(__file__).with_name("told_work.txt").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#")
]
hears_all = LocalProposer(replace(shipped_weights(), keep_above=0.0, hear_above=0.0))
"""How sure it is, is tested elsewhere."""


def told(said: str) -> Candidate | None:
    """The surest candidate that the last of the messages led to."""
    lines = said.replace("\\n", "\n").split(" // ")
    window = a_window(*lines)
    found = [
        candidate
        for candidate in hears_all.propose(window).candidates
        if any(quote.number == len(lines) for quote in candidate.evidence)
    ]
    best = max(
        found,
        key=lambda one: (one.evidence[0].number == len(lines), one.confidence),
        default=None,
    )
    assert best is None or check(best, window).candidate == best
    return best


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize(("said", "wanted"), CASES, ids=[said for said, _ in CASES])
def test_what_was_said_is_told(said: str, wanted: str) -> None:
    candidate = told(said)
    if wanted == "-":
        assert candidate is None
    else:
        assert candidate is not None
        parts = (candidate.kind, candidate.title, candidate.owner_id, candidate.due)
        assert " | ".join(part or "-" for part in parts) == wanted
