"""Sources, sentences of one's own and comments, on the review page."""

import re
from datetime import timedelta

from sqlalchemy import select

from copilot.db import Database
from copilot.reviews.citing import MOST_SOURCES
from copilot.reviews.models import LedgerEntry
from tests.console_world import CHANNEL, World
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import NOW, claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of


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

    def test_more_messages_than_a_sentence_may_cite_are_refused_not_dropped(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        stamps = list(world.stamps.values())[: MOST_SOURCES + 1]
        form = {"section": "impact", "text": "The index had 0 lag.", "message": stamps}
        answer = sam.sends(f"{review}/claims", form)
        assert answer.status_code == 409
        assert "rests on 12 messages at most, and this one names 13" in text_of(answer.text)

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


class TestMessageToCite:
    """What is kept apart for words of a message nearby says which one it is."""

    @ON_BOTH
    def test_the_message_that_is_missing_is_offered_and_cited(
        self, sam: Visitor, review: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        form = {"text": "The index had 0 lag, after ben said 40k."}
        sam.sends(f"{review}/claims/{claim}/edit", form)
        page = sam.sees(f"{review}?claim={claim}")
        shown = text_of(page)
        assert "With what ben said at 10:06:02 it would pass: “40k”" in shown
        found = re.search(r'id="cite-too-.*?name="message" value="([\d.]+)"', page, re.S)
        assert found is not None
        sam.sends(f"{review}/claims/{claim}/cite", {"message": found[1]})
        after = sam.sees(f"{review}?claim={claim}")
        published = text_of(after[: after.index("Kept apart</h2>")])
        assert "The index had 0 lag, after ben said 40k." in published
        assert "it would pass" not in after

    def test_nothing_is_offered_where_nobody_said_it(self, sam: Visitor, review: str) -> None:
        claim = claim_with(sam, review, "Customers lost")
        assert "it would pass" not in sam.sees(f"{review}?claim={claim}")
