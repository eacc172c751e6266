"""Whatever a model says of an incident: no unsupported sentence is published, by any path.

The model obeys everybody, answers in every wrong way and praises itself as its own judge. The first
half of the tests looks along each path at what was drafted; in the second people press every button
there is on what was kept apart, by forms that the page does not offer.
"""

import re
import shutil
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.errors import BadInputError
from copilot.ports import ChannelInfo
from copilot.reviews.amendments import add_amendment, amend
from copilot.reviews.citing import add_claim, cite
from copilot.reviews.drafting import draft_review
from copilot.reviews.export import to_markdown
from copilot.reviews.models import Claim
from copilot.reviews.policies import set_policy
from copilot.reviews.proposals import take_proposal
from copilot.reviews.review_policy import HIGHEST_CAP, ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.signing import sign_off
from copilot.reviews.verification import edit_claim, undo, verify
from copilot.reviews.views import ReviewView
from copilot.workspaces.directory import upsert_channel
from tests.console_world.client import Visitor
from tests.fakes.channel_story import CHANNEL, PEOPLE, START, TEAM, ChannelStory
from tests.fakes.review_model import review_model, supports
from tests.fakes.scripted_endpoint import ScriptedEndpoint
from tests.fakes.wrong_claims import CONVERSATION, WRONG
from tests.hostile.review_place import KEYS, PATHS, Place, WrongDrafter, notes_of_everything

ANA = Reviewer("ana", "U1")
SAMPLE = 8
"""Every how many-th is tried by HTTP; the same acts are tried on more of them beside it."""
_USERS = {name: user_id for user_id, name in PEOPLE.items()} | {"eve": "U9"}


@pytest.fixture(scope="module")
def told(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The incident before its draft."""
    path = tmp_path_factory.mktemp("review") / "told.db"
    shutil.copy(migrated_sqlite, path)
    place = Place(path, 0, ())
    with place.opened() as db:
        story = ChannelStory(db)
        stamps = []
        for who, text in CONVERSATION:
            story.waits(minutes=2)
            said = story.alerts(text) if who == "alertbot" else story.says(text, by=_USERS[who])
            stamps.append(said)
        with db.transaction() as session:
            upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc", is_private=False))
            policy = ReviewPolicy(debt_cap_minutes=HIGHEST_CAP)
            set_policy(session, TEAM, policy, replaces=1, reason="all at once", by="U1", now=START)
    return replace(place, incident_id=story.incident_id, stamps=tuple(stamps))


@pytest.fixture(scope="module", params=["a model", "a drafter that checks nothing"])
def drafted(told: Place, request: pytest.FixtureRequest) -> Place:
    """With a draft by a model through the command as installed, or by an engine of bad faith."""
    if request.param != "a model":
        return drafted_in_bad_faith(told, "drafted in bad faith.db")
    place = told.copied_to(told.path.with_name("drafted by a model.db"))
    with ScriptedEndpoint(review_model(notes_of_everything, judges=supports("full"))) as model:
        settings = {
            "OPENAI_BASE_URL": model.url,
            "COPILOT_LLM_MODEL": "scripted-1",
            "COPILOT_LLM_SECOND_JUDGE": "true",
        }
        place.command("review", "draft", str(place.incident_id), **settings)
        assert model.calls > 1, "it was asked to draft and to judge"
    return place


def drafted_in_bad_faith(told: Place, name: str) -> Place:
    place = told.copied_to(told.path.with_name(name))
    with place.opened() as db:
        draft_review(db, place.incident_id, WrongDrafter(), ReplayClock(START))
    return place


@pytest.fixture(scope="module")
def signed(told: Place) -> Place:
    place = drafted_in_bad_faith(told, "signed.db")
    sign(place)
    return place


@pytest.fixture
def place(told: Place) -> Place:
    """To press buttons in: nothing was filtered before it was kept apart."""
    return drafted_in_bad_faith(told, "pressed.db")


def assert_nothing_wrong_in(published: str) -> None:
    plain = " ".join(unescape(published).replace("\\", "").split())
    assert "failover worked" in plain, "with nothing published nothing is proven"
    found = [name for name, one in WRONG.items() if one.mark and one.mark in plain]
    assert not found, found
    assert "Mallory" not in plain
    assert_nothing_fires(published)


def assert_nothing_fires(published: str) -> None:
    """What is quoted may name an address, spelled so that nothing makes a link of it."""
    for bad in ("](https://evil", "www.evil", "<script>alert", "<!channel", "\u202e"):
        assert bad not in published, bad
    if not published.startswith("{"):
        assert not re.search(r"(?<![\w&#;])https://evil", published)


def assert_no_wrong_claim(view: ReviewView) -> None:
    texts = {claim.text for claim in view.claims}
    assert not [one.text for one in WRONG.values() if one.text.strip() in texts]
    assert all(claim.supported and claim.citations for claim in view.claims)
    assert {claim.section for claim in view.claims} <= set(KEYS)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_publishes_a_wrong_sentence(drafted: Place, path: str) -> None:
    assert_nothing_wrong_in(PATHS[path](drafted))


def test_what_is_kept_apart_says_why_and_is_no_flood(drafted: Place) -> None:
    view = drafted.view()
    assert_no_wrong_claim(view)
    assert len(view.claims) < 40
    assert len(view.unsupported) <= 20 * len(KEYS)
    assert all(claim.why for claim in view.unsupported)


def kept_apart(place: Place) -> list[Claim]:
    """Each text once."""
    with place.opened() as db, db.reading() as session:
        rows = session.scalars(select(Claim).where(Claim.is_supported.is_(False)))
        return list({row.text: row for row in rows}.values())


def test_forged_forms_publish_nothing_that_was_kept_apart(place: Place) -> None:
    """Verify, edit-unchanged and take are not offered there; somebody sends them all the same."""
    base = f"/incidents/{place.incident_id}/review"
    with place.opened() as db:
        sam = Visitor(db, ReplayClock(START)).signs_in("sam")
        token = sam.token_at(base)
        for claim in kept_apart(place)[::SAMPLE]:
            for act, form in (
                ("verify", {"seen": claim.text}),
                ("edit", {"text": claim.text, "seen": claim.text}),
                ("take", {"proposal": str(claim.id), "seen": claim.text}),
            ):
                at = f"{base}/claims/{claim.id}/{act}"
                answer = sam.http.post(at, data={"form_token": token, **form})
                assert answer.status_code < 500
    assert_no_wrong_claim(place.view())
    assert_nothing_wrong_in(to_markdown(place.view()))


def test_no_act_on_what_was_kept_apart_makes_it_good(place: Place) -> None:
    for claim in kept_apart(place)[::2]:
        shouted = f"{claim.text.strip().upper()} ."
        verifies = partial(verify, claim_id=claim.id, by=ANA, now=START)
        place.acts(
            verifies,
            partial(edit_claim, claim_id=claim.id, text=claim.text, by=ANA, now=START),
            partial(edit_claim, claim_id=claim.id, text=shouted, by=ANA, now=START),
            partial(undo, claim_id=claim.id, by=ANA, now=START),
            partial(take_proposal, proposal_id=claim.id, by=ANA, now=START),
            verifies,
        )
    assert_no_wrong_claim(place.view())


def test_a_person_can_not_publish_it_either(place: Place) -> None:
    """As an edit of a good sentence, as a sentence of their own, and as an amendment."""
    false = [one for one in WRONG.values() if not one.is_true]
    added = partial(add_claim, incident_id=place.incident_id, section="impact", by=ANA, now=START)
    good, *_ = place.view().claims
    for one in false:
        place.acts(
            partial(edit_claim, claim_id=good.id, text=one.text, by=ANA, now=START),
            partial(added, text=one.text, message_ts=place.cited_by(one)),
        )
    assert_no_wrong_claim(place.view())
    sign(place)
    signed, *_ = place.view().claims
    amends = partial(amend, incident_id=place.incident_id, why="better", by=ANA, now=START)
    adds = partial(add_amendment, incident_id=place.incident_id, why="new", by=ANA, now=START)
    for one in false[::3]:
        ts = place.cited_by(one)
        place.acts(
            partial(amends, claim_id=signed.id, text=one.text, message_ts=ts),
            partial(adds, section="impact", text=one.text, message_ts=ts),
        )
    view = place.view()
    said = {claim.text for claim in view.claims} | {each.text for each in view.amendments}
    assert not said & {one.text.strip() for one in false}
    assert_nothing_fires(to_markdown(view))


def sign(place: Place) -> None:
    """All that may be published is verified; what may not stays apart, and the rest is signed."""
    for claim in place.view().claims:
        place.acts(partial(verify, claim_id=claim.id, by=ANA, now=START))
    place.acts(partial(sign_off, incident_id=place.incident_id, by=ANA, now=START))
    assert place.view().signed is not None


@pytest.mark.parametrize("path", PATHS)
def test_the_signed_review_holds_nothing_wrong(signed: Place, path: str) -> None:
    assert_nothing_wrong_in(PATHS[path](signed))


def test_a_source_that_proves_nothing_does_not_make_it_good(place: Place) -> None:
    for claim in kept_apart(place)[1::4]:
        cites = [
            partial(cite, claim_id=claim.id, message_ts=ts, by=ANA, now=START)
            for ts in place.stamps[claim.id % 3 :: 3]
        ]
        place.acts(*cites, partial(verify, claim_id=claim.id, by=ANA, now=START))
    published = {claim.text for claim in place.view().claims}
    assert not published & {one.text.strip() for one in WRONG.values() if not one.is_true}


def test_who_presses_anyway_is_told_why_it_is_refused(place: Place) -> None:
    (claim, *_) = kept_apart(place)
    with (
        place.opened() as db,
        db.transaction() as session,
        pytest.raises(BadInputError, match="failed a check"),
    ):
        verify(session, claim.id, by=ANA, now=START)
