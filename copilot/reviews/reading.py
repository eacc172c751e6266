"""The review as it stands, as people and programs read it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.amendment_views import amended_in, amendment_views, amendments_of
from copilot.reviews.claim_views import (
    Opinions,
    Shown,
    claim_view,
    opinions_by_claim,
    proposal_view,
)
from copilot.reviews.models import (
    Amendment,
    Claim,
    ClaimState,
    Comment,
    Review,
    SignOff,
    VerificationAct,
)
from copilot.reviews.sections import template_of, title_of
from copilot.reviews.signed_heading import (
    signed_incident,
    signed_written_down,
    written_until,
)
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.time_zones import zone_of
from copilot.reviews.versions import newest_review, sign_off_of
from copilot.reviews.views import AmendmentView as AmendmentView
from copilot.reviews.views import CitationView as CitationView
from copilot.reviews.views import ClaimView as ClaimView
from copilot.reviews.views import CommentView as CommentView
from copilot.reviews.views import MarkView as MarkView
from copilot.reviews.views import ProposalView as ProposalView
from copilot.reviews.views import ReviewedIncident as ReviewedIncident
from copilot.reviews.views import ReviewView as ReviewView
from copilot.reviews.views import SectionView as SectionView
from copilot.reviews.views import SignedView as SignedView
from copilot.reviews.written_down import WrittenDown, written_down
from copilot.timeline.gaps import gaps_in
from copilot.workspaces.directory import channel_name


@dataclass(frozen=True, slots=True)
class _Read:
    """All rows that a view is made of."""

    review: Review
    standing: Sequence[Claim]
    beside: Mapping[int, Sequence[Claim]]
    sources: Mapping[int, Sequence[Source]]
    versions: Mapping[int, int]
    """Numbers of versions by their ids."""
    comments: Sequence[Comment]
    sign_off: SignOff | None
    amendments: Sequence[Amendment]
    amending: Mapping[int, Claim]


def current_review(session: Session, incident_id: int) -> ReviewView | None:
    """None before the first draft. Raises NotFoundError for an unknown incident."""
    incident = get_incident(session, incident_id)
    review = newest_review(session, incident_id)
    if review is None:
        return None
    read = _read(session, incident, review)
    return _review_view(session, incident, read, _claim_views(session, incident, read))


def _read(session: Session, incident: Incident, review: Review) -> _Read:
    found = session.execute(
        select(Claim, Review.version)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident.id, Claim.withdrawn_in_id.is_(None))
        .order_by(Claim.position, Claim.id)
    ).all()
    amendments = amendments_of(session, incident.id)
    amending_ids = {each.new_claim_id for each in amendments}
    beside: dict[int, list[Claim]] = defaultdict(list)
    standing = []
    for row, _ in found:
        if row.proposed_for_id is not None:
            beside[row.proposed_for_id].append(row)
        elif row.id not in amending_ids:
            standing.append(row)
    comments = session.scalars(
        select(Comment).where(Comment.incident_id == incident.id).order_by(Comment.id)
    ).all()
    return _Read(
        review=review,
        standing=standing,
        beside=beside,
        sources=sources_of(session, incident, [row.id for row, _ in found]),
        versions={row.review_id: version for row, version in found},
        comments=comments,
        sign_off=sign_off_of(session, incident.id),
        amendments=amendments,
        amending={row.id: row for row, _ in found if row.id in amending_ids},
    )


def _claim_views(session: Session, incident: Incident, read: _Read) -> list[ClaimView]:
    opinions = opinions_by_claim(session, incident.id, read.standing)
    for each in opinions.values():
        each.needs_settling &= read.sign_off is None
    remarks: dict[int | None, list[CommentView]] = defaultdict(list)
    for comment in read.comments:
        remarks[comment.claim_id].append(_comment_view(comment))
    corrected = amended_in(read.amendments)
    return [
        claim_view(
            row,
            Shown(
                sources=read.sources[row.id],
                version=read.versions[row.review_id],
                proposals=[
                    proposal_view(each, read.sources[each.id], read.versions[each.review_id])
                    for each in read.beside.get(row.id, ())
                ],
                comments=remarks[row.id],
                opinions=opinions.get(row.id, Opinions()),
                amended_in=corrected.get(row.id),
                is_signed=read.sign_off is not None and is_signed_claim(row),
            ),
        )
        for row in read.standing
    ]


def _review_view(
    session: Session, incident: Incident, read: _Read, claims: Sequence[ClaimView]
) -> ReviewView:
    review = read.review
    rejected = [claim for claim in claims if claim.state == ClaimState.WRONG]
    others = [claim for claim in claims if claim.state != ClaimState.WRONG]
    published = sorted(filter(_is_published, others), key=_in_order)
    return ReviewView(
        id=review.id,
        incident=signed_incident(read.sign_off) or incident_view(session, incident),
        version=review.version,
        engine=review.engine,
        drafted_at=review.drafted_at,
        events_read=review.events_read,
        events_left_out=review.events_left_out,
        left_out=list(review.left_out),
        fell_back_because=review.fell_back_because,
        gaps=[gap.text for gap in gaps_in(session, span_of(incident))],
        sections=_sections(review, claims, published),
        sections_waiting=[title_of(key, template_of(review)) for key in review.sections_left],
        waits_for_people=review.waits_for_people,
        written_down=_written_down(session, incident, read.sign_off),
        unsupported=[claim for claim in others if not _is_published(claim)],
        rejected=rejected,
        comments=[_comment_view(each) for each in read.comments if each.claim_id is None],
        signed=_signed_view(read),
        amendments=amendment_views(read.amendments, read.amending, read.standing, read.sources),
        source_changed=sum(claim.source_changed for claim in others),
    )


def _written_down(
    session: Session, incident: Incident, signed: SignOff | None
) -> list[WrittenDown]:
    """What was signed stays; how follow-ups stand today is told on their own page."""
    kept = signed_written_down(signed)
    if kept is not None:
        return kept
    last_act = _last_act(session, incident) if signed is not None else None
    return written_down(session, incident, until=written_until(signed, last_act))


def _last_act(session: Session, incident: Incident) -> datetime | None:
    return session.scalar(
        select(func.max(VerificationAct.acted_at))
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident.id)
    )


def incident_view(session: Session, incident: Incident) -> ReviewedIncident:
    """As it stands now."""
    return ReviewedIncident(
        id=incident.id,
        title=incident.title,
        channel=channel_name(session, incident.team_id, incident.channel_id),
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        mitigated_at=incident.mitigated_at,
        resolved_at=incident.resolved_at,
        time_zone=zone_of(session, incident).key,
    )


def _sections(
    review: Review, claims: Sequence[ClaimView], published: Sequence[ClaimView]
) -> list[SectionView]:
    """Those of the template, then any that it has no more and that something stands in."""
    template = template_of(review)
    keys = list(dict.fromkeys([wish.key for wish in template] + [c.section for c in claims]))
    by_key: dict[str, list[ClaimView]] = {key: [] for key in keys}
    for claim in published:
        by_key[claim.section].append(claim)
    return [
        SectionView(
            key=key,
            title=title_of(key, template),
            claims=by_key[key],
            is_waiting=key in review.sections_left,
        )
        for key in keys
    ]


def is_signed_claim(row: Claim) -> bool:
    """Whether a standing claim is part of what was signed: nothing else was published then."""
    return row.is_supported and row.state in (ClaimState.VERIFIED, ClaimState.EDITED)


def _is_published(claim: ClaimView) -> bool:
    """What its sources carry today. What was signed stays listed, marked where they changed."""
    return claim.supported or claim.content_hash is not None


def _in_order(claim: ClaimView) -> tuple[datetime, int]:
    return min(citation.occurred_at for citation in claim.citations), claim.id


def _comment_view(row: Comment) -> CommentView:
    return CommentView(
        id=row.id,
        claim_id=row.claim_id,
        text=row.text,
        author=row.author,
        written_at=row.written_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )


def _signed_view(read: _Read) -> SignedView | None:
    if read.sign_off is None:
        return None
    return SignedView(
        by=read.sign_off.signed_by,
        user_id=read.sign_off.user_id,
        at=read.sign_off.signed_at,
        version=read.review.version,
        content_hash=read.sign_off.content_hash,
        covers_written_down="written_down" in read.sign_off.heading,
    )
