"""Compares the order in which a claim tells events with the times of the cited messages."""

import re
from collections.abc import Sequence
from datetime import timedelta

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, passage_of
from copilot.reviews.order_words import AT_END, JOINTS, order_told
from copilot.reviews.stated import stated_in
from copilot.reviews.words import STOPWORDS, normalised

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
_LATER_MAIN = re.compile(
    r"\b(?P<word>later|earlier),? "
    r"(?P<main>(?!(?:under|by|on|in|at|with|from|than|that|for|as|to|and|of)\b)\w+ .+)$",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"\bfrom \S{1,40}(?: \S{1,40}){0,6}? to \S", re.IGNORECASE)
_NEAR_BY = 40
"""Letters behind a word of order that tell what it is of."""
_CLEARLY = 1.0
"""By how much more one message must tell of an event than the others, in words."""
_BETWEEN_QUOTES = re.compile(
    r'"(?P<one>[^"]{1,300})"[^"]{0,60}?\b(?P<word>before|after)[^"]{0,20}"(?P<other>[^"]{1,300})"'
)
_ALERT = re.compile(r"\b(?:alert|alarm|page|paged|warning|monitoring|fired)\b", re.IGNORECASE)
_AT = re.compile(r"\bat \d{1,2}:\d\d")
_TO_COME = re.compile(
    r"\b(?:due|schedul\w*|plan\w*|supposed|deadline|expect\w*|meant|intended|would|will|should"
    r"|target\w*)\b",
    re.IGNORECASE,
)
"""It was to happen then; nothing tells that it did."""
_DOING = re.compile(r"^\W*(?:only |first |having |just )*[a-z]{2,}ing\b")
_SAME_WORD = {
    "until": "until|till|til", "once": "once|after", "as soon as": "as soon as|once|after",
    "following": "following|after", "prior to": "prior to|before",
    "followed by": "followed by|then",
}  # fmt: skip
_ANOTHER_DAY = re.compile(
    r"\b(?:since|yesterday|ago|earlier|last (?:night|week|month|year)|this morning"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6} \d|\d(?:st|nd|rd|th)? (?:jan|feb"
    r"|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    re.IGNORECASE,
)
"""It tells of something that was not now."""
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
        or _problem_with_told(plain, cited)
    )


def _problem_with_told(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """The messages that tell of the two have the other order."""
    order = order_told(plain)
    if order is None or _TO_COME.search(order[1]) or _TO_COME.search(order[2]):
        return None
    word, earlier, later = order
    if _WELL_AGAIN.search(earlier) and _ALARM.match(later):
        return f"“{word}” has it end before it began"
    if _WELL_AGAIN.search(later) and _ALARM.match(earlier):
        return None
    # of one side alone, the other message would be a guess
    if any(_has_word(word, message.text) for message in cited):
        return None  # it may retell that
    first, second = _teller(passage_of(earlier), cited), _teller(passage_of(later), cited)
    if first is None or second is None or not _is_after(first, second):
        return None
    said = passage_of(later)
    is_told_again = any(
        _when(m) > _when(first) and _likeness(m, said) > 0 for m in cited if m is not first
    )
    # `after reading it`: who did the one did the other
    is_of_one = bool(_DOING.match(earlier)) and first.author_name != second.author_name
    # `light was at -4.1 dBm, up from -17.8`: the later message tells some of it
    tells_both = bool(passage_of(first.text).facts & said.facts)
    if is_told_again or is_of_one or tells_both:
        return None
    return f"“{word}” contradicts the times of the cited messages"


def _is_after(one: WindowMessage, other: WindowMessage) -> bool:
    """By when they were written as well as by what they tell of; None of those may be of a day."""
    if _ANOTHER_DAY.search(one.text) or _ANOTHER_DAY.search(other.text):
        return False
    written = (one.occurred_at, one.number) > (other.occurred_at, other.number)
    return written and _when(one) > _when(other)


def _has_word(word: str, text: str) -> bool:
    forms = _SAME_WORD.get(word, word)
    return re.search(rf"\b(?:{forms})\b", text, re.IGNORECASE) is not None


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
    """`… minutes later` is not told by the earliest message."""
    if _FROM_TO.search(plain):
        return None  # the one sentence tells both
    at_end = None if any(joint in plain for joint in JOINTS) else AT_END.search(plain)
    leading = _LATER_MAIN.search(plain)
    if at_end:
        word, teller = at_end[1].lower(), _teller(passage_of(plain[: at_end.start(1)]), cited)
    elif leading:
        word, teller = leading["word"].lower(), _teller(passage_of(leading["main"]), cited)
    else:
        return None
    if teller is None:
        return None
    is_late = word == "later"
    others = [message for message in cited if message.number != teller.number]
    if all((_when(other) > _when(teller)) == is_late for other in others):
        return f"“{word}” contradicts the times of the cited messages"
    return None


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
        if not is_told or not there_other:
            continue
        # what stands behind it tells whether it is the same thing
        is_same = not _next(lower, is_told).isdisjoint(_next(text, there_other))
        if is_same and not is_there and not told_other:
            return f"it says “{one}” where its source says “{other}”"
    return None


def _next(text: str, found: re.Match[str]) -> frozenset[str]:
    return passage_of(text[found.end() : found.end() + _NEAR_BY]).meanings


def problem_with_swap(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """What one message tells as first and second, told the other way round."""
    mine = order_told(plain)
    theirs = [order_told(normalised(message.text)) for message in cited]
    if mine is None:
        return None
    first, second = passage_of(mine[1]), passage_of(mine[2])
    for _, early, late in filter(None, theirs):
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
