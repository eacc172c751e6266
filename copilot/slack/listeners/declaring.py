"""`/incident declare`: adopts the channel it is typed in, or makes one.

Told in words it is done at once; bare it opens a form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import CopilotError
from copilot.incidents.lifecycle import Declared
from copilot.incidents.lifecycle import declare as declare_in
from copilot.incidents.models import Incident, Severity
from copilot.incidents.queries import open_incident_in
from copilot.slack.answers import Answer, note, severity_choices, severity_name
from copilot.slack.client import translated
from copilot.slack.command_words import read_declaration
from copilot.slack.declare_form import FormOrigin, declare_form, suggested_name
from copilot.slack.escaping import clean, clip, safe
from copilot.slack.identity import Identity
from copilot.slack.listeners.asking import Asked
from copilot.slack.listeners.places import Place, adopt_channel, make_channel
from copilot.slack.services import SlackServices
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of, upsert_channel, upsert_workspace
from copilot.workspaces.models import Channel, Member

_MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """An incident to be; the title is as Slack gave it and may be empty."""

    title: str
    severity: Severity | None
    new_channel: str | None
    """Its name, empty to have one made of the title; None to take the channel it is typed in."""
    people: Sequence[str] = ()


def declare(slack: SlackServices, asked: Asked) -> Answer | None:
    if not asked.rest:
        return _open_form(slack, asked)
    typed = read_declaration(asked.rest)
    if typed.new_channel == "":
        return note(
            "That is no channel name, so nothing was declared. Use letters, digits and hyphens: "
            "`/incident declare --new-channel inc-checkout checkout errors sev2`."
        )
    new_channel = typed.new_channel
    if new_channel is None and asked.is_in_direct_message:
        new_channel = ""
    return declare_now(slack, asked, Wanted(typed.title, typed.severity, new_channel))


def declare_now(slack: SlackServices, asked: Asked, wanted: Wanted) -> Answer:
    """Raises a CopilotError where nothing was declared."""
    identity = slack.identities.ask(asked.team_id)
    if wanted.new_channel is None:
        place = adopt_channel(slack, asked)
    else:
        name = wanted.new_channel or suggested_name(to_plain(wanted.title, {}), slack.clock.now())
        place = make_channel(slack, asked, name)
    declared = _record(slack, asked, identity, place, wanted)
    return note(_told(declared, place, wanted))


def _open_form(slack: SlackServices, asked: Asked) -> Answer | None:
    with slack.db.reading() as session:
        standing = open_incident_in(session, asked.team_id, asked.channel_id)
        channel = session.scalar(
            select(Channel).where(
                Channel.team_id == asked.team_id, Channel.channel_id == asked.channel_id
            )
        )
    if standing is not None:
        return note(_open_already(standing))
    view = declare_form(
        FormOrigin(asked.channel_id, asked.channel_name, asked.response_url),
        can_be_here=not asked.is_in_direct_message,
        caution=_caution(asked, channel),
        now=slack.clock.now(),
    )
    try:
        client = slack.client_of(asked.team_id)
        with translated(client, "open the form"):
            client.views_open(trigger_id=asked.trigger_id, view=view)
    except CopilotError as error:
        return note(
            f"{safe(str(error), 300)} Nothing was declared. It works in words, too: "
            "`/incident declare checkout errors sev2`."
        )
    return None


def _caution(asked: Asked, channel: Channel | None) -> str:
    """What to know before it is declared here."""
    if asked.is_in_direct_message:
        return "An incident needs a channel that others can join."
    if channel is not None and channel.is_shared:
        return "This channel is shared with another organisation: both would see what I post."
    return ""


def _record(
    slack: SlackServices, asked: Asked, identity: Identity, place: Place, wanted: Wanted
) -> Declared:
    now = slack.clock.now()
    with slack.db.transaction() as session:
        upsert_workspace(session, replace(identity.workspace, team_id=asked.team_id), now)
        upsert_channel(session, asked.team_id, place.info)
        typed = to_plain(wanted.title, names_of(session, asked.team_id))
        return declare_in(
            session,
            team_id=asked.team_id,
            channel_id=place.info.channel_id,
            title=clip(clean(typed), _MAX_TITLE) or f"Incident in #{place.info.name}",
            severity=wanted.severity,
            by=asked.user_id,
            now=now,
            people=_without_bots(session, asked.team_id, wanted.people),
            has_own_channel=place.is_new,
        )


def _without_bots(session: Session, team_id: str, user_ids: Sequence[str]) -> list[str]:
    query = select(Member.user_id).where(
        Member.team_id == team_id, Member.user_id.in_(user_ids), Member.is_bot
    )
    bots = set(session.scalars(query)) if user_ids else set()
    return [user_id for user_id in user_ids if user_id not in bots]


def _told(declared: Declared, place: Place, wanted: Wanted) -> str:
    incident = declared.incident
    if not declared.is_new:
        return _open_already(incident)
    lines = [f"*{safe(incident.title, 200)}* · {severity_name(incident.severity)} is declared."]
    if place.is_new:
        lines.append(f"It is played out in <#{place.info.channel_id}>.")
    if place.is_readable:
        where = "there" if place.is_new else "here"
        lines.append(f"What is said {where} from now on is recorded, and the last two hours too.")
    else:
        lines.append(
            "I can't read this channel yet. Type `/invite` and my name here; then I catch up on "
            "the last two hours by myself."
        )
    if place.info.is_shared:
        lines.append(
            "This channel is shared with another organisation: what they say is recorded, too, "
            "and they see what I post."
        )
    if wanted.severity is None:
        lines.append(f"How bad is it? `/incident severity` with {severity_choices()}.")
    return "\n".join(lines)


def _open_already(incident: Incident) -> str:
    return (
        f"*{safe(incident.title, 200)}* · {severity_name(incident.severity)} is open in this "
        "channel already, so nothing was changed. `/incident status` shows how it stands; "
        "another one needs its own channel: `/incident declare --new-channel NAME title`."
    )
