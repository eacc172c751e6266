"""Installations on both databases: kept, found, ended, forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.clock import ReplayClock
from copilot.db import Base, Database
from copilot.errors import BadInputError, NotFoundError
from copilot.ports import WorkspaceInfo
from copilot.workspaces import install_attempts
from copilot.workspaces.connections import connect, disconnect, learn_of_team, revoke
from copilot.workspaces.directory import upsert_workspace, workspace_of
from copilot.workspaces.forgetting import forget_disconnected, workspaces_to_forget
from copilot.workspaces.install_attempts import begin_attempt, finish_attempt
from copilot.workspaces.installations import NewInstallation, SealedTokens, find, save
from copilot.workspaces.models import Installation, InstallAttempt, Workspace

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
KEEP = timedelta(days=14)


def an_installation(
    team_id: str = "T1", enterprise_id: str = "", bot: str = "b1"
) -> NewInstallation:
    return NewInstallation(
        enterprise_id=enterprise_id,
        team_id=team_id,
        app_id="A1",
        bot_user_id=f"U-{bot}",
        tokens=SealedTokens(bot, f"{bot}-refresh", NOW + timedelta(hours=12)),
        scopes="chat:write",
        installed_by="U9",
    )


def a_workspace(session: Session, team_id: str, enterprise_id: str = "") -> None:
    url = f"https://{team_id.lower()}.slack.com/"
    learn_of_team(session, team_id, enterprise_id, url=url, now=NOW)
    upsert_workspace(session, WorkspaceInfo(team_id, f"Team {team_id}", url, "U1"), NOW)


def token_of(session: Session, team_id: str, enterprise_id: str = "") -> str | None:
    found = find(session, team_id, enterprise_id)
    return found.tokens.bot if found else None


def is_connected(session: Session, team_id: str) -> bool:
    return workspace_of(session, team_id).disconnected_at is None


def test_each_workspace_finds_its_own_installation(db: Database) -> None:
    with db.transaction() as session:
        save(session, an_installation("T1", bot="b1"), NOW)
        save(session, an_installation("T2", bot="b2"), NOW)
    with db.reading() as session:
        assert token_of(session, "T1") == "b1"
        assert token_of(session, "T2") == "b2"
        assert token_of(session, "T3") is None
        assert token_of(session, "") is None


def test_installing_again_replaces_and_revives(db: Database) -> None:
    with db.transaction() as session:
        first = save(session, an_installation("T1", bot="b1"), NOW)
        revoke(session, "T1", "", happened_at=NOW, now=NOW)
        assert token_of(session, "T1") is None
        again = save(session, an_installation("T1", bot="b2"), NOW + timedelta(hours=1))
    with db.reading() as session:
        assert again == first
        assert token_of(session, "T1") == "b2"
        assert session.scalar(select(func.count()).select_from(Installation)) == 1


def test_an_organisations_installation_speaks_for_its_workspaces(db: Database) -> None:
    with db.transaction() as session:
        save(session, an_installation("", "E1", bot="org"), NOW)
        a_workspace(session, "T1", "E1")
        a_workspace(session, "T2", "E2")
    with db.reading() as session:
        assert token_of(session, "T1") == "org"
        assert token_of(session, "T2") is None
        assert token_of(session, "T-new", "E1") == "org"
        assert token_of(session, "T-new", "E2") is None
        assert token_of(session, "T-new") is None
        found = find(session, "T1")
        assert found is not None
        assert (found.is_organisation, found.name) == (True, "Team T1")


def test_a_workspaces_own_installation_comes_before_its_organisations(db: Database) -> None:
    with db.transaction() as session:
        a_workspace(session, "T1", "E1")
        save(session, an_installation("", "E1", bot="org"), NOW)
        save(session, an_installation("T1", "E1", bot="own"), NOW)
        assert token_of(session, "T1", "E1") == "own"
        assert revoke(session, "T1", "E1", happened_at=NOW, now=NOW) == []
        assert token_of(session, "T1", "E1") == "org"
        assert is_connected(session, "T1")


def test_a_workspace_that_joins_an_organisation_has_one_installation(db: Database) -> None:
    with db.transaction() as session:
        save(session, an_installation("T1", "", bot="before"), NOW)
        save(session, an_installation("T1", "E1", bot="after"), NOW)
    with db.reading() as session:
        assert token_of(session, "T1") == "after"
        assert session.scalar(select(func.count()).select_from(Installation)) == 1


def test_revoking_leaves_no_token_and_says_who_is_cut_off_once(db: Database) -> None:
    with db.transaction() as session:
        a_workspace(session, "T1")
        save(session, an_installation("T1"), NOW)
        assert revoke(session, "T1", "", happened_at=NOW, now=NOW) == ["T1"]
        assert revoke(session, "T1", "", happened_at=NOW, now=NOW) == []
    with db.reading() as session:
        row = session.scalars(select(Installation)).one()
        assert (row.bot_token, row.refresh_token) == ("", None)
        assert not is_connected(session, "T1")


def test_word_of_a_removal_that_comes_after_a_new_installation_changes_nothing(
    db: Database,
) -> None:
    """Slack tries for a day to deliver what we missed."""
    with db.transaction() as session:
        a_workspace(session, "T1")
        save(session, an_installation("T1"), NOW)
        earlier = NOW - timedelta(minutes=5)
        assert revoke(session, "T1", "", happened_at=earlier, now=NOW) == []
        assert token_of(session, "T1") == "b1"
        assert is_connected(session, "T1")


def test_removing_an_organisations_installation_cuts_off_all_but_those_with_their_own(
    db: Database,
) -> None:
    with db.transaction() as session:
        for team_id in ("T1", "T2", "T3"):
            a_workspace(session, team_id, "E1")
        a_workspace(session, "T4", "E2")
        save(session, an_installation("", "E1", bot="org"), NOW)
        save(session, an_installation("T3", "E1", bot="own"), NOW)
        assert revoke(session, "", "E1", happened_at=NOW, now=NOW) == ["T1", "T2"]
        assert [is_connected(session, team) for team in ("T1", "T2", "T3", "T4")] == [
            False,
            False,
            True,
            True,
        ]
        save(session, an_installation("", "E1", bot="again"), NOW)
        assert connect(session, enterprise_id="E1") == ["T1", "T2"]
        assert token_of(session, "T1") == "again"


def test_a_workspace_taken_out_of_the_organisations_installation_is_not_spoken_for(
    db: Database,
) -> None:
    with db.transaction() as session:
        a_workspace(session, "T1", "E1")
        save(session, an_installation("", "E1", bot="org"), NOW)
        disconnect(session, team_id="T1", now=NOW)
        assert token_of(session, "T1", "E1") is None


def test_a_workspace_is_forgotten_some_time_after_the_app_was_removed(
    db: Database, clock: ReplayClock
) -> None:
    with db.transaction() as session:
        for team_id in ("T1", "T2"):
            a_workspace(session, team_id)
            save(session, an_installation(team_id), clock.now())
        revoke(session, "T1", "", happened_at=clock.now(), now=clock.now())
        row_id = workspace_of(session, "T1").id
    clock.advance_to(clock.now() + KEEP - timedelta(seconds=1))
    forget_disconnected(db, row_id, KEEP, clock)
    with db.reading() as session:
        assert workspaces_to_forget(session, clock.now(), KEEP) == []
        assert workspace_of(session, "T1").id == row_id
    clock.advance_to(clock.now() + timedelta(seconds=1))
    with db.reading() as session:
        assert workspaces_to_forget(session, clock.now(), KEEP) == [row_id]
    forget_disconnected(db, row_id, KEEP, clock)
    with db.reading() as session:
        assert list(session.scalars(select(Workspace.team_id))) == ["T2"]
        assert list(session.scalars(select(Installation.team_id))) == ["T2"]


def test_installing_again_in_time_keeps_everything(db: Database, clock: ReplayClock) -> None:
    with db.transaction() as session:
        a_workspace(session, "T1")
        save(session, an_installation("T1"), clock.now())
        revoke(session, "T1", "", happened_at=clock.now(), now=clock.now())
        row_id = workspace_of(session, "T1").id
    clock.advance_to(clock.now() + KEEP)
    with db.transaction() as session:
        save(session, an_installation("T1", bot="again"), clock.now())
        connect(session, team_id="T1")
    forget_disconnected(db, row_id, KEEP, clock)
    with db.reading() as session:
        assert token_of(session, "T1") == "again"


def test_an_organisation_is_forgotten_with_its_last_workspace(
    db: Database, clock: ReplayClock
) -> None:
    with db.transaction() as session:
        for team_id in ("T1", "T2"):
            a_workspace(session, team_id, "E1")
        save(session, an_installation("", "E1"), clock.now())
        revoke(session, "", "E1", happened_at=clock.now(), now=clock.now())
        rows = [workspace_of(session, team).id for team in ("T1", "T2")]
    clock.advance_to(clock.now() + KEEP)
    for row_id, left in zip(rows, (1, 0), strict=True):
        forget_disconnected(db, row_id, KEEP, clock)
        with db.reading() as session:
            assert session.scalar(select(func.count()).select_from(Installation)) == left


def test_every_table_is_reached_when_a_workspace_is_forgotten() -> None:
    """By its team id, or through a row that goes with it. Others hold nothing of a workspace."""
    of_no_workspace = {"install_attempt", "spent_login_link"}
    reached: set[str] = set()
    for table in Base.metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys if key.ondelete == "CASCADE"}
        if "team_id" in table.columns or parents & reached:
            reached.add(table.name)
    assert set(Base.metadata.tables) - reached == of_no_workspace


def test_an_attempt_to_install_works_once(db: Database) -> None:
    with db.transaction() as session:
        begin_attempt(session, "state-1", NOW)
        begin_attempt(session, "state-2", NOW)
    with db.transaction() as session:
        finish_attempt(session, "state-1", NOW)
        with pytest.raises(NotFoundError):
            finish_attempt(session, "state-1", NOW)
        finish_attempt(session, "state-2", NOW)


def test_an_attempt_to_install_ends_after_ten_minutes(db: Database) -> None:
    with db.transaction() as session:
        begin_attempt(session, "state", NOW)
        with pytest.raises(NotFoundError):
            finish_attempt(session, "state", NOW + timedelta(minutes=10))


def test_a_state_is_not_kept_as_it_is_and_old_ones_go(db: Database) -> None:
    with db.transaction() as session:
        begin_attempt(session, "state", NOW)
        assert "state" not in (session.scalar(select(InstallAttempt.state_hash)) or "")
        begin_attempt(session, "later", NOW + timedelta(minutes=11))
        assert session.scalar(select(func.count()).select_from(InstallAttempt)) == 1


def test_strangers_can_make_us_keep_only_so_much(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_attempts, "MAX_OPEN", 2)
    with db.transaction() as session:
        begin_attempt(session, "1", NOW)
        begin_attempt(session, "2", NOW)
        with pytest.raises(BadInputError):
            begin_attempt(session, "3", NOW)
        begin_attempt(session, "4", NOW + timedelta(minutes=10))
