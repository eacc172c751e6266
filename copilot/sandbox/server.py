"""The sandbox on a port of this machine, served from a thread."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from copilot.errors import TemporaryError
from copilot.sandbox.api import DROP_CONNECTION, add_api
from copilot.sandbox.page import add_page
from copilot.sandbox.workspace import SandboxWorkspace

_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 10.0
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def build_app(
    workspace: SandboxWorkspace,
    *,
    hosts: tuple[str, ...] = _LOCAL_NAMES,
    neighbours: Sequence[SandboxWorkspace] = (),
) -> FastAPI:
    """Web API, also of `neighbours`, and page.

    Only `hosts` may be asked for: another site's name can't lead here.
    """
    web = FastAPI(title="Slack sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    add_api(web, (workspace, *neighbours))
    add_page(web, workspace)
    return web


class SandboxServer:
    """Serves `workspace`, and the Web API of `neighbours` with it.

    `url` and `api_url` are known as soon as this is built.
    """

    def __init__(
        self,
        workspace: SandboxWorkspace,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        hosts: tuple[str, ...] = _LOCAL_NAMES,
        neighbours: Sequence[SandboxWorkspace] = (),
    ) -> None:
        self._workspace = workspace
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        shown = "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104 - compared only
        self.url = f"http://{shown}:{self.port}/"
        self.api_url = f"{self.url}api/"
        for each in (workspace, *neighbours):
            each.url = self.url
        config = uvicorn.Config(
            build_app(workspace, hosts=(*hosts, shown), neighbours=neighbours),
            http=_CuttableProtocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)

    def start(self) -> None:
        """Return once requests are answered."""
        self._thread.start()
        waiter = threading.Event()
        for _ in range(int(_START_TIMEOUT_S / 0.01)):
            if self._server.started:
                return
            waiter.wait(0.01)
        raise TemporaryError(f"The sandbox did not start on port {self.port}.")

    def stop(self) -> None:
        self._workspace.close()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT_S)
        self._socket.close()

    def __enter__(self) -> "SandboxServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


class _CuttableProtocol(H11Protocol):
    """Lets a request cut its own connection, so that callers meet an unknown outcome."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, DROP_CONNECTION: transport.abort}, receive, send)

        self.app = app


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    listening.setblocking(False)
    return listening
