"""Web servers within a test's own process, which end at once.

uvicorn looks every tenth of a second whether it shall end, then waits another tenth for answers
that are on their way. A world has two servers, and with hundreds of worlds that was minutes.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import count
from typing import Any, NamedTuple, Self, cast
from unittest.mock import patch

import uvicorn
from fastapi import FastAPI

from copilot.sandbox.server import SandboxServer, build_app
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
    """The sandbox itself; only the server's end is another, and its routes serve one test more."""

    def __init__(
        self, workspace: SandboxWorkspace, *, neighbours: Sequence[SandboxWorkspace] = ()
    ) -> None:
        taken: list[_Site] = []

        def build(first: SandboxWorkspace, **more: Any) -> FastAPI:
            taken.append(_site_for(first, **more))
            return taken[0].web

        with patch("copilot.sandbox.server.build_app", build):
            super().__init__(workspace, neighbours=neighbours)
        (self._site,) = taken
        self._server = PromptServer(self._server.config)

    def __enter__(self) -> Self:
        self.start()
        return self

    def stop(self) -> None:
        super().stop()
        _idle[self._site.key].append(self._site)


class _StandIn:
    """Whatever workspace is being served: the routes are made for this one."""

    def __init__(self) -> None:
        self.__dict__["served"] = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["served"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["served"], name, value)

    def serve(self, workspace: SandboxWorkspace) -> None:
        self.__dict__["served"] = workspace


class _Site(NamedTuple):
    key: Hashable
    web: FastAPI
    stand_ins: Sequence[_StandIn]


_idle: dict[Hashable, list[_Site]] = defaultdict(list)


def _site_for(
    first: SandboxWorkspace, *, hosts: tuple[str, ...], neighbours: Sequence[SandboxWorkspace]
) -> _Site:
    """One that nobody uses: working its routes out took a sixth of a scenario's time."""
    key = hosts, len(neighbours)
    if not _idle[key]:
        stand_ins = [_StandIn() for _ in (first, *neighbours)]
        one, *others = cast("list[SandboxWorkspace]", stand_ins)
        _idle[key].append(_Site(key, build_app(one, hosts=hosts, neighbours=others), stand_ins))
    site = _idle[key].pop()
    for stand_in, workspace in zip(site.stand_ins, (first, *neighbours), strict=True):
        stand_in.serve(workspace)
    return site
