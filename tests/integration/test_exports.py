"""What leaves as a file: what was signed with its amendments, and nothing that is no part of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews.amendments import add_amendment, amend
from copilot.reviews.comments import write_comment
from copilot.reviews.export import read_for_export, to_html, to_json, to_markdown
from copilot.reviews.policies import policy_of
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.seeding import seeded_for
from copilot.reviews.signing import sign_off
from copilot.reviews.verification import edit_claim, mark_wrong, verify
from tests.fakes.drafter import a_claim
from tests.integration.reviewing import (
    INVENTED,
    NORMAL,
    ROLLBACK,
    TEAM,
    an_incident,
    claim_like,
    delete_message,
    draft,
    few_sections,
    read,
    talk,
)

ANA, BEN = Reviewer("Ana Roe", "UANA"), Reviewer("Ben Li", "UBEN")
ALTERNATIVE = a_claim("Deploy 4812 was rolling back.", (2, "rolling back deploy 4812"))
FAILING = a_claim("Checkout was failing for customers.", (1, "checkout is failing for customers"))


@pytest.fixture
def incident_id(db: Database) -> int:
    few_sections(db, "impact", "key_moments")
    return an_incident(db)


@pytest.fixture
def stamps(db: Database, incident_id: int) -> list[str]:
    return talk(db)


def files(db: Database, incident_id: int) -> tuple[str, str, str]:
    """Markdown, HTML and JSON."""
    with db.reading() as session:
        found = read_for_export(session, incident_id)
    given = (found.view, found.milestones)
    return to_markdown(*given), to_html(*given), json.dumps(to_json(*given), ensure_ascii=False)


def check_all(db: Database, incident_id: int, clock: ReplayClock) -> None:
    for claim in read(db, incident_id).claims:
        with db.transaction() as session:
            verify(session, claim.id, by=ANA, now=clock.now())


def test_nothing_but_the_review_itself_is_in_any_file(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    """A sentence kept apart, one marked wrong, a proposal, one withdrawn, an altered one."""
    view = draft(db, incident_id, clock, ROLLBACK, INVENTED, NORMAL, FAILING)
    with db.transaction() as session:
        ours = claim_like(view, ROLLBACK.text)
        edit_claim(session, ours.id, text="ben rolled deploy 4812 back.", by=ANA, now=clock.now())
        mark_wrong(session, claim_like(view, "normal").id, by=ANA, now=clock.now())
        write_comment(session, incident_id, text="Is this so?", by=BEN, now=clock.now())
    draft(db, incident_id, clock, ALTERNATIVE, a_claim("ben said yes.", (5, "yes")))
    with db.transaction() as session:
        incident = session.get_one(Incident, incident_id)
        policy = replace(policy_of(session, TEAM), seeded_share=0.5)
        altered = seeded_for(session, incident.id, "Ben Li", policy, clock.now())
    hidden = [INVENTED.text, NORMAL.text, FAILING.text, "Is this so?", *(a.text for a in altered)]
    if read(db, incident_id).open_proposals:
        hidden.append(ALTERNATIVE.text)
    for text in files(db, incident_id):
        assert [words for words in hidden if words in text] == []
        assert "ben rolled deploy 4812 back." in text


def test_amendments_stand_beside_what_they_correct(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    view = draft(db, incident_id, clock, ROLLBACK, NORMAL)
    check_all(db, incident_id, clock)
    later = clock.now() + timedelta(hours=1)
    with db.transaction() as session:
        sign_off(session, incident_id, by=BEN, now=clock.now())
    with db.transaction() as session:
        amend(
            session,
            incident_id,
            claim_id=claim_like(view, "4812").id,
            text="Deploy 4812 was rolling back.",
            why="Who did it is not known",
            by=ANA,
            now=later,
        )
        amend(
            session,
            incident_id,
            claim_id=claim_like(view, "normal").id,
            text=None,
            why="It came back",
            by=ANA,
            now=later,
        )
        add_amendment(
            session,
            incident_id,
            section="impact",
            text="Checkout was failing for customers.",
            message_ts=stamps[0],
            why="It was left out",
            by=BEN,
            now=later,
        )
    for text in files(db, incident_id)[:2]:
        signed, amended, struck, added = (
            text.index(ROLLBACK.text),
            text.index("Deploy 4812 was rolling back."),
            text.index("It came back"),
            text.index("Checkout was failing for customers."),
        )
        assert signed < amended
        assert struck < added
        assert "Signed by Ben Li" in text
        assert "put otherwise by amendment 1" in text
        assert "struck by amendment 2" in text
        assert "Who did it is not known" in text
        assert text.index("Added after signing") < added
    exported = json.loads(files(db, incident_id)[2])
    assert [each["number"] for each in exported["amendments"]] == [1, 2, 3]


def test_a_deleted_message_takes_its_words_out_of_the_signed_files(
    db: Database, incident_id: int, stamps: list[str], clock: ReplayClock
) -> None:
    draft(db, incident_id, clock, ROLLBACK, NORMAL)
    check_all(db, incident_id, clock)
    with db.transaction() as session:
        sign_off(session, incident_id, by=BEN, now=clock.now())
    delete_message(db, stamps[1])
    for text in files(db, incident_id)[:2]:
        assert "rolling back deploy 4812" not in text
        assert "a source was edited or deleted since" in text
        assert NORMAL.text in text
    assert "rolling back deploy 4812" not in files(db, incident_id)[2]


def test_without_a_draft_there_is_nothing_to_take_along(db: Database, incident_id: int) -> None:
    with pytest.raises(NotFoundError, match="no review yet"):
        files(db, incident_id)
