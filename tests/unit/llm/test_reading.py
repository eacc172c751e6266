import json
from contextlib import suppress
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from copilot.llm.failures import Failure
from copilot.llm.reading import UnreadableError, read_answer


class Kind(StrEnum):
    COMMITMENT = "commitment"
    REQUEST = "request"


class Task(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    kind: Kind


class Found(BaseModel):
    tasks: list[Task]


GOOD = {"tasks": [{"title": "Add an alert on replica lag", "kind": "commitment"}]}
SECRET = "canary-7f3a"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"```json\n{json.dumps(GOOD, indent=2)}\n```",
        f"```\n{json.dumps(GOOD)}\n```",
        f"Sure! Here it is: {json.dumps(GOOD)} Let me know {{if}} you need more.",
        f"<think>{{'tasks': maybe}} {{}}</think>\n{json.dumps(GOOD)}",
        f'{{"thought": "none of the shape"}}\n{json.dumps(GOOD)}',
        f"\ufeff{json.dumps(GOOD)}",
    ],
)
def test_an_answer_is_found_however_it_is_dressed(text: str) -> None:
    assert read_answer(text, Found) == Found.model_validate(GOOD)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Failure.NOT_JSON),
        ("I found no tasks.", Failure.NOT_JSON),
        ("[]", Failure.NOT_JSON),
        ("null", Failure.NOT_JSON),
        ("{" * 200_000, Failure.NOT_JSON),
        ('{"tasks":' + "[" * 200_000, Failure.NOT_JSON),
        ('{"tasks": [{"title": "Add an al', Failure.NOT_JSON),
        ("<think>{}</think>", Failure.NOT_JSON),
        ("<think>" + json.dumps(GOOD), Failure.NOT_JSON),
        ("{}", Failure.WRONG_SHAPE),
        ('{"tasks": {}}', Failure.WRONG_SHAPE),
        ('{"tasks": [{"title": "x", "kind": "order"}]}', Failure.WRONG_SHAPE),
        ('{"tasks": [{"title": "x", "kind": "request", "url": "y"}]}', Failure.WRONG_SHAPE),
        ('{"tasks": [{"title": 7, "kind": "request"}]}', Failure.WRONG_SHAPE),
        (r'{"tasks": [{"title": "\ud800", "kind": "request"}]}', Failure.WRONG_SHAPE),
    ],
)
def test_what_is_no_answer_is_told_in_a_word(text: str, kind: Failure) -> None:
    with pytest.raises(UnreadableError) as told:
        read_answer(text, Found)
    assert told.value.kind is kind


def test_what_is_wrong_is_told_without_a_word_of_what_was_said() -> None:
    bad = {"tasks": [{"title": "x", "kind": SECRET}, {"title": [SECRET]}]}
    with pytest.raises(UnreadableError) as told:
        read_answer(json.dumps(bad), Found)
    assert "tasks.0.kind: Input should be 'commitment' or 'request'" in told.value.faults
    assert SECRET not in told.value.faults + str(told.value)
    assert told.value.__suppress_context__


@given(st.text(alphabet='{}[]":,\\ abut<>k/`0\n', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableError):
        assert isinstance(read_answer(text, Found), Found)
