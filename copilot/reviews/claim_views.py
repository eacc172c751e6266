"""Makes views of claims, of what is proposed beside them, and of what people said of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.reviews.content_hash import claim_hash
from copilot.reviews.models import Claim, ClaimState, Review, VerificationAct
from copilot.reviews.sources import Source
from copilot.reviews.views import (
    CitationView,
    ClaimView,
    CommentView,
    MarkView,
    ProposalView,
    are_opposed,
)
from copilot.reviews.vocabulary import ActKind

WITHHELD = "Withheld: a message it rests on was deleted."
_DECIDING = (ActKind.VERIFIED, ActKind.EDITED, ActKind.WRONG)
_SAYING = (ActKind.VERIFIED, ActKind.EDITED, ActKind.WRONG, ActKind.ADDED, ActKind.TAKEN)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a claim beside its own row."""

    sources: Sequence[Source]
    version: int
    proposals: list[ProposalView] = field(default_factory=list)
    comments: list[CommentView] = field(default_factory=list)
    opinions: "Opinions" = field(default_factory=lambda: Opinions())
    amended_in: int | None = None
    is_signed: bool = False


def claim_view(row: Claim, shown: Shown) -> ClaimView:
    sources = shown.sources
    is_changed = any(source.is_changed for source in sources)
    is_deleted = any(source.is_deleted for source in sources)
    is_supported = row.is_supported and not is_changed and bool(sources)
    return ClaimView(
        id=row.id,
        section=row.section,
        text=text_of(row, sources),
        drafted_text=WITHHELD if is_deleted and row.drafted_text else row.drafted_text,
        citations=[citation_view(source) for source in sources],
        supported=is_supported,
        state=ClaimState(row.state),
        checked_by=row.checked_by,
        checked_at=row.checked_at,
        why=_why(row, sources),
        source_changed=is_changed,
        judged=row.judged,
        version=shown.version,
        proposals=shown.proposals,
        comments=shown.comments,
        marks=shown.opinions.marks,
        needs_settling=shown.opinions.needs_settling and is_supported,
        amended_in=shown.amended_in,
        content_hash=hash_of(row, sources) if shown.is_signed else None,
    )


def proposal_view(row: Claim, sources: Sequence[Source], version: int) -> ProposalView:
    is_changed = any(source.is_changed for source in sources)
    return ProposalView(
        id=row.id,
        text=text_of(row, sources),
        citations=[citation_view(source) for source in sources],
        supported=row.is_supported and not is_changed and bool(sources),
        why=_why(row, sources),
        by=row.checked_by,
        version=version,
    )


def hash_of(row: Claim, sources: Sequence[Source]) -> str:
    return claim_hash(
        text=row.text,
        state=row.state,
        checked_by=row.checked_by or "",
        citations=[(source.message.message_ts, source.citation.quote) for source in sources],
    )


def text_of(row: Claim, sources: Sequence[Source]) -> str:
    """A machine's sentence says what its message said; once that is deleted, it is not shown."""
    is_machines = row.text == row.drafted_text
    return WITHHELD if is_machines and any(s.is_deleted for s in sources) else row.text


def citation_view(source: Source) -> CitationView:
    return CitationView(
        message_ts=source.message.message_ts,
        quote="" if source.is_deleted else source.citation.quote,
        permalink=source.permalink,
        event_id=source.message.event_id,
        author_name=source.message.author_name,
        occurred_at=source.message.occurred_at,
        text="" if source.is_deleted else source.message.text,
        is_changed=source.is_changed,
        is_deleted=source.is_deleted,
    )


@dataclass(slots=True)
class Opinions:
    """What people said of one claim, act by act."""

    last: dict[str, MarkView] = field(default_factory=dict)
    """Of each person, the newest at the end."""
    needs_settling: bool = False
    """Two people say the opposite of these very words, and nobody decided since."""

    @property
    def marks(self) -> list[MarkView]:
        """What each person said last, the newest first."""
        return list(self.last.values())[::-1]

    def add(self, mark: MarkView) -> None:
        were_opposed = are_opposed(self.last.values())
        self.last.pop(mark.person, None)
        self.last[mark.person] = mark
        if mark.is_of_these_words and mark.kind in _DECIDING:
            self.needs_settling = not were_opposed and are_opposed(self.last.values())


def opinions_by_claim(
    session: Session, incident_id: int, rows: Iterable[Claim]
) -> dict[int, Opinions]:
    """Nothing of what was undone since."""
    texts = {row.id: row.text for row in rows}
    acts = session.scalars(
        select(VerificationAct)
        .join(Claim, Claim.id == VerificationAct.claim_id)
        .join(Review, Review.id == Claim.review_id)
        .where(
            Review.incident_id == incident_id,
            VerificationAct.state.in_([*_SAYING, ActKind.UNDONE]),
        )
        .order_by(VerificationAct.id)
    )
    found: dict[int, Opinions] = defaultdict(Opinions)
    for act in acts:
        if act.state == ActKind.UNDONE:
            found.pop(act.claim_id, None)
        elif act.claim_id in texts:
            found[act.claim_id].add(_mark(act, texts[act.claim_id]))
    return found


def _mark(act: VerificationAct, text_now: str) -> MarkView:
    return MarkView(
        person=act.person,
        user_id=act.user_id,
        kind=ActKind(act.state),
        at=act.acted_at,
        is_of_these_words=act.text == text_now,
    )


def _why(row: Claim, sources: Sequence[Source]) -> str | None:
    if any(source.is_deleted for source in sources):
        return "source changed: a message it cites was deleted"
    if any(source.is_changed for source in sources):
        return "source changed: a message it cites was edited"
    if row.is_supported and not sources:
        return "the messages it cited are gone"
    return row.failed_check
