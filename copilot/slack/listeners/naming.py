"""Who is meant by a name in a command: a person of the workspace, never a bot."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, PermanentError
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked
from copilot.slack.people_words import read_person
from copilot.slack.reader import to_member_info
from copilot.slack.services import SlackServices
from copilot.workspaces.directory import people_of, upsert_members
from copilot.workspaces.models import Member

_HOW = "Type @ and pick the person from Slack's list."


@dataclass(frozen=True, slots=True)
class Meant:
    user_id: str
    name: str
    rest: str
    """What was typed after the name."""


def person_meant(slack: SlackServices, asked: Asked, text: str) -> Meant:
    """Raises BadInputError where it is nobody, more than one, or a bot; nothing is changed."""
    with slack.db.reading() as session:
        people = people_of(session, asked.team_id)
        named = read_person(text, people, asked.user_id)
        known = _member(session, asked.team_id, named.user_id) if named.user_id else None
    if named.several:
        raise BadInputError(
            f"More than one person here is called {named.typed}: {', '.join(named.several[:5])}. "
            f"Nothing was changed. {_HOW}"
        )
    if named.user_id is None:
        raise BadInputError(
            f"Nobody here is called “{named.typed[:80]}”, so nothing was changed. {_HOW}"
        )
    member = known or _ask(slack, asked.team_id, named.user_id)
    if member.is_bot:
        raise BadInputError(
            f"{member.name} is a bot, and only people can have a role. Nothing was changed."
        )
    return Meant(member.user_id, member.name, named.rest)


def shown(name: str) -> str:
    return safe(name, 60)


def _member(session: Session, team_id: str, user_id: str) -> Member | None:
    return session.scalar(
        select(Member).where(Member.team_id == team_id, Member.user_id == user_id)
    )


def _ask(slack: SlackServices, team_id: str, user_id: str) -> Member:
    """Somebody who joined the workspace just now."""
    client = slack.client_of(team_id)
    try:
        with translated(client, "look up that person"):
            user = client.users_info(user=user_id)["user"]
    except PermanentError:
        raise BadInputError(
            f"Slack does not tell me who that is, so nothing was changed. {_HOW}"
        ) from None
    info = to_member_info(user)
    with slack.db.transaction() as session:
        upsert_members(session, team_id, [info])
    return Member(user_id=info.user_id, name=info.name, is_bot=info.is_bot)
