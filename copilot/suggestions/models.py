"""Tables of what was proposed, what became of it, and what may still be posted."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, JsonData, RowId
from copilot.suggestions.vocabulary import (
    Breakpoint,
    DecisionKind,
    DismissReason,
    Outcome,
    Reason,
    SuggestionKind,
    Tempo,
)

__all__ = [
    "Attention",
    "Audience",
    "Breakpoint",
    "DecisionKind",
    "Delivery",
    "DismissReason",
    "Evidence",
    "ModelRun",
    "Outcome",
    "Pacing",
    "Reason",
    "Suggestion",
    "SuggestionKind",
    "Tempo",
    "TokenBudget",
    "VerdictRecord",
]


class ModelRun(Base):
    """One call of a proposer or drafter, with all it was given and all it said."""

    __tablename__ = "model_run"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(16))
    """`propose`, `draft` or `judge`."""
    engine: Mapped[str] = mapped_column(String(64))
    """Name and version of what answered, e.g. `local-1`."""
    inputs: Mapped[list[Any]] = mapped_column(JsonData)
    """[[event id, revision id], …] in the order they were numbered m1…mN."""
    output: Mapped[list[Any]] = mapped_column(JsonData)
    outcome: Mapped[str] = mapped_column(String(32))
    latency_ms: Mapped[float] = mapped_column(Float)
    tokens: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    prompt_version: Mapped[str | None] = mapped_column(String(32))
    input_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    output_tokens: Mapped[int] = mapped_column(default=0, server_default="0")
    details: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict, server_default="{}")
    """What the engine tells of how it came to its answer, e.g. the rung of the capability ladder,
    or why it gave none."""


class Delivery(Base):
    """One uninvited message to a channel: a card of one suggestion, or a digest of up to three."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_unposted", "posted_at", "given_up_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    breakpoint: Mapped[str | None] = mapped_column(String(32))
    """What released a digest; None for a card that was posted at once."""
    tempo: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    """When it was cleared; its budget was spent in the same transaction."""
    leased_until: Mapped[datetime | None]
    """Until then, by the wall clock, nobody else tries: a worker is posting, or backs off."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often posting began. From the first on, Slack may have the message unknown to us."""
    posted_at: Mapped[datetime | None]
    message_ts: Mapped[str | None] = mapped_column(String(32))
    given_up_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    card_version: Mapped[int] = mapped_column(default=0)
    """Raised by each decision on the card."""
    drawn_version: Mapped[int] = mapped_column(default=0)
    """What Slack shows; lower than `card_version` is the queue of *update card*."""


class Suggestion(Base):
    """A candidate with the machine's verdict, and later a person's decision."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_incident", "incident_id", "outcome"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    model_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_run.id", ondelete="SET NULL")
    )
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(String(64))
    due: Mapped[str | None] = mapped_column(String(100))
    confidence: Mapped[float] = mapped_column(Float)
    """Calibrated probability that a person will want it."""
    raw_confidence: Mapped[float | None] = mapped_column(Float)
    """What the engine said, before the workspace's calibration; None for rows older than that."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]

    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32))
    reason_details: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict)
    """The numbers that led to the verdict; enough to compute it again."""
    tempo: Mapped[str] = mapped_column(String(8))
    judged_at: Mapped[datetime]

    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id", ondelete="SET NULL"))
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivery.id", ondelete="SET NULL"), index=True
    )

    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("follow_up.id", ondelete="SET NULL")
    )
    """The follow-up that a person counted it to."""
    decision: Mapped[str | None] = mapped_column(String(16))
    decision_reason: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(index=True)


class Evidence(Base):
    """A verbatim quote of one message revision that a suggestion rests on."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("suggestion_id", "event_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    quote: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class SourceOpening(Base):
    """Somebody opened the source of a suggestion by its button in Slack."""

    __tablename__ = "source_opening"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    message_ts: Mapped[str] = mapped_column(String(32))
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]


class NoisePolicyVersion(Base):
    """How talkative the copilot is in a workspace from `set_at` on; the newest one holds."""

    __tablename__ = "noise_policy_version"
    __table_args__ = (UniqueConstraint("team_id", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JsonData)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(16), default="person", server_default="person")
    """`person`, or `learned` where the copilot changed it by itself."""
    undoes: Mapped[int | None]
    """The version whose changes this one took back."""


class VerdictRecord(Base):
    """Each verdict on a suggestion, in the order they were given; the row itself has the last."""

    __tablename__ = "verdict"
    __table_args__ = (Index("ix_verdict_incident", "incident_id", "judged_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32))
    details: Mapped[dict[str, Any]] = mapped_column(JsonData)
    """The numbers that led to it; enough to compute it again."""
    judged_at: Mapped[datetime]


class Attention(Base):
    """Somebody who meets uninvited posts. Held while it is counted how many they met, so that two
    incidents can't both give them the last one of an hour.
    """

    __tablename__ = "attention"

    team_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class Audience(Base):
    """Who was at an incident when a delivery of it was cleared, and so meets the post."""

    __tablename__ = "audience"
    __table_args__ = (Index("ix_audience_met", "team_id", "user_id", "met_at"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    met_at: Mapped[datetime | None]
    """When it was posted; None while it is on its way, which counts as just now."""


class TokenBudget(Base):
    """Tokens that a model service was given for one thing: an incident, an hour, a day."""

    __tablename__ = "token_budget"

    team_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    """E.g. `incident:12`, `hour:2026-11-22T10`, `day:2026-11-22`."""
    tokens: Mapped[int] = mapped_column(default=0)
    """Used, and set aside for calls that are under way."""


class Pacing(Base):
    """What an incident's noise control remembers between verdicts; one row an incident.

    `consideration_leased_until` makes one worker at a time consider an incident; leases run by
    the wall clock, all else by the incident's own.
    `next_post_at` is the earliest instant at which the budget allows another uninvited post
    (GCRA's theoretical arrival time), as it was when somebody last looked.
    """

    __tablename__ = "pacing"

    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True
    )
    tempo: Mapped[str] = mapped_column(String(8), default=Tempo.CALM)
    tempo_since: Mapped[datetime | None]
    tempo_read_at: Mapped[datetime | None]
    next_post_at: Mapped[datetime | None]
    last_post_at: Mapped[datetime | None]
    """When the last uninvited post came. From there the interval of the moment counts."""
    consideration_leased_until: Mapped[datetime | None]
    quiet_until: Mapped[datetime | None]
    """Nothing is posted unasked before then: somebody asked for quiet."""
    quiet_by: Mapped[str | None] = mapped_column(String(64))
    served_change_id: Mapped[int] = mapped_column(default=0)
    """Newest severity or status change (a timeline event id) that released a digest."""
    served_lull_from: Mapped[datetime | None]
    """The message after which a lull released a digest."""
    rate: Mapped[float] = mapped_column(Float, default=1.0, server_default="1")
    """Share of the policy's rate of posts that people's decisions left this incident."""
    fallback_since: Mapped[datetime | None]
    """Since then the model service gave no answer here and the local engine does its work."""
    fallback_told_at: Mapped[datetime | None]
    """When somebody of the incident was told so, which happens once."""
    fallback_because: Mapped[str | None] = mapped_column(String(200))
    """Why, in words for people."""
    fallback_due_at: Mapped[datetime | None]
    """Not before then, by the wall clock: somebody tells it, or Slack asked to wait."""
    fallback_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
