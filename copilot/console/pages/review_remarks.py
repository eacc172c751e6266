"""What people add to a review: comments, sentences of their own, and which sources they read."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.console import sessions
from copilot.console.addresses import CommentId, IncidentId
from copilot.console.message_link import stamps_in
from copilot.console.pages.review_acts import CLAIM, ONLY_OWN_FORMS, Words
from copilot.console.pages.review_desk import (
    After,
    AtClaim,
    ReviewDesk,
    require_claim,
    reviewer_of,
    to_review,
)
from copilot.console.pages.review_forms import ReachForm, SeenForm
from copilot.console.review_view import Asked
from copilot.console.sessions import SignedIn
from copilot.console.typed_words import NOTHING, Typed
from copilot.errors import BadInputError, NotFoundError
from copilot.incidents.queries import get_incident
from copilot.reviews import citing, comments, ledger
from copilot.reviews.models import Comment
from copilot.reviews.vocabulary import LedgerKind

REVIEW = "/incidents/{incident_id}/review"
Messages = Annotated[list[Words], Form(max_length=50)]
"""What was ticked in the conversation, and what was pasted."""
NO_MESSAGES: list[str] = []
Claim = Annotated[int | None, Form(ge=1, le=2**63 - 1)]


def add_remarks(router: APIRouter, desk: ReviewDesk) -> None:
    _add_comments(router, desk)
    _add_sentences(router, desk)
    _add_looks(router, desk)


def _add_comments(router: APIRouter, desk: ReviewDesk) -> None:
    now = desk.clock.now

    @router.post(f"{CLAIM}/comment", dependencies=ONLY_OWN_FORMS)
    def on_claim(at: AtClaim, text: Words = "") -> Response:
        def act(session: Session) -> None:
            comments.write_comment(
                session, at.incident_id, claim_id=at.claim_id, text=text, by=at.by, now=now()
            )

        typed = Typed("comment", {"text": text})
        return desk.carry_out(at, act, after=After.STAY, typed=typed)

    @router.post(f"{REVIEW}/comment", dependencies=ONLY_OWN_FORMS)
    def on_review(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        reach: ReachForm,
        text: Words = "",
        opened: Claim = None,
    ) -> Response:
        try:
            with desk.db.transaction() as session:
                by = reviewer_of(viewer)
                comments.write_comment(session, incident_id, text=text, by=by, now=now())
        except BadInputError as error:
            typed = Typed("remark", {"text": text})
            return desk.refuse(
                request, viewer, incident_id, str(error), typed, Asked(opened, reach)
            )
        return to_review(incident_id, opened)

    @router.post(f"{REVIEW}/comments/{{comment_id}}/settle", dependencies=ONLY_OWN_FORMS)
    def settle(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        comment_id: CommentId,
        reach: ReachForm,
        opened: Claim = None,
    ) -> Response:
        try:
            with desk.db.transaction() as session:
                _require_comment(session, incident_id, comment_id)
                comments.settle_comment(session, comment_id, by=reviewer_of(viewer), now=now())
        except BadInputError as error:
            return desk.refuse(
                request, viewer, incident_id, str(error), NOTHING, Asked(opened, reach)
            )
        return to_review(incident_id, opened)


def _add_sentences(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{REVIEW}/claims", dependencies=ONLY_OWN_FORMS)
    def add(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        reach: ReachForm,
        section: Annotated[str, Form(max_length=64)] = "",
        text: Words = "",
        message: Messages = NO_MESSAGES,
        opened: Claim = None,
    ) -> Response:
        """A sentence of one's own, with the messages that it rests on."""
        try:
            with desk.db.transaction() as session:
                channel = get_incident(session, incident_id).channel_id
                claim = citing.add_claim(
                    session,
                    incident_id,
                    section=section,
                    text=text,
                    message_ts=stamps_in(message, channel),
                    by=reviewer_of(viewer),
                    now=desk.clock.now(),
                )
        except BadInputError as error:
            typed = Typed("add", {"text": text, "section": section}, tuple(message))
            return desk.refuse(
                request, viewer, incident_id, str(error), typed, Asked(opened, reach)
            )
        if not claim.is_supported:
            sessions.tell_once(
                request,
                "Your sentence is saved and kept apart: that message does not carry it. Reword "
                "it, or cite another message.",
            )
        return to_review(incident_id, claim.id)


def _add_looks(router: APIRouter, desk: ReviewDesk) -> None:
    """Noted by the page as it goes; nobody waits for the answer."""

    @router.post(f"{CLAIM}/opened", dependencies=ONLY_OWN_FORMS)
    def opened(at: AtClaim, form: SeenForm) -> Response:
        with desk.db.transaction() as session:
            claim = require_claim(session, at.incident_id, at.claim_id)
            desk.note_opened(session, at, claim, form)
        return Response(status_code=204)

    @router.post(f"{CLAIM}/followed", dependencies=ONLY_OWN_FORMS)
    def followed(at: AtClaim) -> Response:
        with desk.db.transaction() as session:
            ledger.note(
                session,
                get_incident(session, at.incident_id),
                LedgerKind.FOLLOWED,
                claim=require_claim(session, at.incident_id, at.claim_id),
                person=at.by.signature,
                user_id=at.by.user_id,
                now=desk.clock.now(),
            )
        return Response(status_code=204)


def _require_comment(session: Session, incident_id: int, comment_id: int) -> None:
    comment = session.get(Comment, comment_id)
    if comment is None or comment.incident_id != incident_id:
        raise NotFoundError(f"Incident {incident_id} has no comment {comment_id}.")
