"""Fetches a new token before the old one runs out, and stores it at once.

Slack takes a refresh token once. So one process asks at a time (`claim_refresh`), and what it got
is stored before anything else is done with it; if the database is away just then, for as long as
it may come back. A process that dies between the answer and the commit costs the workspace its
installation only once the old token has run out, two hours later, and then says so.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from copilot.clock import Clock, SystemClock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.slack.oauth_app import OAuthApp, Tokens
from copilot.slack.token_box import TokenBox
from copilot.workspaces.installations import SealedTokens
from copilot.workspaces.token_refreshing import (
    ClaimedRefresh,
    claim_refresh,
    put_off_refresh,
    store_refreshed,
)

_LEASE = timedelta(minutes=2)
"""Longer than Slack may take to answer, and we to store."""
_PAUSE = timedelta(seconds=30)
_LONG_PAUSE = timedelta(hours=1)
_STORING_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)

_log = logging.getLogger(__name__)


class TokenRotation:
    def __init__(
        self,
        db: Database,
        oauth: OAuthApp,
        box: TokenBox,
        *,
        wall_clock: Clock | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._db = db
        self._oauth = oauth
        self._box = box
        self._clock = wall_clock or SystemClock()
        self._sleep = sleep

    def seal(self, tokens: Tokens) -> SealedTokens:
        """As they are kept; from now on their life is counted."""
        expires_at = None
        if tokens.lives_s is not None:
            expires_at = self._clock.now() + timedelta(seconds=tokens.lives_s)
        refresh = None if tokens.refresh is None else self._box.seal(tokens.refresh)
        return SealedTokens(self._box.seal(tokens.bot), refresh, expires_at)

    def refresh(self, installation_id: int, *, early: bool = False) -> None:
        """Do nothing where nothing is due or another process is at it.

        Raises TemporaryError, after which it is due again, or PermanentError: only installing the
        app anew helps.
        """
        with self._db.transaction() as session:
            claimed = claim_refresh(
                session, installation_id, self._clock.now(), lease=_LEASE, early=early
            )
        if claimed is None:
            return
        try:
            tokens = self._oauth.refresh(self._box.open(claimed.refresh_token))
        except TemporaryError as error:
            self._put_off(claimed, max(_PAUSE, timedelta(seconds=error.retry_after_s or 0)))
            raise
        except PermanentError as error:
            self._put_off(claimed, _LONG_PAUSE)
            raise PermanentError(
                f"{error} The app has to be installed again in {_place(claimed)}, at "
                "/slack/install; what was recorded is safe."
            ) from error
        self._store(claimed, self.seal(tokens))

    def _store(self, claimed: ClaimedRefresh, tokens: SealedTokens) -> None:
        for pause_s in (*_STORING_PAUSES_S, None):
            try:
                with self._db.transaction() as session:
                    stored = store_refreshed(session, claimed, tokens)
            except SQLAlchemyError as error:
                if pause_s is None:
                    _log.error(
                        "Slack renewed the token of %s, but the database did not take it (%s). "
                        "The app may have to be installed again there, at /slack/install.",
                        _place(claimed),
                        type(error).__name__,
                    )
                    raise
                self._sleep(pause_s)
            else:
                if not stored:
                    _log.info("%s was installed anew meanwhile; that token counts", _place(claimed))
                return

    def _put_off(self, claimed: ClaimedRefresh, pause: timedelta) -> None:
        with self._db.transaction() as session:
            put_off_refresh(session, claimed, self._clock.now() + pause)


def _place(claimed: ClaimedRefresh) -> str:
    return claimed.team_id or claimed.enterprise_id
