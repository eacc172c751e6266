"""Saving the noise form, and taking a change back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, CopilotError
from copilot.slack.clicks import Person, read_person
from copilot.slack.client import translated
from copilot.slack.listeners.noise_admins import require_admin
from copilot.slack.noise_form import REASON, mapping, read_entered, read_form
from copilot.slack.noise_lists import changes_modal
from copilot.slack.noise_modal import (
    NOISE_SET,
    UNDO,
    noise_modal,
    not_undone_modal,
    saved_modal,
    undone_modal,
)
from copilot.slack.noise_reading import read_changes, read_sheet, readable_names
from copilot.slack.noise_words import elsewhere_words
from copilot.slack.services import SlackServices
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.policies import (
    policies_faults,
    policies_in_force,
    reason_faults,
    set_policies,
    undo_policies,
)
from copilot.suggestions.policy_faults import policy_faults
from copilot.workspaces.membership import readable_channels

_NO_ANSWER = "The database did not answer. Nothing was saved; try again in a minute."
_UNDONE = "Undone; what held before holds again."


class _FieldsError(BadInputError):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


def register(app: App, slack: SlackServices) -> None:
    @app.view(NOISE_SET)
    def on_set(ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        person = read_person(body, context.team_id or "")
        try:
            policy = _save(slack, view, person)
        except _FieldsError as error:
            ack(response_action="errors", errors=_by_block(view, error.faults))
        except CopilotError as error:
            words = f"{error} Nothing was saved."
            ack(response_action="errors", errors=_by_block(view, {REASON: words}))
        except SQLAlchemyError:
            ack(response_action="errors", errors=_by_block(view, {REASON: _NO_ANSWER}))
        else:
            link = slack.console_link("noise", (person.team_id, person.user_id))
            scope = read_form(view.get("private_metadata")).scope
            saved = saved_modal(policy, policy.version, scope, link)
            ack(response_action="update", view=saved)

    @app.action(UNDO)
    def on_undo(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        person = read_person(body, context.team_id or "")
        view = mapping(body.get("view"))
        if view:
            _undo_in(slack, view, str(action.get("value")), person)
        ack()


def _save(slack: SlackServices, view: Mapping[str, Any], person: Person) -> NoisePolicy:
    """Returns what holds where it was set for."""
    form = read_form(view.get("private_metadata"))
    with slack.db.transaction() as session:
        require_admin(session, person.team_id, person.user_id)
        in_force = policies_in_force(session, person.team_id).policies
        entered = read_entered(view, form, form.scope.policy(in_force))
        changed = form.scope.changed(in_force, replace(entered.policy, version=form.replaces))
        changed = replace(changed, base=replace(changed.base, version=form.replaces))
        faults = {
            **policy_faults(entered.policy),
            **reason_faults(entered.reason),
            **entered.faults,
        }
        if faults := faults or _elsewhere(session, policies_faults(changed), person):
            raise _FieldsError(faults)
        try:
            made = set_policies(
                session,
                person.team_id,
                changed,
                reason=entered.reason,
                by=person.user_id,
                now=slack.clock.now(),
            )
        except AlreadyDecidedError as error:
            raise BadInputError(f"{error} Close this and open it again.") from None
        return replace(form.scope.policy(made), version=made.version)


def _elsewhere(session: Session, faults: Mapping[str, str], person: Person) -> dict[str, str]:
    readable = readable_channels(session, person.team_id, person.user_id)
    words = elsewhere_words(faults, readable_names(session, person.team_id, readable))
    return {REASON: words} if words else {}


def _by_block(view: Mapping[str, Any], faults: Mapping[str, str]) -> dict[str, str]:
    """Next to the field; a form that can't be read shows all of it at its last one."""
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


def _undo_in(slack: SlackServices, view: Mapping[str, Any], value: str, person: Person) -> None:
    """Take it back, and draw anew what the button stands in, and the form below a list."""
    said, policy = _undo(slack, value, person)
    try:
        client = slack.client_of(person.team_id)
        below = view.get("previous_view_id")
        if view.get("callback_id") == NOISE_SET:
            _draw(client, view, _form_anew(slack, view, person, said))
        elif isinstance(below, str) and below:
            _draw(client, view, _changes_anew(slack, view, person, said))
            if policy is not None:
                # What it lies on was made from what no longer holds.
                _draw(client, {"id": below}, _form_anew(slack, view, person, said))
        else:
            _draw(client, view, undone_modal(policy) if policy else not_undone_modal(said))
    except (CopilotError, SQLAlchemyError):
        return  # it is done or not, and opening the form again tells


def _undo(slack: SlackServices, value: str, person: Person) -> tuple[str, NoisePolicy | None]:
    """In words what came of it, and what holds now; None where nothing was undone."""
    if not value.isdecimal() or len(value) > 9:
        return "This button is out of date; nothing was undone.", None
    try:
        with slack.db.transaction() as session:
            require_admin(session, person.team_id, person.user_id)
            made = undo_policies(
                session, person.team_id, int(value), by=person.user_id, now=slack.clock.now()
            )
    except CopilotError as error:
        return str(error), None
    except SQLAlchemyError:
        return "The database did not answer. Nothing was undone; try again in a minute.", None
    return _UNDONE, made.base


def _form_anew(
    slack: SlackServices, view: Mapping[str, Any], person: Person, said: str
) -> dict[str, Any]:
    form = read_form(view.get("private_metadata"))
    with slack.db.reading() as session:
        require_admin(session, person.team_id, person.user_id)
        readable = readable_channels(session, person.team_id, person.user_id)
        sheet, policies = read_sheet(
            session, person.team_id, form.scope, form.channel_id, readable, slack.clock.now()
        )
        entered = read_entered(view, form, sheet.in_force)
    form = replace(form.redrawn(), replaces=policies.version)
    return noise_modal(sheet, sheet.in_force, form, entered.reason, said=said)


def _changes_anew(
    slack: SlackServices, view: Mapping[str, Any], person: Person, said: str
) -> dict[str, Any]:
    form = read_form(view.get("private_metadata"))
    with slack.db.reading() as session:
        require_admin(session, person.team_id, person.user_id)
        readable = readable_channels(session, person.team_id, person.user_id)
        changes = read_changes(session, person.team_id, readable)
    link = slack.console_link("noise", (person.team_id, person.user_id))
    return changes_modal(changes, link, said, form)


def _draw(client: WebClient, view: Mapping[str, Any], redrawn: dict[str, Any]) -> None:
    with translated(client, "show what was undone"):
        client.views_update(view_id=view.get("id"), hash=view.get("hash"), view=redrawn)
