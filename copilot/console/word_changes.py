"""What changed between two wordings of a sentence, word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\S+\s*")
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Stretch:
    kind: Literal["kept", "removed", "added"]
    text: str


def word_changes(before: str, after: str) -> list[Stretch]:
    """The words of both in reading order: what was removed stands before what was added for it."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(
        None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False
    )
    found: list[Stretch] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            found.append(Stretch("kept", "".join(new[new_from:new_to])))
            continue
        found += _stretch("removed", old[old_from:old_to])
        found += _stretch("added", new[new_from:new_to])
    return found


def _words(text: str) -> list[str]:
    """Each with the space behind it, so that joining them gives the text again."""
    words = _WORD.findall(text.strip() + " ")
    # A person's sentence is far shorter; what is longer than any is compared as a whole.
    return words if len(words) <= _MOST_WORDS else ["".join(words)]


def _stretch(kind: Literal["removed", "added"], words: Sequence[str]) -> list[Stretch]:
    return [Stretch(kind, "".join(words))] if words else []
