"""The review page as a visitor without JavaScript meets it: what its tests share."""

import re
from datetime import timedelta
from html import unescape

import pytest

from copilot.db import Database
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import verify
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import database_url as database_url

NOW = world_clock().now()


@pytest.fixture
def world(db: Database) -> World:
    return build_world(db)


@pytest.fixture
def sam(db: Database, world: World) -> Visitor:
    return Visitor(db, world_clock()).signs_in("sam")


@pytest.fixture
def review(world: World) -> str:
    return f"/incidents/{world.incident_id}/review"


def what_is_signed(sam: Visitor, review: str) -> dict[str, str]:
    """The form of the page on which one signs."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', sam.sees(f"{review}/sign"))
    assert found is not None
    return {"seen": found[1]}


def claim_with(sam: Visitor, review: str, words: str) -> str:
    for claim_id, text in re.findall(
        r'href="[^"]*\?claim=(\d+)#[^"]*"[^>]*data-open[^>]*>([^<]*)<', sam.sees(review)
    ):
        if words in unescape(text):
            return str(claim_id)
    raise AssertionError(f"no claim says {words!r}")


def edit_source(db: Database, world: World, time: str, text: str) -> None:
    edited_ts = instant_to_ts(STARTS_AT + timedelta(hours=3))
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "event_ts": edited_ts,
        "message": {
            "type": "message",
            "user": "U0ANA",
            "ts": world.stamps[time],
            "text": text,
            "edited": {"user": "U0ANA", "ts": edited_ts},
        },
    }
    with db.transaction() as session:
        record(session, to_records(TEAM, edit, CHANNEL), STARTS_AT)


def check_all(db: Database, world: World) -> None:
    with db.transaction() as session:
        view = current_review(session, world.incident_id)
        assert view is not None
        for claim in view.claims:
            verify(session, claim.id, by=Reviewer("sam"), now=NOW)


@pytest.fixture
def checked(db: Database, world: World) -> None:
    check_all(db, world)


@pytest.fixture
def signed(sam: Visitor, review: str, checked: None) -> None:
    answer = sam.sends(f"{review}/sign", what_is_signed(sam, review))
    assert answer.headers["location"].endswith("/review")
