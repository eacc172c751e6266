"""What people wrote down stays in a signed review as it stood when it was signed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import BadInputError
from copilot.incidents.follow_up_changes import change_follow_up
from copilot.incidents.follow_ups import complete, write_follow_up
from copilot.incidents.notes import write_note
from copilot.incidents.queries import get_incident
from copilot.ports import MemberInfo
from copilot.reviews.export import to_html, to_json, to_markdown
from copilot.reviews.models import SignOff
from copilot.reviews.reading import ReviewView
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import reading_of, sign_off, verify_hash
from copilot.reviews.verification import verify
from copilot.workspaces.directory import upsert_members
from tests.integration.reviewing import (
    NORMAL,
    TEAM,
    an_incident,
    claim_like,
    draft,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA = Reviewer("Ana", "UANA")
AS_SIGNED = "Alert on replica lag (ana, Friday)"


class Story:
    def __init__(self, db: Database, clock: ReplayClock) -> None:
        self.db, self.clock = db, clock
        few_sections(db, "key_moments")
        self.incident_id = an_incident(db)
        talk(db)
        claim_id = claim_like(draft(db, self.incident_id, clock, NORMAL), "normal").id
        with db.transaction() as session:
            incident = get_incident(session, self.incident_id)
            verify(session, claim_id, by=ANA, now=clock.now())
            write_note(session, incident, "told support", by="UBEN", now=clock.now())
            self.follow_up_id = write_follow_up(
                session,
                incident,
                title="Alert on replica lag",
                owner_id="UANA",
                due="Friday",
                by="UBEN",
                now=clock.now(),
            ).id

    def change(self) -> None:
        """Another title, owner and day; then it is done."""
        self.clock.advance_to(self.clock.now() + timedelta(hours=1))
        now = self.clock.now()
        with self.db.transaction() as session:
            incident = get_incident(session, self.incident_id)
            change_follow_up(
                session,
                incident,
                self.follow_up_id,
                title="Page on replica lag",
                owner_id="UBEN",
                due="next month",
                by="UBEN",
                now=now,
            )
            complete(session, incident, self.follow_up_id, by="UBEN", now=now)
            upsert_members(session, TEAM, [MemberInfo("UBEN", "benjamin", "", False)])

    def sign(self, seen: ReviewView) -> None:
        with self.db.transaction() as session:
            now = self.clock.now()
            sign_off(session, self.incident_id, by=ANA, now=now, seen=reading_of(seen))

    @property
    def view(self) -> ReviewView:
        return read(self.db, self.incident_id)

    @property
    def is_intact(self) -> bool:
        with self.db.reading() as session:
            return verify_hash(session, self.incident_id)


@pytest.fixture
def story(db: Database, clock: ReplayClock) -> Story:
    return Story(db, clock)


def recipe() -> Any:
    page = (Path(__file__).parents[2] / "docs" / "reviews.md").read_text()
    found: dict[str, Any] = {}
    exec(page.split("```python")[1].split("```")[0], found)  # noqa: S102 - our own page
    return found["hash_of_review"]


def test_what_was_signed_of_a_follow_up_stays(story: Story) -> None:
    story.sign(story.view)
    before = story.view
    story.change()
    after = story.view
    assert [each.text for each in after.written_down] == ["told support", AS_SIGNED]
    assert after == before
    for written in (to_markdown, to_html):
        assert written(after) == written(before)
        assert "next month" not in written(after)
    assert story.is_intact


def test_the_hash_covers_it_in_the_export_too(story: Story) -> None:
    story.sign(story.view)
    story.change()
    exported = json.loads(json.dumps(to_json(story.view)))
    assert recipe()(exported) == exported["signed"]["content_hash"]
    exported["written_down"][1]["text"] = "Alert on replica lag (ben, next month, done)"
    assert recipe()(exported) != exported["signed"]["content_hash"]


@ON_BOTH
def test_tampering_with_it_shows(story: Story) -> None:
    story.sign(story.view)
    with story.db.transaction() as session:
        signed = session.scalars(select(SignOff)).one()
        first, *others = signed.heading["written_down"]
        notes = [{**first, "text": "nobody was told"}, *others]
        signed.heading = {**signed.heading, "written_down": notes}
    assert not story.is_intact


def test_an_unsigned_review_tells_how_it_stands_today(story: Story) -> None:
    story.change()
    (note, follow_up) = story.view.written_down
    assert (note.author, follow_up.author) == ("benjamin", "benjamin")
    assert follow_up.text == "Page on replica lag (benjamin, next month, done)"


def test_who_signs_has_read_it_as_it_is(story: Story) -> None:
    seen = story.view
    story.change()
    with pytest.raises(BadInputError, match="Somebody changed the review"):
        story.sign(seen)
    story.sign(story.view)


@ON_BOTH
def test_one_that_was_signed_before_this_was_kept_is_as_it_was(story: Story) -> None:
    story.sign(story.view)
    exported = to_json(story.view)
    exported["signed"]["covers_written_down"] = False
    with story.db.transaction() as session:
        row = session.scalars(select(SignOff)).one()
        heading = {key: row.heading[key] for key in ("incident", "milestones")}
        old_hash = recipe()(json.loads(json.dumps(exported)))
        session.execute(update(SignOff).values(heading=heading, content_hash=old_hash))
    assert story.is_intact
    assert story.view.written_down[1].text == AS_SIGNED
    story.change()
    assert story.is_intact
    exported = json.loads(json.dumps(to_json(story.view)))
    assert recipe()(exported) == old_hash
    written = exported["written_down"]
    with story.db.transaction() as session:
        incident = get_incident(session, story.incident_id)
        signed_at = session.scalars(select(SignOff)).one().signed_at
        within = signed_at + timedelta(milliseconds=400)
        write_note(session, incident, "too late by less than a second", by="UBEN", now=within)
    assert to_json(story.view)["written_down"] == written
