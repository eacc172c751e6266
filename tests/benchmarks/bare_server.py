"""What cannot be avoided, as a process: Bolt over HTTP as its manual shows it, and one INSERT.

Run with a database URL and a port. Its table is made by whoever starts it.
"""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi import SlackRequestHandler

from copilot.db import open_engine
from tests.benchmarks.event_service import bare_bolt_app, bare_insert


def main(database_url: str, port: str) -> None:
    insert = bare_insert(open_engine(database_url))
    handler = SlackRequestHandler(bare_bolt_app(insert))
    web = FastAPI()

    @web.get("/healthz")
    def healthz() -> dict[str, str]:
        return {}

    @web.post("/slack/events")
    async def slack_events(request: Request) -> Response:
        answer: Any = await handler.handle(request)
        assert isinstance(answer, Response)
        return answer

    uvicorn.run(web, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
