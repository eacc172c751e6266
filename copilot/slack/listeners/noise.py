"""`/incident noise`: admins set how much is said, and say why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, CopilotError
from copilot.slack.answers import Answer, note
from copilot.slack.clicks import read_person
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked
from copilot.slack.noise_modal import (
    NOISE_SET,
    PRESET,
    REASON,
    InForceWords,
    NoiseForm,
    noise_modal,
    read_entered,
    read_form,
    read_preset,
    saved_modal,
)
from copilot.slack.services import SlackServices
from copilot.suggestions.noise_policy import PRESETS, NoisePolicy, policy_faults
from copilot.suggestions.policies import policies_in_force, reason_faults, set_policies
from copilot.workspaces.directory import names_of
from copilot.workspaces.models import Member

_NAMED_ADMINS = 5


class _FieldsError(BadInputError):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


def noise(slack: SlackServices, asked: Asked) -> Answer | None:
    """Opens the form; None where it says all there is to say."""
    with slack.db.reading() as session:
        if not _is_admin(session, asked.team_id, asked.user_id):
            return note(_ask_an_admin(session, asked.team_id))
        in_force = _in_words(session, asked.team_id)
    view = noise_modal(in_force, in_force.policy, NoiseForm(in_force.policy.version))
    client = slack.client_of(asked.team_id)
    with translated(client, "open the form"):
        client.views_open(trigger_id=asked.trigger_id, view=view)
    return None


def register(app: App, slack: SlackServices) -> None:
    @app.action(PRESET)
    def on_preset(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _show_preset(slack, body, action, context.team_id or "")
        ack()

    @app.view(NOISE_SET)
    def on_set(ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        person = read_person(body, context.team_id or "")
        try:
            policy = _save(slack, view, person.team_id, person.user_id)
        except _FieldsError as error:
            ack(response_action="errors", errors=_by_block(view, error.faults))
        except CopilotError as error:
            words = f"{error} Nothing was saved."
            ack(response_action="errors", errors=_by_block(view, {REASON: words}))
        except SQLAlchemyError:
            words = "The database did not answer. Nothing was saved; try again in a minute."
            ack(response_action="errors", errors=_by_block(view, {REASON: words}))
        else:
            ack(response_action="update", view=saved_modal(policy))


def _show_preset(
    slack: SlackServices, body: Mapping[str, Any], action: Mapping[str, Any], team_id: str
) -> None:
    """Fill the fields with what was chosen; what was typed as the reason stays."""
    view = body.get("view")
    if not isinstance(view, dict):
        return
    try:
        form = read_form(view.get("private_metadata"))
        chosen = PRESETS[read_preset(action)]
        with slack.db.reading() as session:
            in_force = _in_words(session, team_id)
        entered = read_entered(view, form, in_force.policy)
        redrawn = noise_modal(
            in_force, chosen, NoiseForm(form.replaces, form.drawing + 1), entered.reason
        )
        client = slack.client_of(team_id)
        with translated(client, "fill the form"):
            client.views_update(view_id=view.get("id"), hash=view.get("hash"), view=redrawn)
    except CopilotError:
        return  # the form stays as it is, and saving it tells what is wrong


def _save(slack: SlackServices, view: Mapping[str, Any], team_id: str, user_id: str) -> NoisePolicy:
    form = read_form(view.get("private_metadata"))
    with slack.db.transaction() as session:
        if not _is_admin(session, team_id, user_id):
            raise BadInputError(_ask_an_admin(session, team_id))
        in_force = policies_in_force(session, team_id).policies
        entered = read_entered(view, form, in_force.base)
        faults = {
            **policy_faults(entered.policy),
            **reason_faults(entered.reason),
            **entered.faults,
        }
        if faults:
            raise _FieldsError(faults)
        try:
            made = set_policies(
                session,
                team_id,
                replace(in_force, base=entered.policy),
                reason=entered.reason,
                by=user_id,
                now=slack.clock.now(),
            )
        except AlreadyDecidedError as error:
            raise BadInputError(f"{error} Close this and open it again.") from None
        return made.base


def _by_block(view: Mapping[str, Any], faults: Mapping[str, str]) -> dict[str, str]:
    """Next to the field; a form that can't be read shows all of it at its first one."""
    try:
        form = read_form(view.get("private_metadata"))
    except BadInputError:
        blocks = view.get("blocks")
        inputs = [
            str(block.get("block_id"))
            for block in (blocks if isinstance(blocks, list) else [])
            if isinstance(block, dict) and block.get("type") == "input"
        ]
        return {inputs[-1] if inputs else REASON: "; ".join(faults.values())}
    return {form.block(field): text for field, text in faults.items()}


def _in_words(session: Session, team_id: str) -> InForceWords:
    found = policies_in_force(session, team_id)
    name = names_of(session, team_id).get(found.set_by or "")
    return InForceWords(found.policies.base, found.reason, name, found.set_at)


def _is_admin(session: Session, team_id: str, user_id: str) -> bool:
    query = select(Member.is_admin).where(Member.team_id == team_id, Member.user_id == user_id)
    return session.scalar(query) is True


def _ask_an_admin(session: Session, team_id: str) -> str:
    query = (
        select(Member.name)
        .where(Member.team_id == team_id, Member.is_admin.is_(True), Member.is_bot.is_(False))
        .order_by(Member.name)
        .limit(_NAMED_ADMINS)
    )
    names = [safe(name, 60) for name in session.scalars(query)]
    if not names:
        return "Only an admin of this workspace can set this; who that is is not known here yet."
    return f"Only an admin of this workspace can set this. Ask {' or '.join(names)}."
