"""Lets a newly drafted section into the one review of an incident.

Sentences keep their ids from draft to draft. What a person touched stays as it is; where the draft
now says something else in its place, that waits beside it. Of the rest, what the draft says again
stands, and what it does not say any more is withdrawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.ports import Support
from copilot.reviews import ledger
from copilot.reviews.checking import checker_of
from copilot.reviews.models import Citation, Claim, ClaimState, Comment, Review, VerificationAct
from copilot.reviews.sources import Source, cited, sources_of
from copilot.reviews.versions import (
    CheckedClaim,
    Cited,
    add_rows,
    cite_all,
    standing_claims,
)
from copilot.reviews.vocabulary import ActKind
from copilot.reviews.words import normalised

_TOUCHING = (ActKind.CITED, ActKind.TAKEN, ActKind.ADDED)
"""Acts that leave their mark on a claim even where its state says nothing."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A standing claim, with what tells whether a new sentence says the same, or stands there."""

    claim: Claim
    sources: Sequence[Source]
    is_touched: bool
    proposals: list[Claim] = field(default_factory=list)

    @property
    def events(self) -> frozenset[int]:
        return frozenset(source.citation.event_id for source in self.sources)

    @property
    def texts(self) -> set[str]:
        claim = self.claim
        settled = [each.text for each in self.proposals if each.withdrawn_by is not None]
        return {normalised(text) for text in (claim.text, claim.drafted_text, *settled) if text}


def let_in(
    session: Session,
    incident: Incident,
    review: Review,
    section: str,
    claims: Sequence[CheckedClaim],
    now: datetime,
) -> None:
    """`claims` are all that the newest draft says in `section`."""
    if not claims and not _has_any(session, incident, section):
        return
    everywhere = _places(session, incident)
    here = [place for place in everywhere if place.claim.section == section]
    _check_touched(session, incident, here)
    said_by_people = {text for one in everywhere if one.is_touched for text in one.texts}
    again: set[int] = set()
    beside: list[Claim] = []
    came: list[tuple[Claim, Sequence[Cited]]] = []
    position = _next_position(everywhere)
    for claim in _each_once(claims):
        same, rival = _same(here, claim), _in_its_place(here, claim)
        if same is not None:
            again.add(same.claim.id)
            _renew(session, same, claim)
        elif normalised(claim.text) in said_by_people:
            continue
        elif rival is None:
            came.append((_row(review, claim, position + len(came)), claim.citations))
        elif claim.check.is_supported:
            known = _open_proposal(rival, claim)
            beside.append(known or _row(review, claim, rival.claim.position, beside=rival.claim))
            came += [] if known else [(beside[-1], claim.citations)]
    add_rows(session, came)
    standing = [place.claim for place in here if place.claim.id in again]
    # What failed the checks is no reading for anybody, so it is not counted.
    drafted = [row for row in (*standing, *(row for row, _ in came)) if row.is_supported]
    ledger.note_drafted(session, incident, drafted, now)
    withdrawn = _withdraw_unsaid(session, review, here, again, {row.id for row in beside})
    ledger.note_withdrawn(session, incident, withdrawn, now)


def withdraw_dropped_sections(
    session: Session, incident: Incident, review: Review, keys: Iterable[str]
) -> None:
    """The template has those sections no more: what nobody touched in them goes."""
    kept = set(keys)
    gone = [
        place
        for place in _places(session, incident)
        if place.claim.section not in kept and not place.is_touched
    ]
    beside = [each for place in gone for each in place.proposals if each.withdrawn_in_id is None]
    dropped = [*(place.claim for place in gone), *beside]
    for claim in dropped:
        claim.withdrawn_in_id = review.id
    ledger.note_withdrawn(session, incident, dropped, review.drafted_at)


def _has_any(session: Session, incident: Incident, section: str) -> bool:
    query = standing_claims(incident.id).where(Claim.section == section).limit(1)
    return session.scalar(query) is not None


def _places(session: Session, incident: Incident) -> list[_Place]:
    rows = session.scalars(standing_claims(incident.id)).all()
    ids = [row.id for row in rows]
    sources = sources_of(session, incident, ids)
    marked = _marked(session, incident.id)
    places = {
        row.id: _Place(row, sources[row.id], is_touched(row) or row.id in marked) for row in rows
    }
    beside = session.scalars(
        select(Claim)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident.id, Claim.proposed_for_id.is_not(None))
        .order_by(Claim.id)
    )
    for proposal in beside:
        if proposal.proposed_for_id in places:
            places[proposal.proposed_for_id].proposals.append(proposal)
    return [replace(one, is_touched=True) if _is_answered(one) else one for one in places.values()]


def _is_answered(place: _Place) -> bool:
    """A person's words wait beside it."""
    return any(each.withdrawn_in_id is None and each.checked_by for each in place.proposals)


def is_touched(claim: Claim) -> bool:
    """A person stands by it, or wrote it."""
    return claim.state != ClaimState.UNVERIFIED or claim.text != claim.drafted_text


def _marked(session: Session, incident_id: int) -> set[int]:
    """Claims that somebody worked on without saying whether they are right."""
    of_incident = Review.incident_id == incident_id
    acts = (
        select(VerificationAct.claim_id)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(of_incident, VerificationAct.state.in_(_TOUCHING))
    )
    comments = select(Comment.claim_id).where(
        Comment.incident_id == incident_id, Comment.claim_id.is_not(None)
    )
    return {each for each in (*session.scalars(acts), *session.scalars(comments)) if each}


def _check_touched(session: Session, incident: Incident, here: Sequence[_Place]) -> None:
    """What people let stand or wrote is held against its sources again."""
    checker = checker_of(session, incident)
    for place in here:
        if place.is_touched:
            check = checker.check(place.claim, place.sources)
            place.claim.is_supported = check.is_supported
            place.claim.failed_check = check.problem


def _each_once(claims: Iterable[CheckedClaim]) -> list[CheckedClaim]:
    first: dict[str, CheckedClaim] = {}
    for claim in claims:
        first.setdefault(normalised(claim.text), claim)
    return list(first.values())


def _same(here: Sequence[_Place], claim: CheckedClaim) -> _Place | None:
    """An untouched claim that says exactly that, of the same messages."""
    wanted = normalised(claim.text)
    return next(
        (
            place
            for place in here
            if not place.is_touched
            and normalised(place.claim.text) == wanted
            and place.events == claim.events
        ),
        None,
    )


def _in_its_place(here: Sequence[_Place], claim: CheckedClaim) -> _Place | None:
    """A claim that a person touched, of the same messages in the same section."""
    if not claim.events:
        return None
    return next((p for p in here if p.is_touched and p.events == claim.events), None)


def _renew(session: Session, place: _Place, claim: CheckedClaim) -> None:
    """It stands as it is, now on what its messages read today.

    What the second judge refused stays refused while it says nothing of the same words again.
    """
    row = place.claim
    is_changed = tuple(map(cited, place.sources)) != claim.citations
    row.text = row.drafted_text = claim.text
    if is_changed or not (claim.is_unanswered and row.judged == Support.NONE):
        row.is_supported, row.failed_check = claim.check.is_supported, claim.check.problem
        row.judged = claim.judged
    if is_changed:
        session.execute(delete(Citation).where(Citation.claim_id == row.id))
        cite_all(session, row, claim.citations)


def _open_proposal(place: _Place, claim: CheckedClaim) -> Claim | None:
    """One that stands there already and says the same."""
    wanted = normalised(claim.text)
    return next(
        (
            proposal
            for proposal in place.proposals
            if proposal.withdrawn_in_id is None and normalised(proposal.text) == wanted
        ),
        None,
    )


def _row(review: Review, claim: CheckedClaim, position: int, beside: Claim | None = None) -> Claim:
    return Claim(
        review_id=review.id,
        section=claim.section,
        position=position,
        text=claim.text,
        drafted_text=claim.text,
        is_supported=claim.check.is_supported,
        failed_check=claim.check.problem,
        state=ClaimState.UNVERIFIED,
        judged=claim.judged,
        proposed_for_id=beside.id if beside is not None else None,
    )


def _withdraw_unsaid(
    session: Session,
    review: Review,
    here: Sequence[_Place],
    again: set[int],
    beside: set[int],
) -> list[Claim]:
    """Those that it withdrew."""
    unsaid: list[Claim] = []
    for place in here:
        if not place.is_touched and place.claim.id not in again:
            unsaid.append(place.claim)
        for proposal in place.proposals:
            is_open = proposal.withdrawn_in_id is None
            if is_open and proposal.checked_by is None and proposal.id not in beside:
                unsaid.append(proposal)
    for claim in unsaid:
        claim.withdrawn_in_id = review.id
    session.flush()
    return unsaid


def _next_position(everywhere: Sequence[_Place]) -> int:
    return 1 + max((place.claim.position for place in everywhere), default=-1)
