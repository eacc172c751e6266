"""More of the conversation, for who writes a sentence: what they typed and ticked stays.

Our script takes the page by its address and keeps ticks in the browser. Without it the form itself
is sent here, and comes back with what it held beside the messages that were asked for.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from copilot.console.addresses import IncidentId, incident_path
from copilot.console.pages.review_acts import ONLY_OWN_FORMS, Words
from copilot.console.pages.review_desk import ReviewDesk
from copilot.console.pages.review_forms import ClaimAsked, ReachAsked
from copilot.console.pages.review_remarks import NO_MESSAGES, REVIEW, Messages
from copilot.console.review_view import Asked
from copilot.console.sessions import SignedIn
from copilot.console.typed_words import Typed

_CONVERSATION = f"{REVIEW}/conversation"


def add_conversation(router: APIRouter, desk: ReviewDesk) -> None:
    @router.post(_CONVERSATION, dependencies=ONLY_OWN_FORMS)
    def look(
        request: Request,
        viewer: SignedIn,
        incident_id: IncidentId,
        reach: ReachAsked,
        claim: ClaimAsked = None,
        section: Annotated[str, Form(max_length=64)] = "",
        text: Words = "",
        why: Words = "",
        message: Messages = NO_MESSAGES,
    ) -> Response:
        if not any(each.strip() for each in (text, why, *message)):
            return _by_address(request, incident_id)
        typed = Typed("add", {"text": text, "section": section, "why": why}, tuple(message))
        return desk.show(request, viewer, incident_id, Asked(claim, reach), typed=typed)

    @router.get(_CONVERSATION)
    def look_again(request: Request, _viewer: SignedIn, incident_id: IncidentId) -> Response:
        """The address that such an answer leaves in the browser, opened anew."""
        return _by_address(request, incident_id)


def _by_address(request: Request, incident_id: int) -> Response:
    address = f"{incident_path(incident_id)}/review?{request.url.query}"
    return RedirectResponse(address, status_code=303)
