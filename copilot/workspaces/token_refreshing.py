"""Tokens that run out: one process at a time fetches a new one, and what it got is kept.

The installation's row is the queue. Slack takes a refresh token once, so whoever asks has claimed
the row before, for a while that runs by the wall clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from copilot.workspaces.installations import SealedTokens, tokens_of
from copilot.workspaces.models import Installation

REFRESH_AHEAD = timedelta(hours=2)
"""Slack's tokens live 12 hours. So long before the end the old one still works, should Slack be
away or a process die between Slack's answer and our commit."""


@dataclass(frozen=True, slots=True)
class ClaimedRefresh:
    installation_id: int
    team_id: str
    enterprise_id: str
    refresh_token: str = field(repr=False)
    """Encrypted; proves, when the answer is stored, that nobody installed anew meanwhile."""


def tokens_to_refresh(session: Session, wall_now: datetime) -> list[int]:
    query = select(Installation.id).where(_is_refreshable(wall_now, REFRESH_AHEAD))
    return list(session.scalars(query.order_by(Installation.token_expires_at)))


def claim_refresh(
    session: Session, installation_id: int, wall_now: datetime, *, lease: timedelta, early: bool
) -> ClaimedRefresh | None:
    """Be the one that refreshes, for as long as `lease`; None if another is or nothing is due.

    `early` is for a token that Slack calls expired before its time.
    """
    ahead = timedelta(days=365) if early else REFRESH_AHEAD
    row = session.execute(
        update(Installation)
        .where(Installation.id == installation_id, _is_refreshable(wall_now, ahead))
        .values(refreshing_until=wall_now + lease)
        .returning(
            Installation.id,
            Installation.team_id,
            Installation.enterprise_id,
            Installation.refresh_token,
        ),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if row is None or row.refresh_token is None:
        return None
    return ClaimedRefresh(row.id, row.team_id, row.enterprise_id, row.refresh_token)


def store_refreshed(session: Session, claimed: ClaimedRefresh, tokens: SealedTokens) -> bool:
    """False where the app was installed anew or removed meanwhile; those tokens then count."""
    stored = session.execute(
        update(Installation)
        .where(
            Installation.id == claimed.installation_id,
            Installation.refresh_token == claimed.refresh_token,
            Installation.revoked_at.is_(None),
        )
        .values(
            bot_token=tokens.bot,
            refresh_token=tokens.refresh,
            token_expires_at=tokens.expires_at,
            refreshing_until=None,
        )
        .returning(Installation.id),
        execution_options={"synchronize_session": False},
    )
    return stored.scalar() is not None


def put_off_refresh(session: Session, claimed: ClaimedRefresh, until: datetime) -> None:
    """Slack did not give a new token: nobody is to ask before `until`."""
    session.execute(
        update(Installation)
        .where(
            Installation.id == claimed.installation_id,
            Installation.refresh_token == claimed.refresh_token,
        )
        .values(refreshing_until=until),
        execution_options={"synchronize_session": False},
    )


def sealed_tokens(session: Session) -> Sequence[tuple[int, SealedTokens]]:
    """All tokens that count, to encrypt them with another key."""
    rows = session.scalars(select(Installation).where(Installation.revoked_at.is_(None)))
    return [(row.id, tokens_of(row)) for row in rows]


def reseal(session: Session, installation_id: int, before: SealedTokens, now: SealedTokens) -> bool:
    """Put the same tokens in another wrapping; False if they changed meanwhile."""
    stored = session.execute(
        update(Installation)
        .where(Installation.id == installation_id, Installation.bot_token == before.bot)
        .values(bot_token=now.bot, refresh_token=now.refresh)
        .returning(Installation.id),
        execution_options={"synchronize_session": False},
    )
    return stored.scalar() is not None


def _is_refreshable(wall_now: datetime, ahead: timedelta) -> ColumnElement[bool]:
    return and_(
        Installation.revoked_at.is_(None),
        Installation.refresh_token.is_not(None),
        Installation.token_expires_at <= wall_now + ahead,
        or_(Installation.refreshing_until.is_(None), Installation.refreshing_until <= wall_now),
    )
