"""Signing a review, and correcting a signed one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.console import sessions
from copilot.console.addresses import IncidentId, incident_path
from copilot.console.incident_header import read_header
from copilot.console.message_link import stamps_in
from copilot.console.pages.review_acts import CLAIM, ONLY_OWN_FORMS, Words
from copilot.console.pages.review_desk import (
    After,
    AtClaim,
    ReviewDesk,
    reviewer_of,
    to_review,
)
from copilot.console.pages.review_forms import ReachForm
from copilot.console.pages.review_remarks import NO_MESSAGES, REVIEW, Messages
from copilot.console.pages.review_remarks import Claim as OpenedClaim
from copilot.console.rendering import page
from copilot.console.review_order import left_by_risk
from copilot.console.review_view import Asked
from copilot.console.sessions import SignedIn
from copilot.console.typed_words import Typed
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.queries import get_incident
from copilot.reviews import amendments, signing
from copilot.reviews.reading import current_review
from copilot.reviews.time_zones import zone_of


def add_signing(router: APIRouter, desk: ReviewDesk) -> None:
    _add_sign_off(router, desk)
    _add_amendments(router, desk)


def _add_sign_off(router: APIRouter, desk: ReviewDesk) -> None:
    @router.get(f"{REVIEW}/sign")
    def before_signing(request: Request, _viewer: SignedIn, incident_id: IncidentId) -> Response:
        """What is missing; or what is signed, and under whose name."""
        with desk.db.reading() as session:
            view = current_review(session, incident_id)
            if view is None:
                raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
            return page(
                request,
                "review_sign.html",
                header=read_header(session, incident_id, desk.clock.now()),
                review=view,
                missing=signing.what_is_missing(session, incident_id),
                seen=signing.reading_of(view),
                first=next(iter(left_by_risk(view)), None),
                zone_here=zone_of(session, get_incident(session, incident_id)),
                tab="review",
            )

    @router.post(f"{REVIEW}/sign", dependencies=ONLY_OWN_FORMS)
    def sign(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        seen: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        by, now = reviewer_of(viewer), desk.clock.now()
        try:
            with desk.db.transaction() as session:
                signing.sign_off(session, incident_id, by=by, now=now, seen=seen)
        except BadInputError as error:
            sessions.tell_once(request, str(error))
            return RedirectResponse(f"{incident_path(incident_id)}/review/sign", status_code=303)
        return to_review(incident_id)


def _add_amendments(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/amend", dependencies=ONLY_OWN_FORMS)
    def amend(
        at: AtClaim,
        why: Words = "",
        text: Words = "",
        what: Annotated[str, Form(max_length=16)] = "reword",
    ) -> Response:
        def act(session: Session) -> str:
            amendments.amend(
                session,
                at.incident_id,
                claim_id=at.claim_id,
                text=None if what == "strike" else text,
                why=why,
                by=at.by,
                now=desk.clock.now(),
            )
            return "The correction stands below the signed review, under your name."

        typed = Typed("amend", {"text": text, "why": why})
        return desk.carry_out(at, act, after=After.STAY, typed=typed)

    @router.post(f"{REVIEW}/amendments", dependencies=ONLY_OWN_FORMS)
    def add(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        reach: ReachForm,
        section: Annotated[str, Form(max_length=64)] = "",
        text: Words = "",
        message: Messages = NO_MESSAGES,
        why: Words = "",
        opened: OpenedClaim = None,
    ) -> Response:
        try:
            with desk.db.transaction() as session:
                channel = get_incident(session, incident_id).channel_id
                amendments.add_amendment(
                    session,
                    incident_id,
                    section=section,
                    text=text,
                    message_ts=stamps_in(message, channel),
                    why=why,
                    by=reviewer_of(viewer),
                    now=desk.clock.now(),
                )
        except BadInputError as error:
            fields = {"text": text, "section": section, "why": why}
            typed = Typed("add", fields, tuple(message))
            return desk.refuse(
                request, viewer, incident_id, str(error), typed, Asked(opened, reach)
            )
        return to_review(incident_id)
