"""Whether a title says what its evidence says. Pure.

An honest title may be worded anew: "Add an alert on replica lag" for "we should really page on
replica lag". So verbs of any work count for nothing, and words for one thing count as one; of the
words that tell which work it is, half must stand in the messages quoted. Names that point at one
thing, such as `#4812` or `OPS-12`, must stand there all.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from copilot.suggestions.candidates import identifiers_in, one_word_for, words_in

LEAST_SUPPORTED = 0.5
"""Measured on hand-labelled titles, see the tests: honest ones stand at 0.5 and above."""
_SAME_WORD = 80.0

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Said of any work, so that a title may add them.
_ANY_WORK = frozenset(
    re.findall(
        r"\w+",
        "adapt adjust add address align arrange ask assess assign build bring change check clarify "
        "clean clear close collect come complete configure confirm contact continue correct create "
        "cut decide define deliver deploy describe determine discuss do document draft enable "
        "ensure evaluate examine extend figure file find finish fix follow followup get give "
        "handle have identify implement improve include increase inform install introduce "
        "investigate keep look make manage mend monitor move notify open organise organize plan "
        "prepare prevent produce provide publish put raise record reduce remove repair replace "
        "report research resolve review revisit run schedule send set share sort start stop submit "
        "take talk tell test track try update upgrade use validate verify work write "
        "read see visit please today tomorrow again also another before better during each every "
        "existing first into left more new "
        "next now older one other proper properly remaining same sure team that this when where "
        "which while without ticket task item action up out off on down over",
    )
)
_IN_WORDS = {
    word: str(number)
    for number, word in enumerate(
        re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve")
    )
} | {
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
}


def unsupported(title: str, said: Iterable[str]) -> str | None:
    """Why the title is no telling of `said`, in words for the run's record, or None."""
    whole = "\n".join(said)
    invented = identifiers_in(title) - identifiers_in(whole)
    known = telling_words(whole, every=True)
    unknown = sorted(invented - known)
    if unknown:
        return f"title names {', '.join(unknown)}, which its quotes do not"
    if (share := supported_share(title, whole)) < LEAST_SUPPORTED:
        return f"title is not what was said: {share:.0%} of its words are"
    return None


def supported_share(title: str, said: str) -> float:
    """Of the words that tell which work it is, how many stand in `said`; 1 where there is none."""
    wanted = telling_words(title)
    known = telling_words(said, every=True)
    if not wanted:
        # Nothing but "fix it": it tells nothing, so it has to be verbatim.
        return float(bool(telling_words(title, every=True) & known))
    return sum(_is_known(word, known) for word in wanted) / len(wanted)


@lru_cache(maxsize=512)
def telling_words(text: str, *, every: bool = False) -> frozenset[str]:
    """Words in one way of writing; `every` keeps those that may be said of any work."""
    found = set()
    for word in words_in(unicodedata.normalize("NFKC", text)):
        if _CJK.search(word):
            found |= {word[at : at + 2] for at in range(max(1, len(word) - 1))}
            continue
        word = _IN_WORDS.get(word, word)
        if every or word not in _ANY_WORK:
            found.add(one_word_for(word))
    return frozenset(found)


def _is_known(word: str, known: frozenset[str]) -> bool:
    if word in known:
        return True
    if word.isdigit() or len(word) < 4:
        return False
    return any(
        fuzz.ratio(word, other) >= _SAME_WORD
        or (len(other) >= 4 and (other in word or word in other))
        for other in known
    )
