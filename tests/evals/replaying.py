"""Feeds a conversation to a proposer as the product does, and keeps each suggestion once."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from copilot.ports import Candidate, Proposer, Window
from tests.evals.corpora import Conversation, windows_of

SAME_TITLE = 88.0


@dataclass(slots=True)
class Suggested:
    """A suggestion as it stands at the end of the conversation.

    `main` and `evidence` are numbers of messages in the whole run.
    """

    title: str
    kind: str
    owner_id: str | None
    due: str | None
    confidence: float
    main: int
    evidence: set[int]
    is_done: bool


def replay(conversation: Conversation, proposer: Proposer) -> list[Suggested]:
    suggested: list[Suggested] = []
    for window in windows_of(conversation):
        for candidate in proposer.propose(window).candidates:
            fresh = _suggested(candidate, window)
            known = next((s for s in suggested if _is_same(s, fresh)), None)
            if known:
                _merge(known, fresh)
            else:
                suggested.append(fresh)
    return suggested


def _suggested(candidate: Candidate, window: Window) -> Suggested:
    numbers = [window.messages[q.number - 1].event_id for q in candidate.evidence]
    return Suggested(
        title=candidate.title,
        kind=candidate.kind,
        owner_id=candidate.owner_id,
        due=candidate.due,
        confidence=candidate.confidence,
        main=numbers[0],
        evidence=set(numbers),
        is_done=candidate.is_done,
    )


def _is_same(known: Suggested, fresh: Suggested) -> bool:
    if known.main == fresh.main or fresh.main in known.evidence or known.main in fresh.evidence:
        return True
    similar = float(fuzz.token_set_ratio(known.title.lower(), fresh.title.lower())) >= SAME_TITLE
    return similar and abs(known.main - fresh.main) <= 60


def _merge(known: Suggested, fresh: Suggested) -> None:
    known.evidence |= fresh.evidence
    known.is_done = known.is_done or fresh.is_done
    if fresh.confidence > known.confidence:
        known.title, known.main, known.kind = fresh.title, fresh.main, fresh.kind
        known.owner_id, known.due = fresh.owner_id, fresh.due
        known.confidence = fresh.confidence
