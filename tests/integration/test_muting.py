"""Kinds that nobody wants in a channel, and what admins set at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.incidents.models import Status
from copilot.jobs import Job, QueuedJob
from copilot.suggestions.conclusions import learn, workspaces_to_learn
from copilot.suggestions.learned_models import AdminNotice
from copilot.suggestions.models import NoisePolicyVersion
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY, PolicySet
from copilot.suggestions.policies import policies_in_force, set_policies, undo_policies
from copilot.suggestions.vocabulary import DecisionKind, DismissReason
from copilot.workspaces.models import Workspace
from tests.fakes.answers import (
    changes,
    learns,
    muted_in,
    shown_and_decided,
    take_back,
    tells,
    unwanted,
    wanted,
    with_admins,
)
from tests.fakes.channel_story import START, TEAM, ChannelStory, row_ids


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return with_admins(db)


def test_a_kind_that_is_surely_unwanted_is_muted_once_and_admins_are_told_once(
    story: ChannelStory, sent_jobs: list[QueuedJob]
) -> None:
    shown_and_decided(story, [*wanted(3), *unwanted(21)])
    shown_and_decided(story, wanted(24), kind="commitment")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: learns(story), range(2)))
    learns(story)
    assert muted_in(story) == {"proposal"}
    assert muted_in(story, "C9") == frozenset()
    with story.db.reading() as session:
        (version,) = session.scalars(select(NoisePolicyVersion)).all()
        (notice_id,) = session.scalars(select(AdminNotice.id)).all()
        assert (version.origin, version.set_by) == ("learned", "copilot")
        words = "3 of 24 proposals shown here were wanted (12 %, at most 31 %)"
        assert version.reason == words
    assert row_ids(sent_jobs, Job.TELL_ADMINS) == [notice_id]

    tells(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U1", "U2", "U3"]
    note = story.messenger.told_admins[0][1]
    assert (note.subject, note.words, note.channel) == ("muted:2", words, "inc-checkout")
    assert note.undo_url == "https://copilot.example.com/noise"


def test_nineteen_decisions_mute_nothing(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(19))
    learns(story)
    assert muted_in(story) == frozenset()
    story.waits(minutes=1)
    shown_and_decided(story, unwanted(1))
    learns(story)
    assert muted_in(story) == {"proposal"}


def test_what_nobody_answered_counts_from_the_end_on_and_half(story: ChannelStory) -> None:
    shown_and_decided(story, [*wanted(18), *unwanted(7), *[(None, None)] * 6])
    learns(story)
    assert muted_in(story) == frozenset()
    story.status(Status.RESOLVED)
    story.waits(minutes=1)
    shown_and_decided(story, [(DecisionKind.DISMISSED, DismissReason.DUPLICATE)])
    learns(story)
    assert muted_in(story) == {"proposal"}
    (change,) = changes(story)
    assert change.why.endswith("6 more were never answered")


def test_a_mute_taken_back_is_not_learned_again_from_the_same_decisions(
    story: ChannelStory,
) -> None:
    shown_and_decided(story, unwanted(24))
    learns(story)
    (change,) = changes(story)
    assert change.what == "proposals in #inc-checkout"
    story.waits(minutes=1)
    take_back(story, change, by="U3")
    assert muted_in(story) == frozenset()
    (undone,) = changes(story)
    assert (undone.undone_by, undone.can_be_undone) == ("dana", False)

    story.waits(minutes=1)
    shown_and_decided(story, unwanted(19))
    learns(story)
    assert muted_in(story) == frozenset()
    story.waits(minutes=1)
    shown_and_decided(story, unwanted(1))
    learns(story)
    assert muted_in(story) == {"proposal"}


def test_what_a_person_sets_at_the_same_time_is_never_lost(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(24))

    def person_sets(number: int) -> None:
        while True:
            try:
                with story.db.transaction() as session:
                    found = policies_in_force(session, TEAM).policies
                    base = replace(found.base, posts_per_person=number)
                    set_policies(
                        session,
                        TEAM,
                        replace(found, base=base),
                        reason=f"set {number}",
                        by="U1",
                        now=START,
                    )
            except AlreadyDecidedError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(person_sets, number) for number in (2, 3)]
        done += [pool.submit(learns, story) for _ in range(2)]
        for each in done:
            each.result()
    assert muted_in(story) == {"proposal"}
    with story.db.reading() as session:
        versions = session.scalars(
            select(NoisePolicyVersion).order_by(NoisePolicyVersion.version)
        ).all()
        last = policies_in_force(session, TEAM).policies.base.posts_per_person
    assert [each.version for each in versions] == [2, 3, 4]
    assert sorted(each.origin for each in versions) == ["learned", "person", "person"]
    by_people = [each for each in versions if each.origin == "person"]
    assert by_people[-1].reason == f"set {last}"


def test_undoing_an_older_version_leaves_what_was_set_since(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        first = set_policies(
            session,
            TEAM,
            PolicySet(replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=30))),
            reason="calmer nights",
            by="U1",
            now=START,
        )
        set_policies(
            session,
            TEAM,
            replace(first, base=replace(first.base, posts_per_person=3)),
            reason="fewer each",
            by="U1",
            now=START,
        )
        made = undo_policies(session, TEAM, first.version, by="U2", now=START)
        assert (made.base.post_interval, made.base.posts_per_person) == (timedelta(minutes=15), 3)
        assert policies_in_force(session, TEAM).reason == "Undone: calmer nights"
        with pytest.raises(AlreadyDecidedError):
            undo_policies(session, TEAM, first.version, by="U2", now=START)
        for version in (0, 1, 99):
            with pytest.raises(NotFoundError):
                undo_policies(session, TEAM, version, by="U2", now=START)


def test_a_workspace_is_due_only_while_there_is_something_new(story: ChannelStory) -> None:
    def due() -> list[int]:
        with story.db.reading() as session:
            return workspaces_to_learn(session, story.clock.now())

    assert due() == []
    shown_and_decided(story, wanted(1))
    with story.db.reading() as session:
        assert due() == list(session.scalars(select(Workspace.id)))
    learns(story)
    assert due() == []
    learn(story.db, 99, story.clock)  # a workspace that is gone
