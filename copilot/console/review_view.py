"""The review page: where the reader is, what is left, and the sources of the open claim."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.material import Material, gather
from copilot.console.review_order import in_page_order, is_left, left_by_risk, next_after
from copilot.console.review_sources import (
    BESIDE,
    MOST,
    Reach,
    SourcePart,
    Stretch,
    read_sources,
    read_stretch,
)
from copilot.console.review_state import review_state
from copilot.console.sessions import Viewer
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.ports import WindowMessage
from copilot.reviews.debt import debt_of
from copilot.reviews.models import ClaimState, LedgerEntry
from copilot.reviews.nearby import message_to_cite
from copilot.reviews.time_zones import zone_of, zone_of_person
from copilot.reviews.views import ClaimView, ReviewView
from copilot.reviews.word_changes import word_changes
from copilot.timeline.mrkdwn import to_plain

_MOST_PEOPLE = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the review somebody wants to see."""

    claim_id: int | None = None
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    review: ReviewView
    opened: ClaimView | None
    reach: Reach
    sources: Sequence[SourcePart]
    stretch: Stretch | None
    """Where in the whole conversation `sources` are; None where they stand around what is cited."""
    to_cite: WindowMessage | None
    """With it the open claim, which is kept apart, would pass the checks."""
    next_id: int | None
    """The claim to go on with after the open one."""
    total: int
    checked: int
    to_go: str
    """What is left before it can be signed: `37 sentences and 1 section`; empty for nothing."""
    people: Sequence[tuple[str, int]]
    """Who is at work on it, and how many of its claims each checked; the viewer first, as `you`."""
    minutes_left: int
    state: str
    zone: ZoneInfo
    own_zone: ZoneInfo | None
    """The reader's, where it is known and another one."""
    opened_at: datetime

    @property
    def progress(self) -> str:
        """E.g. `3 of 14 sentences checked · 6 min of reading left · you 3, ben 0`."""
        parts = [f"{self.checked} of {words.count(self.total, 'sentence')} checked"]
        if self.review.signed is None:
            left = f"{self.minutes_left} min of reading left" if self.minutes_left else ""
            parts.append(left or "none left to check")
        parts.append(", ".join(f"{name} {number}" for name, number in self.people))
        return " · ".join(part for part in parts if part)

    @property
    def put_otherwise(self) -> Sequence[tuple[str, str]]:
        """How a person changed the open claim's drafted words: runs of `same`, `gone`, `new`."""
        claim = self.opened
        if claim is None or not claim.drafted_text or not claim.is_in_a_persons_words:
            return ()
        if claim.state != ClaimState.EDITED:
            return ()
        return word_changes(claim.drafted_text, claim.text)

    @property
    def earlier(self) -> Reach | None:
        """What to show next, for who asks what was said before."""
        if self.stretch is not None:
            return self.stretch.earlier
        return self.reach.with_earlier if self.sources and self.reach.before < MOST else None

    @property
    def later(self) -> Reach | None:
        if self.stretch is not None:
            return self.stretch.later
        return self.reach.with_later if self.sources and self.reach.after < MOST else None

    @property
    def elsewhere(self) -> Sequence[tuple[str, Reach]]:
        """Other parts of the conversation, by what leads there."""
        if self.stretch is None:
            return [("Whole conversation", Reach(start=BESIDE))]
        ways = [("Beginning", self.stretch.beginning), ("End", self.stretch.end)]
        if self.opened is not None:
            ways.append(("Back to the sources", Reach()))
        return [(label, reach) for label, reach in ways if reach is not None]


def read_review_page(
    session: Session, review: ReviewView, asked: Asked, viewer: Viewer, now: datetime
) -> ReviewPage:
    incident = get_incident(session, review.incident.id)
    order = in_page_order(review)
    opened = next((claim for claim in order if claim.id == asked.claim_id), None)
    left = left_by_risk(review)
    if opened is None:
        opened = next(iter([*left, *order]), None)
    zone = zone_of(session, incident)
    stretch, sources = _conversation(gather(session, incident.id, zone), opened, asked.reach)
    return ReviewPage(
        review=review,
        opened=opened,
        reach=asked.reach,
        sources=sources,
        stretch=stretch,
        to_cite=_to_cite(session, incident, review, opened),
        next_id=next_after(left, opened),
        total=len(review.claims),
        checked=review.checked,
        to_go=_to_go(review),
        people=_people(session, review, viewer),
        minutes_left=ceil(debt_of(session, incident.id, now).minutes),
        state=review_state(session, incident),
        zone=zone,
        own_zone=_own_zone(session, incident, viewer, zone),
        opened_at=now,
    )


def _conversation(
    material: Material, opened: ClaimView | None, reach: Reach
) -> tuple[Stretch | None, Sequence[SourcePart]]:
    """Around the open claim's sources, or the whole where that is asked for, or none is open."""
    if opened is None or reach.start is not None:
        cited = opened.citations if opened else []
        return read_stretch(material, cited, reach.start or 0)
    return None, read_sources(material, opened.citations, reach)


def _to_cite(
    session: Session, incident: Incident, review: ReviewView, opened: ClaimView | None
) -> WindowMessage | None:
    if opened is None or review.signed or opened not in review.unsupported:
        return None
    found = message_to_cite(session, incident, opened.id)
    return replace(found, text=to_plain(found.text, {})) if found else None


def _to_go(review: ReviewView) -> str:
    sentences, sections = sum(map(is_left, in_page_order(review))), len(review.sections_waiting)
    parts = [(sentences, "sentence"), (sections, "section")]
    return " and ".join(words.count(number, what) for number, what in parts if number)


def _people(session: Session, review: ReviewView, viewer: Viewer) -> list[tuple[str, int]]:
    """Whoever opened or checked a claim, `you` first: `you 3, ben 0`."""
    seen = session.scalars(
        select(LedgerEntry.person)
        .where(LedgerEntry.incident_id == review.incident.id, LedgerEntry.person.is_not(None))
        .distinct()
    )
    checked = Counter(
        claim.checked_by for claim in review.claims if claim.checked_by and claim.is_checked
    )
    names = {name for name in (*seen, *checked) if name}
    others = sorted(names - {viewer.name}, key=lambda name: (-checked[name], name))
    shown = [(name, checked[name]) for name in others[:_MOST_PEOPLE]]
    if viewer.name in names or review.signed is None:
        shown.insert(0, ("you", checked[viewer.name]))
    return shown


def _own_zone(
    session: Session, incident: Incident, viewer: Viewer, zone: ZoneInfo
) -> ZoneInfo | None:
    if viewer.user is None:
        return None
    own = zone_of_person(session, incident.team_id, viewer.user.user_id)
    return own if own is not None and own.key != zone.key else None
