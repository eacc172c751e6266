"""How times, durations and states read on a page."""

from datetime import datetime, timedelta, timezone, tzinfo

ZONE = "UTC"

KIND_WORDS = {"commitment": "promised", "request": "asked for", "proposal": "proposed"}

_KEPT = {
    "hectic": "The channel was too busy to interrupt.",
    "quiet": "Somebody asked for quiet.",
    "below_threshold": "Not sure enough to interrupt anybody.",
    "budget_spent": "Something was posted shortly before.",
    "person_budget": "Somebody who would see it had enough posts this hour.",
    "backlog": "More was waiting to be checked than people should have.",
    "quiet_hours": "It was in quiet hours.",
    "kind_off": "Suggestions of this kind are switched off.",
    "kind_muted": "People did not want this kind here, so the copilot keeps it quiet.",
    "duplicate": "It says again what was suggested or agreed before.",
    "done_already": "The conversation says later that it was done.",
    "nothing_is_posted": "Nothing is posted about an incident that is over or was imported.",
    "post_failed": "Slack did not take the message.",
}

DISMISS_WORDS = {
    "wrong": "It is not a follow-up",
    "done_already": "It is done already",
    "not_now": "Not now",
    "duplicate": "We have it already",
    "too_noisy": "Too much of this",
}


def in_zone(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone)


def by_clocks(instant: datetime, zone: tzinfo) -> datetime:
    """As clocks in `zone` show it, with a fixed offset: between two of one `ZoneInfo` Python would
    count wall-clock time, an hour off in nights in which clocks change.
    """
    return instant.astimezone(timezone(instant.astimezone(zone).utcoffset() or timedelta()))


def clock_time(instant: datetime) -> str:
    return f"{instant:%H:%M:%S}"


def short_time(instant: datetime) -> str:
    return f"{instant:%H:%M}"


def day(instant: datetime) -> str:
    return f"{instant:%a} {instant.day} {instant:%b %Y}"


def day_and_time(instant: datetime) -> str:
    return f"{instant.day} {instant:%b %Y, %H:%M}"


def duration(length: timedelta) -> str:
    """Two units at most: `40 s`, `49 min`, `2 h 10`, `3 d 4 h`."""
    seconds = max(0, int(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{seconds} s"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        rest = minutes % 60
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    rest = hours % 24
    return f"{days} d {rest} h" if rest else f"{days} d"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 message`, `1,204 messages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def severity(value: str | None) -> str:
    return value.upper() if value else "no severity"


def why_kept(reason: str, outcome: str) -> str:
    """Why it stayed quiet and what becomes of it, for people who have not met the rule before."""
    what_next = {
        "digest": "It is shown at the next pause.",
        "hold": "It waits here for the review.",
    }
    return f"{_KEPT.get(reason, '')} {what_next.get(outcome, '')}".strip()


def percent(share: float) -> str:
    return f"{round(share * 100)} %"
