"""Compares how sure something is: supposed, asked or planned is not the same as known or done."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.evidence import Passage, clauses_of, closest, passage_of, sentences_of
from copilot.reviews.negations import negates
from copilot.reviews.words import clauses, normalised

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
_CONFIRMS = re.compile(
    r"\W*(?:yes|yep|yeah|yup|confirmed|indeed|correct|exactly|right|that was it|it was)\b(?!\?)",
    re.I,
)
"""How somebody makes sure of what was supposed before."""
_TOLD_AS_HEDGED = re.compile(
    r"\b(?:suggest\w*|propos\w*|consider\w*|question\w*|ask\w*|could|can|would|expect\w*|estimat\w*"
    r"|view|opinion|according to|sign of|undecided|whether|may|might|idea|aware|as far as)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\?|\b(?:ask\w*|question\w*|wonder\w*|whether|queried|request\w*|propos\w*|suggest\w*|want\w*"
    r"|undecided|open|unclear|consider\w*|discuss\w*|inquir\w*|would like)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:will|going to|gonna|plan(?:s|ned|ning)?|todo|to do|action|should|shall|let's|lets"
    r"|let me|need to|needs? (?:a|an|to)|want|wants|i'd|we'd|(?:could|can) (?:you|we|i)\b"
    r"|tomorrow|next week|next time|asap"
    r"|please|follow[- ]?up|proposal|must|has to|have to|ought)\b|\b(?:i|we|they|it|he|she)'ll\b",
    re.IGNORECASE,
)
_TOLD_AS_PLAN = re.compile(
    r"\b(?:will|plan\w*|intend\w*|want\w*|promis\w*|offer\w*|propos\w*|suggest\w*|ask\w*|request\w*"
    r"|would|should|could|can|might|may|must|needs?|needed|expect\w*|volunteer\w*|announc\w*|is to"
    r"|are to|was to|were to|to be|going to|is due|idea|recommend\w*|wish\w*|hope\w*|agree\w*|todo"
    r"|still|demand\w*|call(?:s|ed) for|object\w*|aim\w*|meant|view|opinion|thinks?|thought"
    r"|decid\w*"
    r"|remains?|action|follow[- ]?up|undecided|shall|tomorrow|schedul\w*|due (?:on|at|next)"
    r"|intention|advis\w*|urg\w*|estimat\w*|warn\w*)\b|[“\"]",
    re.IGNORECASE,
)
_DICTATED = re.compile(
    r"(?:please |and |just )*(?:write|say|report|state|claim|pretend|record) (?:down )?that\b", re.I
)
"""Whoever asks that something be said does not say it."""
_DONE = re.compile(
    r"\b(?:\w{2,}ed|was|were|has|had|have|did|went|ran|took|put|set|made|got|kept|gave|found|told"
    r"|wrote|brought|began|came|fell|rose|sent|built|cut|shut|won|lost|left|is|are)\b",
    re.IGNORECASE,
)


def problem_with_certainty(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    plain = normalised(claim)
    said = passage_of(plain)
    nearest = closest(said, [s for message in cited for s in sentences_of(message.text)])
    if not nearest:
        return None
    if all(_asks(passage.text) for passage in nearest) and not _ASKING.search(plain):
        return "its source asks, it does not state"
    return _problem_with_hedges(plain, cited) or _problem_with_plans(plain, cited, strict=strict)


def _problem_with_hedges(plain: str, cited: Sequence[WindowMessage]) -> str | None:
    if _hedges(plain) or _TOLD_AS_HEDGED.search(plain):
        return None
    if any(_CONFIRMS.match(message.text) for message in cited[1:]):
        return None
    for part in clauses(plain) or [plain]:
        close = closest(passage_of(part), _clauses(cited))
        if _is_clear(part, close) and all(_is_hedged(passage, cited) for passage in close):
            if any(_MAYBE_A_NUMBER.search(p.text) for p in close) and _ROUGHLY.search(plain):
                continue
            return "its source supposes what the sentence states as fact"
    return None


def _is_clear(part: str, close: Sequence[Passage], share: float = 0.34) -> bool:
    """One word in common does not place a longer clause."""
    said = passage_of(part)
    return bool(close) and close[0].likeness(said) >= max(1.0, share * len(said.words))


def _is_hedged(passage: Passage, cited: Sequence[WindowMessage]) -> bool:
    """Its clause supposes, or the words right before it in the sentence do: `I think the …`."""
    if _hedges(passage.text) or _DICTATED.match(passage.text):
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


def _problem_with_plans(plain: str, cited: Sequence[WindowMessage], *, strict: bool) -> str | None:
    if _TOLD_AS_PLAN.search(plain) or not _DONE.search(plain):
        return None
    if negates(plain) and re.search(r"\byet\b", plain):
        return None  # what is planned is not done yet
    for part in clauses(plain) or [plain]:
        close = closest(passage_of(part), _clauses(cited))
        is_clear = _is_clear(part, close, 0.45) or (bool(close) and _is_only_plan(cited))
        if is_clear and all(_is_planned(passage) for passage in close):
            if not strict and not _is_only_plan(cited):
                continue
            return "its source only plans what the sentence tells as done"
    return None


def _is_only_plan(cited: Sequence[WindowMessage]) -> bool:
    clauses_cited = _clauses(cited)
    return len(clauses_cited) < 4 and all(
        _is_planned(clause) or len(clause.words) < 2 for clause in clauses_cited
    )


def _is_planned(passage: Passage) -> bool:
    return _PLAN.search(passage.text) is not None


def _hedges(text: str) -> bool:
    return _HEDGE.search(_MONTH_MAY.sub(" ", text)) is not None


def _asks(text: str) -> bool:
    return text.rstrip(" \"')”").endswith("?")


def _clauses(cited: Sequence[WindowMessage]) -> list[Passage]:
    return [clause for message in cited for clause in clauses_of(message.text)]
