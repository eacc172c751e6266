"""One deployment, many workspaces: each with the token that its installation brought."""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

from slack_sdk import WebClient

from copilot.clock import Clock, SystemClock
from copilot.db import Database
from copilot.errors import TemporaryError
from copilot.slack.client import CopilotClient, build_client
from copilot.slack.token_box import TokenBox
from copilot.slack.token_rotation import TokenRotation
from copilot.workspaces.connections import learn_of_team
from copilot.workspaces.installations import Found, find
from copilot.workspaces.syncing import request_sync

_FRESH_FOR_EVENTS_S = 60.0
_FRESH_FOR_CALLS_S = 1.0
_FRESH_FOR_STRANGERS_S = 5.0
_MAX_KNOWN = 10_000
_TOO_LATE = timedelta(minutes=1)
"""A token with so little time left is not handed out any more."""


@dataclass(frozen=True, slots=True)
class _Known:
    found: Found | None
    client: CopilotClient | None
    problem: TemporaryError | None
    """Why there is no client although the app is installed: the token can't be read."""
    read_at_s: float


class InstalledWorkspaces:
    """Remembers what it read from the row of an installation; safe to share between threads.

    Others change that row: another process refreshes the token, somebody removes the app or
    installs it again. How old an answer may be depends on what an old one does. To an event one
    minute: the row is not read per event, and one that is recorded a minute after the app was
    removed does no harm. To a call of Slack one second: reading a row is nothing beside the call,
    and a call with a token that was replaced could fail for good. A call that Slack still refuses
    for its token looks once more (`_renew`).
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        api_url: str,
        box: TokenBox,
        rotation: TokenRotation,
        install_url: str,
        wall_clock: Clock | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._wall_clock = wall_clock or SystemClock()
        self._api_url = api_url
        self._box = box
        self._rotation = rotation
        self._install_url = install_url
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self.unknown_url = urljoin(api_url, "/")

    def of(self, team_id: str) -> WebClient:
        known = self._look(team_id, None, _FRESH_FOR_CALLS_S)
        if known.found is not None and self._is_running_out(known.found):
            self._rotation.refresh(known.found.id)
            known = self._read(team_id, None)
            if known.found is not None and self._is_running_out(known.found):
                raise _being_renewed()
        if known.problem is not None:
            raise known.problem
        return known.client or self._client_without_token()

    def is_connected(self, team_id: str, enterprise_id: str | None = None) -> bool:
        return self._look(team_id, enterprise_id, _FRESH_FOR_EVENTS_S).found is not None

    def installation_of(self, team_id: str) -> Found | None:
        return self._look(team_id, None, _FRESH_FOR_EVENTS_S).found

    def forget(self, team_id: str | None = None) -> None:
        with self._lock:
            if team_id is None:
                self._known.clear()
            else:
                self._known.pop(team_id, None)

    def refresh_token(self, installation_id: int) -> None:
        """The job's work. Raises TemporaryError or PermanentError."""
        self._rotation.refresh(installation_id)

    def _look(self, team_id: str, enterprise_id: str | None, fresh_for_s: float) -> _Known:
        known = self._known.get(team_id)
        if known is not None:
            if known.found is None:
                fresh_for_s = min(fresh_for_s, _FRESH_FOR_STRANGERS_S)
            if time.monotonic() - known.read_at_s < fresh_for_s:
                return known
        return self._read(team_id, enterprise_id)

    def _read(self, team_id: str, enterprise_id: str | None) -> _Known:
        before = self._known.get(team_id)
        read_at_s = time.monotonic()
        with self._db.reading() as session:
            found = find(session, team_id, enterprise_id or "")
        is_new_here = before is None or before.found is None
        if found is not None and found.is_organisation and enterprise_id and is_new_here:
            self._meet(team_id, enterprise_id)
        known = self._make(team_id, found, before, read_at_s)
        with self._lock:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[team_id] = known
        return known

    def _make(
        self, team_id: str, found: Found | None, before: _Known | None, read_at_s: float
    ) -> _Known:
        if found is None:
            return _Known(None, None, None, read_at_s)
        if before and before.client and before.found and before.found.tokens == found.tokens:
            return _Known(found, before.client, None, read_at_s)
        try:
            token = self._box.open(found.tokens.bot)
        except TemporaryError as problem:
            return _Known(found, None, problem, read_at_s)
        client = build_client(
            token, self._api_url, team_id=team_id if found.is_organisation else None
        )
        client.renew = lambda used, code: self._renew(team_id, used, code)
        return _Known(found, client, None, read_at_s)

    def _meet(self, team_id: str, enterprise_id: str) -> None:
        """A workspace of an organisation, seen by this process for the first time."""
        now = self._clock.now()
        with self._db.transaction() as session:
            if learn_of_team(session, team_id, enterprise_id, url=self.unknown_url, now=now):
                request_sync(session, team_id, now)

    def _renew(self, team_id: str, used: str, code: str) -> str | None:
        """What to try instead of a token that Slack refused; None if there is nothing newer."""
        newer = self._newer(team_id, used)
        found = self._look(team_id, None, _FRESH_FOR_CALLS_S).found
        if newer or code != "token_expired" or found is None or found.tokens.refresh is None:
            return newer
        self._rotation.refresh(found.id, early=True)
        newer = self._newer(team_id, used)
        if newer is None:
            raise _being_renewed()
        return newer

    def _newer(self, team_id: str, used: str) -> str | None:
        client = self._read(team_id, None).client
        token = client.token if client is not None else None
        return token if token != used else None

    def _is_running_out(self, found: Found) -> bool:
        expires_at = found.tokens.expires_at
        return expires_at is not None and expires_at <= self._wall_clock.now() + _TOO_LATE

    def _client_without_token(self) -> CopilotClient:
        client = build_client(None, self._api_url)
        client.without_token = (
            "the app is not installed in this workspace, or no longer. What was recorded is safe; "
            f"install it at {self._install_url} to go on."
        )
        return client


def _being_renewed() -> TemporaryError:
    return TemporaryError("The Slack token of this workspace is being renewed.", retry_after_s=10)
