"""`/incident …`: reads or changes one thing, and answers the asker alone."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.exc import SQLAlchemyError

from copilot.errors import CopilotError, TemporaryError
from copilot.slack.answers import Answer, help_answer, note
from copilot.slack.command_words import nearest_word, read_typed
from copilot.slack.escaping import safe
from copilot.slack.listeners.asking import Asked
from copilot.slack.listeners.changing import rename, reopen, resolve, severity, status
from copilot.slack.listeners.declaring import declare
from copilot.slack.listeners.listing import held, review, suggestions
from copilot.slack.listeners.noise import noise
from copilot.slack.listeners.quieting import quiet
from copilot.slack.listeners.reading import catchup, timeline
from copilot.slack.listeners.roles import handover, role
from copilot.slack.listeners.writing import followup, write_down
from copilot.slack.services import SlackServices

_log = logging.getLogger(__name__)

Run = Callable[[SlackServices, Asked], Answer | None]
"""Answers the asker; None where a form that it opened says all there is to say."""

# The table of words: a line here, the word in `command_words.WORDS` and its place in the help.
RUNS: Mapping[str, Run] = {
    "declare": declare,
    "status": status,
    "severity": severity,
    "rename": rename,
    "role": role,
    "handover": handover,
    "reopen": reopen,
    "suggestions": suggestions,
    "held": held,
    "quiet": quiet,
    "noise": noise,
    "resolve": resolve,
    "review": review,
    "catchup": catchup,
    "timeline": timeline,
    "note": write_down,
    "followup": followup,
}


def register(app: App, slack: SlackServices) -> None:
    @app.command("/incident")
    def on_incident(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        answer = _answer(slack, body, context.team_id or "")
        if answer is None:
            ack()
        else:
            ack(answer)

    @app.command(re.compile(""))
    def on_another(ack: Ack) -> None:
        ack(note("That command is not mine. `/incident help` shows what I can do."))


def _answer(slack: SlackServices, body: Mapping[str, Any], team_id: str) -> Answer | None:
    typed = read_typed(str(body.get("text") or ""))
    run = RUNS.get(typed.word)
    if run is None:
        if typed.word in {"", "help"}:
            return help_answer()
        return help_answer(typed.word, nearest_word(typed.word), typed.rest)
    asked = Asked(
        team_id=team_id,
        channel_id=str(body.get("channel_id") or ""),
        channel_name=str(body.get("channel_name") or ""),
        user_id=str(body.get("user_id") or ""),
        rest=typed.rest,
        text=typed.text,
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )
    try:
        return run(slack, asked)
    except TemporaryError as error:
        return note(f"{safe(str(error), 300)} What was recorded is safe; try again in a minute.")
    except CopilotError as error:
        return note(safe(str(error), 500))
    except SQLAlchemyError as error:
        # Slack does not repeat a command and would show only "dispatch_failed".
        _log.exception("`/incident %s` could not reach the database", typed.word)
        return note(
            f"The database did not answer ({type(error).__name__}). Nothing was changed and "
            "what was recorded is safe. Try again in a minute."
        )
