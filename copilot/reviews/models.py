"""Tables of reviews, their claims, what those rest on and who checked them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.db import Base, RowId


class Section(StrEnum):
    """In the order a reader meets them."""

    SUMMARY = "summary"
    IMPACT = "impact"
    KEY_MOMENTS = "key_moments"
    DETECTION = "detection"
    RESPONSE = "response"
    CONTRIBUTING_FACTORS = "contributing_factors"
    WENT_WELL = "went_well"
    WAS_HARD = "was_hard"
    FOLLOW_UPS = "follow_ups"
    OPEN_QUESTIONS = "open_questions"


class ClaimState(StrEnum):
    """A person's word on a claim."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    EDITED = "edited"
    WRONG = "wrong"


class Review(Base):
    """One draft of a post-incident review; the newest version of an incident is the current one."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    version: Mapped[int]
    engine: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime]
    events_read: Mapped[int]
    """Messages the drafter was given."""
    events_left_out: Mapped[int] = mapped_column(default=0)
    """Messages that did not fit."""


class Claim(Base):
    """One sentence. An unsupported one is kept, apart, with what failed, and never published."""

    __tablename__ = "claim"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    drafted_text: Mapped[str] = mapped_column(Text)
    """What the machine wrote; `text` differs once a person edited it."""
    is_supported: Mapped[bool] = mapped_column(Boolean)
    failed_check: Mapped[str | None] = mapped_column(Text)
    """Which check failed and on what, in words a reader understands."""
    state: Mapped[str] = mapped_column(String(16), default=ClaimState.UNVERIFIED)
    checked_by: Mapped[str | None] = mapped_column(String(200))
    checked_at: Mapped[datetime | None]


class Citation(Base):
    """The verbatim words of one message revision that a claim rests on."""

    __tablename__ = "citation"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    quote: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class VerificationAct(Base):
    """A person checked, edited or rejected a claim; kept for ever, the claim shows the last one."""

    __tablename__ = "verification_act"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    """The claim's words at that moment."""
    person: Mapped[str] = mapped_column(String(200))
    acted_at: Mapped[datetime]
