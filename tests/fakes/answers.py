"""Suggestions that were shown and answered, and what the copilot makes of the answers."""

from collections.abc import Sequence
from datetime import datetime

from copilot.db import Database
from copilot.ports import ChannelInfo, MemberInfo
from copilot.suggestions.conclusions import learn, workspaces_to_learn
from copilot.suggestions.learning import LearnedChange, learned, undo
from copilot.suggestions.models import Delivery, ModelRun, Suggestion
from copilot.suggestions.policies import policies_in_force
from copilot.suggestions.telling_admins import deliver_notice, notices_to_tell
from copilot.suggestions.vocabulary import DecisionKind, DismissReason, Outcome
from copilot.workspaces.directory import upsert_channel, upsert_members
from tests.fakes.channel_story import CHANNEL, TEAM, ChannelStory

ADMINS = {"U1": "ana", "U2": "ben", "U3": "dana", "U4": "eli"}
Answer = tuple[DecisionKind | None, DismissReason | None]
"""A decision, and the reason of a dismissal; (None, None) where nobody answered."""


def with_admins(db: Database) -> ChannelStory:
    """A story whose channel has a name, in a workspace with four admins."""
    found = ChannelStory(db)
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", is_private=False))
    make_admins(found)
    return found


def make_admins(story: ChannelStory) -> None:
    admins = [MemberInfo(user, name, "", False, is_admin=True) for user, name in ADMINS.items()]
    with story.db.transaction() as session:
        upsert_members(session, TEAM, admins)


def shown_and_decided(
    story: ChannelStory,
    answers: Sequence[Answer],
    *,
    kind: str = "proposal",
    incident_id: int | None = None,
    raw: float = 0.8,
    at: datetime | None = None,
) -> None:
    """As if each had been shown on a card of its own, and answered at once."""
    incident_id, at = incident_id or story.incident_id, at or story.clock.now()
    with story.db.transaction() as session:
        run = ModelRun(
            incident_id=incident_id,
            purpose="propose",
            engine="local-9",
            inputs=[],
            output=[],
            outcome="ok",
            latency_ms=1.0,
            started_at=at,
        )
        session.add(run)
        session.flush()
        for number, (decision, reason) in enumerate(answers):
            delivery = Delivery(incident_id=incident_id, tempo="calm", created_at=at, posted_at=at)
            session.add(delivery)
            session.flush()
            session.add(
                Suggestion(
                    incident_id=incident_id,
                    model_run_id=run.id,
                    kind=kind,
                    title=f"thing {number}",
                    confidence=raw,
                    raw_confidence=raw,
                    fingerprint=f"thing {number}",
                    proposed_at=at,
                    outcome=Outcome.DELIVER,
                    reason="cleared",
                    reason_details={},
                    tempo="calm",
                    judged_at=at,
                    delivery_id=delivery.id,
                    decision=decision,
                    decision_reason=reason,
                    decided_by="U2" if decision else None,
                    decided_at=at if decision else None,
                )
            )


def wanted(count: int) -> list[Answer]:
    return [(DecisionKind.ACCEPTED, None)] * count


def unwanted(count: int) -> list[Answer]:
    return [(DecisionKind.DISMISSED, DismissReason.WRONG)] * count


def learns(story: ChannelStory) -> None:
    with story.db.reading() as session:
        workspace_ids = workspaces_to_learn(session, story.clock.now())
    for workspace_id in workspace_ids:
        learn(story.db, workspace_id, story.clock)


def tells(story: ChannelStory) -> None:
    with story.db.reading() as session:
        notice_ids = notices_to_tell(session, story.lease_clock.now())
    for notice_id in notice_ids:
        deliver_notice(
            story.db,
            notice_id,
            story.messenger,
            console_url="https://copilot.example.com/",
            clock=story.clock,
            lease_clock=story.lease_clock,
        )


def changes(story: ChannelStory) -> list[LearnedChange]:
    with story.db.reading() as session:
        return learned(session, TEAM)


def take_back(story: ChannelStory, change: LearnedChange, by: str = "U1") -> None:
    with story.db.transaction() as session:
        undo(session, TEAM, change.change_id, by=by, now=story.clock.now())


def muted_in(story: ChannelStory, channel_id: str = CHANNEL) -> frozenset[str]:
    with story.db.reading() as session:
        return policies_in_force(session, TEAM).policies.resolve(None, channel_id).muted
