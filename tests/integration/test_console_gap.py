"""The pages of the gap: what they say, and that they say it to nobody else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, select, update

from copilot.db import Database, open_engine
from copilot.incidents.queries import get_incident
from copilot.ports import MemberInfo
from copilot.reviews import ledger
from copilot.reviews.models import Claim, LedgerEntry
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import verify
from copilot.reviews.vocabulary import LedgerKind
from copilot.suggestions.models import Suggestion
from copilot.workspaces.directory import upsert_members
from copilot.workspaces.membership import add_member
from copilot.workspaces.models import Channel
from tests.console_world import CHANNEL, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor

ANA = Reviewer("ana", "U0ANA")


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Database]:
    engine = open_engine(sqlite_url)
    yield Database(engine, lambda _job: None)
    engine.dispose()


@pytest.fixture
def world(db: Database) -> World:
    return build_world(db)


@pytest.fixture
def visitor(db: Database) -> Visitor:
    return Visitor(db, world_clock())


def becomes_private(db: Database) -> None:
    with db.transaction() as session:
        session.execute(
            update(Channel).where(Channel.channel_id == CHANNEL).values(is_private=True)
        )


def checks_two(db: Database, world: World) -> None:
    now = world_clock().now()
    with db.transaction() as session:
        view = current_review(session, world.incident_id)
        assert view is not None
        for claim in view.claims[:2]:
            ledger.note(
                session,
                get_incident(session, world.incident_id),
                LedgerKind.OPENED,
                claim=session.get_one(Claim, claim.id),
                person="ana",
                seconds=25,
                now=now,
            )
            verify(session, claim.id, by=ANA, now=now)


def test_the_page_of_an_incident_shows_its_gap(
    db: Database, world: World, visitor: Visitor
) -> None:
    checks_two(db, world)
    page = unescape(visitor.signs_in().sees(f"/incidents/{world.incident_id}/gap"))
    assert "words drafted" in page
    assert "were checked by a person; the rest waits" in page
    assert "wait" in page.partition("Reading that waits")[2]
    assert "none were waved through" in page
    assert "too few to tell: 2 of 10" in page
    # Every picture has a name for who can't see it, and its numbers as a table.
    assert page.count('role="img"') == page.count("As a table") == 4
    assert page.count('aria-label=""') == 0
    assert 'aria-current="page">Gap' in page


def test_it_is_reached_from_the_list_and_from_each_incident(world: World, visitor: Visitor) -> None:
    assert 'href="/gap"' in visitor.signs_in().sees("/")
    assert f'href="/incidents/{world.incident_id}/gap"' in visitor.sees("/gap")
    review = visitor.sees(f"/incidents/{world.incident_id}/review")
    assert f'href="/incidents/{world.incident_id}/gap"' in review


def test_the_page_of_all_counts_weeks_and_incidents(
    db: Database, world: World, visitor: Visitor
) -> None:
    checks_two(db, world)
    page = unescape(visitor.signs_in().sees("/gap"))
    assert "drafted this week" in page
    assert "2026-W10" in page
    assert "All numbers of this week" in page


def test_a_page_without_a_review_says_what_to_do(db: Database, visitor: Visitor) -> None:
    world = build_world(db, reviewed=False)
    page = visitor.signs_in().sees(f"/incidents/{world.incident_id}/gap")
    assert "No review was drafted yet" in page
    assert "No review was drafted yet" in visitor.sees("/gap")


def test_who_may_not_read_the_channel_sees_no_number_of_it(
    db: Database, world: World, visitor: Visitor
) -> None:
    checks_two(db, world)
    becomes_private(db)
    with db.transaction() as session:
        upsert_members(session, TEAM, [MemberInfo("U0NEW", "new", "New", False)])
        add_member(session, TEAM, CHANNEL, "U0ANA")
    own = f"/incidents/{world.incident_id}/gap"
    insider = Visitor(db, world_clock())
    insider.comes_from_slack("U0ANA", team_id=TEAM)
    assert "drafted this week" in insider.sees("/gap")
    insider.sees(own)
    outsider = Visitor(db, world_clock())
    outsider.comes_from_slack("U0NEW", team_id=TEAM)
    for stranger in (outsider, visitor.signs_in()):
        page = stranger.sees("/gap")
        assert "0 incidents that you may read" in page
        assert "drafted this week" not in page
        assert own not in page
        stranger.sees(own, status=404)


def test_nobody_sees_it_who_is_not_signed_in(world: World, visitor: Visitor) -> None:
    for path in ("/gap", f"/incidents/{world.incident_id}/gap"):
        assert visitor.http.get(path).status_code == 303


def test_an_incident_with_old_lines_and_new_ones_counts_whole(
    db: Database, world: World, visitor: Visitor
) -> None:
    visitor.signs_in()
    whole = written_words(visitor)
    long_ago = world_clock().now() - timedelta(weeks=20)
    with db.transaction() as session:
        ids = session.scalars(select(LedgerEntry.claim_id).distinct()).all()
        old = LedgerEntry.claim_id.in_(ids[: len(ids) // 2])
        session.execute(update(LedgerEntry).where(old).values(recorded_at=long_ago))
    assert written_words(visitor) == whole


def written_words(visitor: Visitor) -> str:
    """What the row of the one incident says."""
    found = re.search(r'data-unit="words written">([\d,]+)<', visitor.sees("/gap"))
    assert found
    return found[1]


def test_lines_from_before_the_incident_was_declared_do_no_harm(
    db: Database, world: World, visitor: Visitor
) -> None:
    long_ago = world_clock().now() - timedelta(weeks=20)
    with db.transaction() as session:
        session.execute(delete(Suggestion))
        session.execute(update(LedgerEntry).values(recorded_at=long_ago))
    assert f'href="/incidents/{world.incident_id}/gap"' in visitor.signs_in().sees("/gap")
