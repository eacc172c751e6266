"""The versions of a review, what each changed, and what people changed in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.queries import get_incident, span_of
from copilot.reviews.claim_views import WITHHELD
from copilot.reviews.models import Citation, Claim, Review, VerificationAct
from copilot.reviews.sections import template_of, title_of
from copilot.reviews.vocabulary import ActKind
from copilot.reviews.word_changes import word_changes
from copilot.timeline.models import TimelineEvent
from copilot.timeline.reading import within


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    engine: str
    drafted_at: datetime
    came: int
    """Sentences it brought, proposals included."""
    went: int
    """Sentences it withdrew."""
    sections_left: tuple[str, ...]
    """Titles of those that were never drafted in it, or not yet."""
    fell_back_because: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence as it read at the end of two versions; None where it was not there."""

    claim_id: int
    section: str
    before: str | None
    after: str | None

    @property
    def words(self) -> list[tuple[str, str]]:
        """Runs of words, each with `same`, `gone` or `new`."""
        return word_changes(self.before or "", self.after or "")


@dataclass(frozen=True, slots=True)
class Difference:
    from_version: int
    to_version: int
    came: tuple[Changed, ...]
    went: tuple[Changed, ...]
    reworded: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class ChangeByPerson:
    """What one person did within a version that changed what the review says."""

    kind: ActKind
    person: str
    at: datetime
    changed: Changed

    @property
    def puts_back(self) -> bool:
        """The sentence had been marked wrong, and stands again."""
        return self.changed.before is None and self.kind is not ActKind.ADDED


_PUT_BACK = frozenset({ActKind.VERIFIED, ActKind.EDITED, ActKind.TAKEN, ActKind.UNDONE})
"""After these a sentence that was marked wrong stands again."""


def versions(session: Session, incident_id: int) -> list[VersionLine]:
    """The newest first."""
    rows = _reviews(session, incident_id)
    claims = _claims(session, incident_id)
    return [
        VersionLine(
            number=row.version,
            engine=row.engine,
            drafted_at=row.drafted_at,
            came=sum(claim.review_id == row.id and bool(claim.drafted_text) for claim in claims),
            went=sum(
                claim.withdrawn_in_id == row.id and claim.withdrawn_by is None for claim in claims
            ),
            sections_left=tuple(title_of(key, template_of(row)) for key in row.sections_left),
            fell_back_because=row.fell_back_because,
        )
        for row in reversed(rows)
    ]


def difference(
    session: Session, incident_id: int, from_version: int, to_version: int
) -> Difference:
    """What changed from the end of one version to the end of another: drafts and people's edits.

    A version ends where the next begins; the newest, now. Raises NotFoundError.
    """
    rows = {row.version: row for row in _reviews(session, incident_id)}
    for number in (from_version, to_version):
        if number not in rows:
            raise NotFoundError(f"The review has no version {number}.")
    acts = _acts_by_claim(session, incident_id)
    number_of = {row.id: row.version for row in rows.values()}
    came, went, reworded = [], [], []
    withheld = _resting_on_deleted(session, incident_id)
    for claim in _claims(session, incident_id):
        if claim.proposed_for_id is not None:
            continue
        before, after = (
            _text_at(claim, acts.get(claim.id, ()), rows, number_of, number)
            for number in (from_version, to_version)
        )
        if before == after:
            continue
        changed = Changed(claim.id, claim.section, before, after)
        changed = _without_machines(claim, changed) if claim.id in withheld else changed
        if before is None:
            came.append(changed)
        elif after is None:
            went.append(changed)
        else:
            reworded.append(changed)
    return Difference(from_version, to_version, tuple(came), tuple(went), tuple(reworded))


def changes_by_people(session: Session, incident_id: int) -> dict[int, list[ChangeByPerson]]:
    """By version, oldest first: sentences put otherwise, added, marked wrong, and put back."""
    reviews = _reviews(session, incident_id)
    withheld = _resting_on_deleted(session, incident_id)
    rows = session.execute(
        select(VerificationAct, Claim)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident_id, Claim.proposed_for_id.is_(None))
        .order_by(VerificationAct.id)
    )
    found: dict[int, list[ChangeByPerson]] = {}
    is_out: set[int] = set()
    for act, claim in rows:
        changed = _changed_by(act, claim, was_out=claim.id in is_out)
        if act.state == ActKind.WRONG:
            is_out.add(claim.id)
        elif act.state in _PUT_BACK:
            is_out.discard(claim.id)
        if changed is None:
            continue
        changed = _without_machines(claim, changed) if claim.id in withheld else changed
        version = max((row.version for row in reviews if row.drafted_at <= act.acted_at), default=1)
        line = ChangeByPerson(ActKind(act.state), act.person, act.acted_at, changed)
        found.setdefault(version, []).append(line)
    return found


def _changed_by(act: VerificationAct, claim: Claim, *, was_out: bool) -> Changed | None:
    """None where the act left what the review says as it was."""
    if act.state == ActKind.WRONG:
        return None if was_out else Changed(claim.id, claim.section, act.text, None)
    if act.state == ActKind.ADDED or (was_out and act.state in _PUT_BACK):
        return Changed(claim.id, claim.section, None, act.text)
    if act.before is None:
        return None
    return Changed(claim.id, claim.section, act.before, act.text)


def _reviews(session: Session, incident_id: int) -> Sequence[Review]:
    return session.scalars(
        select(Review).where(Review.incident_id == incident_id).order_by(Review.version)
    ).all()


def _claims(session: Session, incident_id: int) -> Sequence[Claim]:
    return session.scalars(
        select(Claim)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident_id)
        .order_by(Claim.position, Claim.id)
    ).all()


def _acts_by_claim(session: Session, incident_id: int) -> dict[int, list[VerificationAct]]:
    found: dict[int, list[VerificationAct]] = {}
    for act in session.scalars(
        select(VerificationAct)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident_id, VerificationAct.before.is_not(None))
        .order_by(VerificationAct.id)
    ):
        found.setdefault(act.claim_id, []).append(act)
    return found


def _resting_on_deleted(session: Session, incident_id: int) -> set[int]:
    """Claims that cite a message which was deleted since, or that cited it when somebody acted."""
    citing = (
        select(Citation.claim_id, Citation.event_id)
        .join(Claim, Claim.id == Citation.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident_id)
    )
    acts = (
        select(VerificationAct.claim_id, VerificationAct.sources)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident_id)
    )
    cited = {(claim_id, event_id) for claim_id, event_id in session.execute(citing)}
    for claim_id, sources in session.execute(acts):
        cited |= {(claim_id, event_id) for event_id, _ in sources}
    deleted = set(
        session.scalars(
            select(TimelineEvent.id).where(
                *within(span_of(get_incident(session, incident_id))),
                TimelineEvent.deleted_at.is_not(None),
            )
        )
    )
    return {claim_id for claim_id, event_id in cited if event_id in deleted}


def _without_machines(claim: Claim, changed: Changed) -> Changed:
    """A person's words that stand are theirs; all else says what the deleted message said."""

    def told(text: str | None) -> str | None:
        is_persons = text == claim.text and claim.text != claim.drafted_text
        return text if text is None or is_persons else WITHHELD

    return replace(changed, before=told(changed.before), after=told(changed.after))


def _text_at(
    claim: Claim,
    rewordings: Sequence[VerificationAct],
    rows: dict[int, Review],
    number_of: dict[int, int],
    number: int,
) -> str | None:
    """How it read when that version ended; None if it was no part of it."""
    gone = number_of.get(claim.withdrawn_in_id or 0)
    if number_of[claim.review_id] > number or (gone is not None and gone <= number):
        return None
    following = rows.get(number + 1)
    if following is None:
        return claim.text
    later = (act for act in rewordings if act.acted_at >= following.drafted_at)
    first_later = next(later, None)
    return claim.text if first_later is None else first_later.before
