"""Remembers which sign-in links were used, so that each works once whichever process it reaches."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import SpentLoginLink


def is_spent(session: Session, token_hash: str) -> bool:
    found = select(SpentLoginLink.token_hash).where(SpentLoginLink.token_hash == token_hash)
    return session.scalar(found) is not None


def spend(session: Session, token_hash: str, expires_at: datetime, now: datetime) -> bool:
    """Use the link up; True for the one caller who is first. Forgets links that are too old."""
    session.execute(delete(SpentLoginLink).where(SpentLoginLink.expires_at < now))
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(SpentLoginLink).values(token_hash=token_hash, expires_at=expires_at)
    added = session.execute(new.on_conflict_do_nothing().returning(SpentLoginLink.token_hash))
    return added.scalar() is not None
