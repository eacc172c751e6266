"""`review draft` and `review export`."""

import sys
from enum import StrEnum

import typer

from copilot.bootstrap import Services
from copilot.cli.arguments import IncidentId, Private, incident_for_operator
from copilot.cli.output import Format, errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services
from copilot.errors import NotFoundError
from copilot.reviews.drafting import draft_review
from copilot.reviews.export import to_json, to_markdown
from copilot.reviews.reading import ReviewView, current_review

reviews = typer.Typer(help="The post-incident review.", no_args_is_help=True)


class ReviewFormat(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"


@reviews.command("draft")
def draft(
    incident: IncidentId,
    private: Private = False,
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """Draft the review from the timeline. What people checked or wrote before is kept."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            incident_for_operator(session, incident, private)
        draft_review(services.db, incident, services.drafter, services.clock, judge=services.judge)
        view = _read(services, incident, private)
    if format is Format.JSON:
        print_json(to_json(view))
        return
    print_table(
        f"Review of {view.incident.title}",
        ("section", "claims"),
        [(section.title, len(section.claims)) for section in view.sections],
    )
    if view.unsupported:
        notes.print(f"{len(view.unsupported)} sentences failed a check and are kept apart.")
    notes.print(
        f"Read it: `incident-copilot review export {incident}`, or check it in the console."
    )


@reviews.command("export")
def export(
    incident: IncidentId,
    private: Private = False,
    format: ReviewFormat = typer.Option(ReviewFormat.MARKDOWN, help="What to write."),
) -> None:
    """Write the newest review to standard output, each claim with links to its sources."""
    with errors_in_words():
        view = _read(open_services(), incident, private)
        if format is ReviewFormat.JSON:
            print_json(to_json(view))
        else:
            sys.stdout.write(to_markdown(view))


def _read(services: Services, incident_id: int, private: bool) -> ReviewView:
    with services.db.reading() as session:
        incident_for_operator(session, incident_id, private)
        view = current_review(session, incident_id)
    if view is None:
        raise NotFoundError(
            f"Incident {incident_id} has no review yet. "
            f"Run `incident-copilot review draft {incident_id}` first."
        )
    return view
