"""The browser page of the sandbox: a shell, its state as JSON, and what people do in it."""

import asyncio
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool

from copilot.errors import CopilotError
from copilot.sandbox import page_data
from copilot.sandbox.page_acts import page_acts
from copilot.sandbox.workspace import SandboxWorkspace

_HERE = Path(__file__).parent
_WAIT_S = 15.0
_LOOK_S = 0.05
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def add_page(web: FastAPI, workspace: SandboxWorkspace) -> None:
    templates = Jinja2Templates(_HERE / "templates")
    web.mount("/sandbox/static", StaticFiles(directory=_HERE / "static"), name="sandbox-static")

    def shell(request: Request, status: int) -> Response:
        page: HTMLResponse = templates.TemplateResponse(
            request, "sandbox.html", {"workspace": workspace}, status_code=status, headers=_HEADERS
        )
        return page

    @web.get("/", include_in_schema=False)
    def home(request: Request) -> Response:
        first = next(iter(workspace.channels), None)
        if first is None:
            return shell(request, 200)
        return RedirectResponse(f"/archives/{first}", status_code=302)

    @web.get("/archives/{channel_id}", include_in_schema=False)
    @web.get("/archives/{channel_id}/{_digits}", include_in_schema=False)
    def archives(request: Request, channel_id: str) -> Response:
        return shell(request, 200 if channel_id in workspace.channels else 404)

    @web.get("/app", include_in_schema=False)
    def app_home(request: Request) -> Response:
        return shell(request, 200)

    web.include_router(_reading(workspace))
    web.include_router(page_acts(workspace), dependencies=[Depends(_from_this_page)])

    @web.exception_handler(CopilotError)
    def tell(_: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, status_code=400)


def _reading(workspace: SandboxWorkspace) -> APIRouter:
    router = APIRouter(prefix="/sandbox", include_in_schema=False)

    @router.get("/state")
    async def state(
        viewer: str = "", channel: str = "", since: int = 0, wait: bool = False
    ) -> dict[str, Any]:
        if wait:
            await _until_news(workspace, since)
        return await run_in_threadpool(page_data.news, workspace, viewer, channel, since)

    @router.get("/messages")
    def messages(channel: str, before: str = "", around: str = "") -> dict[str, Any]:
        return page_data.messages(workspace, channel, before=before, around=around)

    @router.get("/thread")
    def thread(channel: str, ts: str) -> dict[str, Any]:
        return page_data.thread(workspace, channel, ts)

    return router


async def _until_news(workspace: SandboxWorkspace, since: int) -> None:
    """Wait without a thread: open pages must not use up those that answer the app."""
    for _ in range(round(_WAIT_S / _LOOK_S)):
        if workspace.version > since or workspace.is_closed:
            return
        await asyncio.sleep(_LOOK_S)


def _from_this_page(request: Request) -> None:
    """Another site can make a browser post here, but not JSON, and not as the same origin."""
    is_json = request.headers.get("content-type", "").startswith("application/json")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if not is_json or site not in ("same-origin", "none"):
        raise HTTPException(403, "Only the sandbox's own page may do this.")
