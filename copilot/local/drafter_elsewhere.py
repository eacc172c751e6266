"""Sentences about another time, place or incident: true, but not of this one."""

import re
from collections.abc import Callable, Sequence

from copilot.local.drafter_incident_ids import is_of_another, own_incidents
from copilot.ports import WindowMessage
from copilot.reviews.salience import Sentence, sentences_of

Elsewhere = Callable[[Sentence], bool]

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_EARLIER = re.compile(
    r"\b(?:(?:last|previous) (?:week|month|quarter|year|spring|summer|autumn|fall|winter"
    rf"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|{_MONTH})|last time|yesterday(?=['’]?s\b)"
    rf"|back in {_MONTH}"
    r"|(?:\d+|a|an|one|two|three|few|some|several|many) (?:weeks?|months?|years?|quarters?) ago"
    rf"|in (?:(?:early|mid|late|{_MONTH}) )?(?P<year>20\d\d)"
    r"(?=\W*$|[,;.:)]|\s+(?:was|were|we|i|it|the|this|that|had|when|by|because|due|our|and|but)\b)"
    r")(?P<whose>['’]?s\b)?",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:the|since|until|till|than|to|with|vs\.?|versus|as|like|double|twice|\d+x)(?: in)?\s*$",
    re.IGNORECASE,
)
"""`Since last week`, `over the last month`, `more than last year`: it stands now, too."""
_TURN = re.compile(
    r"\b(?:caus(?:e|es|ed|ing)(?: by)?|due to|because(?: of)?|after|broke|led to|triggered"
    r"|turned out)\b|[,;]\s",
    re.IGNORECASE,
)
"""What brought it about may be of another day than the trouble."""
_CHANGE = re.compile(
    r"(?:re)?(?:deploy|releas|roll-?out|chang|config|migrat|upgrad|merg|pr$|pull|commit|patch"
    r"|version|build|built|updat|bump|add|introduc|ship|remov|disabl|enabl|expir|renew|rotat"
    r"|install|creat|cut-?over|refactor|clean|mainten|provision|issue[d]|switch|mov|resiz|delet"
    r"|decommission|made|backup|snapshot|dump|certificat|flag|set|swap|replac|limit)",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"(?:outages?|incidents?|alerts?|alarms?|issues?|problems?|failures?|drills?|exercises?"
    r"|post-?mortems?|downtime|down|crash(?:es)?|pages?)\b",
    re.IGNORECASE,
)
_EARLIER_ABROAD = re.compile(
    r"\b(?:letzte[nrsm]? (?:woche|monat|jahr|mal|quartal)|vorige[nrsm]? (?:woche|monat|jahr)|damals"
    r"|gestern|(?:la semaine|le mois|l['’]an|l['’]année|la fois) derni(?:er|ère)"
    r"|la dernière fois|hier"
    r"|(?:la semana|el mes|el año) pasad[oa]|la última vez|ayer"
    r"|(?:n?a )?semana passada|(?:n?o )?(?:mês|ano) passado|(?:d?a )?última vez|ontem)(?!\w)",
    re.IGNORECASE,
)
_STILL_ABROAD = re.compile(
    r"\b(?:seit|von|wie|depuis|comme|d['’]|desde|como|de|do|da)\s*$", re.IGNORECASE
)
"""`Seit gestern`, `der Deploy von gestern`: it stands now, too."""
_NEAR = 4
"""Words between a day and what happened on it."""
_OTHER = re.compile(
    r"\b(?<!same as the )(?<!like the )(?<!as in the )"
    r"(?:(?:other|previous|prior|past|old|unrelated|separate|different) (?:[a-z]+ )?"
    r"(?:incident|outage|post-?mortem)s?|(?:last|another|earlier) incident)\b"
    r"|\b(?:outage|incident|issue|alert|problem|failure)s? (?:\w+ )?in"
    r" (?:another|some other|an?other|a different)"
    r" (?:region|cluster|zone|data ?cent(?:er|re)|environment|account|company|tenant)\b",
    re.IGNORECASE,
)
_DRILL = re.compile(
    r"\b(?:drills?(?![ -]?down)\b|game ?days?|table-?tops?|test (?:alert|alarm|incident)s?"
    r"|(?:the|an?|our|'s|training|disaster|yesterday['’]?s) (?:\w+ )?exercise(?! (?:the|it|this)\b)"
    r"|exercise\s*:|(?:eine|nur) übung|exercice d['’e]|simulacros?|simulação)",
    re.IGNORECASE,
)
_NO_DRILL = re.compile(
    r"\b(?:no|not an?|n['’]t an?|not the|(?:caused|triggered) by (?:the|an?|our)|due to (?:the|an?"
    r"|our)|because of (?:the|an?|our)|(?:add|schedule|run|plan|hold|do) (?:the|an?|our|more)"
    r")(?: \w+)? (?:drills?|game ?days?|exercise|table-?top|test (?:alert|alarm|page))",
    re.IGNORECASE,
)
"""`Not a drill`; `caused by the drill`: then it is the trouble's own."""
_UNLIKE = re.compile(
    r"\bnot this (?:time|one)\b|\bunlike (?:this|today)"
    r"|(?:\b[a-z]{2,8}-\d+\b|#\d+|\b(?:incident|outage|same|last|previous)\b).*"
    r"\bthis(?: one| time)?(?: (?:looks?|is|seems|feels)|['’]s) (?:\w+ )?(?:different|unrelated)\b",
    re.IGNORECASE | re.DOTALL,
)
_PLACE_ASIDE = re.compile(
    r"\b(?:staging|sandbox|(?:the )?(?:dev|test|qa|preview) (?:cluster|environment|env|system|site)"
    r")\b",
    re.IGNORECASE,
)
_PRODUCTION_WELL = re.compile(
    r"\bprod(?:uction)?(?: itself)?(?: (?:is|was|looks?|seems|stays|remains)|['’]s)"
    r" (?:\w+ )?(?:fine|ok|okay|good|healthy|well|up|unaffected|(?:not|un) ?affected|untouched)\b",
    re.IGNORECASE,
)
_SHORT = 40
"""Words: a message as short as that is about one thing."""


def elsewhere_for(title: str, messages: Sequence[WindowMessage]) -> Elsewhere:
    """Tells of a sentence whether it is of elsewhere than the incident that these messages are
    of."""
    own = own_incidents(title, messages)
    return lambda sentence: is_elsewhere(sentence, title, own)


def quotes_elsewhere(message: WindowMessage, quote: str, is_elsewhere: Elsewhere) -> bool:
    """Whether all that a quote of the message is part of is of elsewhere."""
    quoted = [one for one in sentences_of(message) if quote in one.text or one.text in quote]
    return bool(quoted) and all(is_elsewhere(one) for one in quoted)


def is_all_elsewhere(message: WindowMessage, is_elsewhere: Elsewhere) -> bool:
    """Whether nothing in the message is of this incident."""
    told = sentences_of(message)
    return bool(told) and all(is_elsewhere(one) for one in told)


def is_elsewhere(sentence: Sentence, title: str = "", own: frozenset[str] = frozenset()) -> bool:
    """Told of another time, place or incident, or of a drill; unless the title says it is one.
    `own`: numbers that the incident itself goes by."""
    text, whole = sentence.text, sentence.message.text
    around = whole if len(whole.split()) <= _SHORT else text
    return bool(
        _UNLIKE.search(around)
        or (_PLACE_ASIDE.search(around) and _PRODUCTION_WELL.search(around))
        or (_is_drill(around) and not _DRILL.search(title))
        or _OTHER.search(text)
        or is_of_another(text, own, sentence.message.occurred_at)
        or _is_earlier(sentence)
    )


def _is_drill(text: str) -> bool:
    return _DRILL.search(_NO_DRILL.sub(" ", text)) is not None


def _is_earlier(sentence: Sentence) -> bool:
    """It was at another time; what a change of another day brought about is of this one."""
    when = sentence.message.occurred_at
    for part in _TURN.split(sentence.text):
        for found in _EARLIER.finditer(part):
            if found["year"] and int(found["year"]) >= when.year:
                continue
            before, after = part[: found.start()], part[found.end() :]
            if not _LASTS.search(before) and not _is_of_change(
                before, after, is_possessive=_is_possessive(found, after)
            ):
                return True
    abroad = _EARLIER_ABROAD.search(sentence.text)
    return abroad is not None and not _STILL_ABROAD.search(sentence.text[: abroad.start()])


def _is_possessive(found: re.Match[str], after: str) -> bool:
    return bool(found["whose"]) or after[:1] in ("'", "’")


def _is_of_change(before: str, after: str, *, is_possessive: bool) -> bool:
    """`Last week's deploy`, `the limit we set last month`, rather than `the outage last month`."""
    following = after.split()[:_NEAR]
    if is_possessive:
        return not any(_TROUBLE.match(word) for word in following)
    leading = before.split()[: -_NEAR - 1 : -1]
    change, trouble = (
        min(
            (
                at
                for words in (leading, following)
                for at, word in enumerate(words)
                if pattern.match(word)
            ),
            default=_NEAR,
        )
        for pattern in (_CHANGE, _TROUBLE)
    )
    return change < trouble
