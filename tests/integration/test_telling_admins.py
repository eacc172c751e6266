"""Admins are told of what was muted, in private and once."""

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.ports import ChannelInfo
from copilot.suggestions.learned_models import AdminNotice
from copilot.workspaces.directory import upsert_channel
from copilot.workspaces.membership import set_members
from tests.fakes.answers import (
    changes,
    learns,
    make_admins,
    shown_and_decided,
    tells,
    unwanted,
    wanted,
    with_admins,
)
from tests.fakes.channel_story import CHANNEL, START, TEAM, ChannelStory


@pytest.fixture
def story(db: Database) -> ChannelStory:
    return with_admins(db)


def test_of_several_mutes_at_once_admins_hear_in_one_message(story: ChannelStory) -> None:
    for kind in ("proposal", "request", "commitment"):
        shown_and_decided(story, unwanted(24), kind=kind)
    learns(story)
    tells(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U1", "U2", "U3"]
    assert [note.more for _, note in story.messenger.told_admins] == [2, 2, 2]
    assert len(changes(story)) == 3


def test_admins_who_may_not_read_a_private_channel_hear_nothing_of_it(
    story: ChannelStory,
) -> None:
    with story.db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-secret", is_private=True))
        set_members(session, TEAM, CHANNEL, ["U4", "U5"], START)
    shown_and_decided(story, unwanted(24))
    learns(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U4"]


def test_what_no_admin_may_hear_of_takes_nothing_else_along(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-secret", is_private=True))
        set_members(session, TEAM, CHANNEL, ["U5"], START)
        upsert_channel(session, TEAM, ChannelInfo("C2", "inc-search", is_private=False))
    other = ChannelStory(story.db, channel="C2", beside=story)
    make_admins(story)
    for each in (story, other):
        shown_and_decided(each, unwanted(24))
    learns(story)
    tells(story)
    notes = [note for _, note in story.messenger.told_admins]
    assert [(note.channel, note.more) for note in notes] == [("inc-search", 0)] * 3


def test_who_was_told_is_not_told_again_after_slack_failed(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(24))
    learns(story)
    story.messenger.refusals["tell_admin"] = [TemporaryError("Slack is away")]
    with pytest.raises(TemporaryError):
        tells(story)
    tells(story)  # it is too early
    assert story.messenger.told_admins == []
    story.waits(minutes=1)
    story.messenger.refusals["tell_admin"] = [PermanentError("ana closed her account")]
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U2", "U3"]
    with story.db.reading() as session:
        (notice,) = session.scalars(select(AdminNotice)).all()
    assert notice.failure == "ana closed her account"
    assert notice.told == ["U2", "U3"]
    assert notice.told_at is not None


def test_a_kind_unwanted_all_over_the_workspace_is_for_an_admin_to_switch_off(
    story: ChannelStory,
) -> None:
    for number in range(3):
        other = ChannelStory(story.db, channel=f"C-{number}", beside=story)
        shown_and_decided(other, unwanted(8))
        shown_and_decided(other, wanted(8), kind="request")
    make_admins(story)
    learns(story)
    assert changes(story) == []
    tells(story)
    note = story.messenger.told_admins[0][1]
    assert (note.kind, note.channel) == ("proposal", None)
    assert note.words == "0 of 24 proposals shown in this workspace were wanted (0 %, at most 14 %)"
    assert len(story.messenger.told_admins) == 3

    story.waits(days=1)
    shown_and_decided(other, unwanted(1))
    learns(story)
    tells(story)
    assert len(story.messenger.told_admins) == 3  # once a month is enough
