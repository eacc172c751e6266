"""Units of time, size and money, by the ways people write them."""

from copilot.reviews.words import word_set

SECONDS = {
    "ms": 0.001, "msec": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1,
    "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600, "d": 86400,
    "day": 86400, "week": 604800, "wk": 604800, "yr": 31536000, "month": 2592000, "year": 31536000,
}  # fmt: skip
_UNITS = {
    "percent": "%", "pct": "%", "byte": "b", "kib": "ki", "mib": "mi", "gib": "gi", "tib": "ti",
    "kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb", "terabyte": "tb",
    "gig": "gb", "meg": "mb", "kilowatt": "kw", "megawatt": "mw",
    "usd": "$", "dollar": "$", "eur": "€", "euro": "€", "gbp": "£",
}  # fmt: skip
_PLAIN_UNITS = word_set(
    """
    % b kb mb gb tb pb ki mi gi ti mbps gbps kbps $ € £ px kw mw hz khz mhz ghz
    """
)


_SIZES = ("b", "kb", "mb", "gb", "tb", "pb")
_BINARY = {"ki": "kb", "mi": "mb", "gi": "gb", "ti": "tb"}
_STEPS = (_SIZES, ("w", "kw", "mw"), ("hz", "khz", "mhz", "ghz"), ("kbps", "mbps", "gbps"))


def factors_between(one: str, other: str) -> tuple[float, ...]:
    """By what an amount in `one` is multiplied to be told in `other`, as people reckon it."""
    one, other = _BINARY.get(one, one), _BINARY.get(other, other)
    for units in _STEPS:
        if one in units and other in units:
            by = units.index(one) - units.index(other)
            return (1000.0**by, 1024.0**by)
    return ()


def unit_of(word: str) -> str:
    """The canonical unit that `word` names, or an empty string."""
    lower = word.lower()
    for form in (lower, lower.removesuffix("s")):
        if form in SECONDS:
            return form
        if form in _UNITS:
            return _UNITS[form]
        if form in _PLAIN_UNITS:
            return form
    return ""
