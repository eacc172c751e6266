"""ISO weeks by name, e.g. `2026-W47`: from Monday, in UTC. Pure."""

import re
from datetime import UTC, datetime, timedelta

from copilot.errors import BadInputError

_NAMED = re.compile(r"([1-9]\d{3})-?W(\d{1,2})", re.IGNORECASE | re.ASCII)
_WEEK = timedelta(days=7)


def week_of(instant: datetime) -> str:
    year, week, _ = instant.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def span_of_week(name: str) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next one. Raises BadInputError."""
    found = _NAMED.fullmatch(name.strip())
    year, week = (int(found[1]), int(found[2])) if found else (0, 0)
    try:
        since = datetime.fromisocalendar(year, week, 1).replace(tzinfo=UTC)
        return since, since + _WEEK
    except (ValueError, OverflowError):
        raise BadInputError("Give a week by its ISO name, such as 2026-W47.") from None


def weeks_until(instant: datetime, count: int) -> list[str]:
    """The last so many, the newest last."""
    return [week_of(instant - _WEEK * back) for back in reversed(range(count))]
