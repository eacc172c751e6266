"""Gathers what the noise form and its lists tell one admin."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident, Severity
from copilot.slack.answers import severity_name
from copilot.slack.noise_form import Scope, ScopeKind
from copilot.slack.noise_lists import KeptBack, PolicyChange
from copilot.slack.noise_modal import ScopeChoice, Sheet
from copilot.slack.noise_words import changes_in_words
from copilot.suggestions.backtest import Backtest, backtest
from copilot.suggestions.backtest_reading import LOOKS_BACK, MOST_SUGGESTIONS, read_history
from copilot.suggestions.held_lately import held_lately
from copilot.suggestions.models import Delivery, NoisePolicyVersion, Suggestion
from copilot.suggestions.noise_policy import PolicySet, from_json
from copilot.suggestions.policies import Origin, policies_in_force
from copilot.suggestions.precision import precision_by_kind
from copilot.suggestions.wording import explain
from copilot.workspaces.directory import names_of
from copilot.workspaces.models import Channel

_LOOKED_BACK = timedelta(days=90)
_MOST_LISTED = 10


def read_sheet(
    session: Session,
    team_id: str,
    scope: Scope,
    channel_id: str,
    readable: Collection[str],
    now: datetime,
) -> tuple[Sheet, PolicySet]:
    """What the form for `scope` tells, and the policies that it changes."""
    found = policies_in_force(session, team_id)
    policies = found.policies
    learned = found.origin == Origin.LEARNED
    names = names_of(session, team_id)
    channel = scope.key if scope.kind is ScopeKind.CHANNEL else None
    sheet = Sheet(
        in_force=replace(scope.policy(policies), version=policies.version),
        scopes=_scopes(session, team_id, policies, channel_id, readable),
        has_own=scope.has_own(policies),
        kinds=precision_by_kind(session, team_id, now - _LOOKED_BACK, channel),
        reason=found.reason,
        set_by="the copilot itself" if learned else names.get(found.set_by or ""),
        set_at=found.set_at,
        version=policies.version if found.set_at is not None else None,
    )
    return sheet, policies


def replay(session: Session, team_id: str, policies: PolicySet, now: datetime) -> Backtest:
    """The same stretch as in the console; how much that was is part of the answer."""
    since = now - LOOKS_BACK
    history = read_history(session, team_id, since=since, most=MOST_SUGGESTIONS, until=now)
    return backtest(history, policies)


def read_kept(
    session: Session, team_id: str, readable: Collection[str], now: datetime
) -> tuple[list[KeptBack], int]:
    """The newest that nobody was shown, where the admin may read them, and how many more."""
    joined = (
        select(Suggestion, Incident.title)
        .join(Incident, Incident.id == Suggestion.incident_id)
        .outerjoin(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(*held_lately(team_id, now), Incident.channel_id.in_(readable))
    )
    newest_first = joined.order_by(Suggestion.judged_at.desc(), Suggestion.id.desc())
    newest = session.execute(newest_first.limit(_MOST_LISTED)).all()
    count = session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    kept = [
        KeptBack(row.title, title, explain(row.reason, row.reason_details), row.judged_at)
        for row, title in newest
    ]
    return kept, count - len(kept)


def read_changes(session: Session, team_id: str, readable: Collection[str]) -> list[PolicyChange]:
    """Who changed what, the newest first."""
    names = names_of(session, team_id)
    channels = _channel_names(session, team_id)
    shown = {
        channel_id: name if channel_id in readable else "a channel that you are not in"
        for channel_id, name in channels.items()
    }
    rows = session.scalars(
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version)
    ).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    before, found = PolicySet(), list[PolicyChange]()
    for row in rows:
        made = from_json(row.policy, row.version)
        by = None if row.origin == Origin.LEARNED else names.get(row.set_by, row.set_by)
        change = PolicyChange(
            version=row.version,
            at=row.set_at,
            by=by,
            reason=row.reason,
            lines=changes_in_words(before, made, shown),
            can_be_undone=row.version not in undone,
        )
        found.append(change)
        before = made
    return found[::-1]


def _scopes(
    session: Session,
    team_id: str,
    policies: PolicySet,
    channel_id: str,
    readable: Collection[str],
) -> list[ScopeChoice]:
    names = _channel_names(session, team_id)
    found = [ScopeChoice(Scope().value, "Everywhere")]
    for severity in Severity:
        own = ", with numbers of its own" if severity in policies.by_severity else ""
        label = f"{severity_name(severity)} incidents{own}"
        found.append(ScopeChoice(Scope(ScopeKind.SEVERITY, severity).value, label))
    if channel_id[:1] in ("C", "G"):
        label = f"#{names.get(channel_id, channel_id)}, this channel"
        found.append(ScopeChoice(Scope(ScopeKind.CHANNEL, channel_id).value, label))
    for other in policies.by_channel:
        if other in readable and other != channel_id:
            label = f"#{names.get(other, other)}, with numbers of its own"
            found.append(ScopeChoice(Scope(ScopeKind.CHANNEL, other).value, label))
    return found


def readable_names(session: Session, team_id: str, readable: Collection[str]) -> Mapping[str, str]:
    """Of channels, by id."""
    names = _channel_names(session, team_id)
    return {channel_id: name for channel_id, name in names.items() if channel_id in readable}


def _channel_names(session: Session, team_id: str) -> Mapping[str, str]:
    query = select(Channel.channel_id, Channel.name).where(Channel.team_id == team_id)
    return {channel_id: name or channel_id for channel_id, name in session.execute(query)}
