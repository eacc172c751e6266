"""The card pinned in an incident's channel: what it shows, and when it has to be drawn anew.

The incident's row is the queue: each change raises `headline_version` in its own transaction.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from copilot.incidents.models import FollowUp, Incident, Role, RoleAssignment
from copilot.incidents.queries import open_incident_in
from copilot.jobs import Job, enqueue
from copilot.ports import HeadlineCard, RoleHolder
from copilot.workspaces.directory import names_of
from copilot.workspaces.models import Member, Workspace

_MAX_TOPIC = 250
# What Slack would escape, so that a topic that is read back compares with what was set.
_UNESCAPED = str.maketrans({"&": "+", "<": "‹", ">": "›"})


def headline_changed(session: Session, incident_id: int) -> None:
    """Have the headline drawn anew. Of what was imported nothing is ever posted."""
    raised = session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.is_imported.is_(False))
        .values(headline_version=Incident.headline_version + 1)
        .returning(Incident.id),
        execution_options={"synchronize_session": False},
    ).first()
    if raised is not None:
        enqueue(session, Job.DRAW_HEADLINE, incident_id)


def try_headline_again(session: Session, team_id: str, channel_id: str) -> None:
    """We can post in the channel now, perhaps for the first time."""
    standing = open_incident_in(session, team_id, channel_id)
    if standing is not None:
        headline_changed(session, standing.id)


def without_a_name(session: Session, workspace_id: int) -> list[int]:
    """Open incidents whose headline can't say who declared them, as the name is not known yet."""
    query = (
        select(Incident.id)
        .join(Workspace, Workspace.team_id == Incident.team_id)
        .outerjoin(
            Member,
            and_(Member.team_id == Incident.team_id, Member.user_id == Incident.declared_by),
        )
        .where(
            Workspace.id == workspace_id,
            Incident.resolved_at.is_(None),
            Incident.declared_by.is_not(None),
            Member.id.is_(None),
        )
    )
    return list(session.scalars(query.order_by(Incident.id)))


def headlines_to_draw(session: Session, wall_now: datetime) -> list[int]:
    """Incidents whose channel shows less than what is known, the longest standing first."""
    query = select(Incident.id).where(*is_due(wall_now))
    return list(session.scalars(query.order_by(Incident.id)))


def is_due(wall_now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Incident.headline_drawn_version < Incident.headline_version,
        or_(Incident.headline_due_at.is_(None), Incident.headline_due_at <= wall_now),
    )


def build_headline(session: Session, incident: Incident, console_url: str | None) -> HeadlineCard:
    """What the card says now. `console_url` ends in a slash."""
    names = names_of(session, incident.team_id)
    open_count, done_count = _follow_up_counts(session, incident.id)
    page = f"{console_url}incidents/{incident.id}" if console_url else None
    return HeadlineCard(
        incident_id=incident.id,
        posting=incident.headline_postings + (incident.headline_ts is None),
        version=incident.headline_version,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        declared_at=incident.declared_at,
        declared_by=names.get(incident.declared_by or ""),
        resolved_at=incident.resolved_at,
        roles=role_holders(session, incident.id, names),
        open_follow_ups=open_count,
        done_follow_ups=done_count,
        timeline_url=page,
        review_url=f"{page}/review" if page else None,
    )


def topic_of(incident: Incident) -> str:
    """Only what seldom changes: Slack announces each new topic in the channel."""
    title = incident.title.translate(_UNESCAPED)
    return f"{title} · how it stands is in the pinned message"[:_MAX_TOPIC]


def role_holders(
    session: Session, incident_id: int, names: dict[str, str]
) -> tuple[RoleHolder, ...]:
    query = select(RoleAssignment.role, RoleAssignment.user_id)
    found = dict(list(session.execute(query.where(RoleAssignment.incident_id == incident_id))))
    return tuple(
        RoleHolder(role, names.get(found[role], found[role])) for role in Role if role in found
    )


def _follow_up_counts(session: Session, incident_id: int) -> tuple[int, int]:
    """Open, and done."""
    query = select(func.count(), func.count(FollowUp.done_at)).where(
        FollowUp.incident_id == incident_id, FollowUp.withdrawn_at.is_(None)
    )
    everything, done = session.execute(query).one()
    return everything - done, done
