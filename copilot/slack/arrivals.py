"""Remembers that events arrive, so that `doctor` can tell a quiet workspace from a deaf app."""

import logging
import time
from collections.abc import Collection

from sqlalchemy.exc import SQLAlchemyError

from copilot.clock import SystemClock
from copilot.db import Database
from copilot.workspaces.arrivals import Arrival, note_arrival

EVERY_S = 60.0
"""One write a minute and workspace at most: far too few to be felt among the events."""

_log = logging.getLogger(__name__)


class Arrivals:
    """Safe to share between threads: two that come at once write the same row twice, no more."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._noted_at_s: dict[str, float] = {}

    def note(self, team_id: str, headers: Collection[str]) -> None:
        """Never raises: the event itself is stored already."""
        now_s = time.monotonic()
        if now_s - self._noted_at_s.get(team_id, float("-inf")) < EVERY_S:
            return
        self._noted_at_s[team_id] = now_s
        # Slack signs what it sends over HTTP; down a socket there is nothing to sign.
        way = "http" if "x-slack-signature" in headers else "socket_mode"
        try:
            with self._db.transaction() as session:
                # By the wall clock, as `doctor` reads it, also while an incident is played back.
                note_arrival(session, Arrival(team_id, SystemClock().now(), way))
        except SQLAlchemyError as error:
            _log.warning("could not note that an event arrived: %s", type(error).__name__)
