"""The sandbox's Web API: `/api/{method}` with Slack's answers, errors and limits."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from copilot.errors import CopilotError
from copilot.sandbox import chat_methods, conversation_methods, view_methods
from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.faults import Fault, PlannedFault
from copilot.sandbox.workspace import SandboxWorkspace

Method = Callable[[SandboxWorkspace, Arguments], dict[str, Any]]

DROP_CONNECTION = "sandbox.drop_connection"
"""Key of the request scope under which the server puts what cuts the connection."""

_log = logging.getLogger(__name__)
_MAX_BODY_BYTES = 1_000_000
_SCOPES = (
    "chat:write,commands,channels:history,groups:history,channels:read,groups:read,channels:join,"
    "channels:manage,users:read,reactions:read,reactions:write,pins:read,pins:write"
)


def auth_test(workspace: SandboxWorkspace, _: Arguments) -> dict[str, Any]:
    return {
        "url": workspace.url,
        "team": workspace.name,
        "user": workspace.users[workspace.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "chat.delete": chat_methods.delete,
    "chat.getPermalink": chat_methods.get_permalink,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.create": conversation_methods.create,
    "conversations.history": conversation_methods.history,
    "conversations.info": conversation_methods.info,
    "conversations.invite": conversation_methods.invite,
    "conversations.join": conversation_methods.join,
    "conversations.list": conversation_methods.list_channels,
    "conversations.members": conversation_methods.members,
    "conversations.replies": conversation_methods.replies,
    "conversations.setTopic": conversation_methods.set_topic,
    "pins.add": chat_methods.add_pin,
    "reactions.add": chat_methods.add_reaction,
    "reactions.remove": chat_methods.remove_reaction,
    "users.info": conversation_methods.user_info,
    "users.list": conversation_methods.list_users,
    "views.open": view_methods.open_view,
    "views.push": view_methods.push_view,
    "views.update": view_methods.update_view,
}


def add_api(web: FastAPI, workspace: SandboxWorkspace) -> None:
    @web.api_route("/api/{method}", methods=["GET", "POST"], include_in_schema=False)
    async def call(method: str, request: Request) -> Response:
        fault = workspace.faults.next_for(method)
        if fault and fault.fault is not Fault.DROP_AFTER_STORING:
            return _refusal(fault)
        try:
            values = await _values(request)
        except ApiError as error:
            return JSONResponse(error.body())
        answer = await run_in_threadpool(_answer, workspace, method, request, values)
        if fault:
            await _drop(request)
        return answer

    @web.post("/commands/{team_id}/{secret}", include_in_schema=False)
    @web.post("/actions/{team_id}/{secret}", include_in_schema=False)
    async def respond(team_id: str, secret: str, request: Request) -> Response:
        if team_id != workspace.team_id:
            return Response("no_service", status_code=404)
        try:
            values = await _values(request)
        except ApiError as error:
            return Response(error.code, status_code=400)
        return await run_in_threadpool(_respond, workspace, secret, values)


def _answer(
    workspace: SandboxWorkspace, name: str, request: Request, values: Mapping[str, Any]
) -> Response:
    if name == "api.test":
        return JSONResponse({"ok": True, "args": {k: str(v) for k, v in values.items()}})
    method = METHODS.get(name)
    if method is None:
        return JSONResponse({"ok": False, "error": "unknown_method", "req_method": name})
    try:
        _check_token(workspace, request, values)
        if name == "chat.postMessage" and not workspace.faults.may_post(str(values.get("channel"))):
            return _refusal(PlannedFault(Fault.RATE_LIMIT, 1))
        body = {"ok": True, **method(workspace, Arguments(values))}
    except ApiError as error:
        body = error.body()
    except CopilotError as error:
        _log.warning("%s asked for what is not there: %s", name, error)
        body = {"ok": False, "error": "invalid_arguments"}
    return JSONResponse(body, headers={"x-oauth-scopes": _SCOPES})


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


def _check_token(workspace: SandboxWorkspace, request: Request, values: Mapping[str, Any]) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = str(values.get("token") or "")
    if not token:
        raise ApiError("not_authed")
    if token.strip() != workspace.bot_token:
        raise ApiError("invalid_auth")


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
    return JSONResponse({"ok": False, "error": "internal_error"}, status_code=500)


async def _drop(request: Request) -> None:
    if cut := request.scope.get(DROP_CONNECTION):
        cut()
        await asyncio.sleep(0)  # let the server notice before the answer is written
