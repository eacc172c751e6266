"""Which words mean nearly the same in talk of incidents, and which say nothing by themselves.

Wider than the synonyms of `words`: here two words only count as carried by a source, nothing is
counted or chosen by them.
"""

from collections.abc import Iterable
from functools import lru_cache

from copilot.reviews.meanings_table import ALIKE, NEUTRAL
from copilot.reviews.words import REPORTING, STOPWORDS, bare_stem, stem

_SUFFIXES = (
    "ability", "ibility", "ion", "ation", "ition", "ement", "ance", "ence", "able", "ible", "ment", "ness",
    "tion", "sion", "ally", "al", "er", "or", "ing", "ed", "es", "s", "y", "e", "ly", "ion",
)  # fmt: skip


def _groups(lines: Iterable[str]) -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for at, line in enumerate(lines):
        for word in line.split():
            table.setdefault(word, set()).add(at)
            table.setdefault(bare_stem(word), set()).add(at)
    return {word: frozenset(groups) for word, groups in table.items()}


_GROUP_OF = _groups(ALIKE.strip().splitlines())
_NEUTRAL = frozenset(bare_stem(word) for word in NEUTRAL) | NEUTRAL
_REPORTING = frozenset(bare_stem(word) for word in REPORTING) | REPORTING


@lru_cache(maxsize=20_000)
def meanings_of(word: str) -> frozenset[str]:
    """Keys of what a word may mean; two words that share one are taken for nearly the same.

    Empty for a word that carries no meaning of its own.
    """
    lower = word.lower()
    if lower in STOPWORDS or len(lower) < 2:
        return frozenset()
    bare = bare_stem(lower)
    keys = {f"={bare}", f"={stem(lower)}", f"~{_root(lower)}"}
    groups = _GROUP_OF.get(lower, frozenset()) | _GROUP_OF.get(bare, frozenset())
    return frozenset(keys | {f"#{at}" for at in groups})


def same_meaning(one: str, other: str) -> bool:
    return not meanings_of(one).isdisjoint(meanings_of(other))


@lru_cache(maxsize=20_000)
def is_neutral(word: str) -> bool:
    """It tells, but not of what: `happened`, `afterwards`, `level`."""
    lower = word.lower()
    return (
        lower in STOPWORDS
        or lower in _NEUTRAL
        or lower in _REPORTING
        or bare_stem(lower) in _NEUTRAL
        or bare_stem(lower) in _REPORTING
        or (lower.endswith("ly") and lower not in ("family", "only", "supply", "reply"))
    )


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """An ordinary word of incidents rather than a name that nobody gave."""
    lower = word.lower()
    return (
        lower in _GROUP_OF or bare_stem(lower) in _GROUP_OF or lower.endswith(("s", "ing", "ion"))
    )


def _root(word: str) -> str:
    """What the words of one family share: `deliver`, `delivery`, `delivered`."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)]
            break
    return word[:7]
