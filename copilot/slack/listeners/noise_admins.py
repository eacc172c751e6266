"""Who may set how much is said."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.slack.escaping import safe
from copilot.workspaces.models import Member

_NAMED_ADMINS = 5


def is_admin(session: Session, team_id: str, user_id: str) -> bool:
    query = select(Member.is_admin).where(Member.team_id == team_id, Member.user_id == user_id)
    return session.scalar(query) is True


def require_admin(session: Session, team_id: str, user_id: str) -> None:
    """Raises BadInputError that names whom to ask."""
    if not is_admin(session, team_id, user_id):
        raise BadInputError(who_may(session, team_id))


def who_may(session: Session, team_id: str) -> str:
    query = (
        select(Member.name)
        .where(Member.team_id == team_id, Member.is_admin.is_(True), Member.is_bot.is_(False))
        .order_by(Member.name)
        .limit(_NAMED_ADMINS)
    )
    names = [safe(name, 60) for name in session.scalars(query)]
    if not names:
        return "Only an admin of this workspace can set this; who that is is not known here yet."
    return f"Only an admin of this workspace can set this. Ask {' or '.join(names)}."
