"""The review from Slack: how far it is, and who is told when a source changes."""

from datetime import timedelta

from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import verify
from copilot.reviews.views import ClaimView, ReviewView
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


def begin(world: SlackWorld) -> list[str]:
    """An incident with a drafted review; returns the stamps of what was said."""
    world.command("declare checkout errors sev2")
    world.works()
    said = [
        world.says("ben", "rolling back deploy 4812 now"),
        world.says("dana", "replica lag on db-3 is 210 s, that is the cause I think"),
        world.says("ben", "error rate is back to normal, 4812 is rolled back"),
    ]
    world.works()
    world.command("resolve")
    assert "is being drafted" in world.command("review")
    world.works()
    return said


def review_of(world: SlackWorld) -> ReviewView:
    with world.db.reading() as session:
        view = current_review(session, world.incident().id)
    assert view is not None
    return view


def check(world: SlackWorld, name: str, ts: str) -> list[ClaimView]:
    """`name` verifies each sentence that rests on this message."""
    by = Reviewer(name, world.person(name))
    found = [
        claim
        for claim in review_of(world).claims
        if any(citation.message_ts == ts for citation in claim.citations)
    ]
    assert found
    with world.db.transaction() as session:
        for claim in found:
            verify(session, claim.id, by=by, now=world.clock.now())
    return found


def told(world: SlackWorld, name: str) -> list[str]:
    """What stands in the person's own conversation with the copilot."""
    direct = world.workspace.open_direct(world.person(name))
    words = [words_of(body) for body in list(direct.newest_first(None))[::-1]]
    return [each for each in words if "you checked" in each]


def test_it_says_how_far_the_review_is(world: SlackWorld) -> None:
    (first, *_) = begin(world)
    total = len(review_of(world).claims)
    shown = world.command("review")
    assert f"0 of {total} sentences checked" in shown
    assert "min of reading left" in shown
    assert "/incident review again" in shown
    checked = len(check(world, "dana", first))
    assert f"{checked} of {total} sentences checked" in world.command("review")
    assert "is being drafted" in world.command("review again")


def test_who_checked_a_message_that_is_edited_or_deleted_is_told_once(world: SlackWorld) -> None:
    first, _, third = begin(world)
    check(world, "dana", first)
    check(world, "dana", third)
    world.passes(timedelta(minutes=2))
    assert told(world, "dana") == []

    world.workspace.edit(
        world.person("ben"), world.channel(), first, "rolling back deploy 4813 now"
    )
    world.works()
    world.passes(timedelta(minutes=5))
    (note,) = told(world, "dana")
    assert "was edited or deleted" in note
    assert "Review of checkout errors" in note
    assert told(world, "ben") == []
    assert review_of(world).source_changed >= 1
    assert "Source changed since" in world.command("review")
    assert "source changed: " in words_of(world.opens_home("dana"))

    world.workspace.delete(world.person("ben"), world.channel(), third)
    world.works()
    world.passes(timedelta(minutes=5))
    assert len(told(world, "dana")) == 2
    world.passes(timedelta(minutes=5))
    assert len(told(world, "dana")) == 2
