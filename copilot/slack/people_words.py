"""Reads whom people name in a command. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.ports import Person

_MENTION = re.compile(r"<@([UWB][A-Z0-9]{1,30})(?:\|[^<>]*)?>[,:;]?")
_ONESELF = frozenset({"me", "myself", "@me"})
_AROUND_A_NAME = " @,.:;!?'\"`“”„‘’«»()"
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Named:
    """Whom somebody named, and what they said after that."""

    user_id: str | None
    rest: str
    typed: str = ""
    """What was taken for a name, where nobody or more than one person has it."""
    several: tuple[str, ...] = ()
    """Those of that name."""


def read_person(text: str, people: Sequence[Person], asker_id: str) -> Named:
    """`<@U1|dana> …`, `@dana …`, `Dana Levi …` or `me …`, the longest name that fits."""
    text = text.strip()
    if mention := _MENTION.match(text):
        return Named(mention[1], text[mention.end() :].strip())
    words = text.split()
    if not words:
        return Named(None, "")
    if words[0].lower().strip(_AROUND_A_NAME) in _ONESELF:
        return Named(asker_id, " ".join(words[1:]))
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        found = _called(" ".join(words[:length]), people)
        rest = " ".join(words[length:])
        if len(found) == 1:
            return Named(found[0].user_id, rest)
        if found:
            typed = " ".join(words[:length]).strip(_AROUND_A_NAME)
            return Named(None, rest, typed, tuple(_full_name(person) for person in found))
    return Named(None, " ".join(words[1:]), words[0].strip(_AROUND_A_NAME))


def _called(name: str, people: Sequence[Person]) -> list[Person]:
    """Those of exactly that name; or, where there is none, of that first name."""
    wanted = name.strip(_AROUND_A_NAME).casefold()
    if not wanted:
        return []
    exactly = [
        person for person in people if wanted in (_plain(person.name), _plain(person.real_name))
    ]
    return exactly or [
        person for person in people if wanted == _plain(person.real_name).partition(" ")[0]
    ]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _full_name(person: Person) -> str:
    if not person.real_name or person.real_name == person.name:
        return person.name
    return f"{person.name} ({person.real_name})"
