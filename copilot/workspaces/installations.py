"""Where the app is installed: for one workspace, or for a whole Enterprise Grid organisation.

Tokens come and go encrypted; this package can't read them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.workspaces.models import Installation, Workspace


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """Encrypted. `expires_at` is None where the app does not rotate its tokens."""

    bot: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewInstallation:
    enterprise_id: str
    team_id: str
    """Empty where the app was installed for the whole organisation."""
    app_id: str
    bot_user_id: str
    tokens: SealedTokens
    scopes: str
    installed_by: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """An installation that speaks for a workspace, and what is known of that workspace."""

    id: int
    is_organisation: bool
    bot_user_id: str
    bot_id: str | None
    tokens: SealedTokens
    name: str | None
    """None, like `url`, for a workspace of an organisation that is met for the first time."""
    url: str | None


def save(session: Session, new: NewInstallation, now: datetime) -> int:
    """Keep the installation, in place of an earlier one of the same workspace; returns its id."""
    values: dict[str, Any] = {
        "enterprise_id": new.enterprise_id,
        "team_id": new.team_id,
        "app_id": new.app_id,
        "bot_user_id": new.bot_user_id,
        "bot_id": None,
        "bot_token": new.tokens.bot,
        "refresh_token": new.tokens.refresh,
        "token_expires_at": new.tokens.expires_at,
        "refreshing_until": None,
        "scopes": new.scopes,
        "installed_by": new.installed_by,
        "installed_at": now,
        "revoked_at": None,
    }
    if new.team_id:
        # A workspace that has joined an organisation, or left it, is still the same one.
        session.execute(
            delete(Installation).where(
                Installation.team_id == new.team_id,
                Installation.enterprise_id != new.enterprise_id,
            )
        )
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Installation).values(values)
    statement = insert.on_conflict_do_update(
        index_elements=["enterprise_id", "team_id"], set_=values
    ).returning(Installation.id)
    installation_id: int = session.execute(statement).scalar_one()
    return installation_id


def find(session: Session, team_id: str, enterprise_id: str = "") -> Found | None:
    """What speaks for the workspace: its own installation, else that of its organisation.

    Without `enterprise_id` the organisation is the one that the workspace is known to be in.
    """
    organisation = enterprise_id or Workspace.enterprise_id
    for_all = and_(
        Installation.team_id == "",
        Installation.enterprise_id != "",
        Installation.enterprise_id == organisation,
        Workspace.disconnected_at.is_(None),
    )
    query = (
        select(Installation, Workspace.name, Workspace.url)
        .outerjoin(Workspace, Workspace.team_id == team_id)
        .where(
            Installation.revoked_at.is_(None),
            or_(and_(Installation.team_id == team_id, Installation.team_id != ""), for_all),
        )
        .order_by(Installation.team_id.desc())
        .limit(1)
    )
    row = session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        return None
    installation, name, url = row
    return Found(
        id=installation.id,
        is_organisation=not installation.team_id,
        bot_user_id=installation.bot_user_id,
        bot_id=installation.bot_id,
        tokens=tokens_of(installation),
        name=name,
        url=url,
    )


def know_bot_id(session: Session, installation_id: int, bot_id: str) -> None:
    session.execute(
        update(Installation).where(Installation.id == installation_id).values(bot_id=bot_id)
    )


def tokens_of(row: Installation) -> SealedTokens:
    return SealedTokens(row.bot_token, row.refresh_token, row.token_expires_at)
