"""Clock times in the zones that people write beside them."""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_OFFSETS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "EET": 120,
    "EEST": 180, "MSK": 180, "IST": 330, "SGT": 480, "HKT": 480, "JST": 540, "KST": 540,
    "AWST": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "BRT": -180, "ART": -180,
    "EDT": -240, "EST": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420,
    "PST": -480,
}  # fmt: skip
_REGIONS = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}  # fmt: skip
_LOCAL = re.compile(
    r"\b[Ll]ocal(?:ly| time)\b|\d(?: ?[ap]m)? here\b|\b[A-Z][a-z]+(?:ian|ish|ese|an|ch|ern) time\b"
)
_CITY = re.compile(
    r"\b(?:in|at|of) ([A-Z][a-z]+(?: [A-Z][a-z]+){0,2})\b|\b([A-Z][a-z]+(?: [A-Z][a-z]+)?) time\b"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def offset_of(label: str) -> int | None:
    """Minutes east of UTC that a label such as `CET` or `+02:00` stands for."""
    if numeric := _OFFSET.fullmatch(label):
        minutes = int(numeric[2]) * 60 + int(numeric[3])
        return -minutes if numeric[1] == "-" else minutes
    return _OFFSETS.get(label)


def zone_of(offset: int) -> tzinfo:
    return timezone(timedelta(minutes=max(-1439, min(1439, offset))))


def is_zone_label(word: str) -> bool:
    return word in _OFFSETS or word in _REGIONS


def says_local(text: str) -> bool:
    return _LOCAL.search(text) is not None


def cities_in(text: str) -> list[tuple[str, ZoneInfo]]:
    """Places named as those of a clock: `in New York`, `Paris time`."""
    found = []
    for match in _CITY.finditer(text):
        place = match[1] or match[2]
        while place:
            if name := _places().get(place.lower()):
                found.append((place, ZoneInfo(name)))
                break
            place = place.rpartition(" ")[0]
    for label, name in _REGIONS.items():
        if re.search(rf"\d ?{label}\b", text):
            found.append((label, ZoneInfo(name)))
    return found


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Names of cities in the time zone database, in lower case."""
    return {
        name.rpartition("/")[2].replace("_", " ").lower(): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    }


def shown(instant: datetime, zone: tzinfo) -> tuple[int, int, int]:
    """What a clock of that zone showed: hour, minute, second."""
    at = instant.astimezone(zone)
    return at.hour, at.minute, at.second
