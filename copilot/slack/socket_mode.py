"""Socket Mode: the app calls Slack, and everything arrives down a few sockets it keeps open.

Slack's own client is not used: it takes every reason to disconnect alike, so a switched-off app
would call for ever and too many sockets would breed more; and it acknowledges on whichever socket
is newest, where Slack waits for the answer on the one it used.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt import App
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

from copilot.errors import PermanentError, TemporaryError
from copilot.slack.client import slack_error_code, translated
from copilot.slack.socket_line import (
    Line,
    LinkDisabledError,
    TooManySocketsError,
)
from copilot.slack.socket_listening import Listening

_REFRESHING = ("warning", "refresh_requested")
_SWITCHED_OFF = ("socket_mode_not_enabled", "link_disabled")
_STOP_WITHIN_S = 10.0
_FINISH_WITHIN_S = 5.0
_LOOK_EVERY_S = 5.0
_HOW_TO_MEND = (
    "Check SLACK_APP_TOKEN: it begins with xapp- and needs the scope connections:write "
    "(api.slack.com/apps, your app, Basic Information, App-Level Tokens)."
)
_BAD_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait before a socket is tried again: twice as long each time, with chance."""

    first_s: float = 1.0
    most_s: float = 60.0
    crowded_s: float = 30.0
    """At least this where Slack says that there are too many sockets."""

    def wait_s(self, failures: int) -> float:
        longest = min(self.most_s, self.first_s * 2.0 ** min(max(failures - 1, 0), 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads calls, guards nothing


@dataclass(frozen=True, slots=True)
class SocketState:
    """What to tell a person who asks; holds no secret."""

    wanted: int
    connected: int
    problem: str | None = None

    @property
    def words(self) -> str:
        if self.problem:
            return self.problem
        if self.connected == self.wanted:
            return f"connected with {_sockets(self.connected)}"
        return f"connected with {self.connected} of {_sockets(self.wanted)}"


class SocketMode:
    """Starts and keeps `sockets` lines; `client` holds the app's own token, not the bot's.

    `on_reconnect` is called after every break, when something may have been missed meanwhile.
    """

    def __init__(
        self,
        bolt: App,
        client: WebClient,
        *,
        sockets: int,
        on_reconnect: Callable[[], None],
        pace: Pace | None = None,
    ) -> None:
        self._client = client
        self._on_reconnect = on_reconnect
        self._pace = pace or Pace()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._lines: dict[int, Line] = {}
        self._problem: str | None = None
        self._wanted = sockets
        self._owes_refill = False
        self._listening = Listening(bolt)
        self._seats = [
            threading.Thread(target=self._keep, args=(seat,), name=f"slack-seat-{seat}")
            for seat in range(sockets)
        ]

    def start(self) -> None:
        """Begin to connect; returns at once."""
        for seat in self._seats:
            seat.daemon = True
            seat.start()

    def wait_until_connected(self, timeout_s: float) -> SocketState:
        """Block until every socket is open, none can be, or the time is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._problem is not None or len(self._lines) == self._wanted, timeout_s
            )
        return self.state

    @property
    def state(self) -> SocketState:
        with self._changed:
            return SocketState(self._wanted, len(self._lines), self._problem)

    def stop(self) -> None:
        """Take nothing more, finish and acknowledge what is being handled, then hang up."""
        self._stopping.set()
        with self._changed:
            lines = list(self._lines.values())
            self._changed.notify_all()
        for line in lines:
            line.stop_listening()
        self._listening.stop()
        for line in lines:
            line.finish(0)
        for seat in self._seats:
            if seat.is_alive():
                seat.join(_STOP_WITHIN_S)

    # Keeping a socket open

    def _keep(self, seat: int) -> None:
        """One thread per socket, until it is stopped or Slack refuses for good."""
        before: Line | None = None
        is_broken = False
        try:
            while not self._stopping.is_set():
                line, had_trouble = self._open()
                if line is None or not self._sit(seat, line):
                    return
                if before is not None:
                    is_broken = before.has_ended
                    before.finish(_FINISH_WITHIN_S)
                if is_broken or had_trouble:
                    # As loud as the trouble was, so that who saw it sees its end.
                    _log.warning("Socket Mode: %s again", self.state.words)
                    self._ask_for_refills()
                reason = self._watch(line)
                is_broken = reason not in _REFRESHING
                before = None if is_broken else line
                if is_broken:
                    self._stand_up(seat, line, reason)
        except PermanentError as error:
            self._give_up(str(error))

    def _open(self) -> tuple[Line | None, bool]:
        """A socket, and whether it took more than one try; None where all is being stopped."""
        failures = 0
        while not self._stopping.is_set():
            try:
                return Line(self._new_address(), self._listening.hand_over), failures > 0
            except TemporaryError as error:
                failures += 1
                self._wait(error, failures)
        return None, False

    def _new_address(self) -> str:
        try:
            with translated(self._client, "open a socket"):
                answer = self._client.apps_connections_open(app_token=self._client.token or "")
        except PermanentError as error:
            code = slack_error_code(error)
            if code in _BAD_TOKEN:
                raise PermanentError(f"Slack refuses a socket ({code}). {_HOW_TO_MEND}") from error
            if code in _SWITCHED_OFF:
                raise LinkDisabledError from error
            raise TemporaryError(str(error)) from error
        url = answer.get("url")
        if not isinstance(url, str) or not url:
            raise TemporaryError("Slack opened a socket and did not say where.")
        return url

    def _sit(self, seat: int, line: Line) -> bool:
        """Count the line as the open one of this seat; False where all is being stopped."""
        with self._changed:
            is_wanted = not self._stopping.is_set()
            if is_wanted:
                self._lines[seat] = line
                self._changed.notify_all()
        if not is_wanted:
            line.finish(0)
            return False
        _log.info("Socket Mode: %s", self.state.words)
        return True

    def _stand_up(self, seat: int, line: Line, reason: str) -> None:
        with self._changed:
            if self._lines.get(seat) is line:
                del self._lines[seat]
            self._changed.notify_all()
        line.finish(0)
        if self._stopping.is_set():
            return
        _log.warning("Socket Mode: a socket ended (%.40s); %s", reason, self.state.words)
        if reason == "link_disabled":
            raise LinkDisabledError
        if reason == "too_many_websockets":
            self._wait(TooManySocketsError(), 1)

    def _watch(self, line: Line) -> str:
        """Block until the line is to be replaced; a refill still owed is asked for meanwhile."""
        while True:
            reason = line.wait_until_leaving(_LOOK_EVERY_S if self._owes_refill else None)
            if reason is not None:
                return reason
            self._ask_for_refills()

    def _ask_for_refills(self) -> None:
        """Something may have been missed. Tried again later while the database is away."""
        self._owes_refill = True
        try:
            self._on_reconnect()
        except SQLAlchemyError as error:
            _log.warning("could not ask for what was missed yet: %s", type(error).__name__)
            return
        self._owes_refill = False

    def _wait(self, error: TemporaryError, failures: int) -> None:
        wait_s = max(self._pace.wait_s(failures), error.retry_after_s or 0)
        if isinstance(error, TooManySocketsError):
            wait_s = max(wait_s, self._pace.crowded_s)
        _log.warning("Socket Mode: %s Trying again in %.0f s.", error, wait_s)
        self._stopping.wait(wait_s)

    def _give_up(self, why: str) -> None:
        with self._changed:
            is_news = self._problem is None
            self._problem = why
            self._stopping.set()
            lines = list(self._lines.values())
            self._changed.notify_all()
        if is_news:
            _log.error("Socket Mode: %s", why)
        for line in lines:
            line.finish(_FINISH_WITHIN_S)


def _sockets(count: int) -> str:
    return "1 socket" if count == 1 else f"{count} sockets"
