"""How much is said: the numbers, what they would have done, and who changed them why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.message_text import pieces_of
from copilot.console.noise_access import ClosedError, NoiseAccess, access_of, may_change
from copilot.console.noise_form import entered, fields_of, merged, read_fields
from copilot.console.noise_history import policies_at
from copilot.console.noise_learned import may_read_change
from copilot.console.noise_page import noise_page, readers_page
from copilot.console.noise_reasons import reason_help
from copilot.console.noise_replay import Recorded
from copilot.console.noise_view import (
    Asked,
    Notice,
    PolicyForm,
    form_of,
    policy_form,
    read_in_force,
    scope_asked,
)
from copilot.console.noise_words import changes_between
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn, Viewer
from copilot.db import Database
from copilot.errors import AlreadyDecidedError, BadInputError, NotFoundError
from copilot.suggestions import learning
from copilot.suggestions.policies import (
    policies_faults,
    policies_in_force,
    reason_faults,
    set_policies,
    undo_policies,
)


async def _sent(request: Request) -> Asked:
    """The fields of a form that was posted."""
    form = await request.form()
    return Asked([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


Sent = Annotated[Asked, Depends(_sent)]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the routes work with."""

    db: Database
    clock: Clock
    recorded: Recorded


def noise_pages(db: Database, clock: Clock) -> APIRouter:
    router = APIRouter()
    desk = _Desk(db, clock, Recorded())

    @router.get("/noise")
    def how_much_is_said(request: Request, viewer: SignedIn) -> Response:
        return _show(request, desk, viewer)

    @router.get("/noise/replay")
    def only_the_replay(request: Request, viewer: SignedIn) -> Response:
        """Asked by an open page as numbers change."""
        return _show(request, desk, viewer, is_part=True)

    @router.get("/noise/why")
    def why(request: Request, _viewer: SignedIn) -> Response:
        """What each reason means: for everybody, since everybody meets them."""
        reasons = [(one, pieces_of(one.means), pieces_of(one.change)) for one in reason_help()]
        return page(request, "noise_why.html", reasons=reasons)

    _add_changes(router, desk)
    return router


def _add_changes(router: APIRouter, desk: _Desk) -> None:
    db, clock = desk.db, desk.clock
    only_own_forms = [Depends(sessions.require_own_form)]

    @router.post("/noise", dependencies=only_own_forms)
    def save(request: Request, viewer: SignedIn, sent: Sent) -> Response:
        return _save(request, desk, viewer, sent)

    @router.post("/noise/undo", dependencies=only_own_forms)
    def undo(request: Request, viewer: SignedIn, sent: Sent) -> Response:
        def put_back(session: Session, access: NoiseAccess) -> str:
            _require_newest(session, access, sent)
            undo_policies(
                session, access.team_id, _number(sent, "undoes"), by=viewer.acts_as, now=clock.now()
            )
            return "Put back. It holds for what is found from now on."

        return _carry_out(request, db, viewer, sent, "history", put_back)

    @router.post("/noise/learned", dependencies=only_own_forms)
    def take_back(request: Request, viewer: SignedIn, sent: Sent) -> Response:
        def unlearn(session: Session, access: NoiseAccess) -> str:
            _require_readable(session, access, sent.one("change"))
            learning.undo(
                session, access.team_id, sent.one("change"), by=viewer.acts_as, now=clock.now()
            )
            return "Taken back. From here on only what people decide from now on counts."

        return _carry_out(request, db, viewer, sent, "learned", unlearn)


def _show(request: Request, desk: _Desk, viewer: Viewer, *, is_part: bool = False) -> Response:
    asked = Asked(list(request.query_params.multi_items()))
    with desk.db.reading() as session:
        try:
            access = access_of(session, viewer, asked.team_id)
        except ClosedError as closed:
            return _closed(request, closed)
        if not access.may_change:
            return readers_page(request, session, access)
        policies = policies_in_force(session, access.team_id).policies
        form = policy_form(asked, access, policies)
        return noise_page(
            request, session, access, form, desk.recorded, desk.clock.now(), is_part=is_part
        )


class _Refused(Exception):  # noqa: N818 - the form comes back with what is wrong
    def __init__(self, form: PolicyForm, status: int, notice: Notice | None = None) -> None:
        super().__init__()
        self.form = form
        self.status = status
        self.notice = notice


def _save(request: Request, desk: _Desk, viewer: Viewer, sent: Asked) -> Response:
    try:
        with desk.db.transaction() as session:
            access = may_change(session, viewer, sent.team_id)
            form = _sound_form(session, access, sent)
            try:
                set_policies(
                    session,
                    access.team_id,
                    form.policies,
                    reason=form.reason,
                    by=viewer.acts_as,
                    now=desk.clock.now(),
                )
            except AlreadyDecidedError:
                raise _changed_meanwhile(session, access, sent) from None
    except ClosedError as closed:
        return _closed(request, closed)
    except _Refused as refused:
        with desk.db.reading() as session:
            return noise_page(
                request,
                session,
                access_of(session, viewer, sent.team_id),
                refused.form,
                desk.recorded,
                desk.clock.now(),
                notice=refused.notice,
                status_code=refused.status,
            )
    sessions.tell_once(request, "Saved. It holds for what is found from now on.")
    return _back(access, form.scope.key)


def _sound_form(session: Session, access: NoiseAccess, sent: Asked) -> PolicyForm:
    """Raises _Refused for a form that can't be saved, with all that was typed."""
    in_force = policies_in_force(session, access.team_id).policies
    if sent.opened_on != in_force.version:
        raise _changed_meanwhile(session, access, sent)
    form = policy_form(sent, access, in_force)
    faults = {**form.faults, **reason_faults(form.reason)}
    if faults:
        raise _Refused(replace(form, faults=faults), 400)
    elsewhere = policies_faults(form.policies)
    if elsewhere:
        raise _Refused(form, 400, Notice(_elsewhere_words(elsewhere, access)))
    if form.policies == in_force:
        raise _Refused(form, 400, Notice("These numbers hold already, so nothing was saved."))
    return form


def _changed_meanwhile(session: Session, access: NoiseAccess, sent: Asked) -> _Refused:
    """The form on top of what holds now: what was typed stays, what was not is brought up to date.

    The version in the form is the new one, so that saving it again saves it.
    """
    in_force = read_in_force(session, access)
    opened_on = policies_at(session, access.team_id, sent.opened_on or 0) or in_force.policies
    scope, _ = scope_asked(sent, access)
    before, now = scope.policy_in(opened_on), scope.policy_in(in_force.policies)
    fields = read_fields(sent.form, before)
    result = entered(fields, before)
    if not result.faults:
        fields = fields_of(merged(result.policy, before, now))
        result = entered(fields, now)
    form = form_of(scope, fields, result, access, in_force.policies, reason=sent.reason)
    why = f" (“{in_force.reason}”)" if in_force.reason else ""
    notice = Notice(
        f"{in_force.by or 'Somebody'} changed this while you were at it{why}, so nothing was saved "
        "yet.",
        changes_between(opened_on, in_force.policies, access.channels),
        "Your changes are still here, on top of those. Look at the replay again, then save.",
    )
    return _Refused(form, 409, notice)


def _carry_out(
    request: Request,
    db: Database,
    viewer: Viewer,
    sent: Asked,
    anchor: str,
    act: Callable[[Session, NoiseAccess], str],
) -> Response:
    """Do it in one transaction and go back to where it was asked for."""
    try:
        with db.transaction() as session:
            access = may_change(session, viewer, sent.team_id)
            told = act(session, access)
    except ClosedError as closed:
        return _closed(request, closed)
    except (AlreadyDecidedError, NotFoundError, BadInputError) as error:
        told = f"{error} Nothing was changed."
    sessions.tell_once(request, told)
    with db.reading() as session:
        return _back(access_of(session, viewer, sent.team_id), "", anchor)


def _require_newest(session: Session, access: NoiseAccess, sent: Asked) -> None:
    """Whoever confirms has read what is put back, so that must be what would be."""
    if policies_in_force(session, access.team_id).policies.version != sent.opened_on:
        raise AlreadyDecidedError(
            "Somebody changed it while you were at it. Look below at what holds now."
        )


def _require_readable(session: Session, access: NoiseAccess, change_id: str) -> None:
    """Raises NotFoundError for what is about a channel that the viewer may not read."""
    known = learning.learned(session, access.team_id)
    if not any(one.change_id == change_id and may_read_change(one, access) for one in known):
        raise NotFoundError("There is no such change to take back.")


def _elsewhere_words(faults: dict[str, str], access: NoiseAccess) -> str:
    """A severity or a channel with numbers of its own may rule out a change for all."""
    where, fault = next(iter(faults.items()))
    _, _, said = fault.partition(": ")
    scope, _, rest = where.partition(".")
    key = rest.partition(".")[0]
    if scope == "by_severity":
        name = key.upper()
    else:
        name = f"#{access.channels[key]}" if key in access.channels else "a private channel"
    return (
        f"This does not go with the numbers that {name} has of its own: {said or fault} "
        "Nothing was saved; change those first."
    )


def _back(access: NoiseAccess, scope: str, anchor: str = "") -> Response:
    query: dict[str, Any] = {"team": access.team_id} if access.others else {}
    if scope and scope != "workspace":
        query["scope"] = scope
    address = f"/noise?{urlencode(query)}" if query else "/noise"
    return RedirectResponse(address + (f"#{anchor}" if anchor else ""), status_code=303)


def _closed(request: Request, closed: ClosedError) -> Response:
    return page(request, "noise_closed.html", status_code=403, closed=closed)


def _number(sent: Asked, name: str) -> int:
    typed = sent.one(name)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise NotFoundError("There is no such change to undo.")
    return int(typed)
