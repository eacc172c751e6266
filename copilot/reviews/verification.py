"""What people say of claims: verified, wrong, or better in their own words."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.reviews.citations import is_printable
from copilot.reviews.models import Claim, ClaimState, Review, VerificationAct
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.versions import (
    MAX_PERSONS_WORDS,
    check_persons_claim,
    lock_incident,
    newest_review,
)
from copilot.reviews.words import word_count
from copilot.workspaces.directory import names_of

_MOST_LETTERS = 1_000


def verify(session: Session, claim_id: int, *, person: str, now: datetime) -> Claim:
    """`person` checked the claim against its sources as they read now.

    An edited source counts as seen if it still contains the quote. Raises BadInputError for a
    claim whose sources do not carry it: editing it can make it right.
    """
    claim, sources = _open(session, claim_id)
    _look_again(sources)
    if any(not source.still_says_it for source in sources):
        raise BadInputError(
            "A message this sentence quotes was changed or deleted since. Nothing was saved: "
            "edit the sentence, mark it wrong, or draft the review again."
        )
    if not claim.is_supported and claim.state != ClaimState.EDITED:
        raise BadInputError(
            f"This sentence failed a check: {claim.failed_check}. Nothing was saved: edit it, so "
            "that its sources carry it, or mark it wrong."
        )
    if claim.state != ClaimState.EDITED:
        claim.state = ClaimState.VERIFIED
    return _sign(session, claim, person, now, ClaimState.VERIFIED)


def mark_wrong(session: Session, claim_id: int, *, person: str, now: datetime) -> Claim:
    """`person` says that the claim is not true; it is not published."""
    claim, _ = _open(session, claim_id)
    claim.state = ClaimState.WRONG
    return _sign(session, claim, person, now, ClaimState.WRONG)


def edit_claim(
    session: Session, claim_id: int, *, person: str, now: datetime, text: str | None = None
) -> Claim:
    """Put the claim in `person`'s words; it keeps its citations.

    The words are checked like a drafter's. If they say more than the sources, they stand all the
    same, under the person's name and with what the check found.
    """
    claim, sources = _open(session, claim_id)
    claim.text = _tidy(claim.text if text is None else text)
    _look_again(sources)
    incident = lock_incident(session, _review_of(session, claim).incident_id)
    names = names_of(session, incident.team_id).values()
    check = check_persons_claim(claim, sources, frozenset(names))
    claim.is_supported, claim.failed_check = check.is_supported, check.problem
    claim.state = ClaimState.EDITED
    return _sign(session, claim, person, now, ClaimState.EDITED)


def _open(session: Session, claim_id: int) -> tuple[Claim, list[Source]]:
    """The claim, held against a new version that would be saved at the same time."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        raise NotFoundError("This sentence does not exist. Reload the review; nothing was saved.")
    review = _review_of(session, claim)
    incident = lock_incident(session, review.incident_id)
    newest = newest_review(session, review.incident_id)
    if newest is not None and newest.id != review.id:
        raise BadInputError(
            f"Version {newest.version} of this review was drafted since. Nothing was saved: "
            "reload the review and check the sentence there."
        )
    session.refresh(claim)
    return claim, sources_of(session, incident, [claim.id])[claim.id]


def _review_of(session: Session, claim: Claim) -> Review:
    return session.get_one(Review, claim.review_id)


def _look_again(sources: list[Source]) -> None:
    """Cite the newest revision, where it still contains the quote: the person has seen it."""
    for source in sources:
        if source.is_changed and source.still_says_it:
            source.citation.revision_id = source.latest_revision_id


def _sign(session: Session, claim: Claim, person: str, now: datetime, state: ClaimState) -> Claim:
    signed = " ".join(person.split())[:200]
    if not signed:
        raise BadInputError("Say who you are first: every check carries a name.")
    claim.checked_by, claim.checked_at = signed, now
    session.add(
        VerificationAct(
            claim_id=claim.id, state=state, text=claim.text, person=signed, acted_at=now
        )
    )
    session.flush()
    return claim


def _tidy(text: str) -> str:
    """One line of printable words."""
    line = " ".join(text.split())
    if not line:
        raise BadInputError("A sentence needs words. To drop it, mark it wrong.")
    if len(line) > _MOST_LETTERS or word_count(line) > MAX_PERSONS_WORDS:
        raise BadInputError(f"Keep a sentence under {MAX_PERSONS_WORDS} words. Nothing was saved.")
    if not is_printable(line):
        raise BadInputError("The sentence contains invisible characters. Nothing was saved.")
    return line
