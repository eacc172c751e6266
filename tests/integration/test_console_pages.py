import re
from datetime import timedelta
from html import unescape

import pytest

from copilot.db import Database
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import Severity
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import ChannelInfo
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor


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


def test_the_list_says_what_waits_for_a_person(sam: Visitor) -> None:
    shown = text_of(sam.sees("/"))
    assert (
        "1 incident, none open. Waiting for a person: 5 suggestions, 11 claims to check." in shown
    )
    assert "Search shows old prices in Europe #inc-search-stale SEV2 resolved" in shown


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


class TestReview:
    def path(self, world: World) -> str:
        return f"/incidents/{world.incident_id}/review"

    def claim_id(self, sam: Visitor, world: World, words: str) -> str:
        for claim_id, text in re.findall(
            r'href="[^"]*\?claim=(\d+)#[^"]*"[^>]*data-open[^>]*>([^<]*)<',
            sam.sees(self.path(world)),
        ):
            if words in unescape(text):
                return str(claim_id)
        raise AssertionError(f"no claim says {words!r}")

    def test_before_a_draft_the_page_says_what_a_draft_is(
        self, db: Database, sent_jobs: list[QueuedJob]
    ) -> None:
        world = build_world(db, reviewed=False)
        sam = Visitor(db, world_clock()).signs_in()
        assert "There is no review yet" in sam.sees(self.path(world))
        sam.sees(f"{self.path(world)}.md", status=404)
        sam.sends(f"{self.path(world)}/draft", seen_at=self.path(world))
        assert sent_jobs[-1] == QueuedJob(Job.DRAFT_REVIEW, world.incident_id)
        page = sam.sees(self.path(world))
        assert "A draft is being written" in page
        assert "data-soon" in page

    def test_all_sections_stand_also_the_empty_ones(self, sam: Visitor, world: World) -> None:
        page = sam.sees(self.path(world))
        assert page.count('class="section"') == 10
        assert "not in the timeline" in page

    def test_the_first_claim_is_open_with_its_source(self, sam: Visitor, world: World) -> None:
        page = sam.sees(self.path(world))
        assert "<mark>support has two tickets about sold-out items" in page
        assert "same here, product pages are fine" in page  # said before it
        assert "is it eu only?" in page  # said after it

    def test_any_claim_can_be_opened(self, sam: Visitor, world: World) -> None:
        claim = self.claim_id(sam, world, "0 lag")
        page = sam.sees(f"{self.path(world)}?claim={claim}")
        assert "<mark>caught up. 0 lag</mark>" in page

    def test_a_claim_that_does_not_exist_opens_the_first(self, sam: Visitor, world: World) -> None:
        assert "<mark>support has" in sam.sees(f"{self.path(world)}?claim=99999")

    def test_verifying_names_the_person_and_goes_on(self, sam: Visitor, world: World) -> None:
        claim = self.claim_id(sam, world, "Support had tickets")
        answer = sam.sends(f"{self.path(world)}/claims/{claim}/verify", seen_at=self.path(world))
        following = self.claim_id(sam, world, "41 orders")
        assert answer.headers["location"].endswith(f"?claim={following}#c-{following}")
        shown = text_of(sam.sees(self.path(world)))
        assert "1 of 11 claims checked" in shown
        assert "verified by sam 13:05" in shown

    def test_a_wrong_claim_leaves_the_review(self, sam: Visitor, world: World) -> None:
        claim = self.claim_id(sam, world, "Staging has 300")
        sam.sends(f"{self.path(world)}/claims/{claim}/wrong", seen_at=self.path(world))
        shown = text_of(sam.sees(self.path(world)))
        assert "0 of 10 claims checked" in shown
        assert "marked wrong by sam" in shown
        assert "Staging has 300" not in sam.http.get(f"{self.path(world)}.md").text

    def test_a_persons_words_replace_the_drafters(self, sam: Visitor, world: World) -> None:
        claim = self.claim_id(sam, world, "0 lag")
        form = {"text": "The index had caught up: 0 lag."}
        sam.sends(f"{self.path(world)}/claims/{claim}/edit", form, seen_at=self.path(world))
        shown = text_of(sam.sees(self.path(world)))
        assert "The index had caught up: 0 lag." in shown
        assert "edited by sam" in shown

    def test_what_is_refused_is_said_and_the_claim_stays_open(
        self, sam: Visitor, world: World
    ) -> None:
        claim = self.claim_id(sam, world, "0 lag")
        form = {"text": "   "}
        answer = sam.sends(
            f"{self.path(world)}/claims/{claim}/edit", form, seen_at=self.path(world)
        )
        assert f"claim={claim}" in answer.headers["location"]
        assert "A sentence needs words" in sam.sees(self.path(world))

    def test_unsupported_claims_stand_apart_with_the_reason(
        self, sam: Visitor, world: World
    ) -> None:
        page = sam.sees(self.path(world))
        apart = text_of(page[page.index("Kept apart") :])
        assert "Customers lost 1200 euros" in apart
        assert "is not in its sources" in apart
        claim = self.claim_id(sam, world, "Customers lost")
        opened = sam.sees(f"{self.path(world)}?claim={claim}")
        assert f"claims/{claim}/verify" not in opened
        assert f"claims/{claim}/wrong" in opened

    def test_when_all_is_checked_the_page_says_so(self, sam: Visitor, world: World) -> None:
        for _ in range(11):
            claim = re.findall(r"/claims/(\d+)/verify", sam.sees(self.path(world)))[0]
            sam.sends(f"{self.path(world)}/claims/{claim}/verify", seen_at=self.path(world))
        shown = text_of(sam.sees(self.path(world)))
        assert "11 of 11 claims checked, none left to check" in shown
        assert "claims to check" not in sam.sees("/")

    def test_an_edited_source_is_told_beside_the_claim(
        self, db: Database, sam: Visitor, world: World
    ) -> None:
        edit = {
            "type": "message",
            "subtype": "message_changed",
            "event_ts": instant_to_ts(STARTS_AT + timedelta(hours=3)),
            "message": {
                "type": "message",
                "user": "U0ANA",
                "ts": world.stamps["10:06:48"],
                "text": "not caught up yet",
                "edited": {"user": "U0ANA", "ts": instant_to_ts(STARTS_AT + timedelta(hours=3))},
            },
        }
        claim = self.claim_id(sam, world, "0 lag")
        with db.transaction() as session:
            record(session, to_records(TEAM, edit, CHANNEL), STARTS_AT)
        shown = text_of(sam.sees(f"{self.path(world)}?claim={claim}"))
        assert "source changed: a message it cites was edited" in shown
        assert "it said: “caught up. 0 lag”" in shown

    def test_it_can_be_taken_along(self, sam: Visitor, world: World) -> None:
        markdown = sam.http.get(f"{self.path(world)}.md")
        assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "incident-1-review.md" in markdown.headers["content-disposition"]
        assert "41 orders went through" in markdown.text
        data = sam.http.get(f"{self.path(world)}.json")
        assert data.headers["content-type"] == "application/json; charset=utf-8"
        assert {section["title"] for section in data.json()["sections"]} >= {"Impact"}

    def test_a_claim_of_another_incident_is_not_here(self, sam: Visitor, world: World) -> None:
        claim = self.claim_id(sam, world, "0 lag")
        address = f"/incidents/{world.incident_id + 1}/review/claims/{claim}/verify"
        assert sam.sends(address, seen_at=self.path(world)).status_code == 404
