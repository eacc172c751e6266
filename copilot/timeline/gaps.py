"""Stretches of a channel that are not in the timeline, and we know it. Shown, never hidden."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.timeline.coverage import (
    HOPELESS,
    GapReason,
    RefillCause,
    Stretch,
    earliest,
    is_before,
)
from copilot.timeline.models import EventKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts, ts_to_instant
from copilot.timeline.reading import Span, within

_WORDS = {
    GapReason.RATE_LIMITED: "Slack held them back (too many at once)",
    GapReason.NOT_IN_CHANNEL: "the copilot was not in the channel",
    GapReason.CHANNEL_GONE: "the channel was deleted in Slack",
    GapReason.NO_PERMISSION: "the copilot has no permission to read them",
    GapReason.DISCONNECTED: "the copilot was not connected to this workspace",
    GapReason.LIMITED: "Slack hides them on this workspace's plan",
    GapReason.REFUSED: "Slack refused to show them",
    GapReason.UNANSWERED: "Slack does not answer; the copilot keeps trying",
}
_NEIGHBOUR = timedelta(seconds=5)
_NO_END = instant_to_ts(datetime(9000, 1, 1, tzinfo=UTC))


def record_gap(
    session: Session,
    team_id: str,
    channel_id: str,
    *,
    from_ts: str,
    until_ts: str | None,
    cause: RefillCause | str,
    reason: GapReason,
    now: datetime,
) -> None:
    """Say that messages may be missing; without `until_ts` it has not ended yet.

    A gap of the same reason that it touches grows instead. The caller holds the channel's
    coverage, so that two never record the same one.
    """
    stretch = Stretch(from_ts, until_ts or _NO_END)
    standing = standing_gaps(session, team_id, channel_id)
    if until_ts is None and any(gap.details.get("until_ts") is None for gap in standing):
        return  # known since when; a later attempt that fails knows it less exactly
    for gap in standing:
        if gap.details.get("reason") == reason and _is_next_to(stretch, _stretch_of(gap)):
            stretch = stretch.joined(_stretch_of(gap))
            gap.deleted_at = now
    session.flush()
    _write(session, team_id, channel_id, stretch, str(cause), reason, now)


def fill_gaps(
    session: Session,
    team_id: str,
    channel_id: str,
    read: Stretch,
    now: datetime,
    *,
    only: GapReason | None = None,
) -> None:
    """The stretch was read after all: what it covers of known gaps is no gap any more.

    One that had no end has one now, or the stretch could not have been read.
    """
    for gap in standing_gaps(session, team_id, channel_id):
        whole = _stretch_of(gap)
        if not whole.touches(read) or (only and gap.details["reason"] != only):
            continue
        is_open = gap.details.get("until_ts") is None
        left = [
            part
            for part in whole.without(read)
            if not (is_open and is_before(read.until_ts, part.from_ts))
        ]
        if left == [whole]:
            continue
        gap.deleted_at = now
        session.flush()
        for part in left:
            cause, reason = gap.details.get("cause", ""), GapReason(gap.details["reason"])
            _write(session, team_id, channel_id, part, cause, reason, now)


def standing_gaps(session: Session, team_id: str, channel_id: str) -> list[TimelineEvent]:
    return gaps_in(session, Span(team_id, channel_id))


def gaps_in(session: Session, span: Span) -> list[TimelineEvent]:
    """Gaps that nobody filled, in order."""
    session.flush()
    query = select(TimelineEvent).where(*within(span), TimelineEvent.kind == EventKind.GAP)
    return list(session.scalars(query.order_by(TimelineEvent.occurred_at, TimelineEvent.id)))


def worth_retrying_from(gaps: Sequence[TimelineEvent]) -> str | None:
    """Where the earliest gap begins that another attempt may fill."""
    begins = [
        str(gap.details["from_ts"])
        for gap in gaps
        if GapReason(gap.details["reason"]) not in HOPELESS
    ]
    return earliest(*begins) if begins else None


def gap_words(gap: TimelineEvent) -> str:
    """When, and why messages may be missing; times are UTC."""
    begins = ts_to_instant(str(gap.details["from_ts"]))
    why = _WORDS[GapReason(gap.details["reason"])]
    if gap.details.get("until_ts") is None:
        return f"since {_time(begins)}: messages may be missing: {why}"
    ends = ts_to_instant(str(gap.details["until_ts"]))
    if ends.second or ends.microsecond:
        ends += timedelta(minutes=1)  # what is not whole minutes is rounded to their favour
    form = _time if begins.date() == ends.date() else _day_and_time
    return f"{form(begins)}–{form(ends)}: messages may be missing: {why}"


def _write(
    session: Session,
    team_id: str,
    channel_id: str,
    stretch: Stretch,
    cause: str,
    reason: GapReason,
    now: datetime,
) -> None:
    until_ts = None if stretch.until_ts == _NO_END else stretch.until_ts
    natural_key = f"gap:{reason}:{stretch.from_ts}"
    known = select(TimelineEvent).where(
        TimelineEvent.team_id == team_id,
        TimelineEvent.channel_id == channel_id,
        TimelineEvent.natural_key == natural_key,
    )
    gap = session.scalar(known)
    if gap is None:
        gap = TimelineEvent(
            team_id=team_id, channel_id=channel_id, natural_key=natural_key, recorded_at=now
        )
        session.add(gap)
    gap.kind = EventKind.GAP
    gap.occurred_at = ts_to_instant(stretch.from_ts)
    gap.details = {
        "from_ts": stretch.from_ts,
        "until_ts": until_ts,
        "cause": cause,
        "reason": str(reason),
    }
    gap.deleted_at = None
    gap.considered_at = now  # there is nothing in it to propose
    gap.text = gap_words(gap)
    session.flush()


def _stretch_of(gap: TimelineEvent) -> Stretch:
    return Stretch(str(gap.details["from_ts"]), str(gap.details.get("until_ts") or _NO_END))


def _is_next_to(one: Stretch, other: Stretch) -> bool:
    wider = Stretch(
        instant_to_ts(ts_to_instant(one.from_ts) - _NEIGHBOUR),
        instant_to_ts(ts_to_instant(one.until_ts) + _NEIGHBOUR),
    )
    return wider.touches(other)


def _time(instant: datetime) -> str:
    return f"{instant:%H:%M}"


def _day_and_time(instant: datetime) -> str:
    return f"{instant.day} {instant:%b %H:%M}"
