"""Web servers within a test's own process, which end at once.

uvicorn looks every tenth of a second whether it shall end, then waits another tenth for answers
that are on their way. A world has two servers, and with hundreds of worlds that was minutes.
"""

import asyncio
import socket
from collections.abc import Sequence
from itertools import count
from typing import Self

import uvicorn

from copilot.sandbox.server import SandboxServer
from copilot.sandbox.workspace import SandboxWorkspace

_LOOK_EVERY_S = 0.01


class PromptServer(uvicorn.Server):
    """Answers what it was asked before it ends, as uvicorn's own does, but waits for no more."""

    async def main_loop(self) -> None:
        ticks = count()
        while not await self.on_tick(next(ticks)):
            await asyncio.sleep(_LOOK_EVERY_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:
                    await asyncio.sleep(_LOOK_EVERY_S / 5)
        except TimeoutError:
            for task in list(state.tasks):
                task.cancel()


class PromptSandbox(SandboxServer):
    """The sandbox itself; only the server's end is another."""

    def __init__(
        self, workspace: SandboxWorkspace, *, neighbours: Sequence[SandboxWorkspace] = ()
    ) -> None:
        super().__init__(workspace, neighbours=neighbours)
        self._server = PromptServer(self._server.config)

    def __enter__(self) -> Self:
        self.start()
        return self
