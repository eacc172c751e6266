"""`serve`, `worker`, `scheduler` and `migrate`: the processes of a deployment."""

import signal

import typer
from rich.markup import escape

from copilot.bootstrap import Services, open_database
from copilot.cli.output import console, errors_in_words, notes
from copilot.cli.wiring import open_services
from copilot.errors import BadInputError
from copilot.incidents.refilling import request_refills
from copilot.main import WebServer, build_socket_mode, create_web, login_links
from copilot.migrating import upgrade
from copilot.settings import Settings, read_settings
from copilot.slack.socket_mode import SocketState
from copilot.timeline.coverage import RefillCause
from copilot.workspaces.syncing import request_sync_of_disconnected

_CONNECT_S = 5.0
"""How long a start waits for sockets before it says how they stand."""


def serve(
    host: str | None = typer.Option(None, help="Default: COPILOT_HOST, else 127.0.0.1."),
    port: int | None = typer.Option(
        None, min=0, max=65535, help="Default: COPILOT_PORT, else 8080; 0 takes a free one."
    ),
) -> None:
    """Answer Slack and show the console; without Redis also run the jobs."""
    end_on_sigterm()
    with errors_in_words():
        settings = read_settings()
        services = open_services(settings)
        server = open_server(host or settings.host, settings.port if port is None else port)
        base_url = settings.public_url or server.url
        login = login_links(services)
        sockets = build_socket_mode(services, login, base_url)
        server.start(create_web(services, login, base_url))
        if settings.redis_url is None:
            services.jobs.start_embedded(services)
        _say("Console", f"{base_url.rstrip('/')}/login?token={login.issue()}")
        _say("", "(works once, within 15 minutes; the next start prints another)")
        if sockets is not None:
            sockets.start()
            _say("Slack", _socket_words(settings, sockets.wait_until_connected(_CONNECT_S)))
        else:
            _say("Slack", _slack_words(settings, base_url))
        catch_up(services)
        _say("Jobs", _jobs_words(settings))
        try:
            server.join()
        except KeyboardInterrupt:
            notes.print("Stopping; what was received is stored.")
        finally:
            if sockets is not None:
                sockets.stop()
            server.stop()
            if settings.redis_url is None:
                services.jobs.stop_embedded()


def worker(
    concurrency: int = typer.Option(4, min=1, max=64, help="Jobs at the same time."),
) -> None:
    """Run jobs from Redis. Start as many as you like."""
    with errors_in_words():
        settings = _settings_with_redis("worker")
        services = open_services(settings)
        console.print(f"Working with {concurrency} threads; stop with Ctrl-C.")
        services.jobs.run_worker(services, concurrency)


def scheduler() -> None:
    """Find rows that wait for a time or whose nudge was lost. One is enough, two do no harm."""
    end_on_sigterm()
    with errors_in_words():
        settings = _settings_with_redis("scheduler")
        services = open_services(settings)
        console.print("Looking for work that is due; stop with Ctrl-C.")
        try:
            services.jobs.run_scheduler(services)
        except KeyboardInterrupt:
            notes.print("Stopped.")


def migrate() -> None:
    """Bring the database's tables to what this release expects."""
    with errors_in_words():
        settings = read_settings()
        engine = open_database(settings)
        upgrade(engine)
        console.print(
            f"{engine.url.render_as_string(hide_password=True)} has the tables of this release."
        )


def catch_up(services: Services) -> None:
    """Have read what happened in incident channels while nobody listened.

    Only now that events are heard again, or some would fall between the two.
    """
    now = services.clock.now()
    with services.db.transaction() as session:
        request_refills(session, team_id=None, cause=RefillCause.STARTED, now=now)
        if services.installed is None:
            request_sync_of_disconnected(session, now)


def open_server(host: str, port: int) -> WebServer:
    """Take the port. Raises BadInputError that says what to do when it is in use."""
    try:
        return WebServer(host, port)
    except OSError as error:
        raise cannot_listen(host, port, error, "--port") from None


def cannot_listen(host: str, port: int, error: OSError, option: str) -> BadInputError:
    """What to say when a port can't be had; `option` chooses another."""
    # Python adds the address to the reason, which is said already.
    reason = (error.strerror or str(error)).partition(" (while")[0]
    return BadInputError(
        f"Can't listen on {host}:{port} ({reason}). "
        f"Stop what uses it, or choose another with {option}."
    )


def _say(what: str, words: str) -> None:
    # Never wrapped: an address that is cut in two can't be opened.
    console.print(f"{what:<12}{escape(words)}", soft_wrap=True)


def end_on_sigterm() -> None:
    """End as on Ctrl-C. As process 1 of a container SIGTERM would otherwise be ignored."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _settings_with_redis(command: str) -> Settings:
    settings = read_settings()
    if settings.redis_url is None:
        raise BadInputError(
            f"`{command}` needs COPILOT_REDIS_URL, e.g. redis://localhost:6379/0. "
            "Without Redis, `incident-copilot serve` runs the jobs itself."
        )
    return settings


def _slack_words(settings: Settings, base_url: str) -> str:
    missing = [
        name
        for name, value in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token or settings.slack_client_id),
            ("SLACK_SIGNING_SECRET", settings.slack_signing_secret),
        )
        if value is None
    ]
    if missing:
        return f"not connected: set {' and '.join(missing)} (see docs/slack.md)"
    if settings.slack_client_id is not None:
        words = f"install it in any number of workspaces at {base_url.rstrip('/')}/slack/install"
        if settings.public_url is None:
            words += " (Slack leads people back there: set COPILOT_PUBLIC_URL to what it can reach)"
        return words
    return f"events, commands and interactions at {base_url.rstrip('/')}/slack/events"


def _socket_words(settings: Settings, state: SocketState) -> str:
    words = f"Socket Mode: {state.words}"
    if settings.slack_signing_secret is not None:
        words += " (SLACK_APP_TOKEN is set, so SLACK_SIGNING_SECRET is not used)"
    return words


def _jobs_words(settings: Settings) -> str:
    if settings.redis_url is None:
        return "inside this process (set COPILOT_REDIS_URL to run workers of their own)"
    return "through Redis: run `incident-copilot worker` and `incident-copilot scheduler`"
