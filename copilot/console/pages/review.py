"""The review: claims beside their sources, and what people say of them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.addresses import IncidentId
from copilot.console.pages.review_acts import ONLY_OWN_FORMS, add_acts
from copilot.console.pages.review_conversation import add_conversation
from copilot.console.pages.review_desk import ReviewDesk, to_review
from copilot.console.pages.review_files import add_files
from copilot.console.pages.review_forms import ClaimAsked, ReachAsked
from copilot.console.pages.review_remarks import REVIEW, add_remarks
from copilot.console.pages.review_signing import add_signing
from copilot.console.pages.review_versions import add_versions
from copilot.console.review_state import review_state
from copilot.console.review_view import Asked
from copilot.console.sessions import SignedIn
from copilot.console.visibility import incident_router
from copilot.db import Database
from copilot.incidents.queries import get_incident
from copilot.reviews.draft_requests import Wish, request_review


def review_pages(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)
    desk = ReviewDesk(db, clock)

    @router.get(REVIEW)
    def review(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        reach: ReachAsked,
        claim: ClaimAsked = None,
    ) -> Response:
        return desk.show(request, viewer, incident_id, Asked(claim, reach))

    @router.get(f"{REVIEW}/latest")
    def latest(_viewer: SignedIn, incident_id: IncidentId) -> dict[str, str]:
        """Asked by an open page every few seconds, to learn that others were at work."""
        with db.reading() as session:
            return {"state": review_state(session, get_incident(session, incident_id))}

    @router.post(f"{REVIEW}/draft", dependencies=ONLY_OWN_FORMS)
    def draft(request: Request, _viewer: SignedIn, incident_id: IncidentId) -> Response:
        with db.transaction() as session:
            wish = request_review(session, incident_id, clock.now())
        if wish is not Wish.BEGINS:
            sessions.tell_once(request, wish)
        return to_review(incident_id)

    add_acts(router, desk)
    add_remarks(router, desk)
    add_conversation(router, desk)
    add_signing(router, desk)
    add_versions(router, desk)
    add_files(router, db)
    return router
