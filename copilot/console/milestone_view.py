"""When the incident started, was noticed, mitigated and so on, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from copilot.console import words
from copilot.console.addresses import message_path
from copilot.console.sessions import Viewer
from copilot.errors import BadInputError
from copilot.incidents.queries import get_incident
from copilot.reviews.milestone_reading import MilestoneAct, milestone_acts, milestones_of
from copilot.reviews.milestone_records import is_signed
from copilot.reviews.milestones import Duration, Milestone, Origin
from copilot.reviews.time_zones import zone_of, zone_of_person, zones_in
from copilot.reviews.vocabulary import MilestoneKind

LABELS: Mapping[MilestoneKind, str] = {
    MilestoneKind.STARTED: "Started",
    MilestoneKind.DETECTED: "Detected",
    MilestoneKind.ACKNOWLEDGED: "Acknowledged",
    MilestoneKind.DECLARED: "Declared",
    MilestoneKind.MITIGATED: "Mitigated",
    MilestoneKind.RESOLVED: "Resolved",
}
_SHOWN_ACTS = 20


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    kind: str
    label: str
    time: str
    day: str
    """Empty where it is the day of the line before."""
    reader_time: str
    """The same instant by the clocks of whoever looks; empty where those agree."""
    source: str
    """Where the time is from, in words."""
    message_path: str
    """Opens the message in our timeline; empty where no message shows it."""
    permalink: str
    why: str
    is_persons: bool


@dataclass(frozen=True, slots=True)
class DurationLine:
    label: str
    length: str
    between: str
    """`started → detected`."""


@dataclass(frozen=True, slots=True)
class MilestonesView:
    zone: str
    own_zone: str
    """What was set for this incident; empty for the workspace's."""
    zones: Sequence[str]
    """Where people of the workspace live, to choose from."""
    lines: Sequence[MilestoneLine]
    missing: Sequence[str]
    """What is not in the timeline, in words."""
    durations: Sequence[DurationLine]
    unknown: str
    """Durations that can't be told and why, in a sentence; empty where all are known."""
    problems: Sequence[str]
    acts: Sequence[tuple[str, str, str, str]]
    """What people said, newest first: who, when, what, why."""
    is_signed: bool
    """Then nothing of it changes any more."""
    kinds: Mapping[str, str]
    typed: Mapping[str, str]
    """What was sent and refused, by the name of the input."""


def _zone_of_viewer(session: Session, viewer: Viewer) -> ZoneInfo | None:
    """By which clocks they live, as set in Slack; None where that is unknown."""
    return zone_of_person(session, *viewer.user) if viewer.user is not None else None


def read_milestones(
    session: Session, incident_id: int, viewer: Viewer, *, typed: Mapping[str, str] | None = None
) -> MilestonesView:
    """For `_milestones.html`, which says `milestones`. Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    zone = zone_of(session, incident)
    reader = _zone_of_viewer(session, viewer) or zone
    whole = milestones_of(session, incident_id)
    acts = milestone_acts(session, incident_id)[:_SHOWN_ACTS]
    return MilestonesView(
        zone=zone.key,
        own_zone=incident.time_zone or "",
        zones=zones_in(session, incident.team_id),
        lines=_lines(incident_id, list(whole.found.values()), zone, reader),
        missing=[LABELS[kind].lower() for kind in MilestoneKind if kind not in whole.found],
        durations=[_duration_line(each) for each in whole.durations if each.length is not None],
        unknown=_unknown(whole.durations),
        problems=whole.problems,
        acts=[_act_words(act, zone) for act in acts],
        is_signed=is_signed(session, incident_id),
        kinds={kind.value: label for kind, label in LABELS.items()},
        typed=typed or {},
    )


def read_local_time(text: str, zone: ZoneInfo) -> datetime | None:
    """What a browser's date and time field sends, by the clocks of `zone`; None for nothing.

    Raises BadInputError for what is no time, and for one that clocks skipped.
    """
    if not text.strip():
        return None
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInputError("Give date and time as 2026-03-04 14:02.") from None
    if typed.tzinfo is not None:
        return typed
    local = typed.replace(tzinfo=zone)
    utc = ZoneInfo("UTC")
    if local.astimezone(utc).astimezone(zone).replace(tzinfo=None) != typed:
        raise BadInputError(f"Clocks in {zone.key} skipped that time, so nothing was changed.")
    return local.astimezone(utc)


def _lines(
    incident_id: int, found: Sequence[Milestone], zone: ZoneInfo, reader: ZoneInfo
) -> list[MilestoneLine]:
    lines = []
    day = ""
    for milestone in found:
        there, here = milestone.at.astimezone(zone), milestone.at.astimezone(reader)
        agree = there.utcoffset() == here.utcoffset()
        new_day = words.day(there)
        lines.append(
            MilestoneLine(
                kind=milestone.kind,
                label=LABELS[milestone.kind],
                time=words.clock_time(there),
                day="" if new_day == day else new_day,
                reader_time="" if agree else f"{here:%a} {words.short_time(here)}",
                source=_source(milestone),
                message_path=message_path(incident_id, milestone.message_ts)
                if milestone.message_ts
                else "",
                permalink=milestone.permalink or "",
                why=milestone.why,
                is_persons=milestone.origin is Origin.PERSON,
            )
        )
        day = new_day
    return lines


def _source(milestone: Milestone) -> str:
    if milestone.origin is Origin.PERSON:
        return f"{milestone.person} said so"
    by = f" · {milestone.person}" if milestone.person else ""
    return f"{milestone.rule}{by}"


def _duration_line(duration: Duration) -> DurationLine:
    assert duration.length is not None  # noqa: S101 - only those that are known are shown
    between = f"{LABELS[duration.since].lower()} → {LABELS[duration.until].lower()}"
    return DurationLine(duration.label, words.duration(duration.length), between)


def _unknown(durations: Sequence[Duration]) -> str:
    """`Time to detect: started is missing. Time to resolve: started and resolved are missing.`"""
    return " ".join(
        f"{each.label}: {' and '.join(LABELS[kind].lower() for kind in each.missing)} "
        f"{'is' if len(each.missing) == 1 else 'are'} missing."
        for each in durations
        if each.missing
    )


def _act_words(act: MilestoneAct, zone: ZoneInfo) -> tuple[str, str, str, str]:
    set_at = words.day_and_time(act.set_at.astimezone(zone))
    if act.at is None:
        return act.by, set_at, f"took back what was said of {LABELS[act.kind].lower()}", act.why
    when = words.day_and_time(act.at.astimezone(zone))
    return act.by, set_at, f"{LABELS[act.kind].lower()} {when}", act.why
