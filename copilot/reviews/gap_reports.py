"""The velocity gap of some incidents, read and computed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.reviews.debt import seconds_per_source_in
from copilot.reviews.gap_entries import Entry, ShownSuggestion
from copilot.reviews.gap_reading import entries_of, entries_since, shown_suggestions
from copilot.reviews.velocity_gap import Gap, velocity_gap
from copilot.reviews.weeks import span_of_week
from copilot.suggestions.reading_time import SECONDS_PER_SOURCE


@dataclass(frozen=True, slots=True)
class Ledger:
    """Lines of some incidents, to compute from."""

    entries: list[Entry]
    shown: list[ShownSuggestion]
    seconds_per_source: float
    now: datetime
    since: datetime | None = None
    """From when on it was read; of sentences that anything happened to since, it has all lines."""

    @property
    def is_measured(self) -> bool:
        """The time per source is the workspace's own, not our guess."""
        return self.seconds_per_source != SECONDS_PER_SOURCE

    def gap(self, week: str | None = None) -> Gap:
        """Of everything, or of one ISO week. Raises BadInputError for what is no week.

        Of a ledger that was read from some instant on, everything is what happened since then.
        """
        since, until = span_of_week(week) if week is not None else (self.since, None)
        return velocity_gap(
            self.entries,
            self.shown,
            now=self.now,
            since=since,
            until=until,
            seconds_per_source=self.seconds_per_source,
        )

    def by_incident(self) -> dict[int, "Ledger"]:
        """Of those with any line or suggestion."""
        entries: dict[int, list[Entry]] = defaultdict(list)
        shown: dict[int, list[ShownSuggestion]] = defaultdict(list)
        for entry in self.entries:
            entries[entry.incident_id].append(entry)
        for one in self.shown:
            shown[one.incident_id].append(one)
        ids = entries.keys() | shown.keys()
        return {each: self._only(entries[each], shown[each]) for each in ids}

    def of_version(self, version: int) -> "Ledger":
        """What came with one draft of a review."""
        return self._only([entry for entry in self.entries if entry.version == version], [])

    def whole_of(self, session: Session, incident_ids: Collection[int]) -> "Ledger":
        """All lines of other incidents, reckoned with the same time per source."""
        return replace(
            self,
            entries=entries_of(session, incident_ids),
            shown=shown_suggestions(session, incident_ids),
            since=None,
        )

    def _only(self, entries: list[Entry], shown: list[ShownSuggestion]) -> "Ledger":
        return replace(self, entries=entries, shown=shown)


def read_ledger(session: Session, incident_ids: Collection[int], now: datetime) -> Ledger:
    return Ledger(
        entries_of(session, incident_ids),
        shown_suggestions(session, incident_ids),
        _seconds_per_source(session, incident_ids),
        now,
    )


def read_ledger_since(
    session: Session, incident_ids: Collection[int], since: datetime, now: datetime
) -> Ledger:
    """What it takes to compute what happened from then on, however long the ledger is."""
    return Ledger(
        entries_since(session, incident_ids, since),
        shown_suggestions(session, incident_ids, since),
        _seconds_per_source(session, incident_ids),
        now,
        since,
    )


def _seconds_per_source(session: Session, incident_ids: Collection[int]) -> float:
    """The workspace's; our guess for incidents of several."""
    some = sorted(incident_ids)[:500]
    teams = session.scalars(select(Incident.team_id).where(Incident.id.in_(some)).distinct()).all()
    return seconds_per_source_in(session, teams[0]) if len(teams) == 1 else SECONDS_PER_SOURCE
