"""`review draft`, `status`, `sign`, `export` and `schema`."""

import sys
from enum import StrEnum

import typer

from copilot.bootstrap import Services
from copilot.cli.arguments import IncidentId, Private, incident_for_operator
from copilot.cli.output import Format, errors_in_words, notes, print_json, print_table
from copilot.cli.review_words import status_facts, status_rows
from copilot.cli.wiring import open_services
from copilot.errors import NotFoundError
from copilot.incidents.timeline_export import write_csv
from copilot.reviews.drafting import draft_now
from copilot.reviews.export import (
    ReadForExport,
    read_for_export,
    review_schema,
    to_html,
    to_json,
    to_markdown,
)
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import reading_of, sign_off, verify_hash, what_is_missing
from copilot.reviews.views import ReviewView

reviews = typer.Typer(help="The post-incident review.", no_args_is_help=True)

_FOR_WHOM = typer.Option(Format.TABLE, help="For people or programs.")


class ReviewFormat(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    CSV = "csv"


@reviews.command("draft")
def draft(incident: IncidentId, private: Private = False, format: Format = _FOR_WHOM) -> None:
    """Draft the review from the timeline. What people checked or wrote before is kept."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            incident_for_operator(session, incident, private)
        draft_now(services.db, incident, services.drafter, services.clock, judge=services.judge)
        read = _read(services, incident, private)
    view = read.view
    if format is Format.JSON:
        print_json(to_json(view, read.milestones))
        return
    print_table(
        f"Review of {view.incident.title}",
        ("section", "sentences"),
        [_section_row(view, title) for title in [section.title for section in view.sections]],
    )
    if view.unsupported:
        notes.print(f"{len(view.unsupported)} sentences failed a check and are kept apart.")
    if view.waits_for_people:
        notes.print("The rest is drafted once people have checked more of what there is.")
    notes.print(
        f"Read it: `incident-copilot review export {incident}`, or check it in the console. "
        f"What is left to do: `incident-copilot review status {incident}`."
    )


@reviews.command("status")
def status(incident: IncidentId, private: Private = False, format: Format = _FOR_WHOM) -> None:
    """Tell how far the review is, and what is missing before it can be signed."""
    with errors_in_words():
        services = open_services()
        view = _read(services, incident, private).view
        with services.db.reading() as session:
            missing = what_is_missing(session, incident)
            is_as_signed = verify_hash(session, incident) if view.signed else None
    if format is Format.JSON:
        print_json({**status_facts(view, missing), "is_as_signed": is_as_signed})
        return
    print_table(f"Review of {view.incident.title}", ("", ""), status_rows(view))
    if is_as_signed is False:
        notes.print("What is stored is not what was signed: somebody changed the database.")
    if view.signed is not None:
        return
    for line in missing:
        notes.print(f"Before it can be signed: {line}", markup=False)
    if not missing:
        notes.print(f"Ready: `incident-copilot review sign {incident} --as NAME`.")


@reviews.command("sign")
def sign(
    incident: IncidentId,
    name: str = typer.Option(..., "--as", metavar="NAME", help="Who signs; stands in the review."),
    private: Private = False,
    yes: bool = typer.Option(False, "--yes", help="Do not ask first."),
) -> None:
    """Sign the review. From then on it does not change; corrections are amendments."""
    with errors_in_words():
        services = open_services()
        by = Reviewer(name)
        view = _read(services, incident, private).view
        with services.db.reading() as session:
            missing = what_is_missing(session, incident)
        if not missing and not yes:
            notes.print(f"{len(view.claims)} sentences, each checked by a person.")
            typer.confirm(f"Sign the review as {by.signature}?", abort=True, err=True)
        with services.db.transaction() as session:
            seen = reading_of(view)
            signed = sign_off(session, incident, by=by, now=services.clock.now(), seen=seen)
            digest = signed.content_hash
    notes.print(f"Signed by {by.signature}. SHA-256 {digest}", markup=False)


@reviews.command("export")
def export(
    incident: IncidentId,
    private: Private = False,
    format: ReviewFormat = typer.Option(
        ReviewFormat.MARKDOWN, help="What to write; csv is the timeline behind the review."
    ),
) -> None:
    """Write the review to standard output, each sentence with its sources and who checked it."""
    with errors_in_words():
        services = open_services()
        if format is ReviewFormat.CSV:
            with services.db.reading() as session:
                write_csv(session, incident_for_operator(session, incident, private), sys.stdout)
            return
        read = _read(services, incident, private)
        if format is ReviewFormat.JSON:
            print_json(to_json(read.view, read.milestones))
        elif format is ReviewFormat.HTML:
            sys.stdout.write(to_html(read.view, read.milestones))
        else:
            sys.stdout.write(to_markdown(read.view, read.milestones))


@reviews.command("schema")
def schema() -> None:
    """Print the JSON schema of `review export --format json`."""
    print_json(review_schema())


def _section_row(view: ReviewView, title: str) -> tuple[str, object]:
    section = next(each for each in view.sections if each.title == title)
    return title, "not drafted yet" if section.is_waiting else len(section.claims)


def _read(services: Services, incident_id: int, private: bool) -> ReadForExport:
    with services.db.reading() as session:
        incident_for_operator(session, incident_id, private)
        if current_review(session, incident_id) is None:
            raise NotFoundError(
                f"Incident {incident_id} has no review yet. "
                f"Run `incident-copilot review draft {incident_id}` first."
            )
        return read_for_export(session, incident_id)
