"""The manual defines every number, and its examples come out as it says."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from copilot.reviews.gap_export import (
    LEDGER_COLUMNS,
    UNITS,
    entry_from_json,
    gap_json,
    shown_from_json,
)
from copilot.reviews.gap_wording import LABELS
from copilot.reviews.velocity_gap import velocity_gap
from copilot.reviews.vocabulary import LedgerKind

DOCS = Path(__file__).parents[3] / "docs"
MANUAL = (DOCS / "velocity-gap.md").read_text("utf-8")
EXAMPLE = json.loads((DOCS / "velocity-gap-example.json").read_text("utf-8"))
METRICS = gap_json(
    velocity_gap(
        [entry_from_json(line) for line in EXAMPLE["ledger"]],
        [shown_from_json(line) for line in EXAMPLE["suggestions"]],
        now=datetime.fromisoformat(EXAMPLE["computed_at"]),
        seconds_per_source=EXAMPLE["seconds_per_source"],
    )
)
STATED = re.findall(r"\| `([a-z0-9_.]+)` = ([\d.]+|null) \|", MANUAL)


@pytest.mark.parametrize(("name", "value"), STATED)
def test_an_example_comes_out_as_stated(name: str, value: str) -> None:
    computed = METRICS[name]["value"]
    if value == "null":
        assert computed is None
    else:
        assert computed == pytest.approx(float(value), abs=0.005)


def test_every_number_is_defined_and_has_an_example_in_its_row() -> None:
    numbers = MANUAL.partition("## The numbers")[2]
    rows = [line for line in numbers.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row.split("|")[1])}
    assert set(UNITS) <= named
    stated = {name.partition(".")[0] for name, _ in STATED}
    assert len(stated) == sum(bool(set(UNITS) & _first(row)) for row in rows)


def test_every_kind_and_column_of_the_ledger_is_told() -> None:
    assert all(f"`{kind.value}`" in MANUAL for kind in LedgerKind)
    assert all(f"`{column}`" in MANUAL for column in LEDGER_COLUMNS)


def test_every_number_has_a_label() -> None:
    assert set(LABELS) == set(METRICS)


def _first(row: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9_]+)`", row.split("|")[1]))
