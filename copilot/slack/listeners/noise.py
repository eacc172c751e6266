"""`/incident noise`: admins look at how much is said, and at what other numbers would have done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, CopilotError
from copilot.slack.answers import Answer, note
from copilot.slack.clicks import read_person
from copilot.slack.client import translated
from copilot.slack.listeners import noise_saving
from copilot.slack.listeners.asking import Asked
from copilot.slack.listeners.noise_admins import is_admin, require_admin, who_may
from copilot.slack.noise_fields import PRESET
from copilot.slack.noise_form import (
    Entered,
    NoiseForm,
    ScopeKind,
    mapping,
    read_entered,
    read_form,
    read_preset,
    read_scope,
)
from copilot.slack.noise_lists import changes_modal, kept_modal
from copilot.slack.noise_modal import CHANGES, HELD, SCOPE, TRY, Sheet, noise_modal
from copilot.slack.noise_reading import (
    read_changes,
    read_kept,
    read_sheet,
    readable_names,
    replay,
)
from copilot.slack.noise_tried import faults_lines, tried_lines
from copilot.slack.noise_words import elsewhere_words
from copilot.slack.services import SlackServices
from copilot.suggestions.noise_policy import PolicySet
from copilot.suggestions.policies import policies_faults
from copilot.suggestions.policy_faults import policy_faults
from copilot.suggestions.presets import with_preset
from copilot.workspaces.membership import readable_channels

View = dict[str, Any]
Redraw = Callable[["_Drawing"], View]


def noise(slack: SlackServices, asked: Asked) -> Answer | None:
    """Opens the form; None where it says all there is to say."""
    with slack.db.reading() as session:
        if not is_admin(session, asked.team_id, asked.user_id):
            return note(who_may(session, asked.team_id))
        form = NoiseForm(0, channel_id=asked.channel_id)
        readable = readable_channels(session, asked.team_id, asked.user_id)
        sheet, policies = read_sheet(
            session, asked.team_id, form.scope, asked.channel_id, readable, slack.clock.now()
        )
    form = replace(form, replaces=policies.version)
    client = slack.client_of(asked.team_id)
    with translated(client, "open the form"):
        client.views_open(
            trigger_id=asked.trigger_id, view=noise_modal(sheet, sheet.in_force, form)
        )
    return None


def register(app: App, slack: SlackServices) -> None:
    noise_saving.register(app, slack)

    @app.action(PRESET)
    def on_preset(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _redraw(slack, body, context, lambda drawing: _with_preset(drawing, action))
        ack()

    @app.action(SCOPE)
    def on_scope(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _redraw(slack, body, context, lambda drawing: _with_scope(drawing, action))
        ack()

    @app.action(TRY)
    def on_try(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        _redraw(slack, body, context, _tried)
        ack()

    @app.action(HELD)
    def on_held(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        _push(slack, body, context, _kept)
        ack()

    @app.action(CHANGES)
    def on_changes(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        _push(slack, body, context, _changes)
        ack()


class _Drawing:
    """A form that somebody pressed something in, with all that a redraw needs."""

    def __init__(
        self, slack: SlackServices, session: Session, view: Mapping[str, Any], team: str, user: str
    ) -> None:
        require_admin(session, team, user)
        self.slack, self.session, self.team_id, self.user_id = slack, session, team, user
        self.now = slack.clock.now()
        self.form = read_form(view.get("private_metadata"))
        self.readable = readable_channels(session, team, user)
        self.sheet, self.policies = self.sheet_of(self.form)
        self.entered: Entered = read_entered(view, self.form, self.sheet.in_force)

    def sheet_of(self, form: NoiseForm) -> tuple[Sheet, PolicySet]:
        return read_sheet(
            self.session, self.team_id, form.scope, form.channel_id, self.readable, self.now
        )

    def console_link(self) -> str:
        return self.slack.console_link("noise", (self.team_id, self.user_id))


def _with_preset(drawing: _Drawing, action: Mapping[str, Any]) -> View:
    """Fill the numbers with what was chosen; all else that was typed stays."""
    shown = with_preset(drawing.entered.policy, read_preset(action))
    return noise_modal(drawing.sheet, shown, drawing.form.redrawn(), drawing.entered.reason)


def _with_scope(drawing: _Drawing, action: Mapping[str, Any]) -> View:
    """What holds there, in place of what was typed for elsewhere."""
    scope = read_scope(mapping(action.get("selected_option")).get("value"))
    if scope.kind is ScopeKind.CHANNEL and scope.key not in drawing.readable:
        raise BadInputError("That channel is not yours to read, so nothing was changed.")
    form = replace(drawing.form.redrawn(), scope=scope)
    sheet, _ = drawing.sheet_of(form)
    return noise_modal(sheet, sheet.in_force, form, drawing.entered.reason)


def _tried(drawing: _Drawing) -> View:
    """The fields keep what stands in them: their blocks have the ids that they had."""
    entered, form = drawing.entered, drawing.form
    policies = form.scope.changed(drawing.policies, entered.policy)
    faults = {**policy_faults(entered.policy), **entered.faults}
    if not faults and (elsewhere := policies_faults(policies)):
        names = readable_names(drawing.session, drawing.team_id, drawing.readable)
        faults = {"elsewhere": elsewhere_words(elsewhere, names)}
    if faults:
        tried = faults_lines(dict.fromkeys(faults.values()))
    else:
        found = replay(drawing.session, drawing.team_id, policies, drawing.now)
        tried = tried_lines(found, drawing.readable)
    return noise_modal(drawing.sheet, entered.policy, form, entered.reason, tried=tried)


def _kept(
    slack: SlackServices,
    session: Session,
    team_id: str,
    user_id: str,
    _form: NoiseForm,
) -> View:
    readable = readable_channels(session, team_id, user_id)
    kept, more = read_kept(session, team_id, readable, slack.clock.now())
    return kept_modal(kept, more, slack.console_link("noise", (team_id, user_id)))


def _changes(
    slack: SlackServices, session: Session, team_id: str, user_id: str, form: NoiseForm
) -> View:
    readable = readable_channels(session, team_id, user_id)
    changes = read_changes(session, team_id, readable)
    link = slack.console_link("noise", (team_id, user_id))
    return changes_modal(changes, link, form=form)


def _redraw(
    slack: SlackServices, body: Mapping[str, Any], context: BoltContext, draw: Redraw
) -> None:
    view, team_id = body.get("view"), context.team_id or ""
    if not isinstance(view, dict):
        return
    user_id = read_person(body, team_id).user_id
    try:
        with slack.db.reading() as session:
            redrawn = draw(_Drawing(slack, session, view, team_id, user_id))
        client = slack.client_of(team_id)
        with translated(client, "fill the form"):
            client.views_update(view_id=view.get("id"), hash=view.get("hash"), view=redrawn)
    except CopilotError:
        return  # the form stays as it is, and saving it tells what is wrong


def _push(
    slack: SlackServices,
    body: Mapping[str, Any],
    context: BoltContext,
    make: Callable[[SlackServices, Session, str, str, NoiseForm], View],
) -> None:
    """A list on top of the form, which keeps what was typed."""
    person = read_person(body, context.team_id or "")
    try:
        with slack.db.reading() as session:
            require_admin(session, person.team_id, person.user_id)
            form = read_form(mapping(body.get("view")).get("private_metadata"))
            view = make(slack, session, person.team_id, person.user_id, form)
        client = slack.client_of(person.team_id)
        with translated(client, "open the list"):
            client.views_push(trigger_id=person.trigger_id, view=view)
    except CopilotError:
        return  # the form stays as it is
