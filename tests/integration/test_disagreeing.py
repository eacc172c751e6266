"""Of two people who say the opposite of a sentence: somebody decides again before it is signed."""

from collections.abc import Callable
from typing import Any

import pytest

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.errors import BadInputError
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off, what_is_missing
from copilot.reviews.verification import edit_claim, mark_wrong, undo, verify
from copilot.reviews.views import ClaimView
from tests.console_world import build_world, world_clock
from tests.console_world.client import Visitor
from tests.integration.reviewing import (
    NORMAL,
    ROLLBACK,
    an_incident,
    claim_like,
    draft,
    edit_message,
    few_sections,
    read,
    talk,
)
from tests.one_database import ON_BOTH
from tests.one_database import database_url as database_url

ANA, BEN, CHO = Reviewer("Ana"), Reviewer("Ben"), Reviewer("Cho")
ASKED = "1 sentence has one person for it and another against it: read it and decide once more."


class Table:
    """Where they sit."""

    def __init__(self, db: Database, clock: ReplayClock) -> None:
        self.db, self.clock = db, clock
        few_sections(db, "key_moments")
        self.incident_id = an_incident(db)
        self.stamps = talk(db)
        view = draft(db, self.incident_id, clock, ROLLBACK, NORMAL)
        self.claim_id = claim_like(view, "4812").id
        with db.transaction() as session:
            verify(session, claim_like(view, "normal").id, by=ANA, now=clock.now())

    def __call__(self, act: Callable[..., Any], by: Reviewer, **more: Any) -> None:
        with self.db.transaction() as session:
            act(session, self.claim_id, by=by, now=self.clock.now(), **more)

    @property
    def claim(self) -> ClaimView:
        return claim_like(read(self.db, self.incident_id), "4812")

    @property
    def missing(self) -> list[str]:
        with self.db.reading() as session:
            return what_is_missing(session, self.incident_id)

    def sign(self) -> None:
        with self.db.transaction() as session:
            sign_off(session, self.incident_id, by=CHO, now=self.clock.now())


@pytest.fixture
def say(db: Database, clock: ReplayClock) -> Table:
    return Table(db, clock)


@ON_BOTH
@pytest.mark.parametrize("acts", [(verify, mark_wrong), (mark_wrong, verify)])
@pytest.mark.parametrize("last", [verify, mark_wrong])
@pytest.mark.parametrize("by", [ANA, BEN, CHO])
def test_it_is_signed_once_somebody_decided_with_both_in_view(
    say: Table, acts: tuple[Any, Any], last: Any, by: Reviewer
) -> None:
    for act, person in zip(acts, (ANA, BEN), strict=True):
        say(act, person)
    assert say.claim.needs_settling
    assert say.missing == [ASKED]
    with pytest.raises(BadInputError, match="decide once more"):
        say.sign()
    say(last, by)
    assert (say.claim.needs_settling, say.missing) == (False, [])
    say.sign()


def test_a_new_opposition_is_to_be_settled_anew(say: Table) -> None:
    say(verify, ANA)
    say(mark_wrong, BEN)
    say(mark_wrong, ANA)  # they agree
    assert (say.claim.is_disputed, say.missing) == (False, [])
    say(verify, CHO)
    assert say.missing == [ASKED]


def test_undoing_or_other_words_settle_it(say: Table) -> None:
    say(verify, ANA)
    say(mark_wrong, BEN)
    say(undo, ANA)
    assert say.missing == ["1 sentence is not checked."]
    say(verify, ANA)
    assert say.missing == []
    say(mark_wrong, BEN)
    assert say.missing == [ASKED]
    say(edit_claim, CHO, text="ben was rolling deploy 4812 back.")
    assert (say.claim.is_disputed, say.missing) == (False, [])


def test_a_change_of_mind_is_no_disagreement(say: Table) -> None:
    say(mark_wrong, ANA)
    say(verify, ANA)
    assert say.missing == []


def test_what_can_not_be_published_anyway_needs_no_settling(say: Table) -> None:
    say(verify, ANA)
    say(mark_wrong, BEN)
    edit_message(say.db, say.stamps[1], "never mind")
    assert (say.claim.is_disputed, say.missing) == (True, [])


def test_on_the_page_both_can_be_pressed_again(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    db = Database(engine, lambda _job: None)
    world = build_world(db)
    review = f"/incidents/{world.incident_id}/review"
    claim = claim_like(read(db, world.incident_id), "0 lag")
    with db.transaction() as session:
        verify(session, claim.id, by=ANA, now=world_clock().now())
    sam = Visitor(db, world_clock()).signs_in("sam")
    at = f"{review}/claims/{claim.id}"
    answer = sam.sends(f"{at}/wrong", {"seen": claim.text})
    assert answer.headers["location"].endswith(f"#c-{claim.id}"), "it is not done with"
    page = sam.sees(f"{review}?claim={claim.id}")
    assert "sam says wrong, Ana says right: somebody has to decide once more" in page
    assert f'action="{at}/verify"' in page
    assert f'action="{at}/wrong"' in page
    assert "has one person for it and another against it" in sam.sees(f"{review}/sign")
    sam.sends(f"{at}/wrong", {"seen": claim.text})
    page = sam.sees(f"{review}?claim={claim.id}")
    assert "sam says wrong, Ana says right" in page
    assert "decide once more" not in page
    assert "another against it" not in sam.sees(f"{review}/sign")
    engine.dispose()
