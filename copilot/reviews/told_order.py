"""Compares the order in which a claim tells events with the times of the cited messages."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, passage_of
from copilot.reviews.lacks import negates
from copilot.reviews.stated import stated_in
from copilot.reviews.words import STOPWORDS, normalised

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
_ALARM = re.compile(
    r"^\W*(?:the |its |their |that |this |his |her |\w+'s )?"
    r"(?:team's |own |first |initial |very first )*"
    r"(?:[\w-]+ )?(?:alert|alarm|warning|report|failure|complaint|page|symptom|error)s?\b\W*$"
    r"|^\W*(?:it|they|the (?:alert|alarm)) (?:had |was |were )?(?:first )?"
    r"(?:fired|triggered|begun|began|started|opened|raised)\W*$",
    re.IGNORECASE,
)
_WELL_AGAIN = re.compile(
    r"\b(?:again|recover\w*|resolved|restored|over|(?:was|were|is) gone|normal|healthy"
    r"|satisfied|back|fell|fallen"
    r"|down to|ended|solved|fixed|repaired|closed)\b",
    re.IGNORECASE,
)
_AFTER_A_WHILE = re.compile(rf"\b(?:after|following) {_LENGTH}\.?$", re.IGNORECASE)
_LATER_MAIN = re.compile(
    r"\b(?P<word>later|earlier),? "
    r"(?P<main>(?!(?:under|by|on|in|at|with|from|than|that|for|as|to|and|of)\b)\w+ .+)$",
    re.IGNORECASE,
)
_CLEARLY = 1.0
"""By how much more one message must tell of an event than the others, in words."""
_BETWEEN_QUOTES = re.compile(
    r'"(?P<one>[^"]{1,300})"[^"]{0,60}?\b(?P<word>before|after)[^"]{0,20}"(?P<other>[^"]{1,300})"'
)
_LAST_OF_ALL = re.compile(r"\b(first|last)[.,]?$", re.IGNORECASE)
_ALERT = re.compile(r"\b(?:alert|alarm|page|paged|warning|monitoring|fired)\b", re.IGNORECASE)
_AT = re.compile(r"\bat \d{1,2}:\d\d")
_LATER = re.compile(r"\b(later|afterwards|subsequently|earlier)\b", re.I)
_TO_COME = re.compile(
    r"\b(?:due|schedul\w*|plan\w*|supposed|deadline|expect\w*|meant|intended|would|will|should"
    r"|target\w*)\b",
    re.IGNORECASE,
)
"""It was to happen then; nothing tells that it did."""
_DOING = re.compile(r"^\W*(?:only |first |having |just )*[a-z]{2,}ing\b")
_NO_EVENT = re.compile(r"(?:[A-Z]\w+day|\d|the (?:morning|evening|next))")
_AT_END = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?) (later|earlier)\W{0,3}$", re.IGNORECASE
)
_JOINTS = (", ", "; ", " and ", " but ")
_UNTIL = re.compile(r"\b(?:until|till|til|older than|before) (?:the )?(\w[\w:]*)", re.IGNORECASE)
_AFTER = re.compile(r"\bafter (?:the )?(\w[\w:]*)", re.IGNORECASE)


def problem_with_order(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    if len(cited) < 2:
        return _problem_within(normalised(claim), cited)
    plain = re.sub(r"[“\"][^”\"]*[”\"]", " ", normalised(claim))
    return (
        _problem_with_quoted(normalised(claim), cited)
        or _problem_with_until(plain, cited)
        or _problem_with_place(plain, cited)
        or _problem_with_swap(plain, cited)
        or _problem_with_told(plain, cited)
    )


def _problem_with_told(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """The messages that tell of the two have the other order."""
    told = _told(plain)
    if told is None or _TO_COME.search(told[1]) or _TO_COME.search(told[2]):
        return None
    word, earlier, later = told
    if _WELL_AGAIN.search(earlier) and _ALARM.match(later):
        return f"“{word}” has it end before it began"
    if _WELL_AGAIN.search(later) and _ALARM.match(earlier):
        return None
    first, second = _placed(passage_of(earlier), passage_of(later), cited)
    if first is None or second is None or _when(first) <= _when(second):
        return None
    said = passage_of(later)
    is_told_again = any(
        _when(m) > _when(first) and _likeness(m, said) > 0 for m in cited if m is not first
    )
    # `after reading it`: who did the one did the other
    is_of_one = bool(_DOING.match(earlier)) and first.author_name != second.author_name
    if is_told_again or is_of_one:
        return None
    return f"“{word}” contradicts the times of the cited messages"


def _problem_with_quoted(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    """`“…”, 37 min after “…”`: each quote is of one message, and those have times."""
    found = _BETWEEN_QUOTES.search(claim)
    if found is None:
        return None
    one, other = (
        [m for m in cited if found[side] in normalised(m.text)] for side in ("one", "other")
    )
    if len(one) != 1 or len(other) != 1 or one[0].number == other[0].number:
        return None
    first, second = (one[0], other[0]) if found["word"] == "before" else (other[0], one[0])
    if _when(first) <= _when(second):
        return None
    return f"“{found['word']}” contradicts the times of the cited messages"


def _problem_with_until(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """`after Friday` where a source says `till friday`, and none says `after`."""
    texts = [normalised(message.text).lower() for message in cited]
    until = {word for text in texts for word in _UNTIL.findall(text)}
    after = {word for text in texts for word in _AFTER.findall(text)}
    if {word.lower() for word in _AFTER.findall(plain)} & until - after - STOPWORDS:
        return "it says “after” where its source says “until”"
    return None


def _problem_with_place(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """`… minutes later` is not told by the earliest message, `… last` not either."""
    at_end = _LAST_OF_ALL.search(plain)
    if at_end is None and not any(joint in plain for joint in _JOINTS):
        at_end = _AT_END.search(plain)
    leading = _LATER_MAIN.search(plain)
    if at_end:
        word, teller = at_end[1].lower(), _teller(passage_of(plain[: at_end.start(1)]), cited)
    elif leading:
        word, teller = leading["word"].lower(), _teller(passage_of(leading["main"]), cited)
    else:
        return None
    if teller is None:
        return None
    is_late = word in {"later", "last"}
    others = [message for message in cited if message.number != teller.number]
    if all((_when(other) > _when(teller)) == is_late for other in others):
        return f"“{word}” contradicts the times of the cited messages"
    return None


@lru_cache(maxsize=8192)
def _told(plain: str) -> tuple[str, str, str] | None:
    """The word of order, what it says came first, and what came later."""
    at = max(plain.rfind(joint) for joint in _JOINTS)
    if at > 0 and (at_end := _AT_END.search(plain)):
        return _in_order(at_end[1], plain[:at], plain[at : at_end.start()])
    plain = _BY_HOW_MUCH.sub("", plain)
    if _AFTER_A_WHILE.search(plain):
        return None
    if leading := _LEADING.match(plain) or _LEADING_NOUN.match(plain):
        word = (leading["first"] or leading["last"]).lower()
        one, other = leading["main"], leading["other"]
        return (word, one, other) if leading["first"] else (word, other, one)
    if found := _ORDER.search(plain):
        left, right = plain[: found.start()], plain[found.end() :]
        if not found["first"]:
            return found["last"].lower(), right, left
        # `not before` and `not until` tell of the other order
        is_open = negates(left) or _NO_EVENT.match(right)
        return None if is_open else (found["first"].lower(), left, right)
    if found := _LATER.search(plain):
        left, _, right = plain.partition(" and " if " and " in plain else ",")
        if right and found.start() > len(left):
            return _in_order(found[1], left, right)
    return None


def _in_order(word: str, one: str, other: str) -> tuple[str, str, str]:
    """`…, and … later` or `… earlier`."""
    is_later = word.lower() != "earlier"
    return (word.lower(), one, other) if is_later else (word.lower(), other, one)


def _placed(
    earlier: Passage, later: Passage, cited: Sequence[WindowMessage]
) -> tuple[WindowMessage | None, WindowMessage | None]:
    """Which messages tell of the two; of two messages, the other where only one is clear."""
    first, second = _teller(earlier, cited), _teller(later, cited)
    if len(cited) == 2:
        one, other = cited
        if first is None and second is not None:
            first = other if second.number == one.number else one
        elif second is None and first is not None:
            second = other if first.number == one.number else one
    return first, second


def _teller(said: Passage, cited: Sequence[WindowMessage]) -> WindowMessage | None:
    """The one message that shares most with it; None where none or several do."""
    scored = [(_likeness(message, said), message) for message in cited]
    best = max(score for score, _ in scored)
    top = [message for score, message in scored if score > best - _CLEARLY]
    return top[0] if best > 0 and len(top) == 1 else None


def _likeness(message: WindowMessage, said: Passage) -> float:
    """How much the message tells of it; a time of the clock may be that of its timestamp."""
    stamps = {
        f"t{at.hour}:{at.minute}"
        for hours in range(-12, 15)
        for at in (message.occurred_at + timedelta(hours=hours),)
        if f"t{at.hour}:{at.minute}" in said.facts
    }
    told = passage_of(message.text).likeness(said) + 2 * bool(stamps)
    is_author = message.author_name.lower() in said.text.lower()
    is_alert = message.is_bot and not is_author and _ALERT.search(said.text) is not None
    if is_author and not message.is_bot:
        told += 1
    return told + 0.5 * is_author + 1.5 * is_alert


def _problem_within(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """Of one message: `before` where it says `after`, of the same two things."""
    text = normalised(cited[0].text).lower() if cited else ""
    lower = plain.lower()
    for one, other in (("before", "after"), ("after", "before"), ("until", "after")):
        is_told, is_there = (re.search(rf"\b{one}\b", said) for said in (lower, text))
        told_other, there_other = (re.search(rf"\b{other}\b", said) for said in (lower, text))
        if is_told and there_other and not is_there and not told_other:
            return f"it says “{one}” where its source says “{other}”"
    return _problem_with_swap(plain, cited)


def _problem_with_swap(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """What one message tells as first and second, told the other way round."""
    mine = _told(plain)
    told = [_told(normalised(message.text)) for message in cited]
    if mine is None:
        return None
    first, second = passage_of(mine[1]), passage_of(mine[2])
    for _, early, late in filter(None, told):
        earlier, later = passage_of(early), passage_of(late)
        swapped = earlier.likeness(second), later.likeness(first)
        as_told = earlier.likeness(first) + later.likeness(second)
        if min(swapped) > 0 and sum(swapped) >= as_told + _CLEARLY:
            return "its source tells it in another order"
    return None


def _when(message: WindowMessage) -> tuple[float, int]:
    """When it was written, or the one moment that it tells, within the hour before: `at 22:12`.

    Whatever zone that is in, the minutes are the same nearly everywhere.
    """
    at = message.occurred_at
    times = stated_in(normalised(message.text)).times
    if len(times) == 1 and _AT.search(message.text):
        (told,) = times
        there = at.replace(minute=told.minute, second=told.second or 0)
        at = there if there <= at else there - timedelta(hours=1)
    return at.timestamp(), message.number
