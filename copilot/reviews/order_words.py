"""Finds what a sentence tells as first and as later: `after`, `before`, `and then`, `… later`."""

import re
from functools import lru_cache

from copilot.reviews.lacks import negates

_ORDER = re.compile(
    r"\s(?:(?P<first>(?<!not )before|(?<!not )until|(?<!by )(?<!since )(?<!until )(?<!till )then"
    r"|followed by|prior to|and later|but later|after which)"
    r"|(?P<last>(?<!even )after|(?<!the )following(?! (?:\w{3,6}day|week|month|day|night|morning))"
    r"|only after))\s"
    r"(?!(?:(?:that|this|it|all|the first time)\b(?!\s+\w)"
    r"|(?:that|this) (?:time|point|day|moment)\b|each|every|all|which)\b)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:[\w.-]+ (?:[\w-]+ ){0,3}?(?:seconds?|minutes?|hours?|days?) )?(?:(?P<last>after"
    r"|once|following|as soon as)|(?P<first>before|prior to|until))\s+(?P<other>[^,]+),"
    r"\s*(?P<main>.+)$",
    re.IGNORECASE,
)
_LEADING_NOUN = re.compile(
    r"^(?:(?P<last>after|following)|(?P<first>before|prior to)) (?P<other>(?:the|its|their) [\w-]+)"
    r" (?P<main>(?:the|a|an|all|no|every|\w+) .+)$",
    re.IGNORECASE,
)
_LENGTH = r"(?:[\w.,]+ ){1,7}?(?:ms|s|min|h|seconds?|minutes?|hours?|days?|weeks?)"
_BY_HOW_MUCH = re.compile(
    r"(?:\b(?:just |some |about |nearly |almost |around |roughly |exactly )?"
    r"(?:less than |more than |over |under )?"
    r"(?:\d[\d.,]*|an?|half an?|a quarter of an|[a-z]{3,9}|[a-z]{3,9}-[a-z]{3,6})(?: and a half)? ?"
    r"(?:ms|s|min|h|seconds?|minutes?|hours?|days?|weeks?)(?: and \d+ \w+)?"
    r"|\bseconds|\bminutes) (?=(?:after|before|following)\s)",
    re.IGNORECASE,
)
"""It says how long, not what."""
_A_WHILE = re.compile(_LENGTH + r"\b", re.IGNORECASE)
_AFTER_A_WHILE = re.compile(rf"\b(?:after|following) {_LENGTH}\.?$", re.IGNORECASE)
_NO_EVENT = re.compile(r"(?:[A-Z]\w+day|\d|the (?:morning|evening|next))")
_END_OF_EVENT = re.compile(r"[,;]\s|\sand\s")
_LATER = re.compile(r"\b(later|afterwards|subsequently|earlier)\b", re.I)
AT_END = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?) (later|earlier)\W{0,3}$", re.IGNORECASE
)
JOINTS = (", ", "; ", " and ", " but ")


@lru_cache(maxsize=8192)
def order_told(plain: str) -> tuple[str, str, str] | None:
    """The word of order, what it says came first, and what came later."""
    at = max(plain.rfind(joint) for joint in JOINTS)
    if at > 0 and (at_end := AT_END.search(plain)):
        return _in_order(at_end[1], plain[:at], plain[at : at_end.start()])
    plain = _BY_HOW_MUCH.sub("", plain)
    if _AFTER_A_WHILE.search(plain):
        return None
    if leading := _LEADING.match(plain) or _LEADING_NOUN.match(plain):
        return _told_in_front(leading)
    if found := _ORDER.search(plain):
        return _told_between(plain, found)
    if found := _LATER.search(plain):
        left, _, right = plain.partition(" and " if " and " in plain else ",")
        if right and found.start() > len(left):
            return _in_order(found[1], left, right)
    return None


def _told_in_front(leading: re.Match[str]) -> tuple[str, str, str] | None:
    """`After the restart, …`; `After two hours, …` is no event."""
    if _A_WHILE.match(leading["other"]):
        return None
    word = (leading["first"] or leading["last"]).lower()
    one, other = leading["main"], leading["other"]
    return (word, one, other) if leading["first"] else (word, other, one)


def _told_between(plain: str, found: re.Match[str]) -> tuple[str, str, str] | None:
    """`… after …` and `… before …`, up to the next clause; a time of the clock is no event."""
    left, right = plain[: found.start()], _END_OF_EVENT.split(plain[found.end() :])[0]
    if _NO_EVENT.match(right):
        return None
    if not found["first"]:
        return found["last"].lower(), right, left
    # `not before` and `not until` tell of the other order
    return None if negates(left) else (found["first"].lower(), left, right)


def _in_order(word: str, one: str, other: str) -> tuple[str, str, str]:
    """`…, and … later` or `… earlier`."""
    is_later = word.lower() != "earlier"
    return (word.lower(), one, other) if is_later else (word.lower(), other, one)
