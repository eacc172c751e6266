"""Tables of reviews, their claims, what those rest on and who checked them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, JsonData, RowId
from copilot.reviews.vocabulary import ClaimState as ClaimState
from copilot.reviews.vocabulary import LedgerKind as LedgerKind
from copilot.reviews.vocabulary import MilestoneKind as MilestoneKind
from copilot.reviews.vocabulary import Section as Section


class Review(Base):
    """A version: one draft of the post-incident review of an incident.

    The review itself is all claims of the incident's versions that were not withdrawn since.
    """

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    version: Mapped[int]
    engine: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime]
    events_read: Mapped[int]
    """Messages the drafter was given; `events_left_out` is how many did not fit."""
    events_left_out: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[list[Any]] = mapped_column(JsonData, default=list, server_default="[]")
    """What else did not fit, in words with numbers."""
    sections: Mapped[list[Any]] = mapped_column(JsonData, default=list, server_default="[]")
    """The template it was drafted by, as `SectionWish` fields; empty for the one shipped."""
    sections_left: Mapped[list[Any]] = mapped_column(JsonData, default=list, server_default="[]")
    """Keys of those not yet drafted, in order; not empty is the queue of *draft review*, too."""
    waits_for_people: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """No further section is drafted before people have checked more of what there is."""
    drafter_memory: Mapped[dict[str, Any]] = mapped_column(
        JsonData, default=dict, server_default="{}"
    )
    """What the drafter wants to have again for the next section."""
    fell_back_because: Mapped[str | None] = mapped_column(Text)
    """Why the built-in engine wrote it where a model should have, in words."""


class Claim(Base):
    """One sentence. An unsupported one is kept, apart, with what failed, and never published."""

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    drafted_text: Mapped[str] = mapped_column(Text)
    """What the machine wrote; `text` differs once a person edited it. Empty where a person added
    the sentence."""
    is_supported: Mapped[bool] = mapped_column(Boolean)
    failed_check: Mapped[str | None] = mapped_column(Text)
    """Which check failed and on what, in words a reader understands."""
    state: Mapped[str] = mapped_column(String(16), default=ClaimState.UNVERIFIED)
    checked_by: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime | None]
    proposed_for_id: Mapped[int | None] = mapped_column(
        ForeignKey("claim.id", ondelete="CASCADE"), index=True
    )
    """A newer draft's sentence beside this one, which a person had touched. It is no part of the
    review until somebody takes it."""
    withdrawn_in_id: Mapped[int | None] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), index=True
    )
    """The version from which on it is no part of the review; None while it stands."""
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
    """Who took another sentence in its place, or left this one; None where a draft did."""
    judged: Mapped[str | None] = mapped_column(String(16))
    """A `Support` value: what the second judge found; None where none was asked. `JUDGE_AGAIN`
    while it is to be asked once more; the claim is kept apart until then."""


class Citation(Base):
    """The verbatim words of one message revision that a claim rests on."""

    __tablename__ = "citation"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("timeline_event.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    quote: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class VerificationAct(Base):
    """What a person did with a claim; kept for ever, the claim shows how it stands now."""

    __tablename__ = "verification_act"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    """An `ActKind` value."""
    text: Mapped[str] = mapped_column(Text)
    """The claim's words from then on."""
    before: Mapped[str | None] = mapped_column(Text)
    """Its words until then, where the act changed them."""
    sources: Mapped[list[Any]] = mapped_column(JsonData, default=list, server_default="[]")
    """[[event id, revision id], …] of what it cited then."""
    person: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(String(64))
    """In Slack; None for somebody who signed in without it."""
    acted_at: Mapped[datetime]


class Comment(Base):
    """What a person remarks on a claim, or on the review as a whole. Never published."""

    __tablename__ = "review_comment"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    claim_id: Mapped[int | None] = mapped_column(
        ForeignKey("claim.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]


class SignOff(Base):
    """A named person signed the review; from then on its claims do not change."""

    __tablename__ = "sign_off"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), unique=True
    )
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    """The version that was the newest then."""
    signed_by: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256, hex, of what was signed; how it is made up is in docs/reviews.md."""
    heading: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict, server_default="{}")
    """What stood above the sentences: the incident and its milestones; see `signed_heading`."""


class Amendment(Base):
    """A correction to a signed review: a sentence struck, put otherwise or added, and why."""

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("sign_off_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1."""
    claim_id: Mapped[int | None] = mapped_column(
        ForeignKey("claim.id", ondelete="CASCADE"), index=True
    )
    """What is corrected; None for a sentence that is added."""
    new_claim_id: Mapped[int | None] = mapped_column(
        ForeignKey("claim.id", ondelete="CASCADE"), index=True
    )
    """What holds instead; None where it is struck."""
    why: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(String(64))
    written_at: Mapped[datetime]


class ReviewNotice(Base):
    """Somebody who checked a sentence is told in private that a source of it changed since."""

    __tablename__ = "review_notice"
    __table_args__ = (
        UniqueConstraint("claim_id", "user_id", "revision_id"),
        Index("ix_review_notice_untold", "told_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[int] = mapped_column(RowId, default=0)
    """What the message reads now; where it was deleted, its event's id, negated (0 in old rows)."""
    noticed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """Not before then, by the wall clock: somebody is telling them, or Slack asked to wait."""
    attempts: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    """When they were told, or that was given up."""


class MilestoneRecord(Base):
    """A person's word on when a milestone was; the newest one of a kind holds."""

    __tablename__ = "milestone"
    __table_args__ = (Index("ix_milestone_incident", "incident_id", "kind"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    occurred_at: Mapped[datetime | None]
    """None where the person took it back: then the records say again."""
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("timeline_event.id", ondelete="SET NULL"), index=True
    )
    """The message that shows it, if they named one."""
    why: Mapped[str] = mapped_column(Text, default="")
    set_by: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(String(64))
    set_at: Mapped[datetime]


class ReviewPolicyVersion(Base):
    """How a workspace wants its reviews: sections, time zone, how much may wait unchecked."""

    __tablename__ = "review_policy_version"
    __table_args__ = (UniqueConstraint("team_id", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JsonData)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime]


_IS_DRAFTED = text("kind = 'drafted'")


class LedgerEntry(Base):
    """A line of the ledger from which the velocity gap is computed; never changed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_team", "team_id", "recorded_at"),
        Index("ix_ledger_incident", "incident_id", "recorded_at"),
        Index("ix_ledger_claim", "claim_id"),
        Index(
            "uq_ledger_drafted_once",
            "claim_id",
            unique=True,
            sqlite_where=_IS_DRAFTED,
            postgresql_where=_IS_DRAFTED,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    team_id: Mapped[str] = mapped_column(String(32))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="SET NULL"))
    person: Mapped[str | None] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[int] = mapped_column(default=0)
    sources: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float | None]
    """From when the person opened the claim; None where that is not known."""
    details: Mapped[dict[str, Any]] = mapped_column(JsonData, default=dict)
    recorded_at: Mapped[datetime]


class SeededCheck(Base):
    """An altered claim that was shown to one person among the real ones; part of no review."""

    __tablename__ = "seeded_check"
    __table_args__ = (UniqueConstraint("claim_id", "person"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    """The real one that it is an alteration of."""
    person: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    alteration: Mapped[str] = mapped_column(String(24))
    shown_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_caught: Mapped[bool | None] = mapped_column(Boolean)
