"""The velocity gap and the ledger behind it as others read them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.gap_numbers import Quantile, Rate
from copilot.reviews.velocity_gap import Gap

UNITS = {
    "produced_words": "words",
    "produced_claims": "claims",
    "checked_words": "words",
    "checked_claims": "claims",
    "checked_of_produced_words": "words",
    "waiting_words": "words",
    "waiting_claims": "claims",
    "debt_minutes": "minutes",
    "active_hours": "hours",
    "produced_per_hour": "words per hour",
    "checked_per_hour": "words per hour",
    "ratio": "words per word",
    "source_open": "share",
    "time_to_check": "seconds",
    "time_to_check_p90": "seconds",
    "rubber_stamps": "share",
    "reversals": "share",
    "edit_distance": "share",
    "acceptance": "share",
    "false_positives": "share",
    "seeded": "share",
}
"""Every metric, in the order in which they are shown."""
LEDGER_COLUMNS = (
    "kind", "at", "incident_id", "claim_id", "version", "person", "words", "sources",
    "source_words", "seconds", "edit_distance", "is_caught",
)  # fmt: skip

Row = tuple[str, float | None, float | None, float | None, int | None, str]
"""Metric, value, lower and upper end of its 95 % interval, of how many, unit."""


def rows_of(gap: Gap) -> list[Row]:
    rows: list[Row] = []
    for name, unit in UNITS.items():
        value = getattr(gap, name)
        if name == "acceptance":
            rows += [_row(f"acceptance.{kind}", rate, unit) for kind, rate in value.items()]
        else:
            rows.append(_row(name, value, unit))
    return rows


def gap_json(gap: Gap) -> dict[str, Any]:
    return {
        name: {"value": value, "low": low, "high": high, "of": of, "unit": unit}
        for name, value, low, high, of, unit in rows_of(gap)
    }


def ledger_json(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Each line with its columns. People are numbered: what is measured is the checking, not
    them, and only who did two things of one claim matters.
    """
    numbers: dict[str, str] = {}
    return [_entry_json(entry, numbers) for entry in entries]


def entry_from_json(line: dict[str, Any]) -> Entry:
    return Entry(**{**line, "at": datetime.fromisoformat(line["at"])})


def shown_json(shown: Iterable[ShownSuggestion]) -> list[dict[str, Any]]:
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(one).items()
        }
        for one in shown
    ]


def shown_from_json(line: dict[str, Any]) -> ShownSuggestion:
    decided_at = line["decided_at"]
    return ShownSuggestion(
        **{
            **line,
            "shown_at": datetime.fromisoformat(line["shown_at"]),
            "decided_at": None if decided_at is None else datetime.fromisoformat(decided_at),
        }
    )


def _entry_json(entry: Entry, numbers: dict[str, str]) -> dict[str, Any]:
    person = None
    if entry.person is not None:
        person = numbers.setdefault(entry.person, f"p{len(numbers) + 1}")
    line = {name: getattr(entry, name) for name in LEDGER_COLUMNS}
    return {**line, "at": entry.at.isoformat(), "kind": str(entry.kind), "person": person}


def _row(name: str, value: Any, unit: str) -> Row:
    if isinstance(value, Rate):
        return name, value.share, value.low, value.high, value.of, unit
    if isinstance(value, Quantile):
        return name, value.value, value.low, value.high, value.of, unit
    return name, value, None, None, None, unit
