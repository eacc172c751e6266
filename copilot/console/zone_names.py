"""The time zones that a field offers."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> list[str]:
    """By IANA name. Read from hundreds of files, so once."""
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")
