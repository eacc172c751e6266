"""The Bolt app: every request that Slack signed finds a listener here."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy.exc import StatementError

from copilot.clock import Clock
from copilot.db import Database
from copilot.slack.client import build_client
from copilot.slack.clients import SlackClients
from copilot.slack.identity import BotIdentities
from copilot.slack.listeners import (
    admin_notes,
    buttons,
    commands,
    declaring_form,
    forms,
    home,
    marking,
    noise,
)
from copilot.slack.listeners.events import Events
from copilot.slack.listeners.installing import FromWorkspaces
from copilot.slack.services import SlackServices
from copilot.timeline.marks import DEFAULT_MEANINGS, Meanings

_ANYTHING = re.compile("")
_log = logging.getLogger(__name__)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Bolt warns of variables in the environment that are ours and that it was not asked to read.

    Its logger takes over the root's level with each App, so a level of its own would not last.
    """
    log = logging.getLogger("slack_bolt.App")
    log.addFilter(_is_error)
    try:
        yield
    finally:
        log.removeFilter(_is_error)


def _is_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def build_bolt_app(
    *,
    db: Database,
    clock: Clock,
    clients: SlackClients,
    api_url: str,
    signing_secret: str,
    console_url: Callable[[], str],
    login_token: Callable[[str, str, str], str] | None = None,
    reactions: Meanings = DEFAULT_MEANINGS,
) -> App:
    """`process_before_response`: the answer waits for the listener, so a row is committed before
    Slack hears 200, and a failing listener answers 500, on which Slack tries again.
    """
    identities = BotIdentities(clients)
    slack = SlackServices(db, clock, clients, identities, console_url, login_token, reactions)

    def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        return identities.authorize(team_id, enterprise_id)

    with _without_warnings():
        app = App(
            name="incident-copilot",
            # Only its address and timeout count: without a token, lest Bolt warn that it has two.
            client=build_client(None, api_url),
            signing_secret=signing_secret,
            before_authorize=FromWorkspaces(slack, then=Events(slack)),
            authorize=authorize,
            process_before_response=True,
            # The endpoint has checked the signature on the raw bytes, before anything was parsed.
            request_verification_enabled=False,
        )
    commands.register(app, slack)
    declaring_form.register(app, slack)
    buttons.register(app, slack)
    forms.register(app, slack)
    noise.register(app, slack)
    admin_notes.register(app, slack)
    marking.register(app, slack)
    home.register(app, slack)
    _catch_the_rest(app)
    app.error(_log_failure)
    return app


def _catch_the_rest(app: App) -> None:
    """What is not ours is acknowledged, so that Slack does not count it as a failure."""

    def acknowledge(ack: Ack) -> None:
        ack()

    app.action(_ANYTHING)(acknowledge)
    app.shortcut(_ANYTHING)(acknowledge)
    app.options(_ANYTHING)(acknowledge)
    app.view_submission(_ANYTHING)(acknowledge)
    app.view_closed(_ANYTHING)(acknowledge)


def _log_failure(error: Exception, body: dict[str, Any]) -> None:
    """Type and place of what failed; what people said stays out of the log."""
    if isinstance(error, StatementError):
        error.hide_parameters = True
    _log.error(
        "a listener failed on %.40r: %s", body.get("type"), type(error).__name__, exc_info=error
    )
