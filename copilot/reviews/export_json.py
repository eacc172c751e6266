"""Writes a review as JSON for programs. docs/review.schema.json is made from the models here.

What is kept apart is told without its words, so that nobody takes it for part of the review.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.reviews.export_words import Export, export_of
from copilot.reviews.milestones import Duration, Milestone, Milestones
from copilot.reviews.views import (
    AmendmentView,
    CitationView,
    ClaimView,
    ReviewView,
    SectionView,
    SignedView,
)
from copilot.reviews.vocabulary import MilestoneKind
from copilot.reviews.written_down import WrittenDown

SCHEMA_VERSION: Literal["1"] = "1"
"""Raised when a field changes its meaning or goes; new fields leave it as it is."""
SCHEMA_ID = "incident-copilot/review/1"

_MessageTs = Field(
    pattern=r"^\d+\.\d+$",
    description="Slack's id of a message. Text: as a number it would lose digits.",
)


class _Exported(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExportedIncident(_Exported):
    id: int
    title: str
    channel: str
    severity: str | None
    status: str
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None
    time_zone: str = Field(description="By whose clocks the review speaks of times of day.")


class ExportedCitation(_Exported):
    message_ts: str = _MessageTs
    quote: str = Field(description="Verbatim words of the message; empty once it was deleted.")
    permalink: str
    author: str
    written_at: datetime
    is_changed: bool = Field(description="The message was edited or deleted since it was cited.")
    is_deleted: bool


class ExportedClaim(_Exported):
    id: int
    text: str
    citations: list[ExportedCitation]
    supported: bool = Field(description="Its sources carry it as they read now.")
    state: Literal["unverified", "verified", "edited"]
    checked_by: str | None = Field(description="The person who verified or wrote it.")
    checked_at: datetime | None
    source_changed: bool
    amended_in: int | None = Field(description="Number of the newest amendment of it.")
    content_hash: str | None = Field(description="Of a signed sentence; SHA-256, hex.")


class ExportedSection(_Exported):
    key: str
    title: str
    claims: list[ExportedClaim] = Field(description="Empty where the timeline says nothing.")
    is_waiting: bool = Field(description="Not drafted yet.")


class ExportedMilestone(_Exported):
    at: datetime
    origin: Literal["record", "message", "person"]
    rule: str = Field(description="What made it the milestone.")
    message_ts: str | None = Field(pattern=r"^\d+\.\d+$")
    permalink: str | None
    person: str | None
    why: str


class ExportedDuration(_Exported):
    seconds: float | None
    since: str
    until: str
    problem: str | None


class ExportedSignature(_Exported):
    by: str
    at: datetime
    version: int
    content_hash: str = Field(description="SHA-256, hex, as docs/reviews.md works it out.")
    covers_written_down: bool = Field(description="The hash is of `written_down`, too.")


class ExportedAmendment(_Exported):
    number: int
    claim_id: int | None = Field(description="What is corrected; null for a sentence added.")
    new_claim_id: int | None
    section: str
    text: str | None = Field(description="What holds instead; null where it is struck.")
    citations: list[ExportedCitation]
    why: str
    author: str
    written_at: datetime
    source_changed: bool


class ExportedNote(_Exported):
    kind: Literal["note", "follow_up"]
    text: str
    author: str
    occurred_at: datetime


class KeptApart(_Exported):
    id: int
    section: str
    why: str = Field(description="Which check failed, and on what.")


class ReviewDocument(_Exported):
    """A post-incident review in which every sentence leads to the messages it rests on."""

    schema_version: Literal["1"]
    incident: ExportedIncident
    is_draft: bool = Field(description="True until a named person signed it.")
    sentences: int
    checked: int = Field(description="Sentences that a named person verified or wrote.")
    version: int
    engine: str
    drafted_at: datetime
    messages_read: int
    messages_left_out: int
    left_out: list[str] = Field(description="What else did not fit, in words.")
    not_in_timeline: list[str] = Field(description="Stretches in which messages may be missing.")
    milestones: dict[MilestoneKind, ExportedMilestone | None] = Field(
        description="Null where the timeline does not show it."
    )
    durations: dict[str, ExportedDuration]
    milestone_problems: list[str]
    sections: list[ExportedSection]
    written_down: list[ExportedNote] = Field(
        description="What people wrote down and said nowhere in the channel; of a signed review, "
        "as it stood then."
    )
    unsupported: list[KeptApart] = Field(description="Left out of the review, one entry each.")
    marked_wrong: int = Field(description="Sentences that a person marked wrong; left out.")
    signed: ExportedSignature | None
    amendments: list[ExportedAmendment]


def to_json(view: ReviewView, milestones: Milestones | None = None) -> dict[str, Any]:
    """As docs/review.schema.json describes it."""
    return _document(export_of(view, milestones)).model_dump(mode="json")


def review_schema() -> dict[str, Any]:
    """JSON schema of what `to_json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **ReviewDocument.model_json_schema(mode="serialization"),
    }


def _document(export: Export) -> ReviewDocument:
    view, found = export.view, export.milestones
    return ReviewDocument(
        schema_version=SCHEMA_VERSION,
        incident=ExportedIncident(**view.incident.model_dump()),
        is_draft=view.signed is None,
        sentences=len(view.claims),
        checked=view.checked,
        version=view.version,
        engine=view.engine,
        drafted_at=view.drafted_at,
        messages_read=view.events_read,
        messages_left_out=view.events_left_out,
        left_out=view.left_out,
        not_in_timeline=view.gaps,
        milestones={kind: _milestone(found.found.get(kind)) for kind in MilestoneKind},
        durations={each.name: _duration(each) for each in found.durations},
        milestone_problems=list(found.problems),
        sections=[_section(section) for section in view.sections],
        written_down=[_note(each) for each in view.written_down],
        unsupported=[_kept_apart(view, claim) for claim in view.unsupported],
        marked_wrong=len(view.rejected),
        signed=_signature(view.signed),
        amendments=[_amendment(each) for each in view.amendments],
    )


def _kept_apart(view: ReviewView, claim: ClaimView) -> KeptApart:
    title = next(section.title for section in view.sections if section.key == claim.section)
    return KeptApart(id=claim.id, section=title, why=claim.why or "its sources do not carry it")


def _note(written: WrittenDown) -> ExportedNote:
    return ExportedNote(**written.model_dump(include=set(ExportedNote.model_fields)))


def _section(section: SectionView) -> ExportedSection:
    return ExportedSection(
        key=section.key,
        title=section.title,
        claims=[_claim(claim) for claim in section.claims],
        is_waiting=section.is_waiting,
    )


def _claim(claim: ClaimView) -> ExportedClaim:
    return ExportedClaim(
        id=claim.id,
        text=claim.text,
        citations=[_citation(each) for each in claim.citations],
        supported=claim.supported,
        state=claim.state.value,
        checked_by=claim.checked_by,
        checked_at=claim.checked_at,
        source_changed=claim.source_changed,
        amended_in=claim.amended_in,
        content_hash=claim.content_hash,
    )


def _citation(citation: CitationView) -> ExportedCitation:
    return ExportedCitation(
        message_ts=citation.message_ts,
        quote=citation.quote,
        permalink=citation.permalink,
        author=citation.author_name,
        written_at=citation.occurred_at,
        is_changed=citation.is_changed,
        is_deleted=citation.is_deleted,
    )


def _milestone(milestone: Milestone | None) -> ExportedMilestone | None:
    if milestone is None:
        return None
    return ExportedMilestone(
        at=milestone.at,
        origin=milestone.origin.value,
        rule=milestone.rule,
        message_ts=milestone.message_ts,
        permalink=milestone.permalink,
        person=milestone.person,
        why=milestone.why,
    )


def _duration(duration: Duration) -> ExportedDuration:
    return ExportedDuration(
        seconds=duration.length.total_seconds() if duration.length is not None else None,
        since=duration.since,
        until=duration.until,
        problem=duration.problem,
    )


def _signature(signed: SignedView | None) -> ExportedSignature | None:
    if signed is None:
        return None
    return ExportedSignature(
        by=signed.by,
        at=signed.at,
        version=signed.version,
        content_hash=signed.content_hash,
        covers_written_down=signed.covers_written_down,
    )


def _amendment(each: AmendmentView) -> ExportedAmendment:
    fields = each.model_dump(exclude={"citations"})
    return ExportedAmendment(**fields, citations=[_citation(one) for one in each.citations])
