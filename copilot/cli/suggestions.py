"""`suggestions propose` and `suggestions list`."""

import typer

from copilot.bootstrap import Services
from copilot.cli.arguments import IncidentId, Private, incident_for_operator
from copilot.cli.output import Format, errors_in_words, notes, print_json, print_table
from copilot.cli.wiring import open_services
from copilot.suggestions.consideration import propose_now
from copilot.suggestions.listing import SuggestionView, suggestions_of

suggestions = typer.Typer(help="Follow-ups that were proposed.", no_args_is_help=True)


@suggestions.command("propose")
def propose(
    incident: IncidentId,
    private: Private = False,
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """Read the whole incident for follow-ups. Nothing is posted; running again adds no repeats."""
    with errors_in_words():
        services = open_services()
        with services.db.reading() as session:
            incident_for_operator(session, incident, private)
        propose_now(services.db, incident, services.proposer, services.clock)
        nothing = "Nothing in this incident looks like follow-up work."
        _show(services, incident, private, format, nothing)


@suggestions.command("list")
def list_(
    incident: IncidentId,
    private: Private = False,
    format: Format = typer.Option(Format.TABLE, help="For people or programs."),
) -> None:
    """List what was proposed, what was kept back, and why."""
    with errors_in_words():
        services = open_services()
        nothing = (
            "Nothing was proposed for this incident. "
            f"Run `incident-copilot suggestions propose {incident}` to read it now."
        )
        _show(services, incident, private, format, nothing)


def _show(
    services: Services, incident_id: int, private: bool, format: Format, if_nothing: str
) -> None:
    with services.db.reading() as session:
        incident_for_operator(session, incident_id, private)
        found = suggestions_of(session, incident_id)
    if format is Format.JSON:
        print_json([suggestion.model_dump(mode="json") for suggestion in found])
        return
    if not found:
        notes.print(if_nothing)
        return
    print_table(
        f"Suggestions for incident {incident_id}",
        ("id", "follow-up", "owner", "sure", "what became of it", "source"),
        [
            (
                suggestion.id,
                suggestion.title,
                suggestion.owner,
                f"{suggestion.confidence:.2f}",
                _became(suggestion),
                suggestion.evidence[0].permalink if suggestion.evidence else None,
            )
            for suggestion in found
        ],
    )


def _became(suggestion: SuggestionView) -> str:
    """What a person decided; until then, why it was shown or kept back."""
    if suggestion.merged_into:
        return f"{suggestion.decided}: {suggestion.merged_into}"
    return suggestion.decided or suggestion.why
