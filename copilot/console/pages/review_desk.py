"""How every act at a review goes: one transaction, a line in the ledger, and on to the next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import ClaimId, IncidentId, incident_path
from copilot.console.incident_header import Header, read_header
from copilot.console.milestone_view import read_milestones
from copilot.console.pages.review_forms import ReachForm, Seen
from copilot.console.rendering import page
from copilot.console.review_order import in_page_order, is_left, left_by_risk, next_after
from copilot.console.review_seeding import answer_if_altered, with_altered
from copilot.console.review_sources import Reach, read_ticked
from copilot.console.review_view import Asked, read_review_page
from copilot.console.sessions import SignedIn, Viewer
from copilot.console.typed_words import NOTHING, Typed, find_place
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.queries import get_incident
from copilot.reviews import ledger
from copilot.reviews.models import Claim, Review
from copilot.reviews.policies import policy_of
from copilot.reviews.reading import current_review
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.seeding import SeededClaim, seeded_for
from copilot.reviews.views import ReviewView
from copilot.reviews.vocabulary import LedgerKind


class After(Enum):
    """Which claim is open after an act."""

    STAY = auto()
    SETTLED = auto()
    """The next one, if nothing is left to do about this one."""
    NEXT = auto()


Act = Callable[[Session], str | None]
"""Does it, and says what the person should hear of it, if anything."""
_GLANCE = timedelta(seconds=1)
"""Who walks through with J and K has not had each claim open."""


@dataclass(frozen=True, slots=True)
class At:
    """Who acts on which claim."""

    request: Request
    viewer: Viewer
    incident_id: int
    claim_id: int
    reach: Reach

    @property
    def by(self) -> Reviewer:
        return reviewer_of(self.viewer)


def _at(
    request: Request,
    viewer: SignedIn,
    incident_id: IncidentId,
    claim_id: ClaimId,
    reach: ReachForm,
) -> At:
    return At(request, viewer, incident_id, claim_id, reach)


AtClaim = Annotated[At, Depends(_at)]


def reviewer_of(viewer: Viewer) -> Reviewer:
    return Reviewer(viewer.name, viewer.user.user_id if viewer.user else None)


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What the routes of a review share."""

    db: Database
    clock: Clock

    def show(
        self,
        request: Request,
        viewer: Viewer,
        incident_id: int,
        asked: Asked,
        *,
        typed: Typed = NOTHING,
        status_code: int = 200,
    ) -> Response:
        """`typed` are words that could not be saved: they stand in the form again."""
        altered = self._altered_for(incident_id, viewer)
        with self.db.reading() as session:
            _incident = get_incident(session, incident_id)  # held, or it is read again and again
            view = current_review(session, incident_id)
            if view is None:
                header = read_header(session, incident_id, self.clock.now())
                return page(request, "review_none.html", header=header, tab="review")
            view = with_altered(view, altered)
            return self._page(
                session, request, viewer, view, asked, typed=typed, status_code=status_code
            )

    def _page(
        self,
        session: Session,
        request: Request,
        viewer: Viewer,
        view: ReviewView,
        asked: Asked,
        *,
        typed: Typed = NOTHING,
        status_code: int = 200,
    ) -> Response:
        incident_id, now = view.incident.id, self.clock.now()
        shown = read_review_page(session, view, asked, viewer, now)
        return page(
            request,
            "review.html",
            status_code=status_code,
            header=_counted(read_header(session, incident_id, now), view),
            shown=shown,
            review=view,
            milestones=read_milestones(
                session, incident_id, viewer, typed=sessions.take_typed(request)
            ),
            typed=find_place(typed, view, shown.opened),
            ticked_elsewhere=read_ticked(session, incident_id, typed.ticked, shown.sources),
            tab="review",
        )

    def carry_out(
        self,
        at: At,
        act: Act,
        *,
        seen: Seen | None = None,
        catches: bool | None = None,
        after: After = After.SETTLED,
        typed: Typed = NOTHING,
    ) -> Response:
        """Do it and go on, or stay and say what was refused.

        `catches` is whether the act would find an altered sentence out; None where it would not
        tell.
        """
        try:
            with self.db.transaction() as session:
                claim = require_claim(session, at.incident_id, at.claim_id)
                revealed = self._reveal(session, at, seen, catches)
                if revealed is None and seen is not None:
                    self.note_opened(session, at, claim, seen)
                told = revealed or act(session)
        except BadInputError as error:
            return self._refuse_at(at, str(error), typed)
        if revealed is not None and typed is not NOTHING:
            # Words on a sentence that was none: they are put back for the real one, not saved.
            why = f"{revealed} Your words wait in the form."
            return self._refuse_at(at, why, typed)
        if told:
            sessions.tell_once(at.request, told)
        after = After.STAY if revealed else after
        # Our script takes the next page from this very answer: one way there and back, not two.
        is_in_place = "x-in-place" in at.request.headers
        altered = self._altered_for(at.incident_id, at.viewer) if is_in_place else []
        with self.db.reading() as session:
            _incident = get_incident(session, at.incident_id)
            view = current_review(session, at.incident_id)
            open_next = _go_on_with(view, at.claim_id, after)
            going_on = to_review(at.incident_id, open_next)
            if view is None or not is_in_place:
                return going_on
            view = with_altered(view, altered)
            shown = self._page(session, at.request, at.viewer, view, Asked(open_next))
        shown.headers["content-location"] = going_on.headers["location"].partition("#")[0]
        return shown

    def refuse(
        self,
        request: Request,
        viewer: Viewer,
        incident_id: int,
        why: str,
        typed: Typed,
        asked: Asked,
    ) -> Response:
        """The page as it was `asked` for again, with why, and with what was typed in its form."""
        sessions.tell_once(request, why)
        typed = replace(typed, claim_id=asked.claim_id)
        return self.show(request, viewer, incident_id, asked, typed=typed, status_code=409)

    def _refuse_at(self, at: At, why: str, typed: Typed) -> Response:
        asked = Asked(at.claim_id, at.reach)
        return self.refuse(at.request, at.viewer, at.incident_id, why, typed, asked)

    def note_opened(self, session: Session, at: At, claim: Claim, seen: Seen) -> None:
        """The page opens a claim beside its sources; what is not known is for how long."""
        now = self.clock.now()
        seconds = seen.seconds(now)
        if seconds is not None and seconds < _GLANCE.total_seconds():
            return
        ledger.note(
            session,
            get_incident(session, at.incident_id),
            LedgerKind.OPENED,
            claim=claim,
            person=at.by.signature,
            user_id=at.by.user_id,
            seconds=seconds,
            now=now,
        )

    def _altered_for(self, incident_id: int, viewer: Viewer) -> list[SeededClaim]:
        with self.db.reading() as session:
            policy = policy_of(session, get_incident(session, incident_id).team_id)
        if not policy.seeded_share:
            return []
        person, now = reviewer_of(viewer).signature, self.clock.now()
        with self.db.transaction() as session:
            return seeded_for(session, incident_id, person, policy, now)

    def _reveal(
        self, session: Session, at: At, seen: Seen | None, catches: bool | None
    ) -> str | None:
        if seen is None or catches is None:
            return None
        now = self.clock.now()
        return answer_if_altered(
            session,
            at.claim_id,
            seen.text,
            by=at.by,
            caught=catches,
            seconds=seen.seconds(now),
            now=now,
        )


def to_review(incident_id: int, claim_id: int | None = None) -> Response:
    anchor = f"?claim={claim_id}#c-{claim_id}" if claim_id else ""
    return RedirectResponse(f"{incident_path(incident_id)}/review{anchor}", status_code=303)


def require_claim(session: Session, incident_id: int, claim_id: int) -> Claim:
    """Raises NotFoundError for a claim of another incident."""
    claim = session.get(Claim, claim_id)
    review = session.get(Review, claim.review_id) if claim else None
    if claim is None or review is None or review.incident_id != incident_id:
        raise NotFoundError(f"The review of incident {incident_id} has no sentence {claim_id}.")
    return claim


def _go_on_with(view: ReviewView | None, claim_id: int, after: After) -> int | None:
    if view is None:
        return None
    if after is After.STAY or (after is After.SETTLED and _is_unsettled(view, claim_id)):
        return claim_id
    claim = next((each for each in in_page_order(view) if each.id == claim_id), None)
    return next_after(left_by_risk(view), claim) or claim_id


def _is_unsettled(view: ReviewView, claim_id: int) -> bool:
    is_apart = any(claim.id == claim_id for claim in view.unsupported)
    return is_apart or any(is_left(c) for c in in_page_order(view) if c.id == claim_id)


def _counted(header: Header, view: ReviewView) -> Header:
    """The counts of what is on the page: a source that was edited since takes a claim out."""
    waiting = replace(header.waiting, claims=len(view.claims), claims_checked=view.checked)
    return replace(header, waiting=waiting)
