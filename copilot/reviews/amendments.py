"""Corrections to a signed review: they stand beside what was signed, which stays as it was.

A sentence of an amendment is a claim like any other: it cites messages and passes the checks by
code, or it is not written.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.models import Incident
from copilot.reviews import ledger
from copilot.reviews.acting import find_claim, tidy
from copilot.reviews.checking import check_again, without_gone
from copilot.reviews.citing import find_source
from copilot.reviews.models import Amendment, Claim, ClaimState, Review, SignOff
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sections import template_of
from copilot.reviews.sources import sources_of
from copilot.reviews.versions import Cited, add_row, lock_incident, sign_off_of
from copilot.reviews.vocabulary import LedgerKind
from copilot.timeline.redaction import redact

_MOST_LETTERS = 1_000


def amend(
    session: Session,
    incident_id: int,
    *,
    claim_id: int,
    text: str | None,
    why: str,
    by: Reviewer,
    now: datetime,
    message_ts: Sequence[str] = (),
) -> Amendment:
    """Put a signed sentence otherwise; a `text` of None strikes it.

    The new one rests on the messages of the old one that still say so, and on those of
    `message_ts`. Raises BadInputError, also where they do not carry it, and NotFoundError.
    """
    incident, signed = _hold_signed(session, incident_id)
    old = _amendable(session, incident, signed, claim_id)
    reason = _reason(why)
    new = None
    if text is not None:
        cited = [
            Cited(source.citation.event_id, source.latest_revision_id, source.citation.quote)
            for source in without_gone(sources_of(session, incident, [old.id])[old.id])
        ]
        new = _new_claim(session, incident, signed, old.section, text, cited, message_ts, by, now)
    return _write(session, incident, signed, old, new, reason, by, now)


def add_amendment(
    session: Session,
    incident_id: int,
    *,
    section: str,
    text: str,
    message_ts: str | Sequence[str],
    why: str,
    by: Reviewer,
    now: datetime,
) -> Amendment:
    """Add a sentence to a signed review, with the messages it rests on. Raises BadInputError."""
    incident, signed = _hold_signed(session, incident_id)
    review = session.get_one(Review, signed.review_id)
    if section not in {wish.key for wish in template_of(review)}:
        raise BadInputError("The review has no such section. Nothing was saved.")
    stamps = [message_ts] if isinstance(message_ts, str) else message_ts
    reason = _reason(why)
    new = _new_claim(session, incident, signed, section, text, [], stamps, by, now)
    return _write(session, incident, signed, None, new, reason, by, now)


def _hold_signed(session: Session, incident_id: int) -> tuple[Incident, SignOff]:
    incident = lock_incident(session, incident_id)
    signed = sign_off_of(session, incident.id)
    if signed is None:
        raise BadInputError(
            "This review is not signed yet, so there is nothing to amend. Nothing was saved: edit "
            "the sentence itself."
        )
    return incident, signed


def _amendable(session: Session, incident: Incident, signed: SignOff, claim_id: int) -> Claim:
    """A signed claim, or what an earlier amendment put in its place, if it still holds."""
    claim = find_claim(session, claim_id)
    born_in = session.get_one(Review, claim.review_id)
    earlier = session.scalars(select(Amendment).where(Amendment.sign_off_id == signed.id)).all()
    is_part = claim.withdrawn_in_id is None and claim.proposed_for_id is None
    is_signed = is_part and claim.is_supported and claim.state != ClaimState.WRONG
    if born_in.incident_id != incident.id or not is_signed:
        raise NotFoundError("This sentence is not in the signed review. Nothing was saved.")
    before = next((each for each in earlier if each.claim_id == claim.id), None)
    if before is not None:
        raise BadInputError(
            f"{before.author} amended this sentence meanwhile (amendment {before.number}). Nothing "
            "was saved: amend what holds now, or add a sentence."
        )
    return claim


def _new_claim(
    session: Session,
    incident: Incident,
    signed: SignOff,
    section: str,
    text: str,
    cited: Sequence[Cited],
    message_ts: Sequence[str],
    by: Reviewer,
    now: datetime,
) -> Claim:
    line = tidy(text)
    known = {each.event_id for each in cited}
    more = [find_source(session, incident, ts, line) for ts in dict.fromkeys(message_ts)]
    every = [*cited, *(each for each in more if each.event_id not in known)]
    row = Claim(
        review_id=signed.review_id,
        section=section,
        position=0,
        text=line,
        drafted_text="",
        is_supported=False,
        state=ClaimState.EDITED,
        checked_by=by.signature,
        checked_at=now,
    )
    add_row(session, row, every)
    check_again(session, incident, row)
    if not row.is_supported:
        raise BadInputError(
            f"Its sources do not carry this: {row.failed_check}. Nothing was saved: put it "
            "otherwise, or name a message that says so."
        )
    return row


def _write(
    session: Session,
    incident: Incident,
    signed: SignOff,
    old: Claim | None,
    new: Claim | None,
    why: str,
    by: Reviewer,
    now: datetime,
) -> Amendment:
    last = session.scalar(
        select(func.max(Amendment.number)).where(Amendment.sign_off_id == signed.id)
    )
    amendment = Amendment(
        sign_off_id=signed.id,
        number=(last or 0) + 1,
        claim_id=old.id if old is not None else None,
        new_claim_id=new.id if new is not None else None,
        why=why,
        author=by.signature,
        user_id=by.user_id,
        written_at=now,
    )
    session.add(amendment)
    ledger.note(
        session,
        incident,
        LedgerKind.AMENDED,
        claim=new or old,
        person=by.signature,
        user_id=by.user_id,
        now=now,
    )
    return amendment


def _reason(why: str) -> str:
    reason = redact(" ".join(why.split()))
    if not reason:
        raise BadInputError("Say why it is amended. Nothing was saved.")
    if len(reason) > _MOST_LETTERS:
        raise BadInputError(f"Keep the reason under {_MOST_LETTERS} letters. Nothing was saved.")
    return reason
