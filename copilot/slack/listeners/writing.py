"""`/incident note | followup`: what people write down about an incident."""

import secrets

from sqlalchemy.orm import Session

from copilot.incidents.follow_ups import complete, follow_ups_of, write_follow_up
from copilot.incidents.models import FollowUp, Incident
from copilot.incidents.notes import write_note
from copilot.slack.answers import Answer, note
from copilot.slack.escaping import safe
from copilot.slack.follow_up_list import FollowUpItem, list_answer
from copilot.slack.follow_up_words import ToAdd, ToComplete, ToList, Unclear, read_follow_up
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.services import SlackServices
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of, people_of

_NOTE_USAGE = "Write the note behind the word: `/incident note customers told, page is up`."
_USAGE = (
    "`/incident followup` lists them, `/incident followup add check the backups @dana by Friday` "
    "adds one, `/incident followup done 3` says that number 3 is done."
)


def write_down(slack: SlackServices, asked: Asked) -> Answer:
    """`/incident note TEXT`."""
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        if not asked.text.strip():
            return note(_NOTE_USAGE)
        text = to_plain(asked.text, names_of(session, asked.team_id))
        write_note(session, incident, text, by=asked.user_id, now=now)
    return note(
        f"Noted in the timeline of *{safe(incident.title, 200)}*, under your name: "
        f"“{safe(text, 200)}”. Nothing was posted."
    )


def followup(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.reading() as session:
        typed = read_follow_up(asked.rest, people_of(session, asked.team_id))
    if isinstance(typed, Unclear):
        return note(f"“{safe(typed.word, 40)}” is nothing I can do with follow-ups. {_USAGE}")
    if isinstance(typed, ToList):
        return _listed(slack, asked)
    if isinstance(typed, ToAdd):
        return _add(slack, asked, typed)
    return _complete(slack, asked, typed)


def _listed(slack: SlackServices, asked: Asked, said: str = "") -> Answer:
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
        return follow_up_list(slack, session, incident, said)


def follow_up_list(
    slack: SlackServices, session: Session, incident: Incident, said: str = ""
) -> Answer:
    """All follow-ups of the incident as they stand; `said` goes above."""
    items = items_of(session, incident)
    tag = secrets.token_hex(4)
    return list_answer(incident.title, items, slack.clock.now(), tag=tag, said=said)


def items_of(session: Session, incident: Incident) -> list[FollowUpItem]:
    names = names_of(session, incident.team_id)
    return [to_item(each, names) for each in follow_ups_of(session, incident.id)]


def to_item(follow_up: FollowUp, names: dict[str, str]) -> FollowUpItem:
    owner_id, done_by = follow_up.owner_id, follow_up.done_by
    return FollowUpItem(
        id=follow_up.id,
        incident_id=follow_up.incident_id,
        title=follow_up.title,
        owner=names.get(owner_id, owner_id) if owner_id else None,
        due=follow_up.due,
        done_by=names.get(done_by, done_by) if done_by else None,
        done_at=follow_up.done_at,
    )


def _add(slack: SlackServices, asked: Asked, wanted: ToAdd) -> Answer:
    if wanted.unknown_owner:
        return note(
            f"Nobody here is called “{safe(wanted.unknown_owner, 80)}”, so nothing was added. "
            "Pick the person from Slack's list while you type the @."
        )
    if not wanted.title:
        return note(f"Say what is to be done. {_USAGE}")
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        follow_up = write_follow_up(
            session,
            incident,
            title=to_plain(wanted.title, names),
            owner_id=wanted.owner_id,
            due=wanted.due,
            by=asked.user_id,
            now=now,
        )
        item = to_item(follow_up, names)
        return follow_up_list(slack, session, incident, _added(item))


def _added(item: FollowUpItem) -> str:
    parts = [f"✓ Follow-up #{item.id} is added: *{safe(item.title, 200)}*"]
    parts.append(safe(item.owner, 60) if item.owner else "unowned")
    if item.due:
        parts.append(safe(item.due, 60))
    return " · ".join(parts)


def _complete(slack: SlackServices, asked: Asked, wanted: ToComplete) -> Answer:
    if wanted.number is None:
        return _listed(slack, asked, "Say which one: `/incident followup done 3`.")
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        follow_up, is_first = complete(session, incident, wanted.number, by=asked.user_id, now=now)
        item = to_item(follow_up, names_of(session, asked.team_id))
        return follow_up_list(slack, session, incident, done_words(item, is_first=is_first))


def done_words(item: FollowUpItem, *, is_first: bool) -> str:
    title = f"#{item.id} *{safe(item.title, 200)}*"
    if is_first:
        return f"✓ {title} is done."
    return f"{title} was done already, by {safe(item.done_by or 'someone', 60)}. Nothing changed."
