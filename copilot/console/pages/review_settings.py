"""How reviews are written: sections, clocks, how much may wait; for admins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.noise_access import ClosedError, NoiseAccess
from copilot.console.rendering import page
from copilot.console.review_settings_form import entered, fields_of, merged, read_fields
from copilot.console.review_settings_view import (
    Notice,
    SettingsForm,
    changed_meanwhile,
    read_settings,
    settings_access,
)
from copilot.console.sessions import SignedIn, Viewer
from copilot.console.zone_names import zone_names
from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.reviews.policies import (
    PolicyInForce,
    policy_at,
    policy_in_force,
    set_policy,
    undo_policy,
)
from copilot.reviews.review_policy import (
    HIGHEST_CAP,
    HIGHEST_SEEDED_SHARE,
    LONGEST_ASKS,
    LONGEST_TITLE,
    LOWEST_CAP,
    MOST_CLAIMS,
)
from copilot.suggestions.noise_policy import LONGEST_REASON
from copilot.suggestions.policies import reason_faults

_LIMITS = {
    "title": LONGEST_TITLE,
    "asks": LONGEST_ASKS,
    "claims": MOST_CLAIMS,
    "cap": (f"{LOWEST_CAP:g}", f"{HIGHEST_CAP:g}"),
    "seeded": f"{100 * HIGHEST_SEEDED_SHARE:g}",
    "reason": LONGEST_REASON,
}


@dataclass(frozen=True, slots=True)
class _Sent:
    form: Sequence[tuple[str, str]]

    def one(self, name: str) -> str:
        return next((value for given, value in self.form if given == name), "")

    def number(self, name: str) -> int:
        typed = self.one(name)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


async def _sent(request: Request) -> _Sent:
    form = await request.form()
    return _Sent([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


Sent = Annotated[_Sent, Depends(_sent)]


class _Refused(Exception):  # noqa: N818 - the form comes back with what is wrong
    def __init__(self, form: SettingsForm, status: int, notice: Notice | None = None) -> None:
        super().__init__()
        self.form = form
        self.status = status
        self.notice = notice


def review_settings_pages(db: Database, clock: Clock) -> APIRouter:
    router = APIRouter()
    only_own_forms = [Depends(sessions.require_own_form)]

    @router.get("/review-settings")
    def how_reviews_are_written(
        request: Request, viewer: SignedIn, team: str | None = None
    ) -> Response:
        with db.reading() as session:
            try:
                access = settings_access(session, viewer, team)
            except ClosedError as closed:
                return _closed(request, closed)
            in_force = policy_in_force(session, access.team_id)
            form = SettingsForm(fields_of(in_force.policy), in_force.version)
            return _shown(request, session, access, form)

    @router.post("/review-settings", dependencies=only_own_forms)
    def save(request: Request, viewer: SignedIn, sent: Sent) -> Response:
        return _save(request, db, clock, viewer, sent)

    @router.post("/review-settings/undo", dependencies=only_own_forms)
    def undo(request: Request, viewer: SignedIn, sent: Sent) -> Response:
        return _undo(request, db, clock, viewer, sent)

    return router


def _save(request: Request, db: Database, clock: Clock, viewer: Viewer, sent: _Sent) -> Response:
    try:
        with db.transaction() as session:
            access = settings_access(session, viewer, sent.one("team") or None)
            _set(session, access, sent, viewer, clock)
    except ClosedError as closed:
        return _closed(request, closed)
    except _Refused as refused:
        with db.reading() as session:
            access = settings_access(session, viewer, sent.one("team") or None)
            return _shown(
                request,
                session,
                access,
                refused.form,
                notice=refused.notice,
                status_code=refused.status,
            )
    sessions.tell_once(request, "Saved. It holds for reviews drafted from now on.")
    return _back(access)


def _set(session: Session, access: NoiseAccess, sent: _Sent, viewer: Viewer, clock: Clock) -> None:
    """Raises _Refused for a form that can't be saved, with all that was typed."""
    in_force = policy_in_force(session, access.team_id)
    opened_on = policy_at(session, access.team_id, sent.number("version")) or in_force
    fields = read_fields(sent.form, opened_on.policy)
    result = entered(fields, opened_on.policy)
    reason = sent.one("reason")
    if opened_on.version != in_force.version:
        raise _conflict(session, access, sent, opened_on)
    faults = {**result.faults, **reason_faults(reason)}
    form = SettingsForm(fields, in_force.version, reason, faults)
    if faults:
        raise _Refused(form, 400)
    if result.policy == in_force.policy:
        raise _Refused(form, 400, Notice("This holds already, so nothing was saved."))
    try:
        set_policy(
            session,
            access.team_id,
            result.policy,
            replaces=in_force.version,
            reason=reason,
            by=viewer.acts_as,
            now=clock.now(),
        )
    except AlreadyDecidedError:
        raise _conflict(session, access, sent, opened_on) from None
    except BadInputError as error:
        raise _Refused(form, 400, Notice(str(error))) from None


def _conflict(
    session: Session, access: NoiseAccess, sent: _Sent, opened_on: PolicyInForce
) -> _Refused:
    """The form on top of what holds now; its version is the new one, so saving again saves it."""
    fields = read_fields(sent.form, opened_on.policy)
    result = entered(fields, opened_on.policy)
    in_force = policy_in_force(session, access.team_id)
    if not result.faults:
        fields = fields_of(merged(result.policy, opened_on.policy, in_force.policy))
    notice = changed_meanwhile(session, access.team_id, opened_on, result)
    form = SettingsForm(fields, in_force.version, sent.one("reason"), result.faults)
    return _Refused(form, 409, notice)


def _undo(request: Request, db: Database, clock: Clock, viewer: Viewer, sent: _Sent) -> Response:
    try:
        with db.transaction() as session:
            access = settings_access(session, viewer, sent.one("team") or None)
            try:
                told = _put_back(session, access, viewer, sent, clock)
            except (AlreadyDecidedError, NotFoundError, BadInputError) as error:
                told = f"{error} Nothing was changed."
    except ClosedError as closed:
        return _closed(request, closed)
    sessions.tell_once(request, told)
    return _back(access, "#history")


def _put_back(
    session: Session, access: NoiseAccess, viewer: Viewer, sent: _Sent, clock: Clock
) -> str:
    """Whoever confirms has read what is put back, so that must be what would be."""
    if policy_in_force(session, access.team_id).version != sent.number("version"):
        raise AlreadyDecidedError(
            "Somebody changed it while you were at it. Look below at what holds now."
        )
    undo_policy(session, access.team_id, sent.number("undoes"), by=viewer.acts_as, now=clock.now())
    return "Put back. It holds for reviews drafted from now on."


def _shown(
    request: Request,
    session: Session,
    access: NoiseAccess,
    form: SettingsForm,
    *,
    notice: Notice | None = None,
    status_code: int = 200,
) -> Response:
    return page(
        request,
        "review_settings.html",
        status_code=status_code,
        access=access,
        form=form,
        notice=notice,
        settings=read_settings(session, access.team_id),
        zones=zone_names(),
        limits=_LIMITS,
    )


def _closed(request: Request, closed: ClosedError) -> Response:
    return page(request, "review_settings_closed.html", status_code=403, closed=closed)


def _back(access: NoiseAccess, anchor: str = "") -> Response:
    query = f"?{urlencode({'team': access.team_id})}" if access.others else ""
    return RedirectResponse(f"/review-settings{query}{anchor}", status_code=303)
