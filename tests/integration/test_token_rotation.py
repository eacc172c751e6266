"""Tokens are renewed in time, once, and kept whatever happens."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.slack.installed import InstalledWorkspaces
from copilot.slack.oauth_app import Tokens
from copilot.slack.token_box import TokenBox, new_key
from copilot.slack.token_rotation import TokenRotation
from copilot.workspaces.connections import revoke
from copilot.workspaces.installations import NewInstallation, save
from copilot.workspaces.models import Installation
from copilot.workspaces.token_refreshing import tokens_to_refresh
from tests.fakes.oauth import RotatingSlack

BOX = TokenBox(new_key())
TEN_HOURS = timedelta(hours=10)


@pytest.fixture
def slack() -> RotatingSlack:
    return RotatingSlack()


@pytest.fixture
def rotation(db: Database, slack: RotatingSlack, clock: ReplayClock) -> TokenRotation:
    return TokenRotation(db, slack, BOX, wall_clock=clock, sleep=lambda _: None)


def install(db: Database, rotation: TokenRotation, clock: ReplayClock, bot: str = "bot-0") -> int:
    new = NewInstallation(
        enterprise_id="",
        team_id="T1",
        app_id="A1",
        bot_user_id="U1",
        tokens=rotation.seal(Tokens(bot, "refresh-0", 12 * 3600)),
        scopes="",
        installed_by=None,
    )
    with db.transaction() as session:
        return save(session, new, clock.now())


def kept_token(db: Database) -> str:
    with db.reading() as session:
        return BOX.open(session.scalars(select(Installation.bot_token)).one())


def due(db: Database, clock: ReplayClock) -> list[int]:
    with db.reading() as session:
        return tokens_to_refresh(session, clock.now())


def test_a_token_is_renewed_two_hours_before_it_runs_out(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS - timedelta(seconds=1))
    assert due(db, clock) == []
    rotation.refresh(row_id)
    assert slack.calls == 0
    clock.advance_to(clock.now() + timedelta(seconds=1))
    assert due(db, clock) == [row_id]
    rotation.refresh(row_id)
    assert kept_token(db) == "bot-1"
    assert due(db, clock) == []
    clock.advance_to(clock.now() + TEN_HOURS)
    rotation.refresh(row_id)
    assert kept_token(db) == "bot-2"


def test_many_processes_that_race_renew_once(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    all_at_once = threading.Barrier(6)

    def one_process() -> None:
        own = TokenRotation(db, slack, BOX, wall_clock=clock)
        all_at_once.wait()
        own.refresh(row_id)

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(one_process) for _ in range(6)]:
            done.result()
    assert slack.calls == 1
    assert kept_token(db) == "bot-1"


def test_what_slack_gave_is_stored_though_the_database_was_away(
    db: Database, slack: RotatingSlack, clock: ReplayClock
) -> None:
    pauses: list[float] = []
    away = _AwayDatabase(db, times=3)
    rotation = TokenRotation(away, slack, BOX, wall_clock=clock, sleep=pauses.append)
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    slack.meanwhile = away.leave
    rotation.refresh(row_id)
    assert len(pauses) == 3
    assert kept_token(db) == "bot-1"


def test_while_slack_does_not_answer_nobody_asks_every_two_seconds(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    slack.failure = TemporaryError("no answer", retry_after_s=90)
    with pytest.raises(TemporaryError):
        rotation.refresh(row_id)
    assert due(db, clock) == []
    clock.advance_to(clock.now() + timedelta(seconds=90))
    assert due(db, clock) == [row_id]
    slack.failure = None
    rotation.refresh(row_id)
    assert kept_token(db) == "bot-1"


def test_a_refresh_token_that_slack_refuses_says_what_to_do_and_keeps_the_old_token(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    slack.failure = PermanentError("Can't renew the Slack token: invalid_refresh_token.")
    with pytest.raises(PermanentError, match=r"installed again in T1, at /slack/install"):
        rotation.refresh(row_id)
    assert kept_token(db) == "bot-0"
    assert due(db, clock) == []


def test_an_installation_made_while_slack_answered_is_not_overwritten(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)

    def install_again() -> None:
        install(db, rotation, clock, bot="bot-anew")

    slack.meanwhile = install_again
    rotation.refresh(row_id)
    assert kept_token(db) == "bot-anew"


def test_a_removed_app_is_not_renewed(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    with db.transaction() as session:
        revoke(session, "T1", "", happened_at=clock.now(), now=clock.now())
    rotation.refresh(row_id)
    assert slack.calls == 0


def test_a_claim_of_a_process_that_died_runs_out(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    """It died before it asked; after it asked, only the old token is left, for two hours."""
    row_id = install(db, rotation, clock)
    clock.advance_to(clock.now() + TEN_HOURS)
    with db.transaction() as session:
        session.get_one(Installation, row_id).refreshing_until = clock.now() + timedelta(minutes=2)
    rotation.refresh(row_id)
    assert slack.calls == 0
    clock.advance_to(clock.now() + timedelta(minutes=2))
    rotation.refresh(row_id)
    assert kept_token(db) == "bot-1"


def test_a_token_that_nearly_ran_out_is_renewed_before_it_is_used(
    db: Database, rotation: TokenRotation, slack: RotatingSlack, clock: ReplayClock
) -> None:
    """As after a machine has slept."""
    install(db, rotation, clock)
    clients = InstalledWorkspaces(
        db,
        clock,
        api_url="http://127.0.0.1:1/api/",
        box=BOX,
        rotation=rotation,
        install_url="/slack/install",
        wall_clock=clock,
    )
    assert clients.of("T1").token == "bot-0"
    clock.advance_to(clock.now() + timedelta(hours=12))
    assert clients.of("T1").token == "bot-1"
    clock.advance_to(clock.now() + timedelta(hours=12))
    slack.failure = TemporaryError("no answer")
    with pytest.raises(TemporaryError):
        clients.of("T1")


def test_a_wrong_key_stops_calls_but_not_events(
    db: Database, rotation: TokenRotation, clock: ReplayClock
) -> None:
    install(db, rotation, clock)
    clients = InstalledWorkspaces(
        db,
        clock,
        api_url="http://127.0.0.1:1/api/",
        box=TokenBox(new_key()),
        rotation=rotation,
        install_url="/slack/install",
        wall_clock=clock,
    )
    assert clients.is_connected("T1")
    with pytest.raises(TemporaryError, match="COPILOT_TOKEN_KEYS"):
        clients.of("T1")


class _AwayDatabase(Database):
    """Refuses some transactions after it left."""

    def __init__(self, db: Database, times: int) -> None:
        super().__init__(db._bind, db._send_job)
        self._times = times
        self._is_away = False

    def leave(self) -> None:
        self._is_away = True

    def _begun(self) -> AbstractContextManager[Connection]:
        if self._is_away and self._times:
            self._times -= 1
            raise OperationalError("BEGIN", None, Exception("away"))
        return super()._begun()
