"""The review page: where the reader is, what is left, and the sources of the open claim."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.conversation import Line, conversation
from copilot.console.material import Material, gather, surroundings
from copilot.console.shown_events import around
from copilot.reviews.models import ClaimState
from copilot.reviews.reading import CitationView, ClaimView, ReviewView
from copilot.timeline.models import TimelineEvent

_BEFORE, _AFTER = 2, 3
"""Messages shown around a cited one."""
_WORDS_PER_MINUTE = 238
"""Silent reading of English prose (Brysbaert 2019)."""


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A piece of conversation around one or more cited messages."""

    lines: Sequence[Line]
    changed: Sequence[CitationView]
    """Cited here, and edited or deleted since."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    review: ReviewView
    opened: ClaimView | None
    sources: Sequence[SourcePart]
    next_id: int | None
    """The claim to go on with after the open one."""
    total: int
    checked: int
    people: str
    minutes_left: int


def read_review_page(session: Session, review: ReviewView, opened_id: int | None) -> ReviewPage:
    order = [*review.claims, *review.unsupported, *review.rejected]
    opened = next((claim for claim in order if claim.id == opened_id), None)
    if opened is None:
        opened = next((claim for claim in order if _is_left(claim)), None)
    left = [claim for claim in review.claims if _is_left(claim)]
    return ReviewPage(
        review=review,
        opened=opened,
        sources=_sources(session, review.incident.id, opened) if opened else [],
        next_id=next_after(order, opened.id) if opened else None,
        total=len(review.claims),
        checked=review.checked,
        people=_people(review),
        minutes_left=ceil(sum(_words(claim) for claim in left) / _WORDS_PER_MINUTE),
    )


def next_claim(review: ReviewView, claim_id: int) -> int | None:
    """The claim to check after `claim_id`, from the top again if need be; None if none is left."""
    return next_after([*review.claims, *review.unsupported, *review.rejected], claim_id)


def next_after(order: Sequence[ClaimView], claim_id: int) -> int | None:
    place = next((i for i, claim in enumerate(order) if claim.id == claim_id), -1)
    onward = [*order[place + 1 :], *order[: max(0, place)]]
    return next((claim.id for claim in onward if _is_left(claim)), None)


def _is_left(claim: ClaimView) -> bool:
    return claim.supported and claim.state == ClaimState.UNVERIFIED


def _people(review: ReviewView) -> str:
    """Who checked how many: `sam 3, ben 1`."""
    checkers = Counter(claim.checked_by for claim in review.claims if claim.is_checked)
    return ", ".join(f"{name} {number}" for name, number in checkers.most_common())


def _words(claim: ClaimView) -> int:
    return len(" ".join([claim.text, *(c.quote for c in claim.citations)]).split())


def _sources(session: Session, incident_id: int, claim: ClaimView) -> list[SourcePart]:
    """Each cited message in its conversation; those that lie close together share one part."""
    material = gather(session, incident_id)
    quotes: dict[int, list[str]] = {}
    for citation in claim.citations:
        quotes.setdefault(citation.event_id, []).append(citation.quote)
    parts = []
    for events in _pieces(material, list(quotes)):
        shown = {event.id for event in events}
        changed = [c for c in claim.citations if c.event_id in shown and c.is_changed]
        lines = conversation(events, surroundings(material, events, quotes))
        parts.append(SourcePart(lines, changed))
    return parts


def _pieces(material: Material, event_ids: Sequence[int]) -> list[list[TimelineEvent]]:
    """The messages with a few before and after; overlapping pieces become one."""
    session = material.session
    cited = session.scalars(
        select(TimelineEvent)
        .where(TimelineEvent.id.in_(event_ids))
        .order_by(TimelineEvent.occurred_at)
    )
    pieces: list[list[TimelineEvent]] = []
    for event in cited.all():
        piece = around(session, material.span, event, before=_BEFORE, after=_AFTER)
        if pieces and piece[0].occurred_at <= pieces[-1][-1].occurred_at:
            known = {each.id for each in pieces[-1]}
            pieces[-1] += [each for each in piece if each.id not in known]
        else:
            pieces.append(piece)
    return pieces


def progress_words(page: ReviewPage) -> str:
    """E.g. `3 of 14 claims checked, about 2 min of reading left`."""
    done = f"{page.checked} of {words.count(page.total, 'claim')} checked"
    if page.minutes_left:
        return f"{done}, about {page.minutes_left} min of reading left"
    return f"{done}, none left to check"
