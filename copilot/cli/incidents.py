"""`incidents list` and `timeline export`."""

import sys
from enum import StrEnum

import typer

from copilot.cli.arguments import IncidentId, Private, incident_for_operator
from copilot.cli.output import Format, errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services
from copilot.incidents.privacy import private_incidents
from copilot.incidents.queries import IncidentView, list_incidents
from copilot.incidents.timeline_export import write_csv, write_jsonl, write_markdown

incidents = typer.Typer(help="The incidents in the database.", no_args_is_help=True)
timeline = typer.Typer(help="What happened, event by event.", no_args_is_help=True)


class TimelineFormat(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


@incidents.command("list")
def list_(
    private: Private = False,
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """List incidents, newest first. Their `id` is what other commands take as INCIDENT."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            found = list_incidents(session)
            hidden = frozenset[int]() if private else private_incidents(session)
        found = [_without_words(one) if one.id in hidden else one for one in found]
        if format is Format.JSON:
            print_json([incident.model_dump(mode="json") for incident in found])
            return
        if not found:
            notes.print(
                "No incidents yet. Declare one in Slack with `/incident declare`, or import one "
                "with `incident-copilot import slack-export PATH`."
            )
            return
        print_table(
            "Incidents",
            ("id", "title", "channel", "severity", "status", "declared (UTC)", "messages"),
            [
                (
                    incident.id,
                    incident.title,
                    f"#{incident.channel}" if incident.id not in hidden else None,
                    incident.severity.upper() if incident.severity else None,
                    incident.status,
                    f"{incident.declared_at:%Y-%m-%d %H:%M}",
                    incident.messages if incident.id not in hidden else None,
                )
                for incident in found
            ],
        )


@timeline.command("export")
def export(
    incident: IncidentId,
    private: Private = False,
    format: TimelineFormat = typer.Option(TimelineFormat.JSONL, help="What to write."),
) -> None:
    """Write the timeline to standard output: every event once, oldest first."""
    write = {
        TimelineFormat.JSONL: write_jsonl,
        TimelineFormat.CSV: write_csv,
        TimelineFormat.MARKDOWN: write_markdown,
    }[format]
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            write(session, incident_for_operator(session, incident, private), sys.stdout)


def _without_words(incident: IncidentView) -> IncidentView:
    return incident.model_copy(
        update={"title": "(in a private channel)", "channel": "", "messages": 0}
    )
