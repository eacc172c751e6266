"""What a scripted model makes of the questions about a review: it reads them as we wrote them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.model_answers import ReadLine, lines_read
from tests.fakes.scripted_endpoint import Asked, Behaviour, answers_with

Claims = Sequence[dict[str, Any]]
Writes = Callable[[Sequence[ReadLine]], Iterable[dict[str, Any]]]

_NUMBERED = re.compile(r"(?P<kind>[nc])(?P<number>\d+)(?P<rests_on>(?: m\d+)+): (?P<text>.*)")


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A note, or a sentence to be judged, as the model was shown it."""

    number: int
    messages: tuple[int, ...]
    text: str


def sentences_read(asked: Asked) -> list[ReadSentence]:
    marker = marker_of(asked)
    found = []
    for line in asked.user.split("\n"):
        if read := _NUMBERED.fullmatch(line.removeprefix(f"{marker} ")):
            numbers = tuple(int(each[1:]) for each in read["rests_on"].split())
            found.append(ReadSentence(int(read["number"]), numbers, read["text"]))
    return found


def marker_of(asked: Asked) -> str:
    return asked.user.split("\n")[0].rpartition(" ")[2]


def asks_about(asked: Asked) -> str:
    """`part`, `section` or `judge`, by what the question begins with."""
    for name, words in (("part", "You read a part"), ("section", "You write one section")):
        if words in asked.text:
            return name
    return "judge"


def noted(line: ReadLine, text: str | None = None, **other: Any) -> dict[str, Any]:
    """A good note of one message: its own words; `other` are the fields in which it is another."""
    return {
        "section": "key_moments",
        "text": text or line.text,
        "evidence": [{"message": line.number, "quote": line.text}],
        **other,
    }


def repeats(lines: Sequence[ReadLine]) -> Iterable[dict[str, Any]]:
    """Notes every message in its own words, as far as they go into a sentence."""
    return [noted(line) for line in lines if 3 <= len(line.text.split()) <= 25][:12]


def notes_nothing(_: Sequence[ReadLine]) -> Iterable[dict[str, Any]]:
    return []


def takes_over(asked: Asked) -> Claims:
    """Writes a section of its notes, word by word."""
    return [
        {"text": note.text, "notes": [note.number], "evidence": []}
        for note in sentences_read(asked)
    ]


def supports(support: str, why: str = "") -> Callable[[Asked], Claims]:
    """Judges all sentences alike."""
    return lambda asked: [
        {"claim": one.number, "support": support, "why": why} for one in sentences_read(asked)
    ]


def review_model(
    notes: Writes = repeats,
    writes: Callable[[Asked], Claims] = takes_over,
    judges: Callable[[Asked], Claims] | None = None,
) -> Behaviour:
    """Answers each of the three questions about a review; judges all well unless told otherwise."""

    def answer(asked: Asked) -> dict[str, Any]:
        match asks_about(asked):
            case "part":
                return {"claims": list(notes(lines_read(asked)))}
            case "section":
                return {"claims": list(writes(asked))}
            case _:
                return {"verdicts": list((judges or supports("full"))(asked))}

    return answers_with(answer)
