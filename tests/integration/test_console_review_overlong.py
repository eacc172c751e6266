"""A form that holds more than any of its fields may gives back what was typed into it."""

import pytest

from tests.console_world.client import Visitor
from tests.integration.review_visits import claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world

LONG = "a <b>word</b> " * 3_000


@pytest.mark.parametrize("text", [LONG, "x" * 40_001])
def test_words_that_are_too_long_come_back(sam: Visitor, review: str, text: str) -> None:
    claim = claim_with(sam, review, "0 lag")
    for path in (f"claims/{claim}/edit", f"claims/{claim}/comment", "comment", "claims"):
        answer = sam.sends(f"{review}/{path}", {"text": text, "seen": "what it said"})
        assert answer.status_code == 400
        assert "What you wrote is longer than 40,000 letters." in answer.text
        assert "What you wrote stands below, to copy." in answer.text
        escaped = text.replace("<", "&lt;").replace(">", "&gt;")
        assert answer.text.count(escaped) == 1
        assert "what it said" not in answer.text


def test_too_many_ticks_give_the_sentence_back(sam: Visitor, review: str) -> None:
    stamps = [f"1772617267.{number:06d}" for number in range(60)]
    form = {"text": "It was slow.", "section": "impact", "message": ["", *stamps]}
    answer = sam.sends(f"{review}/claims", form)
    assert answer.status_code == 400
    assert "A sentence rests on 50 messages at most." in answer.text
    assert '<p class="words">It was slow.</p>' in answer.text
    assert stamps[0] not in answer.text


def test_a_script_keeps_its_form(sam: Visitor, review: str) -> None:
    answer = sam.sends(f"{review}/comment", {"text": LONG}, headers={"x-in-place": "1"})
    assert answer.status_code == 400
    assert "word" not in answer.text.replace("What you wrote", "")


def test_nobody_elses_form_is_repeated(sam: Visitor, review: str) -> None:
    form = {"text": LONG, "form_token": "forged"}
    answer = sam.http.post(f"{review}/comment", data=form)
    assert answer.status_code in (400, 403)
    assert "&lt;b&gt;" not in answer.text
