"""Finds clock times in a text, in the ways people write and speak them."""

import re
from dataclasses import dataclass, field

from copilot.reviews.clocks import offset_of

_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_MINUTES = {"five": 5, "ten": 10, "twenty": 20, "twenty-five": 25, "a quarter": 15, "quarter": 15}
_SPOKEN = rf"(?P<spoken>{'|'.join(_HOURS)}|1[0-2]|[1-9])"
_SPOKEN_OR_TURN = _SPOKEN.replace("|1[0-2]", "|noon|midday|midnight|1[0-2]")
_HALF = r"(?:\s?(?P<half>[ap])\.?m\b\.?)"
_AT = (
    r"(?:at|around|about|abt|by|until|till?|since|before|after|from|between|near|towards?|past|and"
    r"|to)"
)
_ENDS = (
    r"(?=\s*(?:[,.;:?!)]|$)|\s+(?:was|is|were|had|in|on|at|and|but|or|that|this|when|the|as|for|by|with|he|she|it"
    r"|they|o'clock|yesterday|today|tomorrow|sharp|local)\b)"
)
_TIME = re.compile(
    r"(?<![\d:.+])(?<!\s-)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    rf"(?:\.\d+)?{_HALF}?(?!\d|:\d)",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    rf"(?<![\w.,:$€£-])(?P<hour>1[0-2]|0?[1-9])[.h](?P<minute>[0-5]\d){_HALF}(?!\w)", re.IGNORECASE
)
_OCLOCK = re.compile(rf"\b(?P<hour>1[0-2]|0?[1-9]){_HALF}", re.IGNORECASE)
_COMPACT = re.compile(
    r"(?<![\w.:,#-])(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\s?(?:hrs?\b|(?=Z\b|UTC\b))"
)
_OCLOCK_SPOKEN = re.compile(
    rf"(?<![\w.:,]){_SPOKEN}(?:\s+o'clock)?"
    r"(?:(?<=o'clock)|(?=\s+(?:in the|the next|the following|that|tomorrow|this|on \w{3,6}day)"
    r" (?:morning|afternoon|evening|night)\b))",
    re.IGNORECASE,
)
_NOON = re.compile(r"\b(?:mid(?P<half>n)ight|noon|midday)\b", re.IGNORECASE)
_PAST_THE_HOUR = re.compile(
    rf"\b(?:half[\s-]past|(?P<quarter>(?:a\s+)?quarter)\s+(?P<way>past|to))\s+{_SPOKEN_OR_TURN}\b",
    re.IGNORECASE,
)
_MINUTES_PAST = re.compile(
    rf"\b(?P<prep>(?:{_AT}|just)\s+)?(?P<part>twenty-five|twenty|ten|five|[1-5]?\d)"
    rf"(?P<unit>\s+min(?:ute)?s?)?\s+(?P<way>past|to)\s+{_SPOKEN_OR_TURN}\b",
    re.IGNORECASE,
)
_ONE_IN = re.compile(r"\bin $", re.IGNORECASE)
"""`one in five to one in ten` is no time."""
_ENDS_THERE = re.compile(_ENDS)
_TURN = {"noon": 12, "midday": 12, "midnight": 0}
_HALF_NINE = re.compile(
    rf"\b(?P<prep>(?:at|around|about|abt|by|since|until|before|after)\s+)half\s+{_SPOKEN}\b"
    + _ENDS,
    re.IGNORECASE,
)
_MAYBE_DOTTED = re.compile(
    rf"(?:(?<![\w.,:$€£-])(?=0\d)|~|\b(?P<prep>{_AT}\s+~?))(?P<hour>[01]?\d|2[0-3])[.h](?P<minute>[0-5]\d)"
    r"(?![\d%]|\.\d)",
    re.IGNORECASE,
)
_MAYBE_COMPACT = re.compile(
    rf"(?:~|\b(?P<prep>{_AT}\s+~?))(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?![\w%]|[.,]\d)", re.I
)
_MAYBE_ISH = re.compile(r"(?<![\w.:,-])(?P<spoken>1[0-2]|[1-9])(?=\s?-?ish\b)", re.IGNORECASE)
_MAYBE_HOUR = re.compile(
    rf"\b(?P<prep>{_AT}\s+(?:(?:about|around|roughly)\s+)?~?)(?P<spoken>{'|'.join(_HOURS)}|2[0-4]|[01]?\d)h?"
    r"(?![\w%]|[.,:/-]\d)",
    re.IGNORECASE,
)
_MAYBE_ZONED = re.compile(
    r"(?<![\w.:,/+-])(?P<hour>2[0-3]|1\d|0?\d)(?= ?(?:UTC|GMT|CES?T|BST|[ECMP][SD]T)\b)"
)
_LATE = re.compile(r"\s+(?:in the|that|this|yesterday) (?:afternoon|evening)\b", re.I)
_AT_NIGHT = re.compile(r"\s+(?:at|that|the same) night\b", re.IGNORECASE)
_LATEST_AT_NIGHT = 6
_LOOSE = re.compile(r",? (?:or so|give or take|or thereabouts)\b|-?ish\b", re.IGNORECASE)
_EARLY = re.compile(r"\s+(?:in the|that|this|yesterday) morning\b", re.IGNORECASE)
_ZONE_AFTER = re.compile(r"\s?\(?([A-Z]{1,5}\b|[+-]\d\d:?\d\d(?!\d))")


@dataclass(frozen=True, slots=True)
class ClockTime:
    hour: int
    minute: int
    second: int | None = None
    offset: int | None = None
    """Minutes east of UTC, where a zone stands beside the time."""
    is_twelve: bool = False
    """Of a clock with twelve hours, and nobody says of which half of the day: `half past five`."""
    before: str = field(default="", compare=False)
    """The words in front of it: `shortly after`."""
    is_loose: bool = field(default=False, compare=False)
    """`or so`, `give or take` stands behind it."""

    def is_same(self, other: "ClockTime") -> bool:
        """One said to the minute matches any second of it; one said to the second must match."""
        hours = 12 if self.is_twelve or other.is_twelve else 24
        if (self.hour - other.hour) % hours or self.minute != other.minute:
            return False
        return self.second is None or self.second == other.second


def take_times(text: str) -> tuple[str, set[ClockTime], set[ClockTime]]:
    """The text without its times, those times, and what may be such besides: `by 5.30`, `at six`.

    What may be such stays in the text, as it may be a number as well.
    """
    found: set[ClockTime] = set()
    for pattern in (_PAST_THE_HOUR, _MINUTES_PAST, _HALF_NINE):
        text = pattern.sub(lambda match: _past(match, found), text)
    for pattern in (_TIME, _DOTTED, _OCLOCK, _COMPACT, _OCLOCK_SPOKEN, _NOON):
        text = pattern.sub(lambda match: _at(match, found), text)
    maybe: set[ClockTime] = set()
    for pattern in (_MAYBE_DOTTED, _MAYBE_COMPACT, _MAYBE_ISH, _MAYBE_HOUR, _MAYBE_ZONED):
        for match in pattern.finditer(text):
            _at(match, maybe)
    return text, found, maybe


def _past(match: re.Match[str], found: set[ClockTime]) -> str:
    """`half past five`, `ten to two`, `half nine`."""
    groups = match.groupdict()
    part = (groups.get("part") or groups.get("quarter") or "").lower()
    way = (groups.get("way") or "past").lower()
    if groups.get("part") and not _is_minutes(match, part, way):
        return match[0]
    hour = _hour(groups["spoken"])
    minute = 30 if not part else _MINUTES.get(part) or int(part)
    minutes = 60 * hour + (minute if way == "past" else -minute)
    hour, minute = divmod(minutes % 1440, 60)
    found.add(_time(match, hour, minute, None, is_twelve=True))
    return " "


def _is_minutes(match: re.Match[str], part: str, way: str) -> bool:
    """`ten past four`, `twenty to eleven`, as no range goes down; `five to six` may be one."""
    prep = (match["prep"] or "").strip().lower()
    is_range = way == "to" and prep in ("from", "between")
    goes_down = not part.isdigit() and (way == "past" or _MINUTES[part] > _hour(match["spoken"]))
    ends = _ENDS_THERE.match(match.string, match.end()) is not None
    is_share = _ONE_IN.search(match.string[max(0, match.start() - 4) : match.start()])
    if (
        goes_down
        and prep != "from"
        and not is_share
        and (way == "past" or prep or (ends and part.startswith("twenty")))
    ):
        return True
    return ends and (bool(match["unit"]) or (bool(prep) and not is_range))


def _at(match: re.Match[str], found: set[ClockTime]) -> str:
    groups = match.groupdict()
    half = (groups.get("half") or "").lower()
    told = groups.get("spoken") or groups.get("hour")
    is_twelve = False
    if told:
        hour = _hour(told)
        if half in ("a", "p"):
            hour = hour % 12 + (12 if half == "p" else 0)
        else:
            is_twelve = hour <= 12 and not told.startswith("0")
            is_twelve &= groups.get("minute") is None or len(told) == 1
    else:
        hour = 0 if half else 12
    second = groups.get("second")
    found.add(
        _time(
            match,
            hour,
            int(groups.get("minute") or 0),
            int(second) if second else None,
            is_twelve=is_twelve,
        )
    )
    return " "


def _time(
    match: re.Match[str], hour: int, minute: int, second: int | None, *, is_twelve: bool
) -> ClockTime:
    text, end = match.string, match.end()
    is_night = hour > _LATEST_AT_NIGHT and _AT_NIGHT.match(text, end)
    if is_twelve and (is_night or _LATE.match(text, end)):
        hour, is_twelve = hour % 12 + 12, False
    elif is_twelve and _EARLY.match(text, end):
        hour, is_twelve = hour % 12, False
    zone = _ZONE_AFTER.match(text, end)
    offset = offset_of(zone[1]) if zone else None
    at = match.end("prep") if match.groupdict().get("prep") else match.start()
    before = text[max(0, at - 32) : at]
    is_loose = _LOOSE.match(text, end) is not None
    return ClockTime(hour % 24, minute, second, offset, is_twelve, before.lower(), is_loose)


def _hour(told: str) -> int:
    lower = told.lower()
    if lower in _TURN:
        return _TURN[lower]
    return _HOURS.index(lower) + 1 if lower in _HOURS else int(told) % 24
