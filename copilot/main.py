"""The web process: Slack endpoint, console and health on one port."""

import secrets
import socket
import threading
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from slack_bolt import App
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from copilot import __version__
from copilot.bootstrap import Services
from copilot.console.app import add_console
from copilot.console.login import LoginLinks
from copilot.incidents.refilling import request_refills
from copilot.llm.breaker import BreakerState
from copilot.slack.app import build_bolt_app
from copilot.slack.client import build_client
from copilot.slack.http import add_slack_endpoint
from copilot.slack.oauth import add_install_pages
from copilot.slack.socket_mode import Pace, SocketMode
from copilot.timeline.coverage import RefillCause

KEEP_ALIVE_S = 75
"""Longer than proxies keep an idle connection (60 s), or they send an event down one that is just
being closed and tell Slack of a bad gateway."""


def login_links(services: Services) -> LoginLinks:
    """One-time links into the console; with COPILOT_SECRET_KEY they outlive a restart."""
    key = services.settings.secret_key
    return LoginLinks(services.db, key.get_secret_value() if key else None)


def build_slack_app(services: Services, login: LoginLinks, console_url: str) -> App:
    """The listeners for everything that Slack sends, whichever way it comes."""
    settings = services.settings
    secret = settings.slack_signing_secret
    return build_bolt_app(
        db=services.db,
        clock=services.clock,
        clients=services.slack_clients,
        api_url=settings.slack_api_url,
        signing_secret=secret.get_secret_value() if secret else "",
        console_url=lambda: console_url,
        login_token=lambda team_id, user_id, path: login.issue((team_id, user_id), path),
        reactions=settings.reaction_meanings,
    )


def refill_after_break(services: Services) -> None:
    """Have read what may have been said while no socket was there to hear it."""
    now = services.clock.now()
    with services.db.transaction() as session:
        request_refills(session, team_id=None, cause=RefillCause.RECONNECTED, now=now)


def build_socket_mode(
    services: Services, login: LoginLinks, console_url: str, pace: Pace | None = None
) -> SocketMode | None:
    """What keeps sockets to Slack open; None where SLACK_APP_TOKEN is not set."""
    settings = services.settings
    if settings.slack_app_token is None:
        return None

    return SocketMode(
        build_slack_app(services, login, console_url),
        build_client(settings.slack_app_token.get_secret_value(), settings.slack_api_url),
        sockets=settings.slack_sockets,
        on_reconnect=lambda: refill_after_break(services),
        pace=pace,
    )


def _model_health(services: Services) -> dict[str, str]:
    """Of the model as this process knows it; that it is out makes nobody else ill."""
    endpoint = services.endpoint
    if endpoint is None or endpoint.counted.calls == 0:
        return {}
    return {"model": "ok" if endpoint.state is BreakerState.CLOSED else "left alone"}


def create_web(services: Services, login: LoginLinks, console_url: str) -> FastAPI:
    """The whole web application.

    It has a Slack endpoint with a signing secret, unless an app token chooses Socket Mode.
    """
    web = FastAPI(title="Incident Copilot", version=__version__, openapi_url=None)
    settings = services.settings

    @web.get("/healthz", include_in_schema=False)
    def healthz() -> JSONResponse:
        try:
            with services.db.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return JSONResponse({"database": "unreachable"}, status_code=503)
        return JSONResponse({"database": "ok"} | _model_health(services))

    if services.installer is not None:
        add_install_pages(
            web,
            db=services.db,
            installer=services.installer,
            public_url=console_url,
            assets="/static",
        )
    secret_key = settings.secret_key
    add_console(
        web,
        db=services.db,
        clock=services.clock,
        login=login,
        secret_key=secret_key.get_secret_value() if secret_key else secrets.token_hex(32),
        is_https=(settings.public_url or "").startswith("https://"),
    )
    # A page elsewhere must not reach the console by pointing its own name at this address.
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=_allowed_hosts(settings.public_url))
    # Last, so that it comes first: what Slack signed needs none of the above.
    if settings.slack_signing_secret is not None and settings.slack_app_token is None:
        bolt = build_slack_app(services, login, console_url)
        add_slack_endpoint(web, bolt, settings.slack_signing_secret.get_secret_value())
    return web


def _allowed_hosts(public_url: str | None) -> list[str]:
    public_host = urlsplit(public_url).hostname if public_url else None
    return ["127.0.0.1", "localhost", *([public_host] if public_host else [])]


class WebServer:
    """Serves an application on a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        """Take the port at once, so that a taken one is known before anything starts.

        Raises OSError if the port is in use.
        """
        self._socket = socket.create_server((host, port))
        self._host = host
        self._server: uvicorn.Server | None = None
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        # "Every address" is no address to open; the browser is on this machine or behind a proxy.
        shown = "127.0.0.1" if self._host in {"", "0.0.0.0"} else self._host  # noqa: S104 - compared only
        return f"http://{shown}:{self._socket.getsockname()[1]}/"

    def start(self, web: FastAPI) -> None:
        """Serve; connections are taken from now on."""
        config = uvicorn.Config(
            web,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._server = uvicorn.Server(config)
        threading.Thread(
            target=self._run, args=(self._server,), name="copilot-web", daemon=True
        ).start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the server has stopped; False if it still runs after `timeout_s`.

        Not by `Thread.join`: one that Ctrl-C breaks off takes a running thread for ended.
        """
        return self._server is None or self._ended.wait(timeout_s)

    def stop(self) -> None:
        """Answer what is being answered, then close the port."""
        if self._server is not None:
            self._server.should_exit = True
            self.join()
        self._socket.close()

    def _run(self, server: uvicorn.Server) -> None:
        try:
            server.run(sockets=[self._socket])
        finally:
            self._ended.set()
