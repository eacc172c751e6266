"""The sandbox's Web API: `/api/{method}` with Slack's answers, errors and limits."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from copilot.errors import CopilotError
from copilot.sandbox import app_methods
from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.faults import Fault, PlannedFault
from copilot.sandbox.grants import GrantError
from copilot.sandbox.methods import METHODS, Method
from copilot.sandbox.scopes import missing_for
from copilot.sandbox.workspace import SandboxWorkspace

DROP_CONNECTION = "sandbox.drop_connection"
"""Key of the request scope under which the server puts what cuts the connection."""

_log = logging.getLogger(__name__)
_MAX_BODY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Call:
    """A call whose workspace is found: by its token, code or client secret."""

    workspace: SandboxWorkspace
    method: str
    values: Mapping[str, Any]
    token: str
    authorization: str

    @property
    def arguments(self) -> Arguments:
        return Arguments(self.values)


def add_api(web: FastAPI, workspaces: Sequence[SandboxWorkspace]) -> None:
    """Serve the API of one Slack with these workspaces; a token tells which is meant."""

    @web.api_route("/api/{method}", methods=["GET", "POST"], include_in_schema=False)
    async def call(method: str, request: Request) -> Response:
        try:
            values = await _values(request)
        except ApiError as error:
            return JSONResponse(error.body())
        made = _call(workspaces, method, request, values)
        fault = made.workspace.faults.next_for(method)
        if fault and fault.fault is not Fault.DROP_AFTER_STORING:
            return _refusal(fault)
        answer = await run_in_threadpool(_answer, made)
        if fault:
            await _drop(request)
        return answer

    @web.post("/commands/{team_id}/{secret}", include_in_schema=False)
    @web.post("/actions/{team_id}/{secret}", include_in_schema=False)
    async def respond(team_id: str, secret: str, request: Request) -> Response:
        found = next((one for one in workspaces if one.team_id == team_id), None)
        if found is None:
            return Response("no_service", status_code=404)
        try:
            values = await _values(request)
        except ApiError as error:
            return Response(error.code, status_code=400)
        return await run_in_threadpool(_respond, found, secret, values)

    _add_allowing(web, workspaces)


def _add_allowing(web: FastAPI, workspaces: Sequence[SandboxWorkspace]) -> None:
    @web.get("/oauth/v2/authorize", include_in_schema=False)
    def authorize(
        client_id: str = "", redirect_uri: str = "", state: str = "", team: str = ""
    ) -> Response:
        """Where a person would press "Allow"; here they always do."""
        found = next((one for one in workspaces if one.team_id == team), workspaces[0])
        if client_id != found.grants.client_id:
            return Response("invalid_client_id", status_code=400)
        if urlsplit(redirect_uri).hostname not in ("127.0.0.1", "localhost"):
            return Response("bad_redirect_uri", status_code=400)
        with found.lock:
            owner = next((user.id for user in found.users.values() if user.is_owner), "")
            code = found.grants.issue_code(owner, redirect_uri)
        joint = "&" if urlsplit(redirect_uri).query else "?"
        return RedirectResponse(
            f"{redirect_uri}{joint}{urlencode({'code': code, 'state': state})}", status_code=302
        )


def _call(
    workspaces: Sequence[SandboxWorkspace],
    method: str,
    request: Request,
    values: Mapping[str, Any],
) -> _Call:
    authorization = request.headers.get("authorization", "")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        token = str(values.get("token") or "")
    token = token.strip()
    code, refresh = str(values.get("code") or ""), str(values.get("refresh_token") or "")
    # The token of an organisation is good in all its workspaces: then the call says which.
    named = sorted(workspaces, key=lambda one: one.team_id != values.get("team_id"))
    found = next(
        (
            one
            for one in named
            if one.grants.knows(token)
            or one.grants.knows_code(code)
            or one.grants.knows_refresh(refresh)
        ),
        workspaces[0],
    )
    return _Call(found, method, values, token, authorization)


def _answer(made: _Call) -> Response:
    workspace, name = made.workspace, made.method
    if name == "api.test":
        return JSONResponse({"ok": True, "args": {k: str(v) for k, v in made.values.items()}})
    try:
        if name == "chat.postMessage" and not _may_post(made):
            return _refusal(PlannedFault(Fault.RATE_LIMIT, 1))
        asked = _of_the_app(made)
        body = {"ok": True, **(_of_the_bot(made) if asked is None else asked)}
    except ApiError as error:
        body = error.body()
    except CopilotError as error:
        _log.warning("%s asked for what is not there: %s", name, error)
        body = {"ok": False, "error": "invalid_arguments"}
    return JSONResponse(body, headers={"x-oauth-scopes": ",".join(workspace.grants.scopes)})


def _of_the_app(made: _Call) -> dict[str, Any] | None:
    """What is asked without a bot's token; None for all other methods."""
    workspace, arguments = made.workspace, made.arguments
    if made.method == "oauth.v2.access":
        credentials = app_methods.credentials_of(made.authorization, arguments)
        return app_methods.give_tokens(workspace, arguments, credentials)
    if made.method == "apps.connections.open":
        if not made.token:
            raise ApiError("not_authed")
        if made.token != workspace.app_token:
            known = made.token.startswith("xoxb-")
            raise ApiError("not_allowed_token_type" if known else "invalid_auth")
        return app_methods.open_connection(workspace)
    return None


def _of_the_bot(made: _Call) -> dict[str, Any]:
    workspace = made.workspace
    method = _METHODS.get(made.method)
    if method is None:
        raise ApiError("unknown_method", fields={"req_method": made.method})
    _check_token(made)
    if needed := missing_for(made.method, workspace.grants.scopes):
        provided = ",".join(workspace.grants.scopes)
        raise ApiError("missing_scope", fields={"needed": needed, "provided": provided})
    return method(made)


def _plain(method: Method) -> Callable[[_Call], dict[str, Any]]:
    return lambda made: method(made.workspace, made.arguments)


def _revoke(made: _Call) -> dict[str, Any]:
    if made.arguments.flag("test"):
        return {"revoked": False}
    return app_methods.revoke(made.workspace, made.token)


def _uninstall(made: _Call) -> dict[str, Any]:
    return app_methods.uninstall(made.workspace, app_methods.credentials_of("", made.arguments))


_METHODS: dict[str, Callable[[_Call], dict[str, Any]]] = {
    **{name: _plain(method) for name, method in METHODS.items()},
    "auth.revoke": _revoke,
    "apps.uninstall": _uninstall,
}


def _may_post(made: _Call) -> bool:
    """The limit on posting counts only what could be posted."""
    return (
        made.workspace.faults.posting_clock is None
        or not made.workspace.grants.is_good(made.token)
        or made.workspace.faults.may_post(str(made.values.get("channel")))
    )


def _check_token(made: _Call) -> None:
    if not made.token:
        raise ApiError("not_authed")
    if made.token == made.workspace.app_token:
        raise ApiError("not_allowed_token_type")
    try:
        with made.workspace.lock:
            made.workspace.grants.check(made.token)
    except GrantError as error:
        raise ApiError(str(error)) from None


def _respond(workspace: SandboxWorkspace, secret: str, values: Mapping[str, Any]) -> Response:
    """What an app posts to a response_url."""
    with workspace.lock:
        target = workspace.tickets.use_response(secret)
    if target is None:
        return Response("used_url", status_code=404)
    replaces = Arguments(values).flag("replace_original")
    deletes = Arguments(values).flag("delete_original")
    if target.message_ts and (replaces or deletes):
        if target.is_private and deletes:
            workspace.withdraw_answer(target.user_id, target.message_ts)
            return Response("ok")
        if not target.is_private:
            _change_original(workspace, target.channel_id, target.message_ts, values, deletes)
            return Response("ok")
    workspace.say_as_app(
        values,
        user_id=target.user_id,
        channel_id=target.channel_id,
        thread_ts=target.thread_ts,
        private_ts=target.message_ts if replaces else None,
    )
    return Response("ok")


def _change_original(
    workspace: SandboxWorkspace, channel_id: str, ts: str, values: Mapping[str, Any], deletes: bool
) -> None:
    if deletes:
        workspace.erase(channel_id, ts, in_background=True)
        return
    fields = {"text": str(values.get("text") or ""), "blocks": values.get("blocks") or []}
    workspace.amend(channel_id, ts, fields, workspace.bot_user_id, in_background=True)


async def _values(request: Request) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query_params)
    if request.method != "POST":
        return values
    body = await request.body()
    if len(body) > _MAX_BODY_BYTES:
        raise ApiError("request_too_large")
    if not request.headers.get("content-type", "").startswith("application/json"):
        return {**values, **{name: str(value) for name, value in (await request.form()).items()}}
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ApiError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise ApiError("json_not_object")
    return {**values, **parsed}


def _refusal(fault: PlannedFault) -> Response:
    if fault.fault is Fault.RATE_LIMIT:
        return JSONResponse(
            {"ok": False, "error": "ratelimited"},
            status_code=429,
            headers={"retry-after": str(fault.retry_after)},
        )
    if fault.fault is Fault.REFUSAL:
        return JSONResponse({"ok": False, "error": fault.code})
    return JSONResponse({"ok": False, "error": "internal_error"}, status_code=fault.status)


async def _drop(request: Request) -> None:
    if cut := request.scope.get(DROP_CONNECTION):
        cut()
        await asyncio.sleep(0)  # let the server notice before the answer is written
