"""The noise page of a workspace with a history: what its tests share."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.suggestions.noise_policy import PolicySet
from copilot.suggestions.policies import (
    PoliciesInForce,
    policies_in_force,
    set_policies,
)
from tests.console_world import TEAM
from tests.console_world.client import Visitor
from tests.console_world.talkative import (
    ADMIN,
    RESPONDER,
    build_history,
)

OTHER_TEAM = "T0QUAYSIDE"
PUBLIC_CHANNEL = "C0NOISE0"
TYPED: Mapping[str, Any] = {
    "sent": "1",
    "team": TEAM,
    "threshold_when_calm": "0.8",
    "threshold_when_busy": "0.9",
    "digest_threshold": "0.5",
    "post_interval": "30",
    "most_in_one_post": "3",
    "posts_per_person": "6",
    "backlog_cap_minutes": "10",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "quiet_zone": "Europe/Berlin",
    "kinds": ["commitment", "request"],
    "version": "1",
    "reason": "too many cards at night",
}


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> tuple[Path, datetime]:
    """Three incidents, one of them in a private channel, played once for all tests here."""
    path = tmp_path_factory.mktemp("played") / "played.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    now = build_history(Database(engine, lambda _job: None), incidents=3, suggested=9)
    engine.dispose()
    return path, now


@pytest.fixture
def db(tmp_path: Path, played: tuple[Path, datetime]) -> Iterator[Database]:
    """One database is enough for the pages; both are tried at the end."""
    path = tmp_path / "noise.db"
    path.write_bytes(played[0].read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield Database(engine, lambda _job: None)
    engine.dispose()


@pytest.fixture
def clock(played: tuple[Path, datetime]) -> ReplayClock:
    return ReplayClock(played[1])


@pytest.fixture
def ana(db: Database, clock: ReplayClock) -> Visitor:
    """An admin, who is not in the private channel."""
    return Visitor(db, clock).comes_from_slack(ADMIN, team_id=TEAM)


@pytest.fixture
def ben(db: Database, clock: ReplayClock) -> Visitor:
    """No admin, and in all channels."""
    return Visitor(db, clock).comes_from_slack(RESPONDER, team_id=TEAM)


def in_force(db: Database) -> PoliciesInForce:
    with db.reading() as session:
        return policies_in_force(session, TEAM)


def sets(db: Database, policy: PolicySet, clock: ReplayClock, **how: Any) -> None:
    with db.transaction() as session:
        how = {"reason": "a reason", "by": RESPONDER, **how}
        set_policies(session, TEAM, policy, now=clock.now(), **how)


def saves(visitor: Visitor, **changed: Any) -> httpx2.Response:
    return visitor.sends("/noise", {**TYPED, **changed}, seen_at="/noise/why")


def words_of(html: str) -> str:
    bare = re.sub(r"<(script|style|title).*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return " ".join(unescape(bare).split())
