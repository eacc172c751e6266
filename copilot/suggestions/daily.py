"""Stretches of every day by the clocks of a place, as instants. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)

Stretches = tuple[tuple[datetime, datetime], ...]


def stretches(starts: time, ends: time, zone: str, instant: datetime) -> Stretches:
    """Those around an instant, in order; past midnight where they end before they start.

    Clocks that are changed show some times twice and others never. The first of two counts, and
    one that is left out comes as long after midnight as on any other day. Two stretches may
    then meet, which makes them one.
    """
    return _around(starts, ends, zone, instant.astimezone(ZoneInfo(zone)).date())


@lru_cache(maxsize=1024)
def _around(starts: time, ends: time, zone: str, day: date) -> Stretches:
    there = ZoneInfo(zone)
    found = []
    for first in (day + _DAY * ahead for ahead in (-2, -1, 0, 1)):
        last = first + _DAY if ends <= starts else first
        begins_at = datetime.combine(first, starts, there).astimezone(UTC)
        found.append((begins_at, datetime.combine(last, ends, there).astimezone(UTC)))
    return tuple(sorted(found))
