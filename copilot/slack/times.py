"""Times that each reader sees in a time zone of their own."""

from datetime import UTC, datetime, timedelta

_LONG_AGO = timedelta(hours=20)


def when(instant: datetime, now: datetime) -> str:
    """Slack draws it as the reader's local time, with the date where it is not of today."""
    if abs(now - instant) >= _LONG_AGO:
        return with_date(instant)
    return _drawn(instant, "{time}", "%H:%M")


def with_date(instant: datetime) -> str:
    """For what is read on another day, too."""
    return _drawn(instant, "{date_short_pretty} {time}", "%Y-%m-%d %H:%M")


def _drawn(instant: datetime, shown: str, fallback: str) -> str:
    in_utc = f"{instant.astimezone(UTC):{fallback}} UTC"
    return f"<!date^{int(instant.timestamp())}^{shown}|{in_utc}>"
