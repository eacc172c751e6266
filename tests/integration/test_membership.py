"""Who may read what was said in a channel."""

from datetime import UTC, datetime

import pytest

from copilot.db import Database
from copilot.ports import ChannelInfo, MemberInfo
from copilot.workspaces.directory import change_channel, upsert_channel, upsert_members
from copilot.workspaces.membership import add_member, may_read, remove_member, set_members

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
TEAM, PUBLIC, PRIVATE, UNKNOWN = "T1", "C1", "G1", "C9"


@pytest.fixture
def channels(db: Database) -> Database:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(PUBLIC, "general", is_private=False))
        upsert_channel(session, TEAM, ChannelInfo(PRIVATE, "hush", is_private=True))
        people = [
            MemberInfo("U0ANA", "ana", "", is_bot=False),
            MemberInfo("U0GUEST", "guest", "", is_bot=False, is_guest=True),
            MemberInfo("U0LEFT", "left", "", is_bot=False, is_deactivated=True),
        ]
        upsert_members(session, TEAM, people)
        set_members(session, TEAM, PRIVATE, ["U0GUEST", "U0LEFT", "U0NEW"], NOW)
    return db


def readers(db: Database, channel_id: str) -> set[str]:
    everybody = ("U0ANA", "U0GUEST", "U0LEFT", "U0NEW", "U0STRANGER")
    with db.reading() as session:
        return {user for user in everybody if may_read(session, TEAM, channel_id, user)}


def test_a_public_channel_is_for_members_of_the_workspace(channels: Database) -> None:
    assert readers(channels, PUBLIC) == {"U0ANA"}


def test_a_private_channel_is_for_who_is_in_it(channels: Database) -> None:
    assert readers(channels, PRIVATE) == {"U0GUEST", "U0NEW"}


def test_a_channel_that_nobody_described_is_for_nobody(channels: Database) -> None:
    assert readers(channels, UNKNOWN) == set()


def test_who_is_in_it_follows_slack(channels: Database) -> None:
    with channels.transaction() as session:
        add_member(session, TEAM, PRIVATE, "U0ANA")
        add_member(session, TEAM, PRIVATE, "U0ANA")
        remove_member(session, TEAM, PRIVATE, "U0NEW")
    assert readers(channels, PRIVATE) == {"U0ANA", "U0GUEST"}
    with channels.transaction() as session:
        set_members(session, TEAM, PRIVATE, ["U0NEW"], NOW)
    assert readers(channels, PRIVATE) == {"U0NEW"}


def test_a_public_channel_made_private_is_closed_at_once(channels: Database) -> None:
    with channels.transaction() as session:
        change_channel(session, TEAM, PUBLIC, is_private=True)
    assert readers(channels, PUBLIC) == set()
