import re
from datetime import timedelta
from html import unescape

import pytest

from copilot.db import Database
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import Severity
from copilot.incidents.queries import get_incident
from copilot.ports import ChannelInfo
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.console_world.one_database import database_url as database_url


@pytest.fixture
def world(db: Database) -> World:
    return build_world(db)


@pytest.fixture
def sam(db: Database, world: World) -> Visitor:
    return Visitor(db, world_clock()).signs_in("sam")


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def says(db: Database, text: str, *, minute: float = 0.0) -> str:
    ts = instant_to_ts(STARTS_AT + timedelta(hours=4, minutes=minute))
    event = {"type": "message", "user": "U0ANA", "text": text, "ts": ts}
    with db.transaction() as session:
        record(session, to_records(TEAM, event, CHANNEL), STARTS_AT)
    return ts


def test_without_incidents_the_page_says_how_one_comes_to_be(db: Database) -> None:
    shown = Visitor(db, world_clock()).signs_in().sees("/")
    assert "/incident declare" in shown
    assert "incident-copilot import slack-export" in shown


@ON_BOTH
def test_the_list_says_what_waits_for_a_person(sam: Visitor) -> None:
    shown = text_of(sam.sees("/"))
    waits = "Waiting for a person: 5 suggestions, 11 sentences to check."
    assert f"1 incident, none open. {waits}" in shown
    assert "Search shows old prices in Europe #inc-search-stale SEV2 resolved" in shown


@ON_BOTH
def test_an_incident_shows_its_state_and_all_that_was_said(sam: Visitor, world: World) -> None:
    page = sam.sees(f"/incidents/{world.incident_id}")
    shown = text_of(page)
    assert "SEV2 resolved lasted 2 h 46" in shown
    assert "quiet 2 h 11" in shown
    for time, ts in world.stamps.items():
        assert f'id="m-{ts}"' in page, time
    assert page.count('class="message') == len(world.stamps)


def test_each_message_opens_in_slack_at_its_permalink(sam: Visitor, world: World) -> None:
    page = unescape(sam.sees(f"/incidents/{world.incident_id}"))
    root, reply = world.stamps["09:44:10"], world.stamps["09:44:31"]
    base = f"https://harbour.slack.com/archives/{CHANNEL}/p"
    assert f'href="{base}{root.replace(".", "")}"' in page
    assert f'{base}{reply.replace(".", "")}?thread_ts={root}&cid={CHANNEL}"' in page


def test_logs_stay_logs_and_edits_and_deletions_are_told(sam: Visitor, world: World) -> None:
    page = unescape(sam.sees(f"/incidents/{world.incident_id}"))
    assert "<pre>09:51:12 WARN  indexer-eu-7 member left" in page
    assert "we shipped indexer 3.12 at 09:12</p>" in page  # before the edit
    assert "hunter2" not in page
    assert "deleted 12:27:02" in page


def test_what_people_type_is_never_markup(db: Database, sam: Visitor, world: World) -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt; <javascript:alert(2)|click> \" onload='x'"
    says(db, hostile)
    says(db, "```&lt;img src=x onerror=alert(3)&gt;```", minute=1)
    page = sam.sees(f"/incidents/{world.incident_id}")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_hostile_title_is_only_text_everywhere(db: Database, world: World) -> None:
    with db.transaction() as session:
        get_incident(session, world.incident_id).title = "<b onclick=x>'\"&"
    sam = Visitor(db, world_clock()).signs_in("<i>sam</i>")
    for path in ("/", "", "/suggestions", "/review", "/episodes/1"):
        page = sam.sees(path if path == "/" else f"/incidents/{world.incident_id}{path}")
        assert "<b onclick" not in page
        assert "<i>sam" not in page


def test_a_link_to_a_message_opens_the_page_where_it_is(sam: Visitor, world: World) -> None:
    ts = world.stamps["12:25:02"]
    page = sam.sees(f"/incidents/{world.incident_id}?at={ts}")
    opened = re.findall(r'<details class="episode" id="e-(\d+)" open', page)
    assert len(opened) == 1
    part = page[page.index(f'id="e-{opened[0]}"') :]
    assert f'id="m-{ts}"' in part


def test_a_message_that_does_not_exist_opens_the_plain_page(sam: Visitor, world: World) -> None:
    for ts in ("1.1", "x", "'; drop table", ""):
        sam.sees(f"/incidents/{world.incident_id}?at={ts}")


@ON_BOTH
def test_a_long_incident_sends_only_what_is_shown(db: Database, sam: Visitor, world: World) -> None:
    events = [
        {
            "type": "message",
            "user": "U0ANA",
            "text": f"line {number}",
            "ts": instant_to_ts(STARTS_AT + timedelta(days=1, seconds=number)),
        }
        for number in range(2100)
    ]
    with db.transaction() as session:
        records = [each for event in events for each in to_records(TEAM, event, CHANNEL)]
        record(session, records, STARTS_AT)
    page = sam.sees(f"/incidents/{world.incident_id}")
    assert page.count('class="message') <= 400
    last = events[-1]["ts"]
    page = sam.sees(f"/incidents/{world.incident_id}?at={last}")
    assert f'id="m-{last}"' in page
    number = re.findall(r'id="e-(\d+)" open', page)[0]
    seen: set[str] = set()
    address: str | None = f"/incidents/{world.incident_id}/episodes/{number}"
    while address:
        page = sam.sees(address)
        seen |= set(re.findall(r'id="m-([\d.]+)"', page))
        more = re.search(r'href="([^"]+)" data-more', page)
        address = more[1] if more else None
    assert len(seen) == 2100


def test_an_incident_in_which_nobody_spoke_has_a_page(db: Database, sam: Visitor) -> None:
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo("C0QUIET", "quiet", is_private=False))
        incident = declare(
            session,
            team_id=TEAM,
            channel_id="C0QUIET",
            title="Quiet",
            severity=Severity.SEV4,
            by="U0ANA",
            now=STARTS_AT,
        ).incident
    shown = text_of(sam.sees(f"/incidents/{incident.id}"))
    assert "open for 3 h 24" in shown
    assert "Nobody has said anything yet" in shown
    assert "Nothing was suggested so far" in sam.sees(f"/incidents/{incident.id}/suggestions")


@ON_BOTH
def test_an_open_page_learns_that_there_is_something_new(
    db: Database, sam: Visitor, world: World
) -> None:
    address = f"/incidents/{world.incident_id}/latest"
    before = sam.http.get(address).json()
    assert f'data-state="{before["state"]}"' in sam.sees(f"/incidents/{world.incident_id}")
    assert sam.http.get(address).json() == before
    says(db, "one more thing")
    assert sam.http.get(address).json() != before


class TestSuggestions:
    def path(self, world: World) -> str:
        return f"/incidents/{world.incident_id}/suggestions"

    def sections(self, sam: Visitor, world: World) -> dict[str, str]:
        parts = re.split(r"<h2>(.*?)</h2>", sam.sees(self.path(world)))
        return {name: text_of(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}

    def test_they_stand_by_what_becomes_of_them(self, sam: Visitor, world: World) -> None:
        sections = self.sections(sam, world)
        assert list(sections) == ["Waiting for a decision", "Decided", "Kept back"]
        assert "File a ticket for moving indexer settings" in sections["Waiting for a decision"]
        assert "accepted by dana 12:31" in sections["Decided"]
        assert "dismissed by eve 12:31 UTC: done already" in sections["Decided"]
        assert "below threshold: 0.38 < 0.5 at any time" in sections["Kept back"]
        assert "Not sure enough to interrupt anybody" in sections["Kept back"]
        assert "same as #4" in sections["Kept back"]

    def test_evidence_is_quoted_with_its_permalink(self, sam: Visitor, world: World) -> None:
        page = unescape(sam.sees(self.path(world)))
        ts = world.stamps["12:28:31"]
        assert "someone should rewrite step 3 of that runbook" in page
        assert f'href="/incidents/{world.incident_id}?at={ts}#m-{ts}"' in page
        assert f"https://harbour.slack.com/archives/{CHANNEL}/p{ts.replace('.', '')}" in page

    @ON_BOTH
    def test_accepting_makes_a_follow_up(self, sam: Visitor, world: World) -> None:
        answer = sam.sends(f"{self.path(world)}/2/accept", seen_at=self.path(world))
        assert answer.status_code == 303
        sections = self.sections(sam, world)
        assert "accepted by sam 13:05" in sections["Decided"]
        assert "File a ticket" not in sections["Waiting for a decision"]

    def test_the_note_is_shown_once(self, sam: Visitor, world: World) -> None:
        sam.sends(f"{self.path(world)}/2/accept", seen_at=self.path(world))
        assert "is now a follow-up" in sam.sees(self.path(world))
        assert "is now a follow-up" not in sam.sees(self.path(world))

    def test_editing_keeps_the_persons_words(self, sam: Visitor, world: World) -> None:
        form = {"title": "Move settings into the image", "owner_id": "U0BEN"}
        sam.sends(f"{self.path(world)}/2/edit", form, seen_at=self.path(world))
        assert "accepted with changes by sam" in self.sections(sam, world)["Decided"]

    def test_an_empty_title_is_refused_in_words(self, sam: Visitor, world: World) -> None:
        sam.sends(f"{self.path(world)}/2/edit", {"title": "  "}, seen_at=self.path(world))
        page = text_of(sam.sees(self.path(world)))
        assert "Nothing was saved" in page
        assert "File a ticket" in self.sections(sam, world)["Waiting for a decision"]

    def test_dismissing_says_why(self, sam: Visitor, world: World) -> None:
        sam.sends(f"{self.path(world)}/2/dismiss", {"reason": "not_now"}, seen_at=self.path(world))
        assert "dismissed by sam 13:05 UTC: not now" in self.sections(sam, world)["Decided"]

    def test_a_reason_nobody_knows_is_refused(self, sam: Visitor, world: World) -> None:
        form = {"reason": "because"}
        answer = sam.sends(f"{self.path(world)}/2/dismiss", form, seen_at=self.path(world))
        assert answer.status_code == 400

    @ON_BOTH
    def test_the_first_decision_stands(self, db: Database, sam: Visitor, world: World) -> None:
        sam.sends(f"{self.path(world)}/2/accept", seen_at=self.path(world))
        eve = Visitor(db, world_clock()).signs_in("eve")
        answer = eve.sends(
            f"{self.path(world)}/2/dismiss", {"reason": "wrong"}, seen_at=self.path(world)
        )
        assert answer.status_code == 303
        shown = text_of(eve.sees(self.path(world)))
        assert "was accepted by sam 13:05 UTC; that stands. Nothing was changed." in shown

    def test_what_was_kept_back_can_be_accepted_too(self, sam: Visitor, world: World) -> None:
        sam.sends(f"{self.path(world)}/6/accept", seen_at=self.path(world))
        assert "Shorten the 20 min" in self.sections(sam, world)["Decided"]

    def test_a_suggestion_of_another_incident_is_not_here(self, sam: Visitor, world: World) -> None:
        for address in (
            f"/incidents/{world.incident_id + 1}/suggestions/2/accept",
            f"{self.path(world)}/999/accept",
        ):
            assert sam.sends(address, seen_at=self.path(world)).status_code == 404
        assert "File a ticket" in self.sections(sam, world)["Waiting for a decision"]
