"""The form of the pass: fields by suggestion, and what became of it in words."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.errors import BadInputError
from copilot.suggestions.decisions import Together, Wanted
from copilot.suggestions.follow_up_pass import Act, Choice, Into
from copilot.suggestions.vocabulary import DecisionKind

_ACT = re.compile(r"act-(\d{1,18})", re.ASCII)
_INTO = re.compile(r"([fs])(\d{1,18})", re.ASCII)
_BECAME = {
    DecisionKind.ACCEPTED: "accepted",
    DecisionKind.EDITED: "accepted with changes",
    DecisionKind.MERGED: "merged",
    DecisionKind.DISMISSED: "dismissed",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed; a field is e.g. `title-12`."""

    fields: Mapping[str, str]

    def get(self, name: str, otherwise: str = "") -> str:
        return self.fields.get(name, otherwise)

    def wanted(self, key: str) -> Wanted:
        return Wanted(
            title=self.get(f"title-{key}"),
            owner_id=self.get(f"owner-{key}")[:64] or None,
            due=" ".join(self.get(f"due-{key}").split())[:100] or None,
        )


def choices_of(typed: Typed) -> dict[int, Choice]:
    """Raises BadInputError for what no form of ours sends."""
    found = {}
    for name, act in typed.fields.items():
        if named := _ACT.fullmatch(name):
            found[int(named[1])] = _choice(typed, int(named[1]), act)
    return found


def outcome_words(result: Together) -> str:
    counted = Counter(DecisionKind(one.decision or "") for one in result.decided)
    parts = [f"{counted[kind]} {words}" for kind, words in _BECAME.items() if counted[kind]]
    told = f"Saved: {', '.join(parts)}." if parts else "Nothing was changed."
    return " ".join([told, *map(str, result.too_late[:3])])


def _choice(typed: Typed, key: int, act: str) -> Choice:
    if act not in set(Act):
        raise BadInputError("Choose what is to become of it. Nothing was saved.")
    return Choice(
        act=Act(act),
        wanted=typed.wanted(str(key)),
        into=_into(typed.get(f"into-{key}")),
        reason=typed.get(f"reason-{key}"),
    )


def _into(value: str) -> Into | None:
    named = _INTO.fullmatch(value)
    if named is None:
        return None
    is_follow_up = named[1] == "f"
    return Into(int(named[2]), None) if is_follow_up else Into(None, int(named[2]))
