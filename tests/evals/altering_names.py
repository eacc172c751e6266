"""Alters who did or said it: to somebody not in the sources, or to another who is."""

import re
from random import Random

from tests.evals.altering_facts import Altered, Kind, put
from tests.evals.claims import Case

_STRANGERS = ("Wilhelmina", "Ottokar", "Xiomara")


def name(case: Case, rng: Random) -> Altered:
    """Somebody of the incident, or a stranger, who neither wrote nor is named in what is cited."""
    around = " ".join(f"{m.author_name} {m.text}" for m in case.cited).casefold()
    absent = [name for name in sorted(case.names) if name.casefold() not in around]
    for found in _people(case):
        for other in ([rng.choice(absent)] if absent else []) + [rng.choice(_STRANGERS)]:
            yield case.saying(put(case.text, found.span(), _cased(other, found[0])))


def attribution(case: Case, rng: Random) -> Altered:
    """Who did or said it: another who wrote one of the cited messages, or whom one names."""
    authors = sorted({m.author_name for m in case.cited})
    for found in _people(case):
        if found.start() > 0 or not re.match(r"\s[a-z]", case.text[found.end() :]):
            continue
        others = [
            other
            for other in sorted(case.names)
            if other.casefold() != found[0].casefold()
            and other.casefold() not in case.text.casefold()
            and (other in authors or any(other.lower() in m.text.lower() for m in case.cited))
        ]
        if not others:
            continue
        yield case.saying(put(case.text, found.span(), _cased(rng.choice(others), found[0])))


def _people(case: Case) -> list[re.Match[str]]:
    people = [m.author_name for m in case.messages.values() if not m.is_bot]
    pattern = "|".join(re.escape(name) for name in sorted(set(people), key=len, reverse=True))
    outside_quotes = re.sub(r"“[^”]*”", lambda m: "_" * len(m[0]), case.text)
    if not pattern:
        return []
    return list(re.finditer(rf"(?<![\w@])(?:{pattern})(?![\w-])", outside_quotes, re.IGNORECASE))


def _cased(name: str, like: str) -> str:
    return name.capitalize() if like[:1].isupper() else name


WHO: dict[str, Kind] = {"name": name, "who did it": attribution}
