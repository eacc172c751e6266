"""What a scripted model makes of the question it is asked: it reads the prompt as we wrote it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.fakes.scripted_endpoint import Asked

_LINE = re.compile(r"m(?P<number>\d+)(?P<head>(?:[^:]|:(?=\d\d ))*): (?P<text>.*)")
_WHO = re.compile(r"p\d+|bot")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A message as the model was shown it."""

    number: int
    who: str
    is_seen: bool
    text: str


def lines_read(asked: Asked) -> list[ReadLine]:
    first, *lines = asked.user.split("\n")
    marker = f"{first.rpartition(' ')[2]} "
    found = []
    for line in lines:
        message = _LINE.fullmatch(line.removeprefix(marker))
        if message:
            words = message["head"].split()
            who = next((word for word in words if _WHO.fullmatch(word)), "somebody")
            number, text = int(message["number"]), message["text"]
            found.append(ReadLine(number, who, "seen" in words, text))
    return found


def item(line: ReadLine, **other: Any) -> dict[str, Any]:
    """A good item about one message; `other` are the fields in which it is another."""
    return {
        "kind": "commitment",
        "title": line.text[:90],
        "owner": line.who if line.who.startswith("p") else None,
        "due": None,
        "is_done": False,
        "certainty": "certain",
        "evidence": [{"message": line.number, "quote": line.text}],
        **other,
    }


def items_of(
    items: Callable[[ReadLine], Iterable[dict[str, Any]]],
) -> Callable[[Asked], dict[str, Any]]:
    """An answer made message by message."""

    def answer(asked: Asked) -> dict[str, Any]:
        return {"items": [each for line in lines_read(asked) for each in items(line)]}

    return answer


def noted(line: ReadLine) -> Iterable[dict[str, Any]]:
    """Each message that says `noted: TITLE` is work; the built-in engine does not hear it."""
    _, found, title = line.text.partition("noted: ")
    if found and not line.is_seen:
        yield item(line, title=title)
