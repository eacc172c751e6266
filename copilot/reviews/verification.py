"""What people say of claims: verified, wrong, better in their own words, or not now.

`seen` is the sentence as the person read it. If somebody put it otherwise since, nobody can
verify what they have not read, and nobody's words are written over: an edit waits beside them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.reviews.acting import (
    Held,
    bring_back,
    hold_claim,
    is_other_than_seen,
    record,
    refuse_if_proposed,
    refuse_if_unseen,
    tidy,
)
from copilot.reviews.checking import (
    check_against,
    checker_of,
    is_same_words,
    look_again,
    without_gone,
)
from copilot.reviews.citations import Check
from copilot.reviews.citing import add_claim as add_claim
from copilot.reviews.citing import cite as cite
from copilot.reviews.judging_again import ask_again
from copilot.reviews.models import Claim, ClaimState, VerificationAct
from copilot.reviews.proposals import propose
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sources import Source
from copilot.reviews.vocabulary import ActKind


def verify(
    session: Session, claim_id: int, *, by: Reviewer, now: datetime, seen: str | None = None
) -> Claim:
    """`by` checked the claim against its sources as they read now.

    An edited source counts as seen if it still contains the quote. Raises BadInputError for a
    claim whose sources do not carry it: editing it can make it right.
    """
    held = _hold_standing(session, claim_id, seen)
    return _verify(session, held, by, now)


def mark_wrong(
    session: Session, claim_id: int, *, by: Reviewer, now: datetime, seen: str | None = None
) -> Claim:
    """`by` says that the claim is not true; it is not published. Raises BadInputError."""
    held = _hold_standing(session, claim_id, seen)
    return _sign(session, held, ClaimState.WRONG, ActKind.WRONG, by, now)


def edit_claim(
    session: Session,
    claim_id: int,
    *,
    text: str,
    by: Reviewer,
    now: datetime,
    seen: str | None = None,
) -> Claim:
    """Put the claim in the words of `by`; it keeps its citations. Returns where the words are:
    the claim, or a proposal beside it if somebody else put it otherwise since `seen`.

    The words are checked like a drafter's. If they say more than the sources, they are kept, apart
    from what is published, with what the check found. A sentence that failed is not made good by
    saving it again. Raises BadInputError.
    """
    held = hold_claim(session, claim_id)
    line = tidy(text)
    if held.claim.proposed_for_id is not None:
        beside = hold_claim(session, held.claim.proposed_for_id)
        bring_back(session, beside)
        return propose(session, beside, line, held.sources, by=by, now=now, instead_of=held.claim)
    bring_back(session, held)
    if line == held.claim.text:
        return _verify(session, held, by, now)
    if is_other_than_seen(held.claim, seen):
        return propose(session, held, line, held.sources, by=by, now=now)
    return _edit(session, held, line, by, now)


def undo(session: Session, claim_id: int, *, by: Reviewer, now: datetime) -> Claim:
    """Take back what was said of the claim: nobody has checked it then.

    Its words stay, unless `by` wrote them last: then it reads as before. Raises BadInputError.
    """
    held = _hold_standing(session, claim_id, None)
    claim = held.claim
    if claim.state == ClaimState.UNVERIFIED:
        raise BadInputError("Nobody has said anything of this sentence that could be undone.")
    last, before = claim.text, _words_before(session, claim, by)
    claim.text = last if before is None else before
    claim.state, claim.checked_by, claim.checked_at = ClaimState.UNVERIFIED, None, None
    _note_check(claim, check_against(session, held.incident, claim, held.sources))
    is_changed = claim.text != last
    before = last if is_changed else None
    record(session, held.incident, claim, ActKind.UNDONE, by, now, before=before)
    return claim


def skip(session: Session, claim_id: int, *, by: Reviewer, now: datetime) -> Claim:
    """`by` has looked at it and leaves it for later, or for somebody else."""
    held = hold_claim(session, claim_id)
    record(session, held.incident, held.claim, ActKind.SKIPPED, by, now)
    return held.claim


def _hold_standing(session: Session, claim_id: int, seen: str | None) -> Held:
    held = hold_claim(session, claim_id)
    refuse_if_proposed(held)
    bring_back(session, held)
    refuse_if_unseen(held, seen)
    return held


def _verify(session: Session, held: Held, by: Reviewer, now: datetime) -> Claim:
    claim = held.claim
    if any(not source.still_says_it for source in held.sources):
        raise BadInputError(
            "A message this sentence quotes was changed or deleted since. Nothing was saved: "
            "cite another message, edit the sentence, mark it wrong, or draft the review again."
        )
    is_changed = any(source.is_changed for source in held.sources)
    check = check_against(session, held.incident, claim, look_again(held.sources))
    problem = check.problem if claim.is_supported or is_changed else claim.failed_check
    if problem is not None or not held.sources:
        raise BadInputError(
            f"This sentence failed a check: {problem or 'it cites no message'}. Nothing was saved: "
            "edit it, so that its sources carry it, cite another message, or mark it wrong."
        )
    _note_check(claim, check)
    return _sign(session, held, ClaimState.VERIFIED, ActKind.VERIFIED, by, now)


def _edit(session: Session, held: Held, line: str, by: Reviewer, now: datetime) -> Claim:
    claim, before = held.claim, held.claim.text
    had_failed = not claim.is_supported
    is_same = is_same_words(line, before) or is_same_words(line, claim.drafted_text)
    sources: Sequence[Source] = look_again(held.sources)
    claim.text = line
    checker = checker_of(session, held.incident)
    if not is_same and checker.is_for_the_judge(claim):
        ask_again(session, held.incident, claim)
    check = checker.check(claim, sources)
    if check.is_supported:
        sources = _drop_gone(session, held, sources)
    if had_failed and is_same and not check.is_supported:
        raise BadInputError(
            f"This sentence failed a check: {check.problem}. The same words fail it again, "
            "whoever saves them. Nothing was saved: put it otherwise, or cite another message."
        )
    _note_check(claim, check)
    return _sign(session, held, ClaimState.EDITED, ActKind.EDITED, by, now, before=before)


def _drop_gone(session: Session, held: Held, sources: Sequence[Source]) -> Sequence[Source]:
    """Of several sources, those that do not say it any more, if the rest carries the sentence."""
    rest = without_gone(sources)
    if len(rest) in (0, len(sources)):
        return sources
    if not check_against(session, held.incident, held.claim, rest).is_supported:
        return sources
    for source in sources:
        if source not in rest:
            session.delete(source.citation)
    return rest


def _note_check(claim: Claim, check: Check) -> None:
    claim.is_supported, claim.failed_check = check.is_supported, check.problem


def _sign(
    session: Session,
    held: Held,
    state: ClaimState,
    kind: ActKind,
    by: Reviewer,
    now: datetime,
    before: str | None = None,
) -> Claim:
    claim = held.claim
    claim.state, claim.checked_by, claim.checked_at = state, by.signature, now
    record(session, held.incident, claim, kind, by, now, before=before)
    return claim


def _words_before(session: Session, claim: Claim, by: Reviewer) -> str | None:
    """How it read before `by` edited it; None where the last words are not theirs."""
    last = session.scalar(
        select(VerificationAct)
        .where(VerificationAct.claim_id == claim.id, VerificationAct.state != ActKind.SKIPPED)
        .order_by(VerificationAct.id.desc())
        .limit(1)
    )
    is_own = last is not None and last.state == ActKind.EDITED and last.person == by.signature
    return last.before if last is not None and is_own else None
