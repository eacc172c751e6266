"""Sentences that would mislead where they stand: offers told as deeds, symptoms as causes.

Each rule looks at how a thing is said, never at what it is about.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from copilot.local.drafter_log import opens_with_deed
from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.salience import Sentence, bare_stems

_OFFER = re.compile(
    r"\b(?:(?:we|i|you|one|someone|somebody) (?:can|could|might|may)(?! (?:see|confirm|reproduce"
    r"|access|reach|log)\b)"
    r"|(?:do you |you )?(?:want|need) (?:me|us) to|shall (?:i|we)|should (?:i|we)"
    r"|(?:happy|glad|ready|able|free|willing) to (?!start|run|serve)|let me know|(?:i'd|i would) be"
    r"|(?:it'd|would) be (?:possible|easy|good|nice)|feel free|if (?:you|needed|necessary"
    r"|anyone))\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(r"\b(?:if|should|would|could)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:^|[,;:.(-]\s+|\b(?:so|but|and|also|question|wait|hey|hi|then|or|know|sure|idea"
    r"|wonder\w*)\s+)"
    r"(?:@\S+[,:]?\s+)*(?:what(?:'?s)?|why|how|where|who|which|when|whether|if"
    r"|is|are|was|were|do|does|did|has|have|am|any|anyone|anybody|someone|somebody)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"^(?:so |but |and |oh |wait |then )*(?:(?:is|are|was|were|do|does|did|has|have|had|ca|could"
    r"|would"
    r"|should|wo)n['’]?t\b"
    r"|why (?:not|bother|would|should|on earth|in the world)\b|how (?:about|could|on earth"
    r"|is that even)\b"
    r"|what (?:about|if|could|on earth|the)\b|who (?:cares|knows|would|needs)\b"
    r"|(?:are|is) (?:you|he|she|this|that|it) (?:kidding|serious|joking|a joke|for real)\b"
    r"|(?:can|could|would|will|shall|should|may|did|have|do|are) (?:you|we|i)\b"
    r"|(?:can|could|would|will|should) (?:someone|somebody|anyone|anybody)\b)",
    re.IGNORECASE,
)
"""Questions that state, propose or request something: `Shouldn't it be …?`, `Can you look?`."""
_STATE = re.compile(
    r"\b(?:not ?ready|down|unable|unhealthy|stuck|hung|unavailable|unresponsive|unreachable|offline"
    r"|outage|timed? ?out|time-?outs?|pending|lost|restart(?:ed|ing)|(?:is|are|was|were) missing"
    r"|fail(?:s|ed|ing|ure|ures)?|crash\w*|error(?:s|ing)?|alert\w*|degraded|slow\w*|lag\w*|broken"
    r"|can(?:'t|not)|could ?(?:n't|not)|refus\w+|reject\w+|spik\w+|40[34]s?|50[0-4]s?|5xx)\b",
    re.IGNORECASE,
)
"""How something stood: what was seen of the trouble."""
_EXPLAINS = re.compile(
    r"\b(?:because|caus(?:e|ed|es|ing)|due to|since|owing to|result(?:ed|ing|s) (?:in|from)"
    r"|lead(?:s|ing)? to"
    r"|led to|root|reason|which is why|so that|thus|by|after|when|config\w*|misconfig\w*|setting\w*"
    r"|chang(?:e|es|ed|ing)|version\w*|upgrad\w*|limits?|quota\w*|capacity|exhaust\w*|leak\w*|bug"
    r"|full"
    r"|ran out|out of|expir\w*|memory|oom\w*|disk|cpu|replicas|overload\w*|saturat\w*|missing|wrong"
    r"|incorrect|mismatch\w*|incompatib\w*|malformed|deprecat\w*|delet\w*|remov\w*|race"
    r"|deadlock\w*)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:(?:issues?|tickets?|bugs?|reports?|cases?) (?:was|were|is|are|has been) (?:submitted"
    r"|opened"
    r"|filed|raised|created|reported)|(?:submitted|opened|filed|raised|created) (?:an?|the"
    r"|\w+) (?:\w+ )?"
    r"(?:issue|ticket|bug|report|case)|reached out|(?:users?|customers?|developers?) report\w*)\b",
    re.IGNORECASE,
)
_RESPONDS = re.compile(
    r"\b(?:beg(?:an|in|ins|un)|start(?:s|ed)?|continu(?:e|es|ed)|decid(?:e|es|ed)) (?:to|the|an?"
    r"|\w+ing|work)\b"
    r"|\b(?:begin|began|begins|start|starts|started) (?:work|look|investigat|debug|cordon|drain)\w*"
    r"|\band (?:then )?(?:added|restarted|rolled|scaled|cordoned|drained|reverted|replaced|removed"
    r"|deleted|disabled|deployed|fixed|patched|bumped|increased|recreated)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|would|going to) (?:not )?(?:be|have|force|need|require)\b|\b(?:requirements?"
    r"|needs? to)\b",
    re.IGNORECASE,
)
_NO_CAUSE = re.compile(
    r"\b(?:not|never|n['’]t) (?:\w+ )?(?:caus\w+|due|because|related|the (?:root )?(?:cause"
    r"|culprit))"
    r"|\bcause (?:is |was |remains )?(?:still )?(?:unknown|not)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:but|and|yet|though)|^|[.!;,]) *(?:it|that|this) (?:did|was|is)(?: not|n['’]?t)"
    r"(?: it| that| the (?:case|cause|culprit))?\s*(?:[.!;,]|$)"
    r"|\b(?:was|is)(?: not|n['’]?t) it\b(?!\W*\?)",
    re.IGNORECASE,
)
"""`I thought the deploy caused it but it did not`, be it said in two sentences."""
_BARELY_FOUND = re.compile(
    r"\b(?:identified|discovered|detected|verified|found|confirmed)(?: and [^,;]+)?\W*$"
    r"|\b(?:issues?|problems?) [^.]{0,30}(?:is|are|was|were) (?:identified|discovered)\b",
    re.IGNORECASE,
)
"""That something was found, not what."""
_NAMED = re.compile(
    r"\b(?:malformed|misconfig\w*|mismatch\w*|incompatib\w*|expir\w*|leak\w*|exhaust\w*|missing"
    r"|wrong|incorrect|invalid|deleted|deprecat\w*|overload\w*|saturat\w*|deadlock\w*"
    r"|[\w-]+ bug)\b",
    re.IGNORECASE,
)
"""`Cause discovered by deleting the malformed route`: it says which."""
_FAULT_ALONE = re.compile(
    r"\b(?:wrong|incorrect|invalid|odd|weird|strange|unexpected|malformed|mismatch\w*)\b",
    re.IGNORECASE,
)
_HAPPENS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|get|gets|got|[a-z]{2,}ed"
    r"|[a-z]{2,}ing|go|goes|went|see|sees|saw|sent|find|finds|found|lost|hit)\b|n['’]t\b|\d",
    re.IGNORECASE,
)
BECAUSE = re.compile(
    r"\b(?:because|due to|caused by|weil|wegen|parce qu['’e]|à cause d['’e]|porque"
    r"|debido a|devido a)"
    r"(?!\w)",
    re.IGNORECASE,
)
_FULL_FINDING = 4
_NO_HARM = re.compile(
    r"\b(?:no|not any|without|zero|any)\s+(?:\w+\s+){0,2}(?:impact|effect|outage|downtime"
    r"|data loss)\b"
    r"|\b(?:not|n['’]t)\s+(?:\w+\s+)?(?:affect\w*|impact\w*)|\bunaffected\b"
    r"|\b(?:no|none of (?:the|our)) (?:\w+ )?(?:users?|customers?|clients?|requests?|jobs?"
    r"|services?)"
    r" (?:were|was|are|is|have been|got)\b",
    re.IGNORECASE,
)
_NOTHING_LOST = re.compile(
    r"(?<![.,:])\b(?:no|zero|0|none of (?:the|our)) (?:[a-z]+ ){1,3}"
    r"(?:were|was|are|is|have been|has been|got) (?:lost|dropped|hit|affected|impacted|harmed"
    r"|corrupted|delayed|charged|hurt|missing|failed|failing)\b",
    re.IGNORECASE,
)
"""Such words of harm are no sign of any."""
_FORBIDS = re.compile(
    r"^\W*(?:(?:please|pls|@\S+|everyone|all|hey|again)[,:]? )*(?:do not|don['’]?t)\s+(?!see\b|know"
    r"|think|have\b|get\b|find\b|need|want|believe|notice|understand|recall|remember|expect|seem)",
    re.IGNORECASE,
)
"""`Don't see any errors now` forbids nothing."""
_NOTHING_CAME = re.compile(
    r"\b(?:but|and|yet) (?:nothing|no (?:\w+ )?(?:effect|luck|change)|still|it (?:failed|did))\b"
    r"|\b(?:persists?|(?:is|are|was|were) still\b|still (?:fail|see|happen|broken|down)\w*"
    r"|report(?:s|ed)?\s+[`'\"“])",
    re.IGNORECASE,
)
_CONCEDES = re.compile(
    r"^\W*(?:ah+|oh+|right|i see|ok(?:ay)?|got it|gotcha|my bad|sorry|my mistake|d'?oh|makes sense"
    r"|true|fair)\b(?:\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
_PAPERWORK = re.compile(
    r"\b(?:incident|ticket|case|issue|outage) (?:was |is |has been )?(?:created|opened|raised|filed"
    r"|submitted)\b|\b(?:inform(?:ed|ing)|to notify)\b",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)")
_AT_ONCE = timedelta(minutes=3)
_SAME_WORDS = 0.6
_FEWEST_SAME = 3


def is_offered(sentence: Sentence) -> bool:
    """Somebody could do it, thought of it or forbade it; nobody did."""
    text = sentence.text
    return bool(_OFFER.search(text) or _SUPPOSED.search(text) or is_forbidden(sentence))


def is_forbidden(sentence: Sentence) -> bool:
    """`Do not roll back`: no deed, and no end of anything."""
    return _FORBIDS.match(sentence.text) is not None


def is_asked_to_know(sentence: Sentence) -> bool:
    """A question whose answer is not known, rather than a statement, a request or a proposal."""
    return bool(_ASKS.search(sentence.text)) and not _CLAIMS.search(sentence.text)


def explains_nothing(sentence: Sentence) -> bool:
    """A symptom, a report or a reaction: it tells of the trouble, not where it came from."""
    text = sentence.text
    if _NO_CAUSE.search(text) or _is_barely_found(sentence):
        return True
    _, _, rest = sentence.message.text.partition(text)
    if _DENIED.search(text) or _DENIED.match(rest.lstrip(" .!;,\n")):
        return True
    if (
        _quotes_trouble(text)
        or _REPORTS.search(text)
        or (_RESPONDS.search(text) and not _tells_cause(sentence))
    ):
        return True
    if Cue.CAUSE in sentence.cues:
        return False
    return bool(_STATE.search(text)) and not _EXPLAINS.search(_STATE.sub(" ", text))


def _is_barely_found(sentence: Sentence) -> bool:
    names_it = len(sentence.bare_stems) >= _FULL_FINDING and _NAMED.search(sentence.text)
    return _BARELY_FOUND.search(sentence.text) is not None and not names_it


def is_bare_finding(sentence: Sentence) -> bool:
    """`Orders in the wrong queue`: a fragment that says how things lie, not whom that hit."""
    without = _FAULT_ALONE.sub(" ", sentence.text)
    return (
        without != sentence.text
        and not _HAPPENS.search(without)
        and Cue.SYMPTOM not in cues_in(without)
    )


def hits_in_its_cause(sentence: Sentence) -> bool:
    """`The disk is full because of old jobs`: those are no victims."""
    effect, *because = BECAUSE.split(sentence.text, maxsplit=1)
    return bool(because) and Cue.IMPACT not in cues_in(effect)


def is_ahead(sentence: Sentence) -> bool:
    """What is to come brought nothing about."""
    return _AHEAD.search(sentence.text) is not None


def is_about_telling(sentence: Sentence) -> bool:
    """An incident or a ticket was opened, somebody was told: paperwork, not harm."""
    return _PAPERWORK.search(sentence.text) is not None


def is_no_harm(sentence: Sentence) -> bool:
    return _NO_HARM.search(sentence.text) is not None or is_nothing_lost(sentence)


def is_nothing_lost(sentence: Sentence) -> bool:
    """`Zero orders were lost`: nobody took notice of anything by that."""
    return _NOTHING_LOST.search(sentence.text) is not None


def came_to_nothing(sentence: Sentence) -> bool:
    """It tells what somebody saw of an attempt, not what they did."""
    return not opens_with_deed(sentence) and _NOTHING_CAME.search(sentence.text) is not None


def is_taken_back(sentence: Sentence, later: Sequence[WindowMessage]) -> bool:
    """Somebody else put nearly the same words right at once, and its author gave in."""
    author = sentence.message.author_id
    if not any(one.author_id == author and _CONCEDES.match(one.text) for one in later):
        return False
    own = _plain_stems(sentence.text)
    put_right = False
    for message in later:
        if message.occurred_at - sentence.message.occurred_at > _AT_ONCE:
            return False
        if message.author_id == author:
            if put_right and _CONCEDES.match(message.text):
                return True
        elif not message.is_bot and message.text != sentence.message.text:
            other = _plain_stems(message.text)
            enough = max(_FEWEST_SAME, _SAME_WORDS * min(len(own), len(other)))
            put_right |= len(own & other) >= enough
    return False


def _plain_stems(text: str) -> frozenset[str]:
    """Without the marks of emphasis that one of two may have put on a word."""
    return bare_stems(_EMPHASIS.sub(" ", text))


def _tells_cause(sentence: Sentence) -> bool:
    return bool(re.search(r"\b(?:because|due to|caus\w+|which is why|root cause)\b", sentence.text))


def _quotes_trouble(text: str) -> bool:
    """`The log reports “cannot …”`: what a log said, whatever words of cause are in it."""
    return bool(re.search(r"\blogs? (?:\S+ ){0,4}(?:reports?|shows?|says?)\b", text, re.IGNORECASE))
