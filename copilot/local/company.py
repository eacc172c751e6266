"""What means more together than apart: `I'll restart it` is no `we should restart it monthly`."""

from dataclasses import dataclass

_KINDS = ("kind:commitment", "kind:request", "kind:proposal", "kind:marker")
_VERBS = ("verb:work", "verb:immediate", "verb:vague", "verb:other")
_HURRIED = ("question", "short", "mood:calm", "mood:trouble", "operated", "asked_before")


@dataclass(frozen=True, slots=True)
class _Rule:
    label: str
    needs: frozenset[str]
    without: frozenset[str]
    beside: tuple[str, ...]
    """Each of these that is there makes a feature with the label; none: the label alone does."""


def _rule(label: str, needs: str, without: str = "", beside: tuple[str, ...] = ()) -> _Rule:
    return _Rule(label, frozenset(needs.split()), frozenset(without.split()), beside)


_WITH_KIND = (
    "verb:work",
    "verb:immediate",
    "verb:vague",
    "artefact",
    "later",
    "pronoun",
    "question",
    "operated",
    "today",
    "aside",
)
_RULES = (
    *(_rule(kind, kind, beside=_WITH_KIND) for kind in _KINDS),
    _rule("pronoun&no_time", "pronoun", "later today"),
    _rule("verb:work&artefact", "verb:work artefact"),
    _rule("verb:immediate&bare", "verb:immediate", "later artefact"),
    _rule("later&vague", "later verb:vague"),
    _rule("later&bare", "later bare"),
    _rule("later&immediate", "later verb:immediate"),
    _rule("no_time", "", "later today purpose aside", (*_HURRIED, *_KINDS)),
    _rule("now", "verb:immediate", "later today artefact", ("operated", "short", "question")),
    _rule("work", "verb:work", "later today artefact", ("operated", "short", "moment")),
    _rule("condition", "condition", "kind:marker", _KINDS),
    *(
        _rule(name, name, beside=(*_VERBS, *_KINDS))
        for name in ("mood:calm", "mood:trouble", "done_at_once", "agreed")
    ),
)


def in_company(features: dict[str, float]) -> dict[str, float]:
    """The features, and those that a rule makes of several."""
    names = features.keys()
    both: dict[str, float] = {}
    for rule in _RULES:
        if not rule.needs <= names or not rule.without.isdisjoint(names):
            continue
        if rule.beside:
            both |= {f"{rule.label}&{name}": 1.0 for name in rule.beside if name in names}
        else:
            both[rule.label] = 1.0
    return features | both
