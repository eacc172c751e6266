"""The menu of a message: key moment, follow-up, ignore. Commit first, acknowledge last."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, BadInputError, CopilotError, NotFoundError
from copilot.incidents.due import due_in
from copilot.incidents.follow_ups import made_of
from copilot.incidents.intake import take_in
from copilot.incidents.marked import (
    incident_of,
    mark_by_hand,
    said_at,
    title_from,
    unmark_by_hand,
    write_follow_up_of,
)
from copilot.incidents.models import FollowUp
from copilot.slack.answers import note
from copilot.slack.client import translated
from copilot.slack.escaping import safe
from copilot.slack.follow_up_modal import (
    TITLE,
    WRITTEN,
    FollowUpFields,
    WrittenFrom,
    follow_up_modal,
    read_fields,
    read_written_from,
)
from copilot.slack.follow_up_words import owner_in
from copilot.slack.message_shortcuts import (
    FOLLOW_UP,
    IGNORE,
    KEY_MOMENT,
    UNDO,
    marked_answer,
    undone_words,
)
from copilot.slack.replies import replace_private, send_private
from copilot.slack.services import SlackServices
from copilot.timeline.marks import Place, standing_marks
from copilot.timeline.models import MarkKind, TimelineEvent
from copilot.timeline.permalinks import ts_order
from copilot.timeline.reading import author_of
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import names_of, people_of

_UNDO_VALUE = re.compile(r"(key_moment|ignored):(\d{1,12}(?:\.\d{1,6})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A shortcut was used on a message."""

    place: Place
    message: Mapping[str, Any]
    user_id: str
    trigger_id: str
    response_url: str


def register(app: App, slack: SlackServices) -> None:
    runs: dict[str, Callable[[SlackServices, _Chosen], None]] = {
        KEY_MOMENT: lambda slack, chosen: _mark(slack, chosen, MarkKind.KEY_MOMENT),
        IGNORE: lambda slack, chosen: _mark(slack, chosen, MarkKind.IGNORED),
        FOLLOW_UP: _open_form,
    }

    def on_shortcut(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        _run(slack, runs[str(body["callback_id"])], body, context.team_id or "")
        ack()

    for callback_id in runs:
        app.message_shortcut(callback_id)(on_shortcut)

    @app.action(UNDO)
    def on_undo(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext
    ) -> None:
        _undo(slack, body, action, context.team_id or "")
        ack()

    @app.view(WRITTEN)
    def on_written(
        ack: Ack, view: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        try:
            _write(slack, view, str(body["user"]["id"]), context.team_id or "")
        except (AlreadyDecidedError, BadInputError, NotFoundError) as error:
            # Said inside the form, so that what was typed is not lost.
            ack(response_action="errors", errors={TITLE: str(error)})
        else:
            ack()


def _run(
    slack: SlackServices,
    run: Callable[[SlackServices, _Chosen], None],
    body: Mapping[str, Any],
    team_id: str,
) -> None:
    try:
        run(slack, _read_chosen(body, team_id))
    except CopilotError as error:
        send_private(
            slack,
            team_id=team_id,
            response_url=str(body.get("response_url") or ""),
            channel_id=_id_of(body.get("channel")),
            user_id=_id_of(body.get("user")),
            answer=note(safe(str(error), 500)),
        )


def _read_chosen(body: Mapping[str, Any], team_id: str) -> _Chosen:
    message = body.get("message")
    message = message if isinstance(message, Mapping) else {}
    stamp = str(message.get("ts") or body.get("message_ts") or "")
    ts_order(stamp)  # raises BadInputError
    return _Chosen(
        place=Place(team_id, _id_of(body.get("channel")), stamp),
        message=message,
        user_id=_id_of(body.get("user")),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
    )


def _take_in(slack: SlackServices, session: Session, chosen: _Chosen) -> TimelineEvent:
    """The message in the timeline, recorded now if it was said before anybody listened."""
    records = to_records(chosen.place.team_id, chosen.message, chosen.place.channel_id)
    incident_of(session, chosen.place)
    take_in(session, chosen.place.team_id, records, slack.clock.now())
    return said_at(session, chosen.place)


def _mark(slack: SlackServices, chosen: _Chosen, kind: MarkKind) -> None:
    place = chosen.place
    with slack.db.transaction() as session:
        event = _take_in(slack, session, chosen)
        is_new = mark_by_hand(session, place, kind, by=chosen.user_id, now=slack.clock.now())
        incident = incident_of(session, place)
        quote = title_from(event, names_of(session, place.team_id))
    answer = marked_answer(
        kind, title=incident.title, quote=quote, message_ts=place.message_ts, is_new=is_new
    )
    _answer(slack, chosen, answer)


def _open_form(slack: SlackServices, chosen: _Chosen) -> None:
    place = chosen.place
    with slack.db.transaction() as session:
        event = _take_in(slack, session, chosen)
        incident = incident_of(session, place)
        names = names_of(session, place.team_id)
        before = made_of(session, incident.id, place.message_ts)
        people = people_of(session, place.team_id)
        quote = title_from(event, names)
        owner_id = owner_in(event.text, event.author_id, people)
        author = author_of(event, names) or ""
    if before is not None and before.done_at is not None and before.withdrawn_at is None:
        done_by = names.get(before.done_by or "", "somebody")
        raise AlreadyDecidedError(
            f"This message is follow-up #{before.id}, “{before.title}”, which {done_by} has done. "
            "Nothing was changed."
        )
    fields = _fields_of(before) or FollowUpFields(quote, owner_id, due_in(quote))
    origin = WrittenFrom(place.channel_id, place.message_ts, chosen.response_url)
    is_known = before is not None and before.withdrawn_at is None
    view = follow_up_modal(fields, origin, quote=quote, author=author, is_known=is_known)
    client = slack.client_of(place.team_id)
    with translated(client, "open the form"):
        client.views_open(trigger_id=chosen.trigger_id, view=view)


def _fields_of(before: FollowUp | None) -> FollowUpFields | None:
    """What it says already, so that nobody's words are lost."""
    if before is None or before.withdrawn_at is not None:
        return None
    return FollowUpFields(before.title, before.owner_id, before.due)


def _write(slack: SlackServices, view: Mapping[str, Any], user_id: str, team_id: str) -> None:
    origin = read_written_from(str(view.get("private_metadata") or ""))
    fields = read_fields(view)
    with slack.db.transaction() as session:
        follow_up = write_follow_up_of(
            session,
            Place(team_id, origin.channel_id, origin.message_ts),
            title=fields.title,
            owner_id=fields.owner_id,
            due=fields.due,
            by=user_id,
            now=slack.clock.now(),
        )
    send_private(
        slack,
        team_id=team_id,
        response_url=origin.response_url,
        channel_id=origin.channel_id,
        user_id=user_id,
        answer=note(
            f"✓ Follow-up #{follow_up.id}: *{safe(follow_up.title, 200)}*. "
            "`/incident followup` lists them all."
        ),
    )


def _undo(
    slack: SlackServices, body: Mapping[str, Any], action: Mapping[str, Any], team_id: str
) -> None:
    user_id, channel_id = _id_of(body.get("user")), _id_of(body.get("channel"))
    response_url = str(body.get("response_url") or "")
    value = _UNDO_VALUE.fullmatch(str(action.get("value") or ""))
    if value is None:
        replace_private(response_url, note("This button is out of date. Nothing was changed."))
        return
    kind, place = MarkKind(value[1]), Place(team_id, channel_id, value[2])
    try:
        with slack.db.transaction() as session:
            quote = title_from(said_at(session, place), names_of(session, team_id))
            is_undone = unmark_by_hand(session, place, kind, by=user_id, now=slack.clock.now())
            marks = standing_marks(session, team_id, channel_id, [place.message_ts])
        is_still = kind in marks.get(place.message_ts, ())
        words = undone_words(kind, quote, is_undone=is_undone, is_still=is_still)
    except CopilotError as error:
        words = safe(str(error), 500)
    replace_private(response_url, note(words))


def _answer(slack: SlackServices, chosen: _Chosen, answer: dict[str, Any]) -> None:
    send_private(
        slack,
        team_id=chosen.place.team_id,
        response_url=chosen.response_url,
        channel_id=chosen.place.channel_id,
        user_id=chosen.user_id,
        answer=answer,
    )


def _id_of(value: object) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else str(value or "")
