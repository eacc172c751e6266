"""Which incidents are meant by their number or their month: this one, or another one."""

import re
from collections.abc import Sequence
from datetime import datetime

from copilot.ports import WindowMessage

_ID = (
    r"(?:(?:inc(?:ident)?|outage|post-?mortem)[-_ ]?#?\s?|(?:ir|im|pm)-)"
    r"(?P<number>\d{1,7})(?![\d:.]*\d|%)"
)
_INCIDENT = re.compile(rf"\b{_ID}\b", re.IGNORECASE)
_IS_THIS = re.compile(
    r"\b(?:declar\w*|opened|opening|creat\w+|rais\w+|filed|filing|track\w*|join\w*|this is"
    r"|we(?:['’]re| are) (?:in|on)|(?:update|bridge|channel|timeline|status|call) (?:on|of|for)"
    r"|(?:is|are) (?:now |hereby )?(?:resolved|mitigated|closed|over|ongoing|active|open)"
    r"|now (?:resolved|mitigated|closed|over))\b",
    re.IGNORECASE,
)
_TOLD_OF = re.compile(
    rf"(?:^|[,;:(]\s*|\b(?:but|and|so|because|while|as|that)\s+)(?:\w+ ){{0,2}}?{_ID}(?:['’]s)?"
    r"(?:\s+(?!looks|seems|and\b)[a-z]+){0,3}?\s+(?P<verb>was|were|had|happened|broke|ended"
    r"|turned|took|got|came|hit|cost|lost|showed|began|started|is|has|are)\b"
    rf"|(?:\b(?:in|during)|(?:^|[,;:(]\s*)(?:for|on|at)) (?:the )?"
    rf"{_ID.replace('number', 'other')}\b",
    re.IGNORECASE,
)
"""`INC-12 was caused by …`, `during INC-12 we …`; not `same as INC-12` or `the fix of INC-12`."""
_NOW = frozenset({"is", "has", "are"})
_PAST = re.compile(
    r"\b(?:was|were|had|did|could|lost|took|went|saw|ran|broke|failed|got|came|[a-z]{3,}ed)\b",
    re.IGNORECASE,
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OF_A_DATE = re.compile(
    rf"\b(?:the|that|our) (?P<when>{'|'.join((*_MONTHS, *_DAYS))}|20\d\d)(?:['’]s)? (?:[a-z]+ )?"
    r"(?:incident|outage|post-?mortem|failure|downtime)\b",
    re.IGNORECASE,
)


def own_incidents(title: str, messages: Sequence[WindowMessage]) -> frozenset[str]:
    """Numbers that this incident goes by: in its title, or first said to be declared or tracked."""
    if named := _numbers(title):
        return named
    return next(
        (
            numbers
            for message in messages
            if (numbers := _numbers(message.text)) and _IS_THIS.search(message.text)
        ),
        frozenset(),
    )


def is_of_another(text: str, own: frozenset[str], when: datetime) -> bool:
    """It tells of an incident with another number, or of the one of another month or weekday."""
    return _has_other_number(text, own) or any(
        not _is_of(found["when"].lower(), when) for found in _OF_A_DATE.finditer(text)
    )


def _has_other_number(text: str, own: frozenset[str]) -> bool:
    if not _INCIDENT.search(text):  # most have none, and that is quicker to see
        return False
    for found in _TOLD_OF.finditer(text):
        number = found["number"] or found["other"]
        is_past = found["verb"] not in _NOW if found["verb"] else _PAST.search(text) is not None
        if number not in own and (own or is_past):
            return True
    return False


def _numbers(text: str) -> frozenset[str]:
    return frozenset(found["number"] for found in _INCIDENT.finditer(text))


def _is_of(told: str, when: datetime) -> bool:
    return told in (_MONTHS[when.month - 1], _DAYS[when.weekday()], str(when.year))
