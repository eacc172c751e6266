"""What was said in a channel is shown to those who may read the channel, on every page."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from copilot.clock import ReplayClock
from copilot.console.login import SlackUser
from copilot.console.sessions import Viewer
from copilot.console.visibility import Visible, require_visible, visible_to
from copilot.db import Database, open_engine
from copilot.errors import NotFoundError
from copilot.ports import ChannelInfo, MemberInfo, WorkspaceInfo
from copilot.reviews.comments import write_comment
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.suggestions.listing import suggestions_of
from copilot.workspaces.directory import upsert_channel, upsert_members, upsert_workspace
from copilot.workspaces.membership import add_member, remove_member
from copilot.workspaces.models import Channel
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.integration.test_console_access import guarded_calls

TITLE = "Search shows old prices in Europe"
SAID = ("batch size", "inc-search-stale", "indexer", "SEV2", TITLE)
OTHER_TEAM = "T0QUAYSIDE"
MEMBER, NOT_A_MEMBER = "U0ANA", "U0EVE"
Comes = Callable[[Visitor], object]


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Database]:
    """One database is enough for the pages; the rules are tried on both, at the end."""
    engine = open_engine(sqlite_url)
    yield Database(engine, lambda _job: None)
    engine.dispose()


@pytest.fixture
def world(db: Database) -> World:
    """The incident of the console's tests; of its people only ana is in the channel, and a
    workspace next door has people with the same ids.
    """
    world = build_world(db)
    url = "https://quayside.slack.com/"
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(OTHER_TEAM, "Quayside", url, "U0BOT"), STARTS_AT)
        people = [MemberInfo(user_id, "ana", "Ana", False) for user_id in (MEMBER, NOT_A_MEMBER)]
        upsert_members(session, OTHER_TEAM, people)
        add_member(session, TEAM, CHANNEL, MEMBER)
        write_comment(session, world.incident_id, text="Who?", by=Reviewer("ana"), now=STARTS_AT)
    return world


def becomes_private(db: Database) -> None:
    with db.transaction() as session:
        session.execute(
            update(Channel).where(Channel.channel_id == CHANNEL).values(is_private=True)
        )


def calls_on(db: Database, visitor: Visitor, world: World) -> list[tuple[str, str]]:
    """Every route below an incident, with ids of what is really there."""
    with db.reading() as session:
        suggestion_id = suggestions_of(session, world.incident_id)[0].id
        review = current_review(session, world.incident_id)
        assert review is not None
        claim_id = review.claims[0].id
        comment_id = review.comments[0].id
    calls = []
    for method, path in guarded_calls(visitor.web):
        if path.startswith("/incidents/"):
            path = path.replace("/incidents/1", f"/incidents/{world.incident_id}")
            path = path.replace("/suggestions/1", f"/suggestions/{suggestion_id}")
            path = path.replace("/comments/1", f"/comments/{comment_id}")
            calls.append((method, path.replace("/claims/1", f"/claims/{claim_id}")))
    assert len(calls) >= 13
    return calls


def answers(visitor: Visitor, calls: list[tuple[str, str]]) -> dict[str, int]:
    """The status of each call, forms with the token of the visitor's session."""
    found = {}
    for method, path in calls:
        if method == "GET":
            answer = visitor.http.get(path)
        else:
            answer = visitor.sends(path, {"reason": "wrong", "title": "A title", "text": "Words."})
        found[f"{method} {path}"] = answer.status_code
        if answer.status_code == 404:
            for words in SAID:
                assert words not in unescape(answer.text), path
    return found


def member(visitor: Visitor) -> object:
    return visitor.comes_from_slack(MEMBER, team_id=TEAM)


def not_a_member(visitor: Visitor) -> object:
    return visitor.comes_from_slack(NOT_A_MEMBER, team_id=TEAM)


def next_door(visitor: Visitor) -> object:
    return visitor.comes_from_slack(MEMBER, team_id=OTHER_TEAM)


def operator(visitor: Visitor) -> object:
    return visitor.signs_in("sam")


def stranger(visitor: Visitor) -> object:
    """Somebody whom Slack vouched for and of whom nothing else is known."""
    return visitor.comes_from_slack("U0NEW", team_id=TEAM)


@pytest.mark.parametrize(
    ("comes", "opens_public", "opens_private"),
    [
        pytest.param(member, True, True, id="member"),
        pytest.param(not_a_member, True, False, id="not-a-member"),
        pytest.param(stranger, False, False, id="stranger"),
        pytest.param(next_door, False, False, id="another-workspace"),
        pytest.param(operator, True, False, id="operator"),
    ],
)
def test_every_route_opens_for_those_who_may_read_the_channel(
    db: Database, world: World, comes: Comes, opens_public: bool, opens_private: bool
) -> None:
    visitor = Visitor(db, world_clock())
    comes(visitor)
    calls = calls_on(db, visitor, world)
    shown = answers(visitor, calls)
    assert ({status != 404 for status in shown.values()}) == {opens_public}, shown
    becomes_private(db)
    shown = answers(visitor, calls)
    assert ({status != 404 for status in shown.values()}) == {opens_private}, shown


def test_the_list_shows_what_may_be_opened(db: Database, world: World) -> None:
    becomes_private(db)
    for comes in (not_a_member, next_door, stranger):
        visitor = Visitor(db, world_clock())
        comes(visitor)
        assert "There is no incident yet" in visitor.sees("/")
    visitor = Visitor(db, world_clock())
    member(visitor)
    assert TITLE in visitor.sees("/")


def test_an_operator_is_told_that_there_is_one_and_no_more(db: Database, world: World) -> None:
    becomes_private(db)
    visitor = Visitor(db, world_clock()).signs_in()
    shown = unescape(visitor.sees("/"))
    assert "An incident in a private channel" in shown
    assert "0 incidents" in shown
    for words in SAID:
        assert words not in shown
    assert "/incident review" in visitor.sees(f"/incidents/{world.incident_id}", status=404)


def test_who_may_not_read_is_not_told_whether_there_is_one(db: Database, world: World) -> None:
    becomes_private(db)
    visitor = Visitor(db, world_clock())
    not_a_member(visitor)
    hidden = visitor.sees(f"/incidents/{world.incident_id}", status=404)
    missing = visitor.sees("/incidents/4711", status=404)
    assert hidden.replace(f" {world.incident_id} ", " N ") == missing.replace(" 4711 ", " N ")
    assert "/incident review" in hidden


def test_who_leaves_the_channel_sees_no_more_of_it(db: Database, world: World) -> None:
    becomes_private(db)
    visitor = Visitor(db, world_clock())
    member(visitor)
    assert TITLE in unescape(visitor.sees(f"/incidents/{world.incident_id}"))
    with db.transaction() as session:
        remove_member(session, TEAM, CHANNEL, MEMBER)
    visitor.sees(f"/incidents/{world.incident_id}", status=404)


@pytest.mark.parametrize("change", ["is_guest", "is_deactivated"])
def test_guests_see_only_their_channels_and_former_people_nothing(
    db: Database, world: World, change: str
) -> None:
    def turns(session: Session, user_id: str) -> None:
        changed: dict[str, Any] = {change: True}
        info = MemberInfo(user_id, "x", "X", False, **changed)
        upsert_members(session, TEAM, [info])

    with db.transaction() as session:
        turns(session, MEMBER)
        turns(session, NOT_A_MEMBER)
    outsider = Visitor(db, world_clock())
    not_a_member(outsider)
    outsider.sees(f"/incidents/{world.incident_id}", status=404)
    insider = Visitor(db, world_clock())
    member(insider)
    insider.sees(f"/incidents/{world.incident_id}", status=404 if "de" in change else 200)


def test_what_an_operator_imported_opens_for_them(db: Database, world: World) -> None:
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE incident SET is_imported = true")
    becomes_private(db)
    Visitor(db, world_clock()).signs_in().sees(f"/incidents/{world.incident_id}")
    visitor = Visitor(db, world_clock())
    not_a_member(visitor)
    visitor.sees(f"/incidents/{world.incident_id}", status=404)


def test_a_channel_that_is_not_known_counts_as_private(db: Database, world: World) -> None:
    with db.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM channel")
    Visitor(db, world_clock()).signs_in().sees(f"/incidents/{world.incident_id}", status=404)


class TestPersonalLinks:
    def test_looking_ahead_changes_nothing_and_the_button_lets_in(
        self, db: Database, world: World
    ) -> None:
        """As Slack's previews and mail scanners do: they fetch, they press nothing."""
        path = f"/incidents/{world.incident_id}/review"
        visitor = Visitor(db, world_clock())
        token = visitor.login.issue((TEAM, MEMBER), path)
        for _ in range(3):
            shown = visitor.sees(f"/login?token={token}")
            assert "Continue as ana?" in shown
            assert '<input id="name"' not in shown
        answer = visitor.sends(
            "/login", {"token": token, "next": path}, seen_at=f"/login?token={token}"
        )
        assert answer.headers["location"] == path
        assert "ana" in visitor.sees("/")

    def test_a_link_leads_on_for_who_is_in_and_asks_before_it_changes_who(
        self, db: Database, world: World
    ) -> None:
        path = f"/incidents/{world.incident_id}"
        visitor = Visitor(db, world_clock())
        member(visitor)
        mine = visitor.login.issue((TEAM, MEMBER), path)
        answer = visitor.http.get(f"/login?token={mine}")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert visitor.login.is_open(mine)
        another = visitor.login.issue((TEAM, NOT_A_MEMBER), path)
        assert "Continue as eve?" in visitor.sees(f"/login?token={another}")

    def test_a_used_link_still_leads_on_for_who_is_in(self, db: Database, world: World) -> None:
        path = f"/incidents/{world.incident_id}"
        visitor = Visitor(db, world_clock())
        token = visitor.login.issue((TEAM, MEMBER), path)
        visitor.sends("/login", {"token": token}, seen_at=f"/login?token={token}")
        answer = visitor.http.get(f"/login?token={token}")
        assert (answer.status_code, answer.headers["location"]) == (303, path)

    def test_nobody_gives_a_name_where_slack_knows_it(self, db: Database, world: World) -> None:
        visitor = Visitor(db, world_clock())
        token = visitor.login.issue((TEAM, MEMBER))
        form = {"token": token, "name": "The CEO"}
        visitor.sends("/login", form, seen_at=f"/login?token={token}")
        shown = visitor.sees("/")
        assert "The CEO" not in shown
        assert re.search(r'class="me-name">ana<', shown)

    def test_a_decision_stands_under_the_slack_name(self, db: Database, world: World) -> None:
        visitor = Visitor(db, world_clock())
        member(visitor)
        page = f"/incidents/{world.incident_id}/suggestions"
        with db.reading() as session:
            open_ = [one for one in suggestions_of(session, world.incident_id) if not one.decision]
        visitor.sends(f"{page}/{open_[0].id}/accept", seen_at=page)
        with db.reading() as session:
            found = {one.id: one for one in suggestions_of(session, world.incident_id)}
        assert "by ana" in str(found[open_[0].id].decided)

    def test_a_session_from_slack_ends_after_a_day(
        self, db: Database, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        visitor = Visitor(db, world_clock())
        member(visitor)
        later = ReplayClock(visitor.login._clock.now() + timedelta(days=1, seconds=1))
        monkeypatch.setattr("copilot.console.sessions.SystemClock", lambda: later)
        assert visitor.http.get("/").status_code == 303


def test_a_channel_made_private_hides_its_incident_at_once(db: Database, world: World) -> None:
    visitor = Visitor(db, world_clock())
    not_a_member(visitor)
    assert TITLE in unescape(visitor.sees(f"/incidents/{world.incident_id}"))
    with db.transaction() as session:
        info = ChannelInfo(CHANNEL, "inc-search-stale", is_private=True)
        upsert_channel(session, TEAM, info)
    visitor.sees(f"/incidents/{world.incident_id}", status=404)
    assert TITLE not in unescape(visitor.sees("/"))


def test_the_rules_hold_on_both_databases(database_url: str) -> None:
    engine = open_engine(database_url)
    db = Database(engine, lambda _job: None)
    world = build_world(db)
    ana, eve = Viewer("ana", SlackUser(TEAM, MEMBER)), Viewer("eve", SlackUser(TEAM, NOT_A_MEMBER))
    sam = Viewer("sam", None)
    with db.transaction() as session:
        add_member(session, TEAM, CHANNEL, MEMBER)
    with db.reading() as session:
        for viewer in (ana, eve, sam):
            assert visible_to(session, viewer) == Visible(frozenset({world.incident_id}), ())
            require_visible(session, viewer, world.incident_id)
    becomes_private(db)
    with db.reading() as session:
        assert visible_to(session, ana).ids == {world.incident_id}
        assert visible_to(session, eve) == Visible(frozenset(), ())
        assert [hidden.id for hidden in visible_to(session, sam).hidden] == [world.incident_id]
        for viewer in (eve, sam):
            with pytest.raises(NotFoundError):
                require_visible(session, viewer, world.incident_id)
    engine.dispose()
