"""Shows a person a few altered sentences among the real ones, to tell whether checking catches
what is wrong.

Off unless an admin switches it on. An altered sentence is no claim: it is a row of its own that no
version, count, sign-off or export reads, it stands only on one person's page, in the place of the
real one, and only if the checks by code would never let it pass. It is revealed as soon as it is
answered. Rare errors are overlooked unless people meet some and are told at once (Wolfe et al.,
PMC3848386); docs/decisions/0017 says what else it rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.errors import AlreadyDecidedError, NotFoundError
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.reviews import ledger
from copilot.reviews.alterations import Altered, alterations_of, altered_from
from copilot.reviews.checking import Checker, checker_of
from copilot.reviews.models import Claim, ClaimState, SeededCheck
from copilot.reviews.review_policy import ReviewPolicy
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sources import sources_of
from copilot.reviews.versions import sign_off_of, standing_claims
from copilot.reviews.vocabulary import LedgerKind
from copilot.workspaces.directory import names_of

MOST_AT_ONCE = 5
"""Open altered sentences on one page; more would be a test, not a review."""


@dataclass(frozen=True, slots=True)
class SeededClaim:
    """Stands on that person's page in the place of the real claim, until it is answered."""

    seeded_id: int
    claim_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """What to tell the person, in the place of the altered sentence."""

    claim_id: int
    is_caught: bool
    text_shown: str
    text: str
    """The real sentence, which they have yet to check."""
    was: str
    is_now: str

    @property
    def words(self) -> str:
        found = "You caught it." if self.is_caught else "This one got past you."
        return (
            f"{found} The sentence was altered to see whether checking works: it said "
            f"“{self.is_now}” where the review says “{self.was}”. The real sentence stands here "
            "now, for you to check."
        )


def seeded_for(
    session: Session, incident_id: int, person: str, policy: ReviewPolicy, now: datetime
) -> list[SeededClaim]:
    """What stands altered on this person's page, new ones included; it writes, so in a
    transaction. Empty where the policy asks for none, and once the review is signed.
    """
    if policy.seeded_share <= 0 or sign_off_of(session, incident_id) is not None:
        return []
    incident = get_incident(session, incident_id)
    claims = _supported(session, incident_id)
    known = _known(session, incident_id, person)
    wanted = min(MOST_AT_ONCE, round(policy.seeded_share * len(claims)) - len(known))
    checker = checker_of(session, incident)
    for claim in _in_an_order_of_their_own(claims, person):
        if wanted <= 0:
            break
        if claim.id in known or claim.state != ClaimState.UNVERIFIED:
            continue
        altered = _altered(session, incident, claim, checker)
        if altered is not None:
            _plant(session, incident, claim, person, altered, now)
            wanted -= 1
    return _open(session, incident, claims, person)


def answer_seeded(
    session: Session,
    seeded_id: int,
    *,
    by: Reviewer,
    caught: bool,
    now: datetime,
    seconds: float | None = None,
) -> Revealed:
    """Caught is who marked it wrong or edited it; who verified it did not. It counts once.

    Raises NotFoundError for another person's, AlreadyDecidedError for one that was answered.
    """
    seeded = session.get(SeededCheck, seeded_id)
    if seeded is None or seeded.person != by.signature:
        raise NotFoundError("There is no such sentence on your page. Nothing was saved.")
    taken = session.execute(
        update(SeededCheck)
        .where(SeededCheck.id == seeded_id, SeededCheck.answered_at.is_(None))
        .values(answered_at=now, is_caught=caught)
        .returning(SeededCheck.id)
    ).one_or_none()
    if taken is None:
        raise AlreadyDecidedError("You have answered that one already. Nothing was saved.")
    incident = get_incident(session, seeded.incident_id)
    claim = session.get_one(Claim, seeded.claim_id)
    ledger.note(
        session,
        incident,
        LedgerKind.SEEDED,
        person=by.signature,
        user_id=by.user_id,
        seconds=seconds,
        now=now,
        is_caught=caught,
        alteration=seeded.alteration,
    )
    altered = altered_from(claim.text, seeded.text, _names(session, incident))
    return Revealed(
        claim_id=claim.id,
        is_caught=caught,
        text_shown=seeded.text,
        text=claim.text,
        was=altered.was if altered else claim.text,
        is_now=altered.is_now if altered else seeded.text,
    )


def _open(
    session: Session, incident: Incident, claims: Sequence[Claim], person: str
) -> list[SeededClaim]:
    """Unanswered, with the real sentence as it was and nobody's word on it yet."""
    names = _names(session, incident)
    waiting = {claim.id: claim for claim in claims if claim.state == ClaimState.UNVERIFIED}
    rows = session.scalars(
        select(SeededCheck)
        .where(
            SeededCheck.incident_id == incident.id,
            SeededCheck.person == person,
            SeededCheck.answered_at.is_(None),
        )
        .order_by(SeededCheck.id)
    )
    return [
        SeededClaim(row.id, row.claim_id, row.text)
        for row in rows
        if row.claim_id in waiting and altered_from(waiting[row.claim_id].text, row.text, names)
    ]


def _supported(session: Session, incident_id: int) -> list[Claim]:
    return list(
        session.scalars(standing_claims(incident_id).where(Claim.is_supported.is_(True))).all()
    )


def _known(session: Session, incident_id: int, person: str) -> set[int]:
    return set(
        session.scalars(
            select(SeededCheck.claim_id).where(
                SeededCheck.incident_id == incident_id, SeededCheck.person == person
            )
        )
    )


def _in_an_order_of_their_own(claims: Sequence[Claim], person: str) -> list[Claim]:
    """Which are altered nobody can tell beforehand, and differs from person to person."""

    def place(claim: Claim) -> bytes:
        return blake2b(f"{claim.id}:{claim.text}:{person}".encode(), digest_size=8).digest()

    return sorted(claims, key=place)


def _altered(
    session: Session, incident: Incident, claim: Claim, checker: Checker
) -> Altered | None:
    """The first way to alter it that the checks by code refuse."""
    sources = sources_of(session, incident, [claim.id])[claim.id]
    if not sources or any(source.is_changed for source in sources):
        return None
    return next(
        (
            altered
            for altered in alterations_of(claim.text, sorted(checker.names))
            if not checker.check_words(altered.text, sources).is_supported
        ),
        None,
    )


def _plant(
    session: Session,
    incident: Incident,
    claim: Claim,
    person: str,
    altered: Altered,
    now: datetime,
) -> None:
    values: dict[str, Any] = {
        "incident_id": incident.id,
        "claim_id": claim.id,
        "person": person,
        "text": altered.text,
        "alteration": altered.alteration.value,
        "shown_at": now,
    }
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(SeededCheck).values(values).on_conflict_do_nothing())


def _names(session: Session, incident: Incident) -> list[str]:
    return sorted(set(names_of(session, incident.team_id).values()))
