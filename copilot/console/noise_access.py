"""Who may see and change how much is said, and how much of its history they may read.

Admins of the Slack workspace change it. Other members read the policy in force, since it is their
channel that is quiet or not; what the replay, the held list and the history tell of other channels
is for admins. Operators, who own the database, may do what an admin may. Nobody, admin or not,
reads a title from a channel that they could not open in Slack; admins get counts of those.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.console.sessions import Viewer
from copilot.console.visibility import visible_to
from copilot.errors import NotFoundError
from copilot.workspaces.membership import readable_channels
from copilot.workspaces.models import Channel, Member, Workspace

_NAMED_ADMINS = 5


class ClosedError(Exception):
    """The viewer may not see even the policy."""

    def __init__(self, happened: str, do: str) -> None:
        super().__init__(happened)
        self.happened = happened
        self.do = do


@dataclass(frozen=True, slots=True)
class NoiseAccess:
    team_id: str
    workspace: str
    others: Mapping[str, str]
    """Further workspaces that the viewer may choose, names by team id."""
    may_change: bool
    ask: tuple[str, ...]
    """Names of admins, for those who may not."""
    incidents: frozenset[int]
    """Those whose titles the viewer may read."""
    channels: Mapping[str, str]
    """Names by id of the channels that the viewer may read."""


def access_of(session: Session, viewer: Viewer, team_id: str | None = None) -> NoiseAccess:
    """What the viewer may do here; `team_id` chooses for operators, who may have several.

    Raises ClosedError; NotFoundError where there is no workspace, or none of that id.
    """
    if viewer.user is None:
        return _of_operator(session, viewer, team_id)
    team_id, user_id = viewer.user
    member = session.scalar(
        select(Member).where(Member.team_id == team_id, Member.user_id == user_id)
    )
    if member is not None and member.is_deactivated:
        raise ClosedError(
            "Your account in Slack was deactivated, so this page is closed to you.",
            "If that is a mistake, ask an admin of your workspace.",
        )
    ask = _admins(session, team_id)
    if member is None or member.is_guest:
        raise ClosedError(
            "How much is said is for members of the workspace to read and for its admins to set.",
            f"Ask {_or(ask)}." if ask else "Ask an admin of the workspace.",
        )
    return NoiseAccess(
        team_id=team_id,
        workspace=_workspaces(session).get(team_id, team_id),
        others={},
        may_change=member.is_admin,
        ask=ask,
        incidents=visible_to(session, viewer).ids,
        channels=_named(session, team_id, readable_channels(session, team_id, user_id)),
    )


def may_change(session: Session, viewer: Viewer, team_id: str | None) -> NoiseAccess:
    """The same, for a change. Raises ClosedError unless the viewer may make it."""
    access = access_of(session, viewer, team_id)
    if not access.may_change:
        raise ClosedError(
            "Only an admin of the workspace changes how much is said. Nothing was changed.",
            f"Ask {_or(access.ask)}." if access.ask else "Who is an admin is not known here yet.",
        )
    return access


def _of_operator(session: Session, viewer: Viewer, team_id: str | None) -> NoiseAccess:
    workspaces = _workspaces(session)
    chosen = team_id or next(iter(workspaces), None)
    if chosen is None or chosen not in workspaces:
        raise NotFoundError("There is no such workspace here yet; connect one to Slack first.")
    public = select(Channel.channel_id).where(
        Channel.team_id == chosen, Channel.is_private.is_(False)
    )
    return NoiseAccess(
        team_id=chosen,
        workspace=workspaces[chosen],
        others={other: name for other, name in workspaces.items() if other != chosen},
        may_change=True,
        ask=(),
        incidents=visible_to(session, viewer).ids,
        channels=_named(session, chosen, frozenset(session.scalars(public))),
    )


def _workspaces(session: Session) -> dict[str, str]:
    query = select(Workspace.team_id, Workspace.name).order_by(Workspace.name, Workspace.team_id)
    return {row.team_id: row.name for row in session.execute(query)}


def _named(session: Session, team_id: str, channel_ids: frozenset[str]) -> dict[str, str]:
    query = select(Channel.channel_id, Channel.name).where(Channel.team_id == team_id)
    known = {row.channel_id: row.name for row in session.execute(query)}
    return {channel_id: known.get(channel_id, channel_id) for channel_id in sorted(channel_ids)}


def _admins(session: Session, team_id: str) -> tuple[str, ...]:
    query = (
        select(Member.name)
        .where(
            Member.team_id == team_id,
            Member.is_admin.is_(True),
            Member.is_bot.is_(False),
            Member.is_deactivated.is_(False),
        )
        .order_by(Member.name)
        .limit(_NAMED_ADMINS)
    )
    return tuple(session.scalars(query))


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names)
