"""Compares how sure something is: supposed, asked or planned is not the same as known or done."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, passage_of, sentences_of
from copilot.reviews.lacks import negates
from copilot.reviews.words import normalised

_HEDGE = re.compile(
    r"\b(?:maybe|might|perhaps|possibl[ey]|probabl[ey]|likely|unlikely|suspect\w*|guess\w*|i think"
    r"|we think|thinks?|i believe|believe[sd]?|seem\w*|appear\w*|could be|could have|not sure"
    r"|unsure|assum\w*|hypothes\w*|theory|wonder\w*|apparently|presumably|unclear|not convinced"
    r"|thought|supposed\w*|imagine|feels like|sounds like|potential\w*|convinced|as far as i"
    r"|not certain|doubt\w*|as far as i can tell|my bet|eta|supposedly|if)\b"
    r"|(?:^|\b(?:it|that|this) )look(?:s|ed)? like\b|\bmay\b(?! \d)",
    re.IGNORECASE,
)
_MONTH_MAY = re.compile(r"\b(?:in|since|of|until|by|from|\d) May\b|\bMay \d")
_MAYBE_A_NUMBER = re.compile(r"\bmaybe (?=\d)", re.IGNORECASE)
_ROUGHLY = re.compile(r"\b(?:about|around|roughly|estimat\w*|approximately|nearly|some)\b", re.I)
_TOLD_AS_HEDGED = re.compile(
    r"\b(?:suggest\w*|propos\w*|consider\w*|question\w*|ask\w*|could|can|would|expect\w*|estimat\w*"
    r"|reckon\w*|presum\w*|supposed|should(?:n't)?|seem\w*|view|opinion|account|according to|per"
    r"|sign of"
    r"|believ\w*|put (?:it|this|that|the \w+) down to|attribut\w*|tentative\w*|provisional\w*"
    r"|hop(?:e|ed|ing)|fear\w*|predict\w*|forecast\w*|anticipat\w*|speculat\w*|judg\w*"
    r"|claim\w*|felt|sens\w*|bet|likel\w*|promis\w*|plan\w*|will|intend\w*|wish\w*"
    r"|undecided|whether|may|might|idea|aware|as far as)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\?|\b(?:ask\w*|question\w*|wonder\w*|whether|queried|request\w*|propos\w*|suggest\w*|want\w*"
    r"|undecided|open|unclear|consider\w*|discuss\w*|inquir\w*|would like)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:will|going to|gonna|plan(?:s|ned|ning)?|todo|to do|action|should|shall|let's|lets"
    r"|let me|need to|want|wants|i'd|we'd|(?:could|can) (?:you|we|i)\b"
    r"|tomorrow|next week|next time|asap"
    r"|please|follow[- ]?up|proposal|ought)\b|\b(?:i|we|they|it|he|she)'ll\b",
    re.IGNORECASE,
)
_TOLD_AS_PLAN = re.compile(
    r"\b(?:will|plan\w*|intend\w*|want\w*|promis\w*|undert\w+|consent\w*|offer\w*|propos\w*|suggest\w*|ask\w*|request\w*"
    r"|would|should|could|can|might|may|must|needs?|needed|expect\w*|volunteer\w*|announc\w*|is to"
    r"|are to|was to|were to|to be|going to|is due|idea|recommend\w*|wish\w*|hope\w*|agree\w*|todo"
    r"|still|demand\w*|call(?:s|ed) for|object\w*|aim\w*|meant|view|opinion|thinks?|thought"
    r"|decid\w*"
    r"|remains?|action|follow[- ]?up|undecided|shall|tomorrow|schedul\w*|due (?:on|at|next)"
    r"|means? to|prefer\w*|ought|rather|favour\w*|until|keep\w*|prepar\w*|pending|set about"
    r"|about to"
    r"|intention|advis\w*|urg\w*|estimat\w*|warn\w*)\b|[“\"]",
    re.IGNORECASE,
)
_SHOULD_HAVE = re.compile(r"\b(?:should|ought to)(?:'ve| have)\b", re.IGNORECASE)
_SHORT = 4
_MOST = 0.6
"""Of the words that the nearest clause shares: who shares as many is about the same."""
_DICTATED = re.compile(
    r"(?:please |and |just )*(?:write|say|report|state|claim|pretend|record) (?:down )?that\b", re.I
)
"""Whoever asks that something be said does not say it."""
_DONE = re.compile(
    r"\b(?:\w{2,}ed|was|were|has|had|have|did|went|ran|took|put|set|made|got|kept|gave|found|told"
    r"|wrote|brought|began|came|fell|rose|sent|built|cut|shut|won|lost|left|is|are)\b",
    re.IGNORECASE,
)


_SOURCE_SUPPOSES = re.compile(
    r"\b(?:maybe|might|perhaps|possibl[ey]|probabl[ey]|prob|likely|suspect\w*|guess\w*|i think"
    r"|we think|i believe|seems?|could be|not sure|unsure|assum\w*|hypothes\w*|theory|wonder\w*"
    r"|presumably|not certain|my bet|i bet|i reckon|reckon|supposedly|eta)\b",
    re.IGNORECASE,
)


_IF_SO = re.compile(
    r"^\W*(?:(?:and|so|or|but|wait|hm+|ok|\w+,) ){0,2}(?:is|are|was|were|did|do|does|has|have|had"
    r"|can|could|should|shall|will|would|may|isn't|aren't|didn't|maybe|perhaps|any)\b",
    re.IGNORECASE,
)
"""It asks whether; whoever asks why something hangs says that it does."""


_ASKS_WHETHER = re.compile(r"\b(?:whether|if)\b[^?]*\?\s*$", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\W*(?:yes|yep|yeah|yup|no|nope|none|confirmed|indeed|they|it|we did|looks like)\b", re.I
)


def problem_with_certainty(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    plain = normalised(claim)
    if _hedges(plain) or _TOLD_AS_HEDGED.search(plain) or _ASKING.search(plain):
        return _problem_with_plans(plain, cited)
    sentences = [passage for m in cited for passage in sentences_of(m.text)]
    if all(_asks(p.text) for p in sentences) or _is_only_asked(plain, sentences):
        return "its source asks, it does not state"
    return _problem_with_hedges(plain, cited) or _problem_with_plans(plain, cited)


def _is_only_asked(plain: str, sentences: Sequence[Passage]) -> bool:
    """All of it stands in a question whether it is so, and nobody answers."""
    said = passage_of(plain)
    whole = [p for p in sentences if said.words and p.likeness(said) >= len(said.words)]
    return (
        bool(whole)
        and all(_ASKS_WHETHER.search(passage.text) for passage in whole)
        and not any(_ANSWERS.match(passage.text) for passage in sentences)
    )


def _problem_with_hedges(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    """All that has to do with it supposes; what another message states may make sure of it."""
    if negates(plain):
        return None  # `not known to be` tells of a doubt as well
    last = max(cited, key=lambda message: message.number)
    if len(cited) > 1 and not any(_is_hedged(p, [last]) for p in clauses_of(last.text)):
        return None
    said = passage_of(plain)
    about = _about(said, cited)
    if about and all(_is_hedged(passage, cited) for passage in about):
        if any(_MAYBE_A_NUMBER.search(p.text) for p in about) and _ROUGHLY.search(plain):
            return None
        return "its source supposes what the sentence states as fact"
    return None


def _about(said: Passage, cited: Sequence[WindowMessage]) -> list[Passage]:
    """The clauses that have most of its words in them."""
    scored = [(passage.likeness(said), passage) for passage in _clauses(cited)]
    least = max([1.0, *(_MOST * score for score, _ in scored)])
    return [passage for score, passage in scored if score >= least]


def _is_hedged(passage: Passage, cited: Sequence[WindowMessage]) -> bool:
    """Its clause supposes, or the words right before it in the sentence do: `I think the …`."""
    if _SOURCE_SUPPOSES.search(passage.text) or _DICTATED.match(passage.text):
        return True
    for message in cited:
        for sentence in sentences_of(message.text):
            at = sentence.text.find(passage.text)
            if at > 0 and re.search(
                r"\b(?:i think|i guess|i believe|maybe|perhaps|my guess"
                r"|my theory)[\s,:]*(?:is|that|so)?[\s,:]*$",
                sentence.text[:at],
                re.IGNORECASE,
            ):
                return True
            if at >= 0 and re.match(
                r"[\s,(]*(?:i think|i guess|i believe|maybe|perhaps|probably|not sure|right\?)",
                sentence.text[at + len(passage.text) :],
                re.IGNORECASE,
            ):
                return True
    return False


def _problem_with_plans(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    if _TOLD_AS_PLAN.search(plain) or _ASKING.search(plain) or not _DONE.search(plain):
        return None
    if negates(plain):
        return None  # what is planned is not there yet
    said = passage_of(plain)
    about = _about(said, cited)
    last = max(cited, key=lambda message: message.number)
    is_followed = len(cited) > 1 and not any(_is_planned(p) for p in clauses_of(last.text))
    if about and not is_followed and all(_is_planned(passage) for passage in about):
        return "its source only plans what the sentence tells as done"
    return None


def _is_planned(passage: Passage) -> bool:
    return _PLAN.search(_SHOULD_HAVE.sub(" ", passage.text)) is not None


def _hedges(text: str) -> bool:
    return _HEDGE.search(_MONTH_MAY.sub(" ", text)) is not None


def _asks(text: str) -> bool:
    """Nothing but whether it is so: `did it restart?`, `poison pill?`."""
    if not text.rstrip(" \"')”").endswith("?"):
        return False
    return _IF_SO.match(text) is not None or _hedges(text) or len(text.split()) <= _SHORT


def _clauses(cited: Sequence[WindowMessage]) -> list[Passage]:
    return [clause for message in cited for clause in clauses_of(message.text)]
