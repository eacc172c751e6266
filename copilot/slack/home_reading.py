"""Gathers what one person may see in App Home, and nothing of a channel they may not read."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.errors import NotFoundError
from copilot.incidents.follow_ups import open_for
from copilot.incidents.models import Incident, Status
from copilot.reviews.changed_sources import changed_in
from copilot.reviews.progress import claims_checked
from copilot.slack.follow_up_list import FollowUpItem
from copilot.slack.home import (
    MOST_FOLLOW_UPS,
    MOST_INCIDENTS,
    MOST_REVIEWS,
    Home,
    HomeIncident,
    MyFollowUp,
)
from copilot.suggestions.models import Pacing, Suggestion
from copilot.suggestions.noise_overview import NoiseOverview, noise_overview
from copilot.suggestions.quiet import quiet_in
from copilot.suggestions.tempo import DEFAULT_TEMPO_POLICY
from copilot.suggestions.vocabulary import Tempo
from copilot.suggestions.waiting import waiting_ids
from copilot.workspaces.directory import channel_name, names_of, workspace_of
from copilot.workspaces.membership import readable_channels
from copilot.workspaces.models import Member

_LOOKED_BACK = timedelta(days=7)
_REVIEWED_WITHIN = timedelta(days=30)
_MOST_LOOKED_AT = 200
"""Resolved incidents among which reviews to check are looked for."""


@dataclass(frozen=True, slots=True)
class _Viewer:
    session: Session
    team_id: str
    user_id: str
    now: datetime
    link: Callable[[str], str]
    """Where a path is in the console."""
    names: dict[str, str]
    workspace_url: str
    readable: frozenset[str]
    """Channels; asked for once, not for each incident."""

    def may_read(self, incident: Incident) -> bool:
        return incident.channel_id in self.readable


def read_home(
    session: Session,
    *,
    team_id: str,
    user_id: str,
    now: datetime,
    link: Callable[[str], str],
    said: str = "",
) -> Home:
    try:
        workspace_url = workspace_of(session, team_id).url
    except NotFoundError:
        return Home(said=said, tag=secrets.token_hex(4))
    names = names_of(session, team_id)
    readable = readable_channels(session, team_id, user_id)
    viewer = _Viewer(session, team_id, user_id, now, link, names, workspace_url, readable)
    follow_ups = _follow_ups(viewer)
    open_ones = _readable(viewer, _open_incidents(viewer))
    reviews = _to_check(viewer)
    return Home(
        follow_ups=follow_ups[:MOST_FOLLOW_UPS],
        incidents=[_shown(viewer, each) for each in open_ones[:MOST_INCIDENTS]],
        reviews=[_shown(viewer, each) for each in reviews[:MOST_REVIEWS]],
        more_follow_ups=max(0, len(follow_ups) - MOST_FOLLOW_UPS),
        more_incidents=max(0, len(open_ones) - MOST_INCIDENTS),
        more_reviews=max(0, len(reviews) - MOST_REVIEWS),
        noise=_noise(viewer),
        said=said,
        tag=secrets.token_hex(4),
    )


def _readable(viewer: _Viewer, incidents: Sequence[Incident]) -> list[Incident]:
    return [incident for incident in incidents if viewer.may_read(incident)]


def _follow_ups(viewer: _Viewer) -> list[MyFollowUp]:
    return [
        MyFollowUp(
            item=FollowUpItem(
                id=follow_up.id,
                incident_id=incident.id,
                title=follow_up.title,
                owner="you",
                due=follow_up.due,
            ),
            incident_title=incident.title,
            link=viewer.link(f"incidents/{incident.id}"),
        )
        for follow_up, incident in open_for(viewer.session, viewer.team_id, viewer.user_id)
        if viewer.may_read(incident)
    ]


def _open_incidents(viewer: _Viewer) -> Sequence[Incident]:
    query = select(Incident).where(
        Incident.team_id == viewer.team_id,
        Incident.is_imported.is_(False),
        Incident.resolved_at.is_(None),
    )
    newest_first = query.order_by(Incident.declared_at.desc(), Incident.id.desc())
    return viewer.session.scalars(newest_first).all()


def _to_check(viewer: _Viewer) -> list[Incident]:
    """Resolved incidents whose review waits for people; the newest first."""
    query = select(Incident).where(
        Incident.team_id == viewer.team_id,
        Incident.is_imported.is_(False),
        Incident.status == Status.RESOLVED,
        Incident.review_requested_at >= viewer.now - _REVIEWED_WITHIN,
    )
    newest_first = query.order_by(Incident.resolved_at.desc(), Incident.id.desc())
    found = viewer.session.scalars(newest_first.limit(_MOST_LOOKED_AT)).all()
    readable = _readable(viewer, found)
    ids = [incident.id for incident in readable]
    counts = claims_checked(viewer.session, ids)
    changed = changed_in(viewer.session, ids)
    return [each for each in readable if _left(counts.get(each.id)) > 0 or each.id in changed]


def _left(counted: tuple[int, int] | None) -> int:
    return counted[0] - counted[1] if counted else 0


def _shown(viewer: _Viewer, incident: Incident) -> HomeIncident:
    session, path = viewer.session, f"incidents/{incident.id}"
    pacing = session.get(Pacing, incident.id)
    quiet = quiet_in(pacing, viewer.now)
    return HomeIncident(
        id=incident.id,
        title=incident.title,
        channel_name=channel_name(session, incident.team_id, incident.channel_id),
        channel_link=f"{viewer.workspace_url}archives/{incident.channel_id}",
        severity=incident.severity,
        status=incident.status,
        tempo=_tempo(pacing, viewer.now),
        declared_at=incident.declared_at,
        suggestions=len(waiting_ids(session, incident)),
        claims=_left(claims_checked(session, [incident.id]).get(incident.id)),
        source_changed=changed_in(session, [incident.id]).get(incident.id, 0),
        timeline_link=viewer.link(path),
        suggestions_link=viewer.link(f"{path}/suggestions"),
        review_link=viewer.link(f"{path}/review"),
        quiet_until=quiet.until if quiet else None,
        quiet_by=viewer.names.get(quiet.by) if quiet else None,
    )


def _tempo(pacing: Pacing | None, now: datetime) -> str:
    """A reading that is older than what it was made from says nothing about now."""
    if pacing is None or pacing.tempo_read_at is None:
        return Tempo.CALM
    is_old = now - pacing.tempo_read_at > DEFAULT_TEMPO_POLICY.window
    return Tempo.CALM if is_old else pacing.tempo


def _noise(viewer: _Viewer) -> NoiseOverview | None:
    """For admins, and even for them only of channels that they may read."""
    is_admin = viewer.session.scalar(
        select(Member.is_admin).where(
            Member.team_id == viewer.team_id, Member.user_id == viewer.user_id
        )
    )
    if not is_admin:
        return None
    since = viewer.now - _LOOKED_BACK
    proposed_in = select(Suggestion.incident_id).where(Suggestion.proposed_at >= since)
    query = select(Incident).where(
        Incident.team_id == viewer.team_id,
        Incident.is_imported.is_(False),
        Incident.id.in_(proposed_in),
    )
    readable = _readable(viewer, viewer.session.scalars(query).all())
    return noise_overview(viewer.session, [incident.id for incident in readable], since)
