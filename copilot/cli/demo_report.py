"""What a finished replay came to, as numbers and as a table a person enjoys."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from copilot.cli.demo_world import DemoWorld
from copilot.cli.output import as_text, console
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.drafting import draft_review
from copilot.reviews.gap_reports import read_ledger
from copilot.reviews.gap_wording import words_sentence
from copilot.reviews.reading import current_review
from copilot.suggestions.listing import SuggestionView, suggestions_of
from copilot.suggestions.models import Outcome
from copilot.timeline.reading import timeline_rows


@dataclass(frozen=True, slots=True)
class IncidentReport:
    incident_id: int
    title: str
    events: int
    suggestions: list[SuggestionView]
    posts: int
    claims: int
    unsupported: int
    gap: str
    """How much of the review people have checked, in a sentence."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    incidents: list[IncidentReport]

    def as_dict(self) -> dict[str, Any]:
        """Sums over all incidents, in the shape that the documentation promises."""
        outcomes = Counter(
            suggestion.verdict for report in self.incidents for suggestion in report.suggestions
        )
        return {
            "events": sum(report.events for report in self.incidents),
            "suggestions": {outcome.value: outcomes[outcome] for outcome in Outcome},
            "posts": sum(report.posts for report in self.incidents),
            "review": {
                "claims": sum(report.claims for report in self.incidents),
                "unsupported": sum(report.unsupported for report in self.incidents),
            },
        }


def read_report(world: DemoWorld) -> DemoReport:
    """Draft each incident's review and count what is stored."""
    db = world.services.db
    reports = []
    for incident_id in world.incident_ids():
        draft_review(db, incident_id, world.services.drafter, world.services.clock)
        now = world.services.clock.now()
        with db.reading() as session:
            incident = get_incident(session, incident_id)
            review = current_review(session, incident_id)
            found = suggestions_of(session, incident_id)
            rows = timeline_rows(session, span_of(incident))
            reports.append(
                IncidentReport(
                    incident_id=incident_id,
                    title=incident.title,
                    events=sum(row.message_ts is not None for row in rows),
                    suggestions=found,
                    posts=len({one.delivery_id for one in found if one.shown_at is not None}),
                    claims=sum(len(s.claims) for s in review.sections) if review else 0,
                    unsupported=len(review.unsupported) if review else 0,
                    gap=words_sentence(read_ledger(session, [incident_id], now).gap()),
                )
            )
    return DemoReport(reports)


def print_report(report: DemoReport) -> None:
    """For each incident what was read, what was said, what was kept back and why."""
    for incident in report.incidents:
        _print_incident(incident)


def _print_incident(report: IncidentReport) -> None:
    console.print()
    console.print(f"[bold]{as_text(report.title)}[/bold]  (incident {report.incident_id})")
    console.print(
        f"Read {report.events} messages, posted {report.posts} time"
        f"{'' if report.posts == 1 else 's'} without being asked."
    )
    if report.suggestions:
        table = Table(header_style="bold", show_edge=False, pad_edge=False)
        for column in ("possible follow-up", "owner", "sure", "what became of it"):
            table.add_column(column, overflow="fold")
        for suggestion in report.suggestions:
            table.add_row(
                as_text(suggestion.title),
                as_text(suggestion.owner or "–"),
                f"{suggestion.confidence:.2f}",
                as_text(f"{_fate(suggestion)}: {suggestion.why}"),
            )
        console.print(table)
    else:
        console.print("Nothing in it looked like follow-up work.")
    kept_apart = f", {report.unsupported} kept apart" if report.unsupported else ""
    console.print(f"Review: {report.claims} sentences, each with its sources{kept_apart}.")
    console.print(as_text(report.gap))
    console.print(
        f"[dim]Look closer: incident-copilot review export {report.incident_id} · "
        f"timeline export {report.incident_id} · suggestions list {report.incident_id} · "
        f"gap --incident {report.incident_id}[/dim]"
    )


def _fate(suggestion: SuggestionView) -> str:
    if suggestion.shown_at is None:
        return "kept back"
    return "posted" if suggestion.verdict == Outcome.DELIVER else "posted later"
