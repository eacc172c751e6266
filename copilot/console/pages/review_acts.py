"""What a person does with a claim: verify, mark wrong, edit, skip, undo, cite, take or leave."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.console import sessions
from copilot.console.message_link import stamp_in
from copilot.console.pages.review_desk import After, AtClaim, ReviewDesk, require_claim
from copilot.console.pages.review_forms import SeenForm
from copilot.console.typed_words import Typed
from copilot.incidents.notes import write_note
from copilot.incidents.queries import get_incident
from copilot.reviews import citing, proposals, verification

CLAIM = "/incidents/{incident_id}/review/claims/{claim_id}"
ONLY_OWN_FORMS = (Depends(sessions.require_own_form),)
Words = Annotated[str, Form(max_length=40_000)]
"""More than any of them may hold, so that what is too long comes back in its form, with why."""
_Proposal = Annotated[int, Form(ge=1, le=2**63 - 1)]


def add_acts(router: APIRouter, desk: ReviewDesk) -> None:
    _add_checks(router, desk)
    _add_second_thoughts(router, desk)
    _add_edits(router, desk)
    _add_sources(router, desk)
    _add_proposals(router, desk)


def _add_checks(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/verify", dependencies=ONLY_OWN_FORMS)
    def verify(at: AtClaim, form: SeenForm) -> Response:
        def act(session: Session) -> None:
            verification.verify(
                session, at.claim_id, by=at.by, now=desk.clock.now(), seen=form.text
            )

        return desk.carry_out(at, act, seen=form, catches=False)

    @router.post(f"{CLAIM}/wrong", dependencies=ONLY_OWN_FORMS)
    def wrong(at: AtClaim, form: SeenForm) -> Response:
        def act(session: Session) -> None:
            verification.mark_wrong(
                session, at.claim_id, by=at.by, now=desk.clock.now(), seen=form.text
            )

        return desk.carry_out(at, act, seen=form, catches=True)


def _add_second_thoughts(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/skip", dependencies=ONLY_OWN_FORMS)
    def skip(at: AtClaim, form: SeenForm) -> Response:
        def act(session: Session) -> None:
            verification.skip(session, at.claim_id, by=at.by, now=desk.clock.now())

        return desk.carry_out(at, act, seen=form, after=After.NEXT)

    @router.post(f"{CLAIM}/undo", dependencies=ONLY_OWN_FORMS)
    def undo(at: AtClaim) -> Response:
        def act(session: Session) -> None:
            verification.undo(session, at.claim_id, by=at.by, now=desk.clock.now())

        return desk.carry_out(at, act, after=After.STAY)


def _add_edits(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/edit", dependencies=ONLY_OWN_FORMS)
    def edit(at: AtClaim, form: SeenForm, text: Words = "") -> Response:
        def act(session: Session) -> str | None:
            now = desk.clock.now()
            saved = verification.edit_claim(
                session, at.claim_id, text=text, by=at.by, now=now, seen=form.text
            )
            return _what_became_of(at.claim_id, saved.id, saved.is_supported)

        return desk.carry_out(at, act, seen=form, catches=True, typed=Typed("edit", {"text": text}))

    @router.post(f"{CLAIM}/note", dependencies=ONLY_OWN_FORMS)
    def as_note(at: AtClaim, text: Words = "") -> Response:
        """What no message says, somebody can say under their own name."""

        def act(session: Session) -> str:
            now = desk.clock.now()
            verification.mark_wrong(session, at.claim_id, by=at.by, now=now)
            incident = get_incident(session, at.incident_id)
            write_note(session, incident, text, by=at.viewer.acts_as, now=now)
            return "It is written down as your note, and the sentence is marked wrong."

        return desk.carry_out(at, act, typed=Typed("note", {"text": text}))


def _add_sources(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/cite", dependencies=ONLY_OWN_FORMS)
    def cite(at: AtClaim, message: Words = "") -> Response:
        def act(session: Session) -> str:
            stamp = stamp_in(message, get_incident(session, at.incident_id).channel_id)
            citing.cite(session, at.claim_id, message_ts=stamp, by=at.by, now=desk.clock.now())
            return "The message is a source of this sentence now; it was checked again."

        typed = Typed("cite", {"message": message})
        return desk.carry_out(at, act, after=After.STAY, typed=typed)


def _add_proposals(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(f"{CLAIM}/take", dependencies=ONLY_OWN_FORMS)
    def take(at: AtClaim, form: SeenForm, proposal: _Proposal) -> Response:
        def act(session: Session) -> None:
            require_claim(session, at.incident_id, proposal)
            proposals.take_proposal(
                session,
                proposal,
                beside=at.claim_id,
                by=at.by,
                now=desk.clock.now(),
                seen=form.text,
            )

        return desk.carry_out(at, act, after=After.STAY)

    @router.post(f"{CLAIM}/leave", dependencies=ONLY_OWN_FORMS)
    def leave(at: AtClaim, proposal: _Proposal) -> Response:
        def act(session: Session) -> None:
            require_claim(session, at.incident_id, proposal)
            now = desk.clock.now()
            proposals.leave_proposal(session, proposal, beside=at.claim_id, by=at.by, now=now)

        return desk.carry_out(at, act, after=After.STAY)


def _what_became_of(claim_id: int, saved_id: int, is_supported: bool) -> str | None:
    if saved_id != claim_id:
        return (
            "Somebody else put this sentence otherwise while you wrote. Their words stand, and "
            "yours are kept beside them as a proposal: take it, or leave it."
        )
    if not is_supported:
        return (
            "Your words are saved and kept apart: their sources do not carry them. Reword them, "
            "cite another message, or write them down as a note."
        )
    return None
