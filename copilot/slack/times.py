"""Times that each reader sees in a time zone of their own."""

from datetime import UTC, datetime, timedelta

_LONG_AGO = timedelta(hours=20)


def when(instant: datetime, now: datetime) -> str:
    """Slack draws it as the reader's local time, with the date where it is not of today."""
    in_utc = instant.astimezone(UTC)
    if abs(now - instant) < _LONG_AGO:
        shown, fallback = "{time}", f"{in_utc:%H:%M} UTC"
    else:
        shown, fallback = "{date_short_pretty} {time}", f"{in_utc:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{shown}|{fallback}>"
