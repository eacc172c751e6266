"""Sentences whose messages were edited or deleted since they were cited, and who checked them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.reviews.models import (
    Amendment,
    Citation,
    Claim,
    ClaimState,
    Review,
    ReviewNotice,
    SignOff,
    VerificationAct,
)
from copilot.reviews.vocabulary import ActKind
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.reading import latest_revision_ids

_ANY_DELETION = 0
"""In notices of earlier releases, which did not note which message was deleted."""
_ANSWERING = (ActKind.VERIFIED, ActKind.EDITED, ActKind.ADDED, ActKind.TAKEN)
"""Acts by which a person answers for the words of a sentence."""
_REMEMBERED = timedelta(days=90)
"""Who checked longer ago is not told any more; the page still shows it."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    incident_id: int
    claim_id: int
    revision_id: int
    """What the message reads now; where it is gone, its event's id, negated."""
    deleted_at: datetime | None = None


def changed_in(session: Session, incident_ids: Collection[int]) -> dict[int, int]:
    """By incident, the sentences of its review that rest on words which changed."""
    found: dict[int, set[int]] = defaultdict(set)
    for changed in _changed(session, Review.incident_id.in_(incident_ids)):
        found[changed.incident_id].add(changed.claim_id)
    return {incident_id: len(claims) for incident_id, claims in found.items()}


def notices_to_write(
    session: Session, now: datetime, after_revision: int | None = None
) -> list[ReviewNotice]:
    """For those who answer for such a sentence and were not told of it. It only reads.

    One for each person, sentence and change; imported incidents have nobody waiting. With
    `after_revision` only of messages that have a newer revision than that.
    """
    edited = select(Revision.event_id).where(Revision.id > (after_revision or 0))
    citing = select(Citation.claim_id).where(Citation.event_id.in_(edited))
    answered_for = and_(
        true() if after_revision is None else Claim.id.in_(citing),
        Claim.state.in_([ClaimState.VERIFIED, ClaimState.EDITED]),
        Claim.checked_at >= now - _REMEMBERED,
        Review.incident_id.in_(select(Incident.id).where(Incident.is_imported.is_(False))),
    )
    found = _changed(session, answered_for)
    people = _people(session, {changed.claim_id for changed in found})
    wanted = {
        (changed.claim_id, user_id, changed.revision_id): changed
        for changed in found
        for user_id in sorted(people.get(changed.claim_id, ()))
    }
    known = _known(session, {claim_id for claim_id, _, _ in wanted})

    def is_known(claim_id: int, user_id: str, changed: ChangedClaim) -> bool:
        if (claim_id, user_id, changed.revision_id) in known:
            return True
        of_any = known.get((claim_id, user_id, _ANY_DELETION))
        return bool(of_any and changed.deleted_at and changed.deleted_at <= of_any)

    return [
        ReviewNotice(
            incident_id=changed.incident_id,
            claim_id=claim_id,
            user_id=user_id,
            revision_id=changed.revision_id,
            noticed_at=now,
        )
        for (claim_id, user_id, _), changed in wanted.items()
        if not is_known(claim_id, user_id, changed)
    ]


def _changed(session: Session, among: ColumnElement[bool]) -> list[ChangedClaim]:
    """Standing sentences that nobody marked wrong. What was never touched is not even read."""
    rows = session.execute(
        select(
            Review.incident_id,
            Citation.claim_id,
            Citation.revision_id,
            TimelineEvent.id,
            TimelineEvent.deleted_at,
        )
        .join(Claim, Claim.review_id == Review.id)
        .join(Citation, Citation.claim_id == Claim.id)
        .join(TimelineEvent, TimelineEvent.id == Citation.event_id)
        .where(
            among,
            Claim.withdrawn_in_id.is_(None),
            Claim.proposed_for_id.is_(None),
            Claim.state != ClaimState.WRONG,
            or_(TimelineEvent.deleted_at.is_not(None), TimelineEvent.edited_ts.is_not(None)),
        )
        .order_by(Citation.id)
    ).all()
    newest = latest_revision_ids(session, [row.id for row in rows])
    hashes = _hashes(session, {row.revision_id for row in rows} | set(newest.values()))
    found = []
    for incident_id, claim_id, cited_id, event_id, deleted_at in rows:
        now_id = newest.get(event_id, cited_id)
        if deleted_at is not None:
            found.append(ChangedClaim(incident_id, claim_id, -event_id, deleted_at))
        elif hashes[now_id] != hashes[cited_id]:
            found.append(ChangedClaim(incident_id, claim_id, now_id))
    return found


def _people(session: Session, claim_ids: Iterable[int]) -> dict[int, set[str]]:
    """By claim, in Slack, who answers for it: who checked or amended it, who signed the review."""
    found: dict[int, set[str]] = defaultdict(set)
    for ids in _chunks(sorted(claim_ids)):
        acts = select(VerificationAct.claim_id, VerificationAct.user_id).where(
            VerificationAct.claim_id.in_(ids), VerificationAct.state.in_(_ANSWERING)
        )
        signed = (
            select(Claim.id, SignOff.user_id)
            .join(Review, Review.id == Claim.review_id)
            .join(SignOff, SignOff.incident_id == Review.incident_id)
            .where(Claim.id.in_(ids))
        )
        amended = select(Amendment.new_claim_id, Amendment.user_id).where(
            Amendment.new_claim_id.in_(ids)
        )
        for query in (acts, signed, amended):
            for claim_id, user_id in session.execute(query):
                if claim_id is not None and user_id is not None:
                    found[claim_id].add(user_id)
    return found


def _known(session: Session, claim_ids: Iterable[int]) -> dict[tuple[int, str, int], datetime]:
    """By claim, person and change, since when it is noticed."""
    found: dict[tuple[int, str, int], datetime] = {}
    for ids in _chunks(sorted(claim_ids)):
        rows = session.execute(
            select(
                ReviewNotice.claim_id,
                ReviewNotice.user_id,
                ReviewNotice.revision_id,
                ReviewNotice.noticed_at,
            ).where(ReviewNotice.claim_id.in_(ids))
        )
        found.update({(row[0], row[1], row[2]): row[3] for row in rows})
    return found


def _hashes(session: Session, revision_ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for ids in _chunks(sorted(revision_ids)):
        rows = session.execute(select(Revision.id, Revision.text_hash).where(Revision.id.in_(ids)))
        found.update({row.id: row.text_hash for row in rows})
    return found


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
