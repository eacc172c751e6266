"""How far a review is, as rows for people and as facts for programs."""

from typing import Any

from copilot.reviews.export_words import Export, export_of, standing
from copilot.reviews.views import ReviewView


def status_rows(view: ReviewView) -> list[tuple[str, object]]:
    """What is there, and what waits; a row only where there is something to tell."""
    export: Export = export_of(view)
    rows: list[tuple[str, object]] = [("how far", standing(export))]
    if view.signed is not None:
        rows.append(("SHA-256", view.signed.content_hash))
    counts = (
        ("waiting beside another", view.open_proposals),
        ("kept apart", len(view.unsupported)),
        ("marked wrong", len(view.rejected)),
        ("source changed", view.source_changed),
        ("amendments", len(view.amendments)),
    )
    rows += [(name, number) for name, number in counts if number]
    if view.sections_waiting:
        rows.append(("not drafted yet", ", ".join(view.sections_waiting)))
    drafted = export.day_and_time(view.drafted_at)
    rows.append(("version", f"{view.version}, drafted {drafted} {view.incident.time_zone}"))
    return rows


def status_facts(view: ReviewView, missing: list[str]) -> dict[str, Any]:
    return {
        "incident": view.incident.id,
        "version": view.version,
        "sentences": len(view.claims),
        "checked": view.checked,
        "proposals": view.open_proposals,
        "unsupported": len(view.unsupported),
        "marked_wrong": len(view.rejected),
        "source_changed": view.source_changed,
        "sections_waiting": view.sections_waiting,
        "waits_for_people": view.waits_for_people,
        "signed": view.signed.model_dump(mode="json") if view.signed else None,
        "amendments": len(view.amendments),
        "missing": [] if view.signed else missing,
    }
