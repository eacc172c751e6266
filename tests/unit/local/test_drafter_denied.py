"""A denied cause, harm that was none and what is forbidden are told as what they are."""

import pytest

from copilot.local.drafter_unfit import explains_nothing, is_forbidden, is_no_harm
from copilot.reviews.models import Section
from tests.unit.local.test_drafter import STORY, draft, texts
from tests.unit.local.test_drafter_sections import LOG
from tests.unit.local.test_drafter_unfit import sentence
from tests.unit.reviews.messages import a_message


@pytest.mark.parametrize(
    "text",
    [
        "I thought the deploy caused it but it did not",
        "I thought the deploy caused it. It did not.",
        "the full disk caused the timeouts in staging, but that wasn't it",
    ],
)
def test_a_cause_that_is_denied_explains_nothing(text: str) -> None:
    assert explains_nothing(sentence(text))
    assert texts(draft([a_message(1, text)]), Section.CONTRIBUTING_FACTORS) == []


def test_an_attempt_or_a_tag_question_denies_no_cause() -> None:
    assert not explains_nothing(sentence("the full disk caused it, rolling back did not help"))
    assert not explains_nothing(sentence("the deploy caused the timeouts, wasn't it?"))


@pytest.mark.parametrize("text", ["zero orders were lost", "no customer payments were affected"])
def test_that_nothing_was_lost_is_no_first_sign(text: str) -> None:
    assert is_no_harm(sentence(text))
    assert texts(draft([a_message(1, text)]), Section.DETECTION) == []
    told = draft([*STORY, a_message(16, text, author="ana", at="14:26:0")])
    assert not any(text in claim for claim in texts(told, Section.IMPACT))
    assert not any(text in claim for claim in texts(told, Section.SUMMARY))


@pytest.mark.parametrize("text", ["do not roll back", "please don't restart db-3"])
def test_what_is_forbidden_is_neither_a_deed_nor_an_end(text: str) -> None:
    for messages in ([], STORY, LOG):
        last = a_message(len(messages) + 1, text, author="ana", at="14:56:0")
        told = draft([*messages, last])
        assert not any(text in claim for claim in texts(told, Section.SUMMARY))
        assert not any(text in claim for claim in texts(told, Section.RESPONSE))


def test_what_is_not_seen_any_more_is_not_forbidden() -> None:
    assert not is_forbidden(sentence("don't see any errors of checkout anymore"))
    assert not is_forbidden(sentence("do not know why db-3 ran out of disk"))
