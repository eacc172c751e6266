"""An operator sees how far a review is, signs it under a name, and takes it along."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from copilot.cli import app
from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.local.drafter import LocalDrafter
from copilot.reviews.drafting import draft_review
from copilot.reviews.models import Claim
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import verify
from tests.console_world import build_world

Run = Callable[..., Any]


@pytest.fixture
def db(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    db = Database(open_engine(sqlite_url), lambda _job: None)
    build_world(db)
    monkeypatch.setenv("COPILOT_DATABASE_URL", sqlite_url)
    return db


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["review", *arguments])


def check_everything(db: Database) -> None:
    draft_review(db, 1, LocalDrafter(), SystemClock())
    with db.transaction() as session:
        view = current_review(session, 1)
        assert view is not None
        for claim in view.claims:
            verify(session, claim.id, by=Reviewer("Ana Roe"), now=SystemClock().now())


def test_a_review_is_signed_once_everything_is_checked(db: Database) -> None:
    draft_review(db, 1, LocalDrafter(), SystemClock())
    early = run("sign", "1", "--as", "Ben Li", "--yes")
    assert early.exit_code == 1
    assert "not checked" in early.stderr
    assert json.loads(run("status", "1", "--format", "json").stdout)["missing"]

    check_everything(db)
    assert run("sign", "1", "--as", "  ", "--yes").exit_code == 1
    asked = CliRunner().invoke(app, ["review", "sign", "1", "--as", "Ben Li"], input="n\n")
    assert asked.exit_code == 1
    assert json.loads(run("status", "1", "--format", "json").stdout)["signed"] is None

    assert run("sign", "1", "--as", "Ben Li", "--yes").exit_code == 0
    facts = json.loads(run("status", "1", "--format", "json").stdout)
    assert (facts["signed"]["by"], facts["missing"]) == ("Ben Li", [])
    assert facts["is_as_signed"]
    again = run("sign", "1", "--as", "Ana Roe", "--yes")
    assert again.exit_code == 1
    assert "Ben Li signed this review" in again.stderr
    assert "Signed by Ben Li" in run("export", "1").stdout
    assert "Signed by Ben Li" in run("export", "1", "--format", "html").stdout
    exported = json.loads(run("export", "1", "--format", "json").stdout)
    assert exported["signed"]["content_hash"] == facts["signed"]["content_hash"]

    with db.transaction() as session:
        session.execute(update(Claim).values(text="It was nobody's fault."))
    assert "not what was signed" in run("status", "1").stderr


def test_the_timeline_behind_it_is_a_csv(db: Database) -> None:
    rows = run("export", "1", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("kind,channel,message_ts")
    assert len(rows) > 10
