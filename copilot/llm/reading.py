"""Finds the typed answer in what a model wrote, which may be dressed up or wrong."""

import json
import re
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from copilot.llm.failures import Failure

AnswerT = TypeVar("AnswerT", bound=BaseModel)

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MOST_STARTS = 20
_MOST_FAULTS = 10


class UnreadableError(Exception):
    """NOT_JSON or WRONG_SHAPE. `faults` tells the model what to mend and quotes nothing."""

    def __init__(self, kind: Failure, faults: str) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.faults = faults


def read_answer(text: str, answer: type[AnswerT]) -> AnswerT:
    """The first object in the text that fits. Raises UnreadableError."""
    misfit: ValidationError | None = None
    for found in _objects(text):
        try:
            return answer.model_validate_json(found)
        except ValidationError as error:
            misfit = misfit or error
        except ValueError:  # half of a surrogate pair, which is no text
            continue
    if misfit is None:
        raise UnreadableError(Failure.NOT_JSON, "It holds no JSON object.")
    raise UnreadableError(Failure.WRONG_SHAPE, _faults(misfit)) from None


def _objects(text: str) -> Iterator[str]:
    """Every JSON object in the text, from the outside in."""
    decoder = json.JSONDecoder()
    rest = _THOUGHTS.sub("", text)
    start = rest.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            return
        try:
            _, end = decoder.raw_decode(rest, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield rest[start:end]
        start = rest.find("{", end)


def _faults(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n".join(
        f"{'.'.join(map(str, fault['loc'])) or 'the object'}: {fault['msg']}"[:200]
        for fault in found[:_MOST_FAULTS]
    )
