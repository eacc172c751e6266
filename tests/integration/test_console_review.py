"""The review page as a browser without JavaScript meets it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.jobs import Job, QueuedJob
from copilot.reviews.models import Claim, LedgerEntry, SeededCheck
from copilot.reviews.policies import set_policy
from copilot.reviews.reading import current_review
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.verification import edit_claim, verify
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World, build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.console_world.one_database import database_url as database_url
from tests.integration.test_console_pages import text_of

NOW = world_clock().now()


@pytest.fixture
def world(db: Database) -> World:
    return build_world(db)


@pytest.fixture
def sam(db: Database, world: World) -> Visitor:
    return Visitor(db, world_clock()).signs_in("sam")


@pytest.fixture
def review(world: World) -> str:
    return f"/incidents/{world.incident_id}/review"


def claim_with(sam: Visitor, review: str, words: str) -> str:
    for claim_id, text in re.findall(
        r'href="[^"]*\?claim=(\d+)#[^"]*"[^>]*data-open[^>]*>([^<]*)<', sam.sees(review)
    ):
        if words in unescape(text):
            return str(claim_id)
    raise AssertionError(f"no claim says {words!r}")


def edit_source(db: Database, world: World, time: str, text: str) -> None:
    edited_ts = instant_to_ts(STARTS_AT + timedelta(hours=3))
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "event_ts": edited_ts,
        "message": {
            "type": "message",
            "user": "U0ANA",
            "ts": world.stamps[time],
            "text": text,
            "edited": {"user": "U0ANA", "ts": edited_ts},
        },
    }
    with db.transaction() as session:
        record(session, to_records(TEAM, edit, CHANNEL), STARTS_AT)


def check_all(db: Database, world: World) -> None:
    with db.transaction() as session:
        view = current_review(session, world.incident_id)
        assert view is not None
        for claim in view.claims:
            verify(session, claim.id, by=Reviewer("sam"), now=NOW)


@pytest.fixture
def checked(db: Database, world: World) -> None:
    check_all(db, world)


@pytest.fixture
def signed(sam: Visitor, review: str, checked: None) -> None:
    answer = sam.sends(f"{review}/sign")
    assert answer.headers["location"].endswith("/review")


class TestReading:
    def test_before_a_draft_the_page_says_what_a_draft_is(
        self, db: Database, sent_jobs: list[QueuedJob]
    ) -> None:
        world = build_world(db, reviewed=False)
        review = f"/incidents/{world.incident_id}/review"
        sam = Visitor(db, world_clock()).signs_in()
        assert "There is no review yet" in sam.sees(review)
        for path in (f"{review}.md", f"{review}/sign", f"{review}/versions"):
            sam.sees(path, status=404)
        sam.sends(f"{review}/draft")
        assert sent_jobs[-1] == QueuedJob(Job.DRAFT_REVIEW, world.incident_id)
        page = sam.sees(review)
        assert "A draft is being written" in page
        assert "data-soon" in page

    @ON_BOTH
    def test_all_sections_stand_also_the_empty_ones(self, sam: Visitor, review: str) -> None:
        page = sam.sees(review)
        assert page.count('class="section"') == 10
        assert "not in the timeline" in page

    def test_the_riskiest_claim_is_open_with_its_source(self, sam: Visitor, review: str) -> None:
        page = sam.sees(review)
        assert "<mark>orders: 41 went through" in page
        assert "I&#39;ll keep an eye on it over lunch" in page  # said before it
        assert "thank you for counting" in page  # said after it

    def test_more_of_the_conversation_is_one_link_away(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        page = sam.sees(f"{review}?claim={claim}")
        (earlier,) = re.findall(r'id="earlier" href="([^"]+)"', page)
        more = sam.sees(unescape(earlier))
        assert more.count("<article") == page.count("<article") + 8

    def test_any_claim_can_be_opened(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        assert "<mark>caught up. 0 lag</mark>" in sam.sees(f"{review}?claim={claim}")

    def test_a_claim_that_does_not_exist_opens_the_first(self, sam: Visitor, review: str) -> None:
        assert "<mark>orders: 41" in sam.sees(f"{review}?claim=99999")

    def test_unsupported_claims_stand_apart_with_the_reason(
        self, sam: Visitor, review: str
    ) -> None:
        page = sam.sees(review)
        apart = text_of(page[page.index("Kept apart") :])
        assert "Customers lost 1200 euros" in apart
        claim = claim_with(sam, review, "Customers lost")
        opened = sam.sees(f"{review}?claim={claim}")
        assert f"claims/{claim}/verify" not in opened
        for way in ("wrong", "edit", "cite", "note"):
            assert f"claims/{claim}/{way}" in opened

    def test_an_edited_source_is_told_beside_the_claim(
        self, db: Database, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        edit_source(db, world, "10:06:48", "not caught up yet")
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "source changed: a message it cites was edited" in shown
        assert "it said: “caught up. 0 lag”" in shown
        assert "A source of 1 sentence was edited or deleted since" in shown

    def test_it_can_be_taken_along(self, sam: Visitor, review: str) -> None:
        markdown = sam.http.get(f"{review}.md")
        assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "incident-1-review.md" in markdown.headers["content-disposition"]
        assert "41 orders went through" in markdown.text
        data = sam.http.get(f"{review}.json")
        assert data.headers["content-type"] == "application/json; charset=utf-8"
        assert {section["title"] for section in data.json()["sections"]} >= {"Impact"}

    @ON_BOTH
    def test_its_state_differs_once_somebody_acted(self, sam: Visitor, review: str) -> None:
        def state() -> str:
            return str(sam.http.get(f"{review}/latest").json()["state"])

        before = state()
        assert state() == before
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/verify")
        verified = state()
        sam.sends(f"{review}/claims/{claim}/comment", {"text": "Sure?"})
        assert len({before, verified, state()}) == 3


class TestChecking:
    def test_verifying_names_the_person_and_goes_on(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Support had tickets")
        answer = sam.sends(f"{review}/claims/{claim}/verify")
        assert re.search(r"\?claim=(\d+)#c-\1$", answer.headers["location"])
        assert f"claim={claim}#" not in answer.headers["location"]
        shown = text_of(sam.sees(review))
        assert "1 of 11 claims checked" in shown
        assert "you 1" in shown
        assert "verified by sam 13:05" in shown

    def test_a_verified_claim_can_be_taken_back(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Support had tickets")
        sam.sends(f"{review}/claims/{claim}/verify")
        answer = sam.sends(f"{review}/claims/{claim}/undo")
        assert answer.headers["location"].endswith(f"#c-{claim}")
        assert "0 of 11 claims checked" in sam.sees(review)

    def test_a_skipped_claim_stays_unchecked(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "41 orders")
        answer = sam.sends(f"{review}/claims/{claim}/skip")
        assert f"claim={claim}#" not in answer.headers["location"]
        assert "0 of 11 claims checked" in sam.sees(review)

    def test_a_wrong_claim_leaves_the_review(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Staging has 300")
        sam.sends(f"{review}/claims/{claim}/wrong")
        shown = text_of(sam.sees(review))
        assert "0 of 10 claims checked" in shown
        assert "marked wrong by sam" in shown
        assert "Staging has 300" not in sam.http.get(f"{review}.md").text

    def test_a_persons_words_replace_the_drafters(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index had caught up: 0 lag."}
        sam.sends(f"{review}/claims/{claim}/edit", form)
        shown = text_of(sam.sees(review))
        assert "The index had caught up: 0 lag." in shown
        assert "edited by sam" in shown

    def test_what_is_refused_is_said_and_the_words_stay_in_the_form(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "very long words " * 40}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.status_code == 409
        assert "Keep a sentence under 60 words" in answer.text
        assert "very long words very long words" in answer.text
        assert f'id="edit-{claim}" open' in answer.text

    def test_words_that_say_more_than_the_source_are_kept_apart(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index was caught up after 7000 s, with 0 lag."}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.headers["location"].endswith(f"#c-{claim}")
        page = sam.sees(review)
        assert "Your words are saved and kept apart" in page
        assert "7000 s" in page[page.index("Kept apart</h2>") :]

    @ON_BOTH
    def test_who_is_overtaken_loses_nothing(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        seen = {"seen": "The index was caught up, with 0 lag."}
        with db.transaction() as session:
            ben = Reviewer("ben")
            edit_claim(session, int(claim), text="The index had 0 lag.", by=ben, now=NOW)
        refused = sam.sends(f"{review}/claims/{claim}/verify", seen)
        assert refused.status_code == 409
        assert "ben put this sentence otherwise meanwhile" in text_of(refused.text)
        form = {**seen, "text": "Caught up: the index had 0 lag."}
        answer = sam.sends(f"{review}/claims/{claim}/edit", form)
        assert answer.headers["location"].endswith(f"#c-{claim}")
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "sam proposes: Caught up: the index had 0 lag." in shown

    @ON_BOTH
    def test_a_proposal_is_taken(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        for name, words in (("ben", "The index had 0 lag."), ("cho", "0 lag, caught up.")):
            with db.transaction() as session:
                edit_claim(
                    session,
                    int(claim),
                    text=words,
                    by=Reviewer(name),
                    now=NOW,
                    seen="The index was caught up, with 0 lag.",
                )
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        assert "Sign off — 11 to go" in page
        sam.sends(f"{review}/claims/{claim}/take", {"proposal": proposal})
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "0 lag, caught up." in shown
        assert "proposes" not in shown

    def test_a_proposal_is_left(self, db: Database, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        for words in ("The index had 0 lag.", "0 lag, caught up."):
            with db.transaction() as session:
                by, seen = Reviewer(words[:5]), "The index was caught up, with 0 lag."
                edit_claim(session, int(claim), text=words, by=by, now=NOW, seen=seen)
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        sam.sends(f"{review}/claims/{claim}/leave", {"proposal": proposal})
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "0 lag, caught up." not in shown

    @pytest.mark.parametrize("settled", ["take", "leave"])
    def test_a_proposal_is_settled_at_its_own_sentence_only(
        self, db: Database, sam: Visitor, review: str, settled: str
    ) -> None:
        claim, other = claim_with(sam, review, "0 lag"), claim_with(sam, review, "reader")
        for words in ("The index had 0 lag.", "0 lag, caught up."):
            with db.transaction() as session:
                by, seen = Reviewer(words[:5]), "The index was caught up, with 0 lag."
                edit_claim(session, int(claim), text=words, by=by, now=NOW, seen=seen)
        page = sam.sees(f"{review}?claim={claim}")
        (proposal,) = set(re.findall(r'name="proposal" value="(\d+)"', page))
        answer = sam.sends(f"{review}/claims/{other}/{settled}", {"proposal": proposal})
        assert answer.status_code == 409
        assert "This proposal stands beside another sentence. Nothing was saved" in answer.text
        shown = text_of(sam.sees(f"{review}?claim={claim}"))
        assert "The index had 0 lag." in shown
        assert "proposes: 0 lag, caught up." in shown

    def test_a_claim_of_another_incident_is_not_here(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        elsewhere = f"/incidents/{world.incident_id + 1}/review/claims/{claim}/verify"
        for address in (elsewhere, f"{review}/claims/99999/verify", f"{review}/comments/9/settle"):
            assert sam.sends(address).status_code == 404


class TestSources:
    def test_a_message_is_cited_by_its_link(self, sam: Visitor, review: str, world: World) -> None:
        claim = claim_with(sam, review, "0 lag")
        link = f"https://harbour.slack.com/archives/{CHANNEL}/p"
        link += world.stamps["10:06:02"].replace(".", "")
        sam.sends(f"{review}/claims/{claim}/cite", {"message": link})
        page = sam.sees(f"{review}?claim={claim}")
        assert "The message is a source of this sentence now" in page
        assert page.count('class="message is-cited') + page.count("is-same is-cited") >= 2

    def test_a_link_that_is_none_is_refused_in_words(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        answer = sam.sends(f"{review}/claims/{claim}/cite", {"message": "there"})
        assert answer.status_code == 409
        assert "no link to a message" in answer.text

    def test_what_no_message_says_is_written_down_as_a_note(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "Customers lost")
        form = {"text": "Finance counted 1200 euros."}
        sam.sends(f"{review}/claims/{claim}/note", form)
        page = sam.sees(review)
        written = text_of(page[page.index("Written down by people") :])
        assert "Finance counted 1200 euros. sam" in written

    def test_a_sentence_of_ones_own_needs_a_message_that_says_it(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        form = {"section": "impact", "text": "A list of the orders is there.", "message": ""}
        assert sam.sends(f"{review}/claims", form).status_code == 409
        form |= {"text": "The index had 0 lag.", "message": world.stamps["10:06:48"]}
        answer = sam.sends(f"{review}/claims", form)
        assert answer.status_code == 303
        assert "The index had 0 lag." in text_of(sam.sees(review))

    @ON_BOTH
    def test_how_long_a_claim_was_open_and_what_was_followed_is_noted(
        self, db: Database, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        at = f"{review}/claims/{claim}"
        opened = {"opened_at": (NOW - timedelta(seconds=12)).isoformat()}
        assert sam.sends(f"{at}/opened", opened).status_code == 204
        glanced = {"opened_at": NOW.isoformat()}
        assert sam.sends(f"{at}/opened", glanced).status_code == 204
        assert sam.sends(f"{at}/followed").status_code == 204
        sam.sends(f"{at}/verify", {**opened, "opened_at": "never"})
        with db.reading() as session:
            kinds = session.execute(
                select(LedgerEntry.kind, LedgerEntry.seconds, LedgerEntry.person)
                .where(LedgerEntry.claim_id == int(claim), LedgerEntry.person.is_not(None))
                .order_by(LedgerEntry.id)
            ).all()
        assert [tuple(row) for row in kinds] == [
            ("opened", 12.0, "sam"),
            ("followed", None, "sam"),
            ("opened", None, "sam"),
            ("verified", None, "sam"),
        ]


class TestComments:
    @ON_BOTH
    def test_a_comment_is_written_and_settled(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "Is that <b>all</b> consumers?"}
        sam.sends(f"{review}/claims/{claim}/comment", form)
        assert "1 comment" in sam.sees(review)
        page = sam.sees(f"{review}?claim={claim}")
        assert "Is that &lt;b&gt;all&lt;/b&gt; consumers?" in page
        (comment,) = re.findall(r"/comments/(\d+)/settle", page)
        settled = {"opened": claim}
        answer = sam.sends(f"{review}/comments/{comment}/settle", settled)
        assert answer.headers["location"].endswith(f"#c-{claim}")
        assert "settled by sam" in sam.sees(f"{review}?claim={claim}")

    def test_the_review_as_a_whole_can_be_commented_on(self, sam: Visitor, review: str) -> None:
        sam.sends(f"{review}/comment", {"text": "Ask support, too."})
        assert "Ask support, too." in sam.sees(review)
        empty = sam.sends(f"{review}/comment", {"text": " "})
        assert empty.status_code == 409
        assert "Ask support" not in sam.http.get(f"{review}.md").text


class TestSigning:
    def test_what_is_missing_is_listed(self, sam: Visitor, review: str) -> None:
        assert "Sign off — 11 to go" in sam.sees(review)
        shown = text_of(sam.sees(f"{review}/sign"))
        assert "11 sentences are not checked." in shown
        assert "Go on checking" in shown
        answer = sam.sends(f"{review}/sign")
        assert answer.headers["location"].endswith("/sign")
        assert "It cannot be signed yet" in sam.sees(f"{review}/sign")

    def test_when_all_is_checked_the_page_says_so(
        self, sam: Visitor, review: str, checked: None
    ) -> None:
        shown = text_of(sam.sees(review))
        assert "11 of 11 claims checked · none left to check · you 11" in shown
        assert "claims to check" not in sam.sees("/")

    def test_the_confirmation_shows_what_is_signed_under_whose_name(
        self, sam: Visitor, review: str, checked: None
    ) -> None:
        shown = text_of(sam.sees(f"{review}/sign"))
        assert "You sign 11 sentences" in shown
        assert "The index was caught up, with 0 lag. verified by sam" in shown
        assert "Sign as sam" in shown

    def test_nobody_signs_other_words_than_they_read(
        self, db: Database, sam: Visitor, review: str, checked: None
    ) -> None:
        found = re.search(r'name="seen" value="([0-9a-f]{64})"', sam.sees(f"{review}/sign"))
        assert found is not None
        claim = claim_with(sam, review, "0 lag")
        sam.sends(f"{review}/claims/{claim}/edit", {"text": "The index had 0 lag."})
        sam.sends(f"{review}/sign", {"seen": found[1]})
        assert "changed the review since you opened" in text_of(sam.sees(f"{review}/sign"))
        assert "Signed by" not in text_of(sam.sees(review))

    def test_a_signed_review_is_frozen(self, sam: Visitor, review: str, signed: None) -> None:
        page = sam.sees(review)
        assert "Signed by sam, 4 Mar 2026, 13:05 UTC" in text_of(page)
        assert re.search(r"SHA-256 <code>[0-9a-f]{64}</code>", page)
        claim = claim_with(sam, review, "0 lag")
        for act in ("verify", "wrong", "edit", "undo", "skip", "comment"):
            assert f"claims/{claim}/{act}" not in page
            form = {"text": "The index had 0 lag."}
            answer = sam.sends(f"{review}/claims/{claim}/{act}", form)
            assert answer.status_code == 409, act
        assert "sam signed this review" in text_of(sam.sees(f"{review}/sign"))

    @ON_BOTH
    def test_a_signed_sentence_is_corrected_by_an_amendment(
        self, sam: Visitor, review: str, signed: None
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        at = f"{review}/claims/{claim}/amend"
        refused = sam.sends(at, {"text": "The index had 0 lag.", "why": ""})
        assert refused.status_code == 409
        sam.sends(at, {"text": "The index had 0 lag.", "why": "shorter"})
        shown = text_of(sam.sees(review))
        assert "1. The index had 0 lag." in shown
        assert "sam, 4 Mar 2026, 13:05 : shorter" in shown
        assert "corrected in amendment 1" in shown
        other = claim_with(sam, review, "Staging has 300")
        strike = {"text": "", "why": "not staging", "what": "strike"}
        sam.sends(f"{review}/claims/{other}/amend", strike)
        assert "2. The sentence is struck." in text_of(sam.sees(review))

    def test_a_source_that_changes_after_signing_is_told(
        self, db: Database, sam: Visitor, review: str, world: World, signed: None
    ) -> None:
        edit_source(db, world, "10:06:48", "not caught up yet")
        shown = text_of(sam.sees(review))
        assert "A source of 1 sentence was edited or deleted after it was signed" in shown


class TestVersions:
    def test_one_version_has_nothing_to_compare_with(self, sam: Visitor, review: str) -> None:
        assert "There is one version" in sam.sees(f"{review}/versions")
        sam.sees(f"{review}/versions?from=1&to=9", status=404)
        sam.sees(f"{review}/versions?from=x", status=400)

    def test_words_added_and_removed_are_marked_for_eyes_and_ears(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index had 0 lag."}
        sam.sends(f"{review}/claims/{claim}/edit", form)
        page = sam.sees(f"{review}?claim={claim}")
        assert '<ins><span class="visually-hidden">added: </span>had</ins>' in page
        assert '<span class="visually-hidden">removed: </span>was caught up, with</del>' in page


class TestAltered:
    """Sentences that were altered on purpose, for who asked for them."""

    @pytest.fixture
    def altered(self, db: Database, world: World) -> None:
        policy = ReviewPolicy(seeded_share=0.2)
        with db.transaction() as session:
            set_policy(session, TEAM, policy, replaces=1, reason="try", by="U0ANA", now=NOW)

    def planted(self, db: Database, sam: Visitor, review: str) -> tuple[str, str, str]:
        """Its claim, how it reads on the page, and how the review has it."""
        sam.sees(review)
        with db.reading() as session:
            seeded = session.scalars(select(SeededCheck).order_by(SeededCheck.id)).first()
            assert seeded is not None
            real = session.get_one(Claim, seeded.claim_id).text
            return str(seeded.claim_id), seeded.text, real

    @pytest.mark.parametrize(
        ("act", "said"),
        [("verify", "This one got past you."), ("wrong", "You caught it."), ("edit", "You caught")],
    )
    def test_the_answer_is_revealed_in_its_place_and_says_nothing_of_the_real_one(
        self, db: Database, sam: Visitor, review: str, altered: None, act: str, said: str
    ) -> None:
        claim, shown, real = self.planted(db, sam, review)
        page = sam.sees(f"{review}?claim={claim}")
        assert shown in unescape(page)
        assert real not in unescape(page)
        assert "altered" not in page
        form = {"seen": shown, "text": "My own words."}
        answer = sam.sends(f"{review}/claims/{claim}/{act}", form)
        if act == "edit":  # what was typed is not lost with the sentence it was typed on
            after = unescape(answer.text)
            assert "My own words.</textarea>" in after
        else:
            assert answer.headers["location"].endswith(f"#c-{claim}")
            after = unescape(sam.sees(f"{review}?claim={claim}"))
        assert said in after
        assert real in after
        assert "0 of 11 claims checked" in after

    def test_it_is_on_one_persons_page_only(
        self, db: Database, sam: Visitor, review: str, altered: None
    ) -> None:
        _, shown, real = self.planted(db, sam, review)
        for ending in ("md", "json"):
            taken = sam.http.get(f"{review}.{ending}").text
            assert shown not in taken
            assert real in taken
        assert shown not in unescape(sam.sees(f"{review}/versions"))
