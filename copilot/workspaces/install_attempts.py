"""Remembers who set out to install the app, so that the way back from Slack works once."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError, NotFoundError
from copilot.workspaces.models import InstallAttempt

LIFETIME = timedelta(minutes=10)
MAX_OPEN = 10_000
"""The page is open to everybody; what strangers can make us keep has a bound."""


def begin_attempt(session: Session, state: str, now: datetime) -> None:
    """Raises BadInputError while too many are under way."""
    session.execute(delete(InstallAttempt).where(InstallAttempt.expires_at <= now))
    if (session.scalar(select(func.count()).select_from(InstallAttempt)) or 0) >= MAX_OPEN:
        raise BadInputError("Too many installations are under way.")
    session.add(InstallAttempt(state_hash=_hash(state), expires_at=now + LIFETIME))


def finish_attempt(session: Session, state: str, now: datetime) -> None:
    """Use the attempt up. Raises NotFoundError where it is unknown, used or too old."""
    used = delete(InstallAttempt).where(InstallAttempt.state_hash == _hash(state))
    expires_at = session.scalar(used.returning(InstallAttempt.expires_at))
    if expires_at is None or expires_at <= now:
        raise NotFoundError("That attempt to install is unknown, used or too old.")


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
