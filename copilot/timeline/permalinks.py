"""Links to Slack messages, and Slack's time stamps read digit by digit.

A stamp is the identity of a message. It is never made a float, which would lose digits and break
one permalink in ten.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from copilot.errors import BadInputError

_TS = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
# A stamp is read several times on a message's way into the timeline.
_REMEMBERED = 4_096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def permalink(
    workspace_url: str, channel_id: str, message_ts: str, thread_ts: str | None = None
) -> str:
    """The address Slack itself would give; replies name the thread that they stand in."""
    link = f"{workspace_url.rstrip('/')}/archives/{channel_id}/p{message_ts.replace('.', '')}"
    if thread_ts and thread_ts != message_ts:
        link += f"?thread_ts={thread_ts}&cid={channel_id}"
    return link


@lru_cache(_REMEMBERED)
def ts_to_instant(ts: str) -> datetime:
    """The instant of a stamp such as `1549384020.000100`. Raises BadInputError."""
    seconds, microseconds = ts_order(ts)
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise BadInputError(f"{ts!r} lies beyond the year 9999.") from None


def instant_to_ts(instant: datetime) -> str:
    """Slack's stamp for an aware instant, always with six decimals."""
    elapsed = instant - _EPOCH
    return f"{elapsed.days * 86400 + elapsed.seconds}.{elapsed.microseconds:06d}"


def ts_order(ts: str) -> tuple[int, int]:
    """Seconds and microseconds of a stamp: what stamps are compared by. Raises BadInputError."""
    found = _TS.fullmatch(ts)
    if not found:
        raise BadInputError(f"{ts[:40]!r} is no Slack time stamp such as 1549384020.000100.")
    return int(found[1]), int((found[2] or "").ljust(6, "0"))


def is_stamp(value: object) -> bool:
    """What `ts_to_instant` would read."""
    if not isinstance(value, str):
        return False
    try:
        ts_to_instant(value)
    except BadInputError:
        return False
    return True
