"""A review as people and programs read it: what `reading` hands to pages and exports."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from copilot.reviews.models import ClaimState
from copilot.reviews.vocabulary import ActKind
from copilot.reviews.written_down import WrittenDown

_LOCAL = "local-"
"""What the built-in engine's name begins with; its version follows."""
_ONE_IN, _A_HANDFUL = 20, 5


def tells_next_to_nothing(read: int, told: int) -> bool:
    """Of so many messages that were read, sentences rest on so few that the review tells little.

    Less than one in twenty is next to nothing. In a long incident that would be a lot to ask, so
    a handful is enough there: who is told that nothing was found looks, and finds it.
    """
    return read > 0 and told < min(_A_HANDFUL, max(1.0, read / _ONE_IN))


class ReviewedIncident(BaseModel):
    id: int
    title: str
    channel: str
    severity: str | None
    status: str
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None
    time_zone: str = "UTC"
    """By whose clocks its review is written."""


class CitationView(BaseModel):
    message_ts: str
    quote: str
    """Verbatim; empty once the message was deleted."""
    permalink: str

    event_id: int = Field(exclude=True)
    author_name: str = Field(exclude=True)
    occurred_at: datetime = Field(exclude=True)
    text: str = Field(exclude=True)
    """The message as it read when it was cited."""
    is_changed: bool = Field(exclude=True)
    is_deleted: bool = Field(exclude=True)


class CommentView(BaseModel):
    id: int
    claim_id: int | None
    """None for a comment on the review as a whole."""
    text: str
    author: str
    written_at: datetime
    settled_by: str | None = None
    settled_at: datetime | None = None


class MarkView(BaseModel):
    """What a person said of a claim last, in whatever words it had then."""

    person: str
    user_id: str | None
    kind: ActKind
    at: datetime
    is_of_these_words: bool
    """False where the claim was put otherwise since."""


def are_opposed(marks: Iterable[MarkView]) -> bool:
    """Of these very words one person says that they are right, another that they are wrong."""
    said = {mark.kind for mark in marks if mark.is_of_these_words}
    return ActKind.WRONG in said and bool(said & {ActKind.VERIFIED, ActKind.EDITED})


class ProposalView(BaseModel):
    """A sentence beside one that a person had touched; no part of the review until taken."""

    id: int
    text: str
    citations: list[CitationView]
    supported: bool
    why: str | None
    """What is wrong with it, in words; such a one cannot be taken."""
    by: str | None
    """The person whose words they are; None for a draft's."""
    version: int


class ClaimView(BaseModel):
    """One sentence with its sources, what code found and what a person said."""

    text: str
    citations: list[CitationView]
    supported: bool

    id: int = Field(exclude=True)
    section: str = Field(exclude=True)
    """A `SectionView.key`."""
    state: ClaimState = Field(exclude=True)
    checked_by: str | None = Field(exclude=True)
    checked_at: datetime | None = Field(exclude=True)
    drafted_text: str = Field(exclude=True)
    """Empty for a sentence that a person added."""
    why: str | None = Field(exclude=True)
    """What is wrong with it, in words; None for a supported claim."""
    source_changed: bool = Field(exclude=True)
    judged: str | None = Field(default=None, exclude=True)
    """A `Support` value: what the second judge found; None where none was asked."""
    version: int = Field(default=1, exclude=True)
    """In which it came into the review."""
    proposals: list[ProposalView] = Field(default=[], exclude=True)
    comments: list[CommentView] = Field(default=[], exclude=True)
    marks: list[MarkView] = Field(default=[], exclude=True)
    """What each person said last, the newest first."""
    needs_settling: bool = Field(default=False, exclude=True)
    """It is disputed, could be published, and nobody decided since both opinions stand."""
    amended_in: int | None = Field(default=None, exclude=True)
    """Number of the newest amendment that corrects or strikes it."""
    content_hash: str | None = Field(default=None, exclude=True)
    """Of a signed claim: SHA-256 as docs/reviews.md has it."""

    @property
    def is_checked(self) -> bool:
        return self.state in (ClaimState.VERIFIED, ClaimState.EDITED)

    @property
    def is_in_a_persons_words(self) -> bool:
        return self.text != self.drafted_text

    @property
    def is_disputed(self) -> bool:
        return are_opposed(self.marks)


class SectionView(BaseModel):
    key: str = Field(exclude=True)
    title: str
    claims: list[ClaimView]
    """Empty where the timeline says nothing."""
    is_waiting: bool = Field(default=False, exclude=True)
    """Not drafted yet in the newest version."""


class SignedView(BaseModel):
    by: str
    user_id: str | None
    at: datetime
    version: int
    content_hash: str
    """SHA-256 of what was signed; docs/reviews.md says how to work it out."""
    covers_written_down: bool = False
    """What people wrote down is part of that; not so in reviews signed before it was kept."""


class AmendmentView(BaseModel):
    """A correction to a signed review. `text` is None where a sentence is struck."""

    number: int
    claim_id: int | None
    """What is corrected: a signed claim, or `new_claim_id` of an earlier amendment."""
    new_claim_id: int | None
    section: str
    text: str | None
    citations: list[CitationView]
    why: str
    author: str
    written_at: datetime
    source_changed: bool
    """A source of it was edited or deleted since."""


class ReviewView(BaseModel):
    id: int
    incident: ReviewedIncident
    version: int
    engine: str
    drafted_at: datetime
    events_read: int
    events_left_out: int
    left_out: list[str] = []
    """What else did not fit, in words with numbers."""
    fell_back_because: str | None = None
    gaps: list[str] = []
    """Stretches of the timeline in which messages may be missing, in words, as they are now."""
    sections: list[SectionView]
    """Those of the version's template, in order, with what may be published."""
    sections_waiting: list[str] = []
    """Titles of those that are not drafted yet."""
    waits_for_people: bool = False
    """They are drafted once people have checked more of what there is."""
    written_down: list[WrittenDown] = []
    """Notes and the like, which rest on no message and so are no claims."""
    unsupported: list[ClaimView]
    """Kept apart: what its sources do not carry, or no longer."""
    rejected: list[ClaimView]
    """What a person marked wrong."""
    comments: list[CommentView] = []
    """On the review as a whole, oldest first; those on a claim are with it."""
    signed: SignedView | None = None
    amendments: list[AmendmentView] = []
    source_changed: int = 0
    """Claims, not marked wrong, of which a source was edited or deleted since."""

    @property
    def claims(self) -> list[ClaimView]:
        return [claim for section in self.sections for claim in section.claims]

    @property
    def events_told(self) -> int:
        """Messages that any sentence rests on, whatever became of it."""
        sentences = [*self.claims, *self.unsupported, *self.rejected]
        return len({citation.event_id for one in sentences for citation in one.citations})

    @property
    def found_next_to_nothing(self) -> bool:
        """The built-in engine alone read messages, and next to nothing of them is told."""
        is_local = self.engine.startswith(_LOCAL) and " + " not in self.engine
        is_whole = not self.sections_waiting
        return is_local and is_whole and tells_next_to_nothing(self.events_read, self.events_told)

    @property
    def checked(self) -> int:
        """Published claims that a named person verified or wrote."""
        return sum(claim.is_checked for claim in self.claims)

    @property
    def open_proposals(self) -> int:
        everything = [*self.claims, *self.unsupported, *self.rejected]
        return sum(len(claim.proposals) for claim in everything)
