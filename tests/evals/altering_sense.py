"""Alters what a true sentence says of the same facts: negation, order, cause, certainty."""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from copilot.ports import Quote
from copilot.reviews.meanings import is_neutral
from tests.evals.altering_facts import Altered, Kind
from tests.evals.claims import Case

_BE = re.compile(r"\b(was|were|is|are|had|has|have|could|did|does|do|can|will)\b(?! not\b|n't\b)")
_NOT = re.compile(
    r"\b(?:did not|does not|do not) (\w+)|\b(was|were|is|are|had|could|has) not\b|\bnever\b ?"
)
_PAST = re.compile(r"^([A-Z]\w+|The [\w-]+) (?=\w+ed\b|put\b|took\b|found\b|went\b)")
_OPPOSITE_PAIRS = (
    ("rose", "fell"), ("increased", "decreased"), ("grew", "shrank"), ("dropped", "rose"),
    ("fell", "rose"), ("went down", "went up"), ("came down", "went up"), ("back up", "down"),
    ("recovered", "broke"), ("worked again", "failed again"), ("succeeded", "failed"),
    ("failed", "succeeded"), ("failing", "working"), ("passed again", "failed again"),
    ("enabled", "disabled"), ("disabled", "enabled"), ("on again", "off again"),
    ("switched the flag off", "switched the flag on"), ("started", "stopped"),
    ("stopped", "started"),
    ("running", "stopped"), ("reachable", "unreachable"),
    ("more(?! than)(?<!any more)", "fewer"), ("extended", "reduced"),
    ("missing", "present"), ("healthy", "unhealthy"), ("accepted", "rejected"), ("stuck", "moving"),
    ("satisfied", "dissatisfied"), ("removed", "added"), ("refused", "accepted"),
    ("behind", "ahead"), ("late", "early"), ("full", "empty"), ("within", "only after"),
    ("unable", "able"), ("largest", "smallest"), ("less", "more"),
)  # fmt: skip
_ORDERS = (
    (r" before ", " after "), (r" after (?!each"
        r"|upon)", " before "), (r" and then ", ", but only after "),
    (r"\bOnce ", "Before "), (r"^After ", "Before "), (r" until ", " after "),
    (r" once ", " before "),
    (r"\bfirst\b(?! report| failure| attempt| limit| suspected"
        r"| and)(?<!at first)", "last"), (r" later\b", " earlier"),
)  # fmt: skip
_HEDGED = re.compile(
    r"^(?P<who>[A-Z]\w+) (?:suspects|suspected|thinks|thought|guessed|believed|estimated|expected)"
    r"(?: first suspected)? that (?P<fact>.+)$"
)
_PLANNED = re.compile(
    r"\b(?:plans|intends|wants|promised|offered|proposed|would like|is|are|was to be asked) to "
    r"(?P<verb>[a-z]+)|\b(?:proposed|suggested|suggests) (?P<ing>[a-z]+ing)\b"
)
_PASTS = {
    "go": "went", "run": "ran", "put": "put", "take": "took", "file": "filed", "be": "was",
    "fix": "fixed", "set": "set", "limiting": "limited", "refusing": "refused", "keep": "kept",
}  # fmt: skip
_ASKED = re.compile(r"^[A-Z]\w+ (?:asked|wondered) (?:whether|if) (?P<fact>.+)$")
_PLURAL = re.compile(
    r"\b(?P<before>(?:\d[\d,.]* ?%? (?:of )?|some |most |many |half |about |around )*)"
    r"(?P<noun>customers|users|services|lookups|payments|orders|logins|pods|workers|hosts|carts"
    r"|requests|tickets|instances|partitions|jobs|checkouts|people|nodes)\b"
)
_AFFECTED = {
    "customers": "employees", "users": "administrators", "orders": "refunds", 
    "payments": "invoices",
    "carts": "accounts", "logins": "uploads", "services": "backups", "requests": "uploads",
    "people": "machines", "jobs": "customers", "lookups": "payments", "tickets": "refunds",
    "prices": "addresses", "uploads": "passwords", "invoices": "salaries",
}  # fmt: skip
_TAILS = (
    "and an attacker copied customer data", "which also deleted the backups",
    "and the legal department was informed", "and the vendor apologised publicly",
)  # fmt: skip
_QUOTED = re.compile(r"“[^”]*”")


def negation(case: Case, rng: Random) -> Altered:
    """A “not” put in or taken out."""
    plain = _without_quotes(case.text)
    if found := _NOT.search(plain):
        kept = _past(found[1]) if found[1] else (found[2] or "")
        yield case.saying(case.text[: found.start()] + kept + case.text[found.end() :])
        return
    if re.search(r"\b(?:no|nothing|none|without|nobody)\b", plain, re.IGNORECASE):
        yield None
        return
    for found in list(_BE.finditer(plain))[:2]:
        yield case.saying(f"{case.text[: found.end()]} not{case.text[found.end() :]}")
    if found := _PAST.search(plain):
        yield case.saying(f"{case.text[: found.end()]}never {case.text[found.end() :]}")


def opposite(case: Case, rng: Random) -> Altered:
    for one, other in _OPPOSITE_PAIRS:
        if found := re.search(rf"\b{one}\b", _without_quotes(case.text)):
            yield case.saying(case.text[: found.start()] + other + case.text[found.end() :])


def order(case: Case, rng: Random) -> Altered:
    """What came first is told last, where the cited messages have different times."""
    if len({message.occurred_at for message in case.cited}) < 2:
        return
    for pattern, other in _ORDERS:
        if found := re.search(pattern, _without_quotes(case.text)):
            yield case.saying(case.text[: found.start()] + other + case.text[found.end() :])


def plan(case: Case, rng: Random) -> Altered:
    """What somebody means to do is told as done."""
    for found in _PLANNED.finditer(_without_quotes(case.text)):
        yield case.saying(
            case.text[: found.start()]
            + _past(found["verb"] or found["ing"])
            + case.text[found.end() :]
        )


def certainty(case: Case, rng: Random) -> Altered:
    """A guess or a question is told as a fact."""
    for pattern in (_HEDGED, _ASKED):
        if found := pattern.search(case.text):
            yield case.saying(found["fact"][0].upper() + found["fact"][1:])


def cause(case: Case, rng: Random) -> Altered:
    """A cause that nobody stated: something else of the incident, or what merely came before."""
    if re.search(r"\b(?:because|due to|caused?|since|blamed)\b", case.text):
        yield None
        return
    others = [
        m for m in case.messages.values() if m.number not in {q.number for q in case.citations}
    ]
    here = " ".join(message.text.lower() for message in case.cited)
    told = [word for m in others for word in re.findall(r"\b[a-z]{5,}\b", m.text)]
    nouns = [word for word in told if not is_neutral(word) and word[:5] not in here]
    if nouns:
        yield case.saying(f"{case.text.rstrip('.')} because of the {rng.choice(nouns)}.")
    if found := re.search(r" (?:after|once) (?=[a-z]+ [a-z]+)", _without_quotes(case.text)):
        yield case.saying(f"{case.text[: found.start()]} because {case.text[found.end() :]}")
    elif len(case.cited) > 1 and " and " in _without_quotes(case.text):
        yield case.saying(case.text.replace(" and ", " and as a result ", 1))


def quantifier(case: Case, rng: Random) -> Altered:
    for found in list(_PLURAL.finditer(_without_quotes(case.text)))[:1]:
        around = case.text[max(0, found.start() - 14) : found.start()]
        if re.search(r"\b(?:all|every|each|both|no|none|two|three|only) *\w* *$", around, re.I):
            yield None
            continue
        if any(re.search(r"\b(?:all|every|each|both|no|none|full)\b", m.text) for m in case.cited):
            yield None
            continue
        yield case.saying(
            f"{case.text[: found.start()]}all {found['noun']}{case.text[found.end() :]}"
        )


def affected(case: Case, rng: Random) -> Altered:
    for one, other in _AFFECTED.items():
        found = re.search(rf"\b{one}\b", _without_quotes(case.text))
        if not found:
            continue
        if any(re.search(rf"\b{other[:-1]}", m.text, re.IGNORECASE) for m in case.cited):
            yield None
            continue
        yield case.saying(case.text[: found.start()] + other + case.text[found.end() :])


def invention(case: Case, rng: Random) -> Altered:
    """A clause on something that no message says."""
    yield case.saying(f"{case.text.rstrip('.')} {rng.choice(_TAILS)}.")


def other_source(case: Case, rng: Random) -> Altered:
    """All citations are of other messages of the incident, in full."""
    cited = {quote.number for quote in case.citations}
    others: Sequence[int] = [number for number in case.messages if number not in cited]
    if len(others) < len(cited):
        return
    quotes = tuple(Quote(n, case.messages[n].text) for n in rng.sample(others, len(cited)))
    if any(_means_the_same(case, quote.text) for quote in quotes):
        yield None
        return
    yield replace(case, citations=quotes)


def _means_the_same(case: Case, text: str) -> bool:
    """Half the longer words of the sentence stand there, too: it may well be its source."""
    own = {word.lower()[:5] for word in re.findall(r"[A-Za-z]{4,}", case.text)}
    there = {word.lower()[:5] for word in re.findall(r"[A-Za-z]{4,}", text)}
    return len(own & there) * 2 >= len(own)


def _without_quotes(text: str) -> str:
    return _QUOTED.sub(lambda found: "_" * len(found[0]), text)


def _past(verb: str) -> str:
    if verb in _PASTS:
        return _PASTS[verb]
    base = verb.removesuffix("ing") if verb.endswith("ing") else verb
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return f"{base[:-1]}ied"
    return base + ("d" if base.endswith("e") else "ed")


SENSE: dict[str, Kind] = {
    "negation": negation,
    "opposite": opposite,
    "order of events": order,
    "plan told as done": plan,
    "guess or question told as fact": certainty,
    "invented cause": cause,
    "quantifier": quantifier,
    "who is affected": affected,
    "invented clause": invention,
    "another source": other_source,
}
