"""An incident that is talked about, drafted, read and acted upon: what tests of reviews share."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.lifecycle import declare
from copilot.incidents.models import Severity
from copilot.ports import DraftedClaim, MemberInfo, WorkspaceInfo
from copilot.reviews.drafting import draft_review
from copilot.reviews.models import Claim, VerificationAct
from copilot.reviews.policies import set_policy
from copilot.reviews.reading import ClaimView, ReviewView, current_review
from copilot.reviews.review_policy import SHIPPED, ReviewPolicy
from copilot.reviews.vocabulary import ActKind
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_members, upsert_workspace
from tests.fakes.drafter import ScriptedDrafter, a_claim

TEAM, CHANNEL, URL = "T0REVIEW", "C0REVIEW", "https://acme.slack.com/"
START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
_seconds: Iterator[int] = count(1)

CONVERSATION = (
    ("UANA", "checkout is failing for customers, 12% of requests get a 500"),
    ("UBEN", "rolling back deploy 4812"),
    ("UBEN", "I think the nightly batch filled the disk of db-3"),
    ("UANA", "shall we fail over to db-4?"),
    ("UBEN", "yes"),
    ("UANA", "error rate is back to normal, the failover worked"),
    ("UBEN", "we should add an alert on replica lag above 30 s"),
)


def say(db: Database, user: str, text: str, **extra: Any) -> str:
    """A message a minute later than the one before; its ts."""
    ts = f"{int(START.timestamp()) + 60 * next(_seconds)}.000100"
    event = {"type": "message", "user": user, "text": text, "ts": ts, **extra}
    deliver(db, event)
    return ts


def deliver(db: Database, event: dict[str, Any]) -> None:
    with db.transaction() as session:
        record(session, to_records(TEAM, event, CHANNEL), START)


def edit_message(db: Database, ts: str, text: str, user: str = "UANA") -> None:
    edited = {"user": user, "ts": f"{int(ts.split('.')[0]) + 5}.000000"}
    message = {"type": "message", "user": user, "text": text, "ts": ts, "edited": edited}
    deliver(db, {"type": "message", "subtype": "message_changed", "message": message, "ts": ts})


def delete_message(db: Database, ts: str) -> None:
    event = {"type": "message", "subtype": "message_deleted", "deleted_ts": ts}
    deliver(db, {**event, "ts": f"{int(ts.split('.')[0]) + 5}.000000"})


def an_incident(db: Database) -> int:
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "acme", URL, "UCOPILOT"), START)
        members = [("UANA", "ana"), ("UBEN", "ben"), ("USAM", "sam"), ("UCOPILOT", "copilot")]
        infos = [MemberInfo(user, name, "", user == "UCOPILOT") for user, name in members]
        upsert_members(session, TEAM, infos)
        return declare(
            session,
            team_id=TEAM,
            channel_id=CHANNEL,
            title="Checkout errors",
            severity=Severity.SEV2,
            by="UANA",
            now=START,
        ).incident.id


def few_sections(db: Database, *keys: str, debt_cap_minutes: float = 10.0) -> None:
    """Have reviews drafted by a template of these only: each takes a transaction."""
    sections = tuple(wish for wish in SHIPPED if wish.key in keys)
    policy = ReviewPolicy(sections=sections, debt_cap_minutes=debt_cap_minutes)
    with db.transaction() as session:
        set_policy(session, TEAM, policy, replaces=1, reason="for tests", by="UANA", now=START)


def talk(db: Database) -> list[str]:
    """The stamps of what was said."""
    return [say(db, user, text) for user, text in CONVERSATION]


ROLLBACK = a_claim("ben was rolling back deploy 4812.", (2, "rolling back deploy 4812"))
NORMAL = a_claim("The error rate went back to normal.", (6, "error rate is back to normal"))
INVENTED = a_claim("sam rolled back deploy 4813.", (2, "rolling back deploy 4812"))


def draft(db: Database, incident_id: int, clock: ReplayClock, *claims: DraftedClaim) -> ReviewView:
    clock.advance_to(clock.now() + timedelta(minutes=1))
    draft_review(db, incident_id, ScriptedDrafter(claims), clock)
    return read(db, incident_id)


def read(db: Database, incident_id: int) -> ReviewView:
    with db.reading() as session:
        view = current_review(session, incident_id)
    assert view is not None
    return view


def claim_like(view: ReviewView, words: str) -> ClaimView:
    everything = [*view.claims, *view.unsupported, *view.rejected]
    return next(claim for claim in everything if words in claim.text)


@dataclass(frozen=True, slots=True)
class ActLine:
    """What a person did with a claim, or with a proposal beside it."""

    kind: ActKind
    person: str
    text: str
    """Its words from then on."""
    is_of_proposal: bool


def acts_on(session: Session, claim_id: int) -> list[ActLine]:
    """Whatever was said of the claim and of proposals beside it, oldest first."""
    found = session.execute(
        select(VerificationAct, Claim.proposed_for_id)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .where(or_(Claim.id == claim_id, Claim.proposed_for_id == claim_id))
        .order_by(VerificationAct.id)
    )
    return [
        ActLine(ActKind(act.state), act.person, act.text, beside is not None)
        for act, beside in found
    ]
