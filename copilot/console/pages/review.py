"""The review: each sentence beside the messages it rests on, for a person to check."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import ClaimId, IncidentId, incident_path
from copilot.console.incident_header import Header, read_header
from copilot.console.rendering import page
from copilot.console.review_view import next_claim, progress_words, read_review_page
from copilot.console.sessions import SignedIn
from copilot.console.visibility import incident_router
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError
from copilot.reviews import verification
from copilot.reviews.drafting import request_review
from copilot.reviews.export import to_json, to_markdown
from copilot.reviews.models import Claim, Review
from copilot.reviews.reading import ReviewView, current_review

Act = Callable[[Session], object]


def review_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)

    @router.get("/incidents/{incident_id}/review")
    def review(
        request: Request,
        _viewer: SignedIn,
        incident_id: IncidentId,
        claim: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    ) -> Response:
        with db.reading() as session:
            header = read_header(session, incident_id, clock.now())
            view = current_review(session, incident_id)
            if view is None:
                return page(request, "review_none.html", header=header, tab="review")
            shown = read_review_page(session, view, claim)
        return page(
            request,
            "review.html",
            header=_counted(header, view),
            shown=shown,
            review=view,
            progress=progress_words(shown),
            tab="review",
        )

    _add_acts(router, db, clock)
    _add_exports(router, db)
    return router


def _add_acts(router: APIRouter, db: Database, clock: Clock) -> None:
    only_own_forms = [Depends(sessions.require_own_form)]
    path = "/incidents/{incident_id}/review"

    @router.post(f"{path}/draft", dependencies=only_own_forms)
    def draft(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        with db.transaction() as session:
            request_review(session, incident_id, clock.now())
        return RedirectResponse(f"{incident_path(incident_id)}/review", status_code=303)

    @router.post(f"{path}/claims/{{claim_id}}/verify", dependencies=only_own_forms)
    def verify(
        request: Request, viewer: SignedIn, incident_id: IncidentId, claim_id: ClaimId
    ) -> Response:
        def act(session: Session) -> None:
            verification.verify(session, claim_id, person=viewer.name, now=clock.now())

        return _carry_out(request, db, incident_id, claim_id, act)

    @router.post(f"{path}/claims/{{claim_id}}/wrong", dependencies=only_own_forms)
    def wrong(
        request: Request, viewer: SignedIn, incident_id: IncidentId, claim_id: ClaimId
    ) -> Response:
        def act(session: Session) -> None:
            verification.mark_wrong(session, claim_id, person=viewer.name, now=clock.now())

        return _carry_out(request, db, incident_id, claim_id, act)

    @router.post(f"{path}/claims/{{claim_id}}/edit", dependencies=only_own_forms)
    def edit(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        claim_id: ClaimId,
        text: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        def act(session: Session) -> None:
            verification.edit_claim(
                session, claim_id, person=viewer.name, now=clock.now(), text=text
            )

        return _carry_out(request, db, incident_id, claim_id, act)


def _add_exports(router: APIRouter, db: Database) -> None:
    @router.get("/incidents/{incident_id}/review.md")
    def as_markdown(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        return _download(incident_id, "md", "text/markdown", to_markdown(_drafted(db, incident_id)))

    @router.get("/incidents/{incident_id}/review.json")
    def as_json(_viewer: SignedIn, incident_id: IncidentId) -> Response:
        text = json.dumps(to_json(_drafted(db, incident_id)), ensure_ascii=False, indent=2)
        return _download(incident_id, "json", "application/json", text)


def _carry_out(
    request: Request, db: Database, incident_id: int, claim_id: int, act: Act
) -> Response:
    """Do it in one transaction and go on to the next claim, or stay and say what was refused."""
    go_on_with: int | None = claim_id
    try:
        with db.transaction() as session:
            _require_claim(session, incident_id, claim_id)
            act(session)
        with db.reading() as session:
            view = current_review(session, incident_id)
            go_on_with = next_claim(view, claim_id) if view else None
    except BadInputError as error:
        sessions.tell_once(request, str(error))
    anchor = f"?claim={go_on_with}#c-{go_on_with}" if go_on_with else ""
    return RedirectResponse(f"{incident_path(incident_id)}/review{anchor}", status_code=303)


def _require_claim(session: Session, incident_id: int, claim_id: int) -> None:
    claim = session.get(Claim, claim_id)
    review = session.get(Review, claim.review_id) if claim else None
    if review is None or review.incident_id != incident_id:
        raise NotFoundError(f"The review of incident {incident_id} has no claim {claim_id}.")


def _counted(header: Header, view: ReviewView) -> Header:
    """The counts of what is on the page: a source that was edited since takes a claim out."""
    waiting = replace(header.waiting, claims=len(view.claims), claims_checked=view.checked)
    return replace(header, waiting=waiting)


def _drafted(db: Database, incident_id: int) -> ReviewView:
    with db.reading() as session:
        view = current_review(session, incident_id)
    if view is None:
        raise NotFoundError(f"Incident {incident_id} has no review yet; draft one first.")
    return view


def _download(incident_id: int, ending: str, media_type: str, text: str) -> Response:
    name = f"incident-{incident_id}-review.{ending}"
    return Response(
        text.encode(),
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
