"""A named person signs the review; from then on it does not change."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.queries import get_incident
from copilot.reviews.checking import checker_of
from copilot.reviews.content_hash import review_hash
from copilot.reviews.milestone_reading import milestones_of
from copilot.reviews.models import Review, SignOff
from copilot.reviews.reading import ReviewView, current_review, incident_view
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sections import stored, template_of
from copilot.reviews.signed_heading import hashed_note, heading_of
from copilot.reviews.sources import sources_of
from copilot.reviews.versions import lock_unsigned, require_review, sign_off_of, standing_claims
from copilot.reviews.views import ClaimView
from copilot.reviews.written_down import written_down

_OPPOSED = "one person for it and another against it"
_MOST_NAMED = 3
"""Sentences that are quoted to who wants to sign."""


def what_is_missing(session: Session, incident_id: int) -> list[str]:
    """What keeps the review from being signed, each in a sentence; empty if nothing does.

    Raises NotFoundError for an unknown incident.
    """
    return _missing(session, current_review(session, incident_id))


def reading_of(view: ReviewView) -> str:
    """A mark of what somebody who signs has before them: another one once it reads otherwise."""
    read = [
        (section.title, claim.id, claim.text, claim.state, claim.checked_by, _cited(claim))
        for section in view.sections
        for claim in section.claims
    ]
    written = [(each.kind, each.text, each.author) for each in view.written_down]
    return sha256(repr((read, written)).encode()).hexdigest()


def _cited(claim: ClaimView) -> list[tuple[str, str]]:
    return [(citation.message_ts, citation.quote) for citation in claim.citations]


def sign_off(
    session: Session, incident_id: int, *, by: Reviewer, now: datetime, seen: str | None = None
) -> SignOff:
    """Sign what is published now; `seen` is the `reading_of` what `by` read. Raises BadInputError
    with what is missing, or where it reads otherwise since, and NotFoundError."""
    incident = lock_unsigned(session, incident_id)
    review = require_review(session, incident.id)
    view = current_review(session, incident.id)
    missing = _missing(session, view)
    if missing:
        raise BadInputError(f"It cannot be signed yet. {' '.join(missing)} Nothing was saved.")
    if view is not None and seen is not None and seen != reading_of(view):
        raise BadInputError(
            "Somebody changed the review since you opened this page. Nothing was saved: read it "
            "again, then sign."
        )
    # As it was then: what we ship may be called otherwise one day.
    review.sections = stored(template_of(review))
    signed = SignOff(
        incident_id=incident.id,
        review_id=review.id,
        signed_by=by.signature,
        user_id=by.user_id,
        signed_at=now.replace(microsecond=0),
        content_hash="",
        heading=heading_of(
            incident_view(session, incident),
            milestones_of(session, incident.id),
            written_down(session, incident),
        ),
    )
    session.add(signed)
    session.flush()
    signed.content_hash = _hash_of(session, incident.id, signed, review)
    session.flush()
    return signed


def verify_hash(session: Session, incident_id: int) -> bool:
    """Whether what was signed is what is stored. Raises BadInputError before sign-off."""
    signed = sign_off_of(session, incident_id)
    if signed is None:
        raise BadInputError("This review is not signed.")
    review = session.get_one(Review, signed.review_id)
    return _hash_of(session, incident_id, signed, review) == signed.content_hash


def _missing(session: Session, view: ReviewView | None) -> list[str]:
    if view is None:
        return ["There is no review yet: draft one first."]
    if view.signed is not None:
        return [f"{view.signed.by} signed it already."]
    found = [*_of_sections(view), *_of_claims(view), *_of_checks(session, view)]
    if not view.claims:
        found.append("It has no sentence yet.")
    return found


def _hash_of(session: Session, incident_id: int, signed: SignOff, review: Review) -> str:
    view = current_review(session, incident_id)
    sections = view.sections if view is not None else []
    return review_hash(
        sections=[
            (section.key, section.title, [each.content_hash or "" for each in section.claims])
            for section in sections
        ],
        signed_by=signed.signed_by,
        signed_at=signed.signed_at,
        version=review.version,
        written_down=_notes_of(view),
    )


def _notes_of(view: ReviewView | None) -> list[dict[str, str]] | None:
    if view is None or view.signed is None or not view.signed.covers_written_down:
        return None
    return [hashed_note(each) for each in view.written_down]


def _of_sections(view: ReviewView) -> list[str]:
    if not view.sections_waiting:
        return []
    left = ", ".join(view.sections_waiting)
    verb = "is" if len(view.sections_waiting) == 1 else "are"
    return [f"{left} {verb} not drafted yet."]


def _of_checks(session: Session, view: ReviewView) -> list[str]:
    """Every sentence is held against its sources once more: since it was checked, somebody may have
    joined under a name that it uses, and a newer release sees more than the one before."""
    incident = get_incident(session, view.incident.id)
    checker = checker_of(session, incident)
    ids = [claim.id for claim in view.claims]
    sources = sources_of(session, incident, ids)
    rows = {row.id: row for row in session.scalars(standing_claims(incident.id))}
    checks = [(rows[each], checker.check(rows[each], sources[each])) for each in ids]
    failed = [(row.text, check.problem) for row, check in checks if not check.is_supported]
    found = [f"“{text}” fails a check now: {problem}." for text, problem in failed[:_MOST_NAMED]]
    if len(failed) > _MOST_NAMED:
        found.append(f"So do {len(failed) - _MOST_NAMED} more.")
    return found


def _of_claims(view: ReviewView) -> list[str]:
    others = [*view.claims, *view.unsupported]
    changed = sum(claim.source_changed for claim in others)
    unsettled = sum(claim.needs_settling for claim in [*view.claims, *view.rejected])
    unchecked = sum(not claim.is_checked for claim in view.claims)
    counts = (
        (unchecked, "is not checked", "are not checked"),
        (view.open_proposals, "waits beside another", "wait beside others"),
        (
            unsettled,
            f"has {_OPPOSED}: read it and decide once more",
            f"have {_OPPOSED}: read them and decide once more",
        ),
        (changed, "rests on a message that changed", "rest on messages that changed"),
    )
    return [
        f"1 sentence {one}." if count == 1 else f"{count} sentences {many}."
        for count, one, many in counts
        if count
    ]
