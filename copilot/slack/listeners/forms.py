"""The edit form: what a person made of suggestions becomes follow-ups."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, CopilotError
from copilot.slack.answers import note
from copilot.slack.clicks import read_person
from copilot.slack.escaping import safe
from copilot.slack.listeners.listing import open_suggestions
from copilot.slack.modals import (
    EDITED,
    Edit,
    EditOrigin,
    owner_block,
    read_edits,
    read_origin,
    title_block,
)
from copilot.slack.replies import replace_private, send_private
from copilot.slack.services import SlackServices
from copilot.slack.suggestion_items import require_theirs
from copilot.suggestions import decisions


class _FormError(BadInputError):
    """What is wrong, by the block that it stands in."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def register(app: App, slack: SlackServices) -> None:
    @app.view(EDITED)
    def on_edited(
        ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        person = read_person(body, context.team_id or "")
        errors = _submit(slack, view, person.team_id, person.user_id)
        if errors:
            # Said inside the form, so that what was typed is not lost.
            ack(response_action="errors", errors=errors)
        else:
            ack()


def _submit(
    slack: SlackServices, view: dict[str, Any], team_id: str, user_id: str
) -> dict[str, str]:
    place = _first_input(view)
    try:
        origin = read_origin(view.get("private_metadata"))
        edits = read_edits(view, origin)
        with slack.db.transaction() as session:
            done = _edit(session, slack, edits, origin, team_id, user_id)
    except _FormError as error:
        return {block: f"{text} Nothing was changed." for block, text in error.errors.items()}
    except CopilotError as error:
        return {place: f"{error} Nothing was changed."}
    except SQLAlchemyError as error:
        trouble = type(error).__name__
        return {place: f"The database did not answer ({trouble}). Nothing was changed; try again."}
    titles = {edit.suggestion_id: edit.title for edit in edits}
    _tell(slack, origin, done, [titles[one.id] for one in done.decided], team_id, user_id)
    return {}


def _edit(
    session: Session,
    slack: SlackServices,
    edits: list[Edit],
    origin: EditOrigin,
    team_id: str,
    user_id: str,
) -> decisions.Together:
    """All in one transaction: a title that won't do saves none of them."""
    require_theirs(session, team_id, origin.incident_id, origin.suggestion_ids)
    _refuse_unusable(session, team_id, edits)
    wanted = {edit.suggestion_id: edit for edit in edits}
    now = slack.clock.now()
    done = decisions.together(
        session,
        wanted,
        lambda each: decisions.edit(
            session,
            each,
            title=wanted[each].title,
            owner_id=wanted[each].owner_id,
            by=user_id,
            now=now,
        ),
    )
    if not done.decided:
        raise AlreadyDecidedError(" ".join(str(error) for error in done.too_late))
    return done


def _refuse_unusable(session: Session, team_id: str, edits: list[Edit]) -> None:
    errors = {}
    for edit in edits:
        if fault := decisions.edited_title_fault(edit.title):
            errors[title_block(edit.suggestion_id)] = fault
        if fault := decisions.owner_fault(session, team_id, edit.owner_id):
            errors[owner_block(edit.suggestion_id)] = fault
    if errors:
        raise _FormError(errors)


def _tell(
    slack: SlackServices,
    origin: EditOrigin,
    done: decisions.Together,
    titles: list[str],
    team_id: str,
    user_id: str,
) -> None:
    named = ", ".join(f"*{safe(title, 150)}*" for title in titles)
    words = f"✓ {named} {'are follow-ups' if len(titles) > 1 else 'is a follow-up'} now."
    if done.too_late:
        words += "\n" + " ".join(safe(str(error), 300) for error in done.too_late)
    if origin.response_url:
        asker = (team_id, user_id)
        answer = open_suggestions(slack, origin.incident_id, asker=asker, done=words)
        replace_private(origin.response_url, answer)
    elif done.too_late:
        send_private(
            slack,
            team_id=team_id,
            response_url="",
            channel_id=origin.channel_id,
            user_id=user_id,
            answer=note(words),
        )


def _first_input(view: dict[str, Any]) -> str:
    """Where words stand that are about no field: Slack shows them only next to one."""
    blocks = view.get("blocks")
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("type") == "input":
            return str(block.get("block_id"))
    return "title"
