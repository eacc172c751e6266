"""Reads from when on somebody wants to know: `30m`, `14:05`, `yesterday 14:05`. Pure."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from copilot.errors import BadInputError

EXAMPLES = "`30m`, `2h`, `1d`, `14:05` or `yesterday 14:05`"
_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,3})\s*(?:d|days?))?\s*(?:(?P<hours>\d{1,4})\s*(?:h|hrs?|hours?))?\s*"
    r"(?:(?P<minutes>\d{1,5})\s*(?:m|mins?|minutes?))?(?:\s*ago)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<day>today|yesterday)?\s*(?:at\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)"
    r"\s*(?P<half>am|pm)?(?P<utc>\s*(?:utc|z))?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[t ]+(?P<hour>\d{1,2}):(?P<minute>\d\d))?(?P<utc>\s*(?:utc|z))?",
    re.IGNORECASE,
)
_EVERYTHING = frozenset({"all", "everything", "start", "the start", "beginning", "the beginning"})
_LONGEST = timedelta(days=366)


def needs_zone(text: str) -> bool:
    """Whether what was typed means a time of day, which is another instant in each zone."""
    return any(each.isdigit() for each in text) and _length(text) is None


def means_everything(text: str) -> bool:
    return _bare(text) in _EVERYTHING


def read_since(text: str, now: datetime, utc_offset: timedelta = timedelta()) -> datetime:
    """The instant that was meant. A time of day is the last one that has passed.

    `utc_offset` is the asker's. Raises BadInputError with examples.
    """
    length = _length(text)
    if length is not None:
        if length > _LONGEST:
            raise BadInputError(f"That is more than a year ago. Say it like {EXAMPLES}.")
        return now - length
    zone = timezone(utc_offset)
    found = _clock(_bare(text), now, zone) or _date(_bare(text), zone)
    if found is None:
        raise BadInputError(
            f"“{text[:40]}” is no time that I can read. Say it like {EXAMPLES}; without one, "
            "it begins where you last spoke here."
        )
    if found > now:
        raise BadInputError(f"That is still to come. Say it like {EXAMPLES}.")
    return found


def _bare(text: str) -> str:
    bare = " ".join(text.lower().split()).strip(" .`'\"“”")
    return bare.removeprefix("since ").removeprefix("from ").strip()


def _length(text: str) -> timedelta | None:
    bare = _bare(text).removeprefix("last ").removeprefix("the last ")
    found = _LENGTH.fullmatch(bare)
    if found is None or not any(found.group("days", "hours", "minutes")):
        return None
    parts = {name: int(number or 0) for name, number in found.groupdict().items()}
    return timedelta(**parts)


def _clock(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    zone = UTC if found["utc"] else zone
    local_now = now.astimezone(zone)
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (half == "pm")
    if hour > 23 or int(found["minute"]) > 59:
        return None
    instant = local_now.replace(hour=hour, minute=int(found["minute"]), second=0, microsecond=0)
    if found["day"] == "yesterday" or (not found["day"] and instant > local_now):
        instant -= timedelta(days=1)
    return instant


def _date(text: str, zone: tzinfo) -> datetime | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = datetime.fromisoformat(found["date"])
        instant = day.replace(
            hour=int(found["hour"] or 0),
            minute=int(found["minute"] or 0),
            tzinfo=UTC if found["utc"] else zone,
        )
    except ValueError:
        return None
    return instant
