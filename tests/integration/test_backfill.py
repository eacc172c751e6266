"""Reading a channel's past when an incident is declared in it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.incidents.backfill import backfill_channel, channels_to_backfill, request_backfill
from copilot.incidents.lifecycle import declare
from copilot.incidents.queries import get_incident
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from copilot.workspaces.directory import channel_name, upsert_workspace
from tests.fakes.slack_stories import CHANNEL, TEAM, Event

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
US = WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "U0BOT")


class ScriptedReader:
    """A `WorkspaceReader` that tells a prepared history, up to a failure."""

    def __init__(self, history: list[Event], fails_after: int | None = None) -> None:
        self.told = history
        self.fails_after = fails_after
        self.asked_from: list[str] = []

    def workspace(self, team_id: str) -> WorkspaceInfo:
        return US

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
        return ChannelInfo(channel_id, "inc-checkout", False)

    def members(self, team_id: str) -> Iterable[MemberInfo]:
        return []

    def history(self, team_id: str, channel_id: str, oldest_ts: str) -> Iterator[Mapping[str, Any]]:
        self.asked_from.append(oldest_ts)
        for number, message in enumerate(self.told):
            if number == self.fails_after:
                raise TemporaryError("Slack asks to wait.", retry_after_s=30)
            yield message


def declare_here(db: Database) -> int:
    with db.transaction() as session:
        upsert_workspace(session, US, NOW)
        place = {"team_id": TEAM, "channel_id": CHANNEL}
        return declare(session, **place, title="x", severity=None, by=None, now=NOW).incident.id


def ask_again(db: Database, incident_id: int) -> None:
    with db.transaction() as session:
        request_backfill(session, get_incident(session, incident_id), NOW)


def due(db: Database, clock: ReplayClock) -> list[int]:
    with db.reading() as session:
        return channels_to_backfill(session, clock.now())


def said(count: int) -> list[Event]:
    """Messages of the last minutes as a history tells them: the newest first, without channel."""
    return [
        {
            "type": "message",
            "user": "U0ANA",
            "text": f"line {number}",
            "ts": instant_to_ts(NOW - timedelta(seconds=number)),
        }
        for number in range(count)
    ]


def recorded(db: Database) -> list[str]:
    with db.reading() as session:
        query = select(TimelineEvent.text).where(TimelineEvent.message_ts.is_not(None))
        return list(session.scalars(query.order_by(TimelineEvent.occurred_at.desc())))


def test_the_last_two_hours_are_recorded_once(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)
    reader = ScriptedReader(said(450))
    backfill_channel(db, incident_id, reader, clock)
    ask_again(db, incident_id)
    backfill_channel(db, incident_id, reader, clock)
    assert recorded(db) == [f"line {number}" for number in range(450)]
    assert reader.asked_from == [instant_to_ts(NOW - timedelta(hours=2))] * 2
    with db.reading() as session:
        assert channel_name(session, TEAM, CHANNEL) == "inc-checkout"


def test_what_was_read_before_slack_failed_is_kept(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)
    with pytest.raises(TemporaryError):
        backfill_channel(db, incident_id, ScriptedReader(said(450), fails_after=410), clock)
    assert len(recorded(db)) == 400
    assert due(db, clock) == [], "Slack asked to wait"
    clock.advance_to(NOW + timedelta(seconds=30))
    assert due(db, clock) == [incident_id]
    backfill_channel(db, incident_id, ScriptedReader(said(450)), clock)
    assert len(recorded(db)) == 450
    assert due(db, clock) == []


def test_reactions_and_edits_of_the_past_are_there_and_our_own_words_are_not(
    db: Database, clock: ReplayClock
) -> None:
    incident_id = declare_here(db)
    liked, ours = said(2)
    liked |= {"reactions": [{"name": "eyes", "users": ["U0BEN"], "count": 1}]}
    liked |= {"edited": {"user": "U0ANA", "ts": instant_to_ts(NOW)}}
    ours |= {"user": "U0BOT", "bot_id": "B0BOT"}
    backfill_channel(db, incident_id, ScriptedReader([liked, ours]), clock)
    assert recorded(db) == ["line 0"]
    with db.reading() as session:
        kinds = set(session.scalars(select(TimelineEvent.kind)))
    assert kinds == {"message", "reaction_added", "incident_declared"}


def test_a_garbled_message_does_not_cost_the_others(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)
    first, second, third = said(3)
    del second["ts"]
    backfill_channel(db, incident_id, ScriptedReader([first, second, third]), clock)
    assert recorded(db) == ["line 0", "line 2"]


def test_a_lost_nudge_is_found_and_a_second_one_reads_nothing(
    db: Database, clock: ReplayClock
) -> None:
    incident_id = declare_here(db)
    reader = ScriptedReader(said(3))
    assert due(db, clock) == [incident_id]
    backfill_channel(db, incident_id, reader, clock)
    assert due(db, clock) == []
    backfill_channel(db, incident_id, reader, clock)
    assert len(reader.asked_from) == 1


def test_while_one_worker_reads_another_does_not(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)
    second = ScriptedReader(said(3))

    class SlowReader(ScriptedReader):
        def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
            backfill_channel(db, incident_id, second, clock)
            return super().channel(TEAM, channel_id)

    backfill_channel(db, incident_id, SlowReader(said(3)), clock)
    assert second.asked_from == []
    assert len(recorded(db)) == 3


def test_who_died_while_reading_is_followed_by_another(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)

    class DyingReader(ScriptedReader):
        def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backfill_channel(db, incident_id, DyingReader([]), clock)
    assert due(db, clock) == []
    clock.advance_to(NOW + timedelta(minutes=10))
    assert due(db, clock) == [incident_id]


def test_a_channel_it_may_not_read_waits_for_an_invitation(
    db: Database, clock: ReplayClock
) -> None:
    incident_id = declare_here(db)

    class RefusedReader(ScriptedReader):
        def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
            raise PermanentError("not_in_channel")

    with pytest.raises(PermanentError):
        backfill_channel(db, incident_id, RefusedReader([]), clock)
    clock.advance_to(NOW + timedelta(hours=1))
    assert due(db, clock) == []
    ask_again(db, incident_id)
    assert due(db, clock) == [incident_id]


def test_an_invitation_during_an_attempt_is_not_forgotten(db: Database, clock: ReplayClock) -> None:
    incident_id = declare_here(db)

    class RefusedTooEarlyReader(ScriptedReader):
        def channel(self, team_id: str, channel_id: str) -> ChannelInfo:
            ask_again(db, incident_id)
            raise PermanentError("not_in_channel")

    with pytest.raises(PermanentError):
        backfill_channel(db, incident_id, RefusedTooEarlyReader([]), clock)
    assert due(db, clock) == [incident_id]
