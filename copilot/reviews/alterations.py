"""Puts one thing in a sentence otherwise, so that it is not true any more. Pure.

Used to see whether checking catches what is wrong. Whoever uses it must have the checker refuse
the result: only what can't pass as a claim may be shown as one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Alteration(StrEnum):
    NUMBER = "number"
    TIME = "time"
    UNIT = "unit"
    NAME = "name"
    HOST = "host"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True)
class Altered:
    alteration: Alteration
    text: str
    was: str
    """What the true sentence has."""
    is_now: str
    """What stands there instead."""


_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_HOST = re.compile(r"\b([a-z][a-z0-9]*(?:-[a-z0-9]+)*-)(\d{1,3})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.:#/-])(\d{1,6})(?![\w:/-]|[.,]\d)")
_UNITS = (
    ("minutes", "hours"), ("minute", "hour"), ("seconds", "minutes"), ("hours", "minutes"),
    ("min", "h"), ("ms", "s"), ("s", "ms"), ("GB", "MB"), ("MB", "GB"), ("GiB", "MiB"),
    ("MiB", "GiB"), ("%", " ms"),
)  # fmt: skip
_UNIT = re.compile(
    r"(?<=\d)(\s?)(" + "|".join(re.escape(unit) for unit, _ in _UNITS) + r")(?![\w])"
)
_OTHER_UNIT = dict(_UNITS)
_NEGATED = re.compile(r"\b(did|was|were|is|are|had|has|does|do|could|would|will|can) not\b ?")
_PLAIN = re.compile(r"\b(was|were|is|are|had|has|could|would|will|can)\b (?!not\b|n't)")


def alterations_of(text: str, names: Iterable[str] = ()) -> list[Altered]:
    """Every way to alter it, of a kind that readers overlook most easily first.

    `names` are people whom it may name instead of the one it names.
    """
    ways: tuple[Callable[[str], Iterator[Altered]], ...] = (
        _numbers,
        _times,
        _hosts,
        _units,
        lambda each: _names(each, sorted(set(names))),
        _negations,
    )
    return [one for way in ways for one in way(text) if one.text != text]


def altered_from(text: str, altered: str, names: Iterable[str] = ()) -> Altered | None:
    """How `altered` was made of `text`; None where it was not, e.g. since that reads otherwise."""
    return next((one for one in alterations_of(text, names) if one.text == altered), None)


def _numbers(text: str) -> Iterator[Altered]:
    for found in _NUMBER.finditer(text):
        was = int(found[1])
        yield _put(text, found, Alteration.NUMBER, str(_other_number(was)))


def _other_number(number: int) -> int:
    """Near enough to be overlooked: two digits change places, or it is a bit more."""
    digits = str(number)
    swapped = int(digits[:-2] + digits[-1] + digits[-2]) if len(digits) > 1 else number
    if swapped != number and len(str(swapped)) == len(digits):
        return swapped
    return number + max(2, number // 4)


def _times(text: str) -> Iterator[Altered]:
    for found in _TIME.finditer(text):
        hours, minutes = int(found[1]), (int(found[2]) + 17) % 60
        yield _put(text, found, Alteration.TIME, f"{hours:0{len(found[1])}d}:{minutes:02d}")


def _hosts(text: str) -> Iterator[Altered]:
    for found in _HOST.finditer(text):
        yield _put(text, found, Alteration.HOST, f"{found[1]}{int(found[2]) + 1}")


def _units(text: str) -> Iterator[Altered]:
    for found in _UNIT.finditer(text):
        yield _put(text, found, Alteration.UNIT, found[1] + _OTHER_UNIT[found[2]].lstrip())


def _names(text: str, names: Iterable[str]) -> Iterator[Altered]:
    known = [name for name in names if name.strip()]
    for name in known:
        for found in re.finditer(rf"(?<![\w@]){re.escape(name)}(?![\w])", text):
            for other in known:
                if other.casefold() != name.casefold() and other not in text:
                    yield _put(text, found, Alteration.NAME, other)


def _negations(text: str) -> Iterator[Altered]:
    for found in _NEGATED.finditer(text):
        yield _put(text, found, Alteration.NEGATION, f"{found[1]} ")
    for found in _PLAIN.finditer(text):
        yield _put(text, found, Alteration.NEGATION, f"{found[1]} not ")


def _put(text: str, found: re.Match[str], alteration: Alteration, instead: str) -> Altered:
    altered = text[: found.start()] + instead + text[found.end() :]
    return Altered(alteration, altered, found[0].strip(), instead.strip())
