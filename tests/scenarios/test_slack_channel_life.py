"""What becomes of channels, people and the workspace while an incident runs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.incidents.queries import span_of
from copilot.timeline.coverage import RefillCause
from copilot.timeline.gaps import gaps_in
from copilot.timeline.models import Coverage, Refill, TimelineEvent
from copilot.workspaces.directory import workspace_of
from copilot.workspaces.membership import may_read
from copilot.workspaces.models import Channel, Member
from tests.scenarios.slack_world import SlackWorld

Event = dict[str, Any]


@pytest.fixture
def declared(world_either_way: SlackWorld) -> SlackWorld:
    """An incident in #incidents, told of over HTTP and over Socket Mode."""
    return with_incident(world_either_way)


@pytest.fixture
def over_http(world: SlackWorld) -> SlackWorld:
    return with_incident(world)


def with_incident(world: SlackWorld) -> SlackWorld:
    world.command("declare checkout errors")
    world.says("ana", "db-3 is out of disk")
    world.works()
    return world


def tell(world: SlackWorld, event: Event) -> None:
    """Slack sends an event that the pretend workspace has no button for."""
    now_s = world.clock.now().timestamp()
    told = {"event_ts": f"{now_s:.6f}", **event}
    assert world.slack.event(told, team_id=world.workspace.team_id).status == 200


def channel_of(world: SlackWorld, channel_id: str | None = None) -> Channel:
    with world.db.reading() as session:
        query = select(Channel).where(Channel.channel_id == (channel_id or world.channel()))
        found = session.scalars(query).one()
        session.expunge(found)
    return found


def causes(world: SlackWorld) -> list[str]:
    """Why refills were asked for, after the one of the declaration."""
    with world.db.reading() as session:
        return list(session.scalars(select(Refill.cause).order_by(Refill.id)))[1:]


def gaps(world: SlackWorld) -> list[str]:
    with world.db.reading() as session:
        return [gap.text for gap in gaps_in(session, span_of(world.incident()))]


def reads(world: SlackWorld, who: str) -> bool:
    with world.db.reading() as session:
        user_id, channel_id = world.person(who), world.incident().channel_id
        return may_read(session, world.workspace.team_id, channel_id, user_id)


def test_a_renamed_channel_is_known_by_its_new_name(declared: SlackWorld) -> None:
    channel_id = declared.channel()
    declared.workspace.rename(declared.person("ana"), channel_id, "inc-checkout")
    declared.works()
    assert channel_of(declared, channel_id).name == "inc-checkout"
    assert "channel_name" in {event.kind for event in declared.events("inc-checkout")}


def test_a_rename_does_not_make_a_private_channel_public(over_http: SlackWorld) -> None:
    channel_id = over_http.channel()
    over_http.workspace.convert_to_private(over_http.person("ana"), channel_id)
    over_http.works()
    tell(over_http, {"type": "group_rename", "channel": {"id": channel_id, "name": "hush"}})
    assert (channel_of(over_http).name, channel_of(over_http).is_private) == ("hush", True)


def test_an_archived_channel_keeps_its_timeline(declared: SlackWorld) -> None:
    ana, channel_id = declared.person("ana"), declared.channel()
    declared.workspace.archive(ana, channel_id)
    declared.works()
    assert channel_of(declared).is_archived
    before = len(declared.events())
    declared.workspace.unarchive(ana, channel_id)
    declared.works()
    assert not channel_of(declared).is_archived
    assert len(declared.events()) >= before
    assert causes(declared)[-1] == RefillCause.CHANGED


def test_made_private_it_is_shown_only_to_who_is_in_it(declared: SlackWorld) -> None:
    ana, ben, channel_id = declared.person("ana"), declared.person("ben"), declared.channel()
    declared.workspace.leave(ben, channel_id)
    declared.works()
    assert reads(declared, "ben"), "it is public"
    declared.workspace.convert_to_private(ana, channel_id)
    declared.sender.wait_until_idle()
    assert not reads(declared, "ben"), "before anything else was asked of Slack"
    declared.works()
    assert (reads(declared, "ana"), reads(declared, "ben")) == (True, False)
    assert channel_of(declared).is_private
    declared.workspace.join(ben, channel_id, inviter_id=ana)
    declared.works()
    assert reads(declared, "ben")


def test_public_again_only_when_slack_says_so(over_http: SlackWorld) -> None:
    over_http.workspace.convert_to_private(over_http.person("ana"), over_http.channel())
    over_http.works()
    said = {"type": "message", "subtype": "channel_convert_to_public", "user": "U1", "text": "x"}
    ts = f"{over_http.clock.now().timestamp():.6f}"
    tell(over_http, {**said, "channel": over_http.channel(), "ts": ts})
    over_http.works()
    assert channel_of(over_http).is_private, "conversations.info knows better"


def test_a_channel_shared_with_others_is_known_to_be(declared: SlackWorld) -> None:
    declared.workspace.share(declared.channel())
    declared.works()
    assert channel_of(declared).is_shared


def test_no_longer_shared_unless_with_a_third(over_http: SlackWorld) -> None:
    place = {"channel": over_http.channel(), "previously_connected_team_id": "T0PARTNER"}
    tell(over_http, {"type": "channel_shared", "channel": over_http.channel()})
    assert channel_of(over_http).is_shared
    tell(over_http, {"type": "channel_unshared", **place, "is_ext_shared": False})
    assert not channel_of(over_http).is_shared


def test_removed_it_says_from_when_on_messages_may_be_missing(declared: SlackWorld) -> None:
    ben, channel_id = declared.person("ben"), declared.channel()
    declared.workspace.remove_bot(ben, channel_id)
    declared.sender.wait_until_idle()
    (gap,) = gaps(declared)
    assert gap.endswith("messages may be missing: the copilot was not in the channel")
    declared.says("ana", "they can't hear us")
    declared.workspace.invite_bot(ben, channel_id)
    declared.works()
    assert gaps(declared) == []
    assert "they can't hear us" in [event.text for event in declared.events()]


def test_a_minute_that_slack_held_back_is_missing_until_it_was_read(declared: SlackWorld) -> None:
    declared.workspace.tell_rate_limited()
    declared.sender.wait_until_idle()
    (gap,) = gaps(declared)
    assert gap.endswith("messages may be missing: Slack held them back (too many at once)")
    declared.works()
    assert gaps(declared) != [], "the minute is not over"
    declared.passes(timedelta(minutes=2))
    assert gaps(declared) == []


def test_everything_follows_a_channel_to_its_new_id(over_http: SlackWorld) -> None:
    old, new = over_http.channel(), "C0MOVED"
    ts = over_http.says("ana", "rolling back")
    again = {"type": "message", "channel": new, "user": over_http.person("ana"), "ts": ts}
    edited = {"user": over_http.person("ana"), "ts": f"{float(ts.split('.')[0]) + 5:.6f}"}
    with over_http.db.transaction() as session:
        texts = {row.message_ts: row.id for row in session.scalars(select(TimelineEvent))}
    # An incident under the new id would be declared by somebody; here only its events came.
    change = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
    tell(over_http, change)
    tell(over_http, change)
    tell(over_http, {**again, "text": "rolled back", "edited": edited})
    with over_http.db.reading() as session:
        rows = session.scalars(select(TimelineEvent)).all()
        assert {row.channel_id for row in rows} == {new}
        assert {row.message_ts: row.id for row in rows if row.message_ts} == {
            ts: row_id for ts, row_id in texts.items() if ts
        }
        assert [row.text for row in rows if row.message_ts == ts] == ["rolled back"]
        assert session.scalars(select(Coverage.channel_id)).all() == [new]


def test_a_deleted_channel_is_read_no_more(over_http: SlackWorld) -> None:
    before = len(over_http.events())
    tell(over_http, {"type": "channel_deleted", "channel": over_http.channel()})
    over_http.passes(timedelta(minutes=30))
    assert causes(over_http) == []
    assert len(over_http.events()) == before


@pytest.mark.parametrize("place", [{}, {"channel": "C0ELSEWHERE"}])
def test_a_history_cleared_in_bulk_is_read_again(over_http: SlackWorld, place: Event) -> None:
    tell(over_http, {"type": "channel_history_changed", "latest": "1.1", "ts": "1.1", **place})
    assert causes(over_http) == ([] if place else [RefillCause.CLEARED])


def test_links_follow_a_workspace_to_its_new_address(over_http: SlackWorld) -> None:
    tell(over_http, {"type": "team_rename", "name": "Acme & Sons"})
    moved = {"type": "team_domain_change", "url": "https://sons.slack.com", "domain": "sons"}
    tell(over_http, moved)
    tell(over_http, {**moved, "url": "javascript:alert(1)"})
    with over_http.db.reading() as session:
        workspace = workspace_of(session, over_http.workspace.team_id)
        assert (workspace.name, workspace.url) == ("Acme & Sons", "https://sons.slack.com/")


@pytest.mark.parametrize("kind", ["user_change", "user_profile_changed", "team_join"])
def test_people_are_known_as_they_are_now(over_http: SlackWorld, kind: str) -> None:
    user = {"id": "U0NEW", "profile": {"display_name": "fay"}, "is_restricted": True}
    tell(over_http, {"type": kind, "user": user})
    with over_http.db.reading() as session:
        member = session.scalars(select(Member).where(Member.user_id == "U0NEW")).one()
        assert (member.name, member.is_guest, member.is_deactivated) == ("fay", True, False)
        assert not may_read(session, over_http.workspace.team_id, over_http.channel(), "U0NEW")


def test_words_that_the_workspaces_keys_withhold_leave_what_was_known(
    over_http: SlackWorld,
) -> None:
    ts = over_http.says("ana", "db-3 is fine again")
    message = {"type": "message", "channel": over_http.channel(), "user": over_http.person("ana")}
    denied = {**message, "subtype": "ekm_access_denied", "text": "Your admins have suspended…"}
    tell(over_http, {**denied, "ts": ts})
    tell(over_http, {**denied, "ts": "1772632900.000100"})
    found = {event.message_ts: event for event in over_http.events()}
    assert found[ts].text == "db-3 is fine again"
    assert found["1772632900.000100"].text == ""
    assert found["1772632900.000100"].details["withheld"] is True
