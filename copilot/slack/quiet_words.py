"""Reads what people type after `/incident quiet`. Pure."""

import re
from datetime import timedelta

from copilot.errors import BadInputError
from copilot.suggestions.pacing import LONGEST_QUIET
from copilot.suggestions.quiet import DEFAULT_QUIET

_LENGTH = re.compile(
    r"(?:for )?(?:(?P<hours>\d{1,3}) ?(?:h|hrs?|hours?))? ?"
    r"(?:(?P<minutes>\d{1,4}) ?(?:m|mins?|minutes?)?)?",
    re.IGNORECASE,
)
_OFF = frozenset({"off", "end", "stop", "over", "no", "0"})


def read_quiet(text: str) -> timedelta | None:
    """How long it is to be quiet; None to end it. Raises BadInputError with examples."""
    bare = " ".join(text.lower().split()).strip(" .`'\"“”")
    if bare in _OFF:
        return None
    if not bare:
        return DEFAULT_QUIET
    found = _LENGTH.fullmatch(bare)
    length = timedelta()
    if found is not None:
        length = timedelta(
            hours=int(found["hours"] or 0),
            minutes=int(found["minutes"] or 0),
        )
    if not timedelta() < length <= LONGEST_QUIET:
        hours = LONGEST_QUIET // timedelta(hours=1)
        raise BadInputError(
            f"“{text[:40]}” is no length of quiet, so nothing was changed. Say it like `30m`, "
            f"`2h` or `off`; {hours} hours is the most."
        )
    return length
