"""What the review page refuses comes back in its form, with the reason: nothing typed is lost."""

import re
from html import unescape

import pytest

from copilot.db import Database
from tests.console_world import World
from tests.console_world.client import Visitor
from tests.integration.review_visits import checked as checked
from tests.integration.review_visits import claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import signed as signed
from tests.integration.review_visits import world as world
from tests.integration.test_console_pages import text_of

LONG = "very long words <b>here</b> " * 120
"""More than any of the forms takes."""


def form_at(page: str, action: str) -> str:
    """The form, and the `details` around it that is open."""
    found = re.search(
        rf'<details([^>]*)>(?:(?!</?details).)*?action="{action}".*?</form>', page, re.S
    )
    assert found, action
    assert found[1].endswith(" open"), found[1]
    return unescape(found[0])


class TestBeforeSigning:
    @pytest.mark.parametrize(
        ("act", "field", "why"),
        [
            ("edit", "text", "Keep a sentence under 60 words"),
            ("comment", "text", "Keep a comment under 2000 letters"),
            ("cite", "message", "no link to a message"),
        ],
    )
    def test_what_is_refused_of_a_sentence_comes_back(
        self, sam: Visitor, review: str, act: str, field: str, why: str
    ) -> None:
        at = f"{review}/claims/{claim_with(sam, review, '0 lag')}/{act}"
        answer = sam.sends(at, {field: LONG})
        assert answer.status_code == 409
        assert why in text_of(answer.text)
        assert LONG.strip() in form_at(answer.text, at)
        assert "<b>here</b>" not in answer.text

    def test_a_note_that_is_too_long_comes_back(self, sam: Visitor, review: str) -> None:
        at = f"{review}/claims/{claim_with(sam, review, 'Customers lost')}/note"
        answer = sam.sends(at, {"text": LONG * 3})
        assert answer.status_code == 409
        assert LONG.strip() in form_at(answer.text, at)
        assert "marked wrong by" not in answer.text

    def test_an_empty_note_is_refused_in_words_of_the_console(
        self, sam: Visitor, review: str
    ) -> None:
        at = f"{review}/claims/{claim_with(sam, review, 'Customers lost')}/note"
        answer = sam.sends(at, {"text": " "})
        assert answer.status_code == 409
        assert "The note is empty" in text_of(answer.text)
        assert "/incident note" not in answer.text

    def test_a_comment_on_the_review_comes_back(self, sam: Visitor, review: str) -> None:
        answer = sam.sends(f"{review}/comment", {"text": LONG})
        assert "Keep a comment under 2000 letters" in text_of(answer.text)
        assert LONG.strip() in form_at(answer.text, f"{review}/comment")

    def test_an_added_sentence_comes_back_with_its_section_and_messages(
        self, sam: Visitor, review: str, world: World
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        ticked = world.stamps["10:06:48"]
        form = {"section": "response", "text": "The index had 0 lag.", "opened": claim}
        answer = sam.sends(f"{review}/claims", {**form, "message": ["nowhere", ticked]})
        assert answer.status_code == 409
        assert "no link to a message" in answer.text
        again = form_at(answer.text, f"{review}/claims")
        assert "The index had 0 lag.</textarea>" in again
        assert '<option value="response" selected>' in again
        assert 'name="message" value="nowhere"' in again
        assert f'form="add-form" name="message" value="{ticked}" checked' in answer.text

    def test_words_longer_than_anything_are_refused_in_place_too(
        self, sam: Visitor, review: str
    ) -> None:
        at = f"{review}/claims/{claim_with(sam, review, '0 lag')}/comment"
        assert sam.sends(at, {"text": "x" * 30_000}).status_code == 409


class TestOnceSigned:
    def test_an_amendment_comes_back_with_its_reason(
        self, sam: Visitor, review: str, signed: None
    ) -> None:
        at = f"{review}/claims/{claim_with(sam, review, '0 lag')}/amend"
        answer = sam.sends(at, {"text": LONG, "why": "plainer words"})
        assert answer.status_code == 409
        again = form_at(answer.text, at)
        assert LONG.strip() in again
        assert 'value="plainer words"' in again

    def test_an_added_amendment_comes_back_with_its_reason(
        self, sam: Visitor, review: str, signed: None
    ) -> None:
        form = {"section": "impact", "text": "The index had 0 lag.", "why": "it was forgotten"}
        answer = sam.sends(f"{review}/amendments", {**form, "message": ""})
        assert answer.status_code == 409
        again = form_at(answer.text, f"{review}/amendments")
        assert "The index had 0 lag.</textarea>" in again
        assert 'value="it was forgotten"' in again
        assert '<option value="impact" selected>' in again


class TestSignedMeanwhile:
    """The form was open when somebody signed, and is not on the page any more."""

    @pytest.mark.parametrize(
        ("path", "field"),
        [("comment", "text"), ("claims/{}/comment", "text"), ("claims/{}/note", "text")],
    )
    def test_words_whose_form_is_gone_are_shown_to_be_copied(
        self, sam: Visitor, review: str, signed: None, path: str, field: str
    ) -> None:
        claim = claim_with(sam, review, "0 lag")
        answer = sam.sends(f"{review}/{path.format(claim)}", {field: "Which <i>consumers</i>?"})
        assert answer.status_code == 409
        shown = text_of(answer.text)
        assert "What you typed, to copy: Which <i>consumers</i>?" in unescape(shown)
        assert "<i>consumers" not in answer.text

    def test_an_edit_goes_on_as_an_amendment(self, sam: Visitor, review: str, signed: None) -> None:
        claim = claim_with(sam, review, "0 lag")
        answer = sam.sends(f"{review}/claims/{claim}/edit", {"text": "The index had 0 lag."})
        assert answer.status_code == 409
        again = form_at(answer.text, f"{review}/claims/{claim}/amend")
        assert "The index had 0 lag.</textarea>" in again


def test_several_messages_may_be_ticked_for_a_sentence(
    db: Database, sam: Visitor, review: str, world: World
) -> None:
    stamps = [world.stamps["10:06:48"], world.stamps["10:06:02"]]
    form = {"section": "impact", "text": "The index had 0 lag.", "message": ["", *stamps]}
    assert sam.sends(f"{review}/claims", form).status_code == 303
    page = sam.sees(f"{review}?claim={claim_with(sam, review, 'The index had 0 lag.')}")
    assert len(re.findall(r'<article class="message[^"]*is-cited', page)) == 2
