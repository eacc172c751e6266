"""Stops suggesting a kind in a channel where people do not want it, and has admins told.

A mute is a version of the noise policy like any other, and undone like any other. What is muted is
still found and waits in the review.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.feedback import (
    FEWEST_ANSWERS,
    LONGEST_MEMORY,
    Answered,
    TrackRecord,
    label_of,
    track_record,
)
from copilot.suggestions.learned_models import COPILOT
from copilot.suggestions.models import Delivery, NoisePolicyVersion, Suggestion
from copilot.suggestions.noise_policy import PolicySet, from_json
from copilot.suggestions.policies import Origin, policies_in_force, set_policies
from copilot.suggestions.proportions import wilson
from copilot.suggestions.telling_admins import Notice, tell_admins
from copilot.suggestions.vocabulary import DecisionKind, SuggestionKind
from copilot.suggestions.waiting import are_over

KINDS_IN_WORDS: Mapping[str, str] = {
    SuggestionKind.COMMITMENT: "promises",
    SuggestionKind.REQUEST: "requests",
    SuggestionKind.PROPOSAL: "proposals",
}
_FINAL = (
    DecisionKind.ACCEPTED,
    DecisionKind.EDITED,
    DecisionKind.MERGED,
    DecisionKind.DISMISSED,
)
_ChannelAndKind = tuple[str, str]
Answers = Mapping[_ChannelAndKind, list[Answered]]


def mute_unwanted(session: Session, team_id: str, now: datetime) -> list[int]:
    """Mute each kind in each channel where it is surely unwanted; returns the policy's versions.

    Raises AlreadyDecidedError where somebody set the policy meanwhile: start over.
    """
    answers = _answers(session, team_id, now)
    made = []
    for (channel_id, kind), given in sorted(answers.items()):
        if len(given) < FEWEST_ANSWERS or not track_record(given, now).is_unwanted:
            continue
        policies = policies_in_force(session, team_id).policies
        if not _is_on(policies, channel_id, kind):
            continue
        since = _switched_on_at(session, team_id, channel_id, kind)
        record = track_record((each for each in given if since is None or each.at > since), now)
        if record.is_unwanted:
            made.append(_mute(session, team_id, channel_id, kind, record, policies, now))
    _advise(session, team_id, answers, now)
    return made


def in_words(kind: str, record: TrackRecord, where: str = "here") -> str:
    """E.g. `3 of 24 promises shown here were wanted (13 %, at most 31 %)`."""
    _, most = wilson(record.wanted, record.decided)
    share = record.wanted / record.decided
    text = (
        f"{record.wanted} of {record.decided} {KINDS_IN_WORDS[kind]} shown {where} were wanted "
        f"({share:.0%}, at most {most:.0%})".replace("%", " %")
    )
    if record.unanswered:
        text += f"; {record.unanswered} more were never answered"
    return text


def _is_on(policies: PolicySet, channel_id: str, kind: str) -> bool:
    policy = policies.resolve(None, channel_id)
    return kind in policy.kinds and kind not in policy.muted


def _mute(
    session: Session,
    team_id: str,
    channel_id: str,
    kind: str,
    record: TrackRecord,
    policies: PolicySet,
    now: datetime,
) -> int:
    muted = policies.resolve(None, channel_id).muted | {kind}
    override = {**policies.by_channel.get(channel_id, {}), "muted": sorted(muted)}
    words = in_words(kind, record)
    made = set_policies(
        session,
        team_id,
        replace(policies, by_channel={**policies.by_channel, channel_id: override}),
        reason=words,
        by=COPILOT,
        now=now,
        origin=Origin.LEARNED,
    )
    notice = Notice(f"muted:{made.version}", kind=kind, words=words, channel_id=channel_id)
    tell_admins(session, team_id, notice, now)
    return made.version


def _advise(session: Session, team_id: str, answers: Answers, now: datetime) -> None:
    """Tell admins of a kind that is unwanted in channels too small to judge by themselves.

    Where each incident has a channel of its own, none ever has enough decisions. To silence a
    kind for a whole workspace is left to a person, who is told once a month at most.
    """
    policies = policies_in_force(session, team_id).policies
    for kind in SuggestionKind:
        everywhere = ""
        given = [
            each
            for (channel_id, of_kind), found in answers.items()
            if of_kind == kind and _is_on(policies, channel_id, kind)
            for each in found
        ]
        if len(given) < FEWEST_ANSWERS or not _is_on(policies, everywhere, kind):
            continue
        since = _switched_on_at(session, team_id, everywhere, kind)
        record = track_record((each for each in given if since is None or each.at > since), now)
        if record.is_unwanted:
            words = in_words(kind, record, "in this workspace")
            subject = f"advice:{kind}:{now:%Y-%m}"
            tell_admins(session, team_id, Notice(subject, kind=kind, words=words), now)


def _answers(session: Session, team_id: str, now: datetime) -> Answers:
    """What became of what was shown, per channel and kind.

    What nobody answered counts from the end of the incident on; until then it may still be.
    """
    since = now - LONGEST_MEMORY
    query = (
        select(
            Incident.channel_id,
            Suggestion.kind,
            Suggestion.decision,
            Suggestion.decision_reason,
            Suggestion.decided_at,
            Incident.resolved_at,
        )
        .join(Incident, Incident.id == Suggestion.incident_id)
        .join(Delivery, Delivery.id == Suggestion.delivery_id)
        .where(
            Incident.team_id == team_id,
            Delivery.posted_at > since,
            Suggestion.decision.in_(_FINAL) | (Suggestion.decision.is_(None) & are_over()),
        )
    )
    found: defaultdict[_ChannelAndKind, list[Answered]] = defaultdict(list)
    for channel_id, kind, decision, reason, decided_at, resolved_at in session.execute(query):
        label = label_of(decision, reason)
        at = decided_at or resolved_at
        # Decided for a reason that tells nothing of the kind: it counts for neither side.
        if at is not None and (label is not None or decision is None):
            found[channel_id, kind].append(Answered(label, at))
    return found


def _switched_on_at(session: Session, team_id: str, channel_id: str, kind: str) -> datetime | None:
    """When the kind was last switched on there by somebody; None if it never was off."""
    query = (
        select(NoisePolicyVersion)
        .where(NoisePolicyVersion.team_id == team_id)
        .order_by(NoisePolicyVersion.version)
    )
    return _last_switch(session.scalars(query), channel_id, kind)


def _last_switch(
    versions: Iterable[NoisePolicyVersion], channel_id: str, kind: str
) -> datetime | None:
    was_on, switched_at = True, None
    for version in versions:
        is_on = _is_on(from_json(version.policy, version.version), channel_id, kind)
        if is_on and not was_on:
            switched_at = version.set_at
        was_on = is_on
    return switched_at
