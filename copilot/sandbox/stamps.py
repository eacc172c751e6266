"""Slack timestamps of the sandbox: text, unique and increasing per channel, never a float."""

import re
from datetime import UTC, datetime, timedelta

_TS = re.compile(r"(\d{1,11})(?:\.(\d{1,10}))?", re.ASCII)
_FRACTION_DIGITS = 10
_DIGITS = re.compile(r"p(\d{7,17})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Moment = tuple[int, int]
"""Seconds and tenths of nanoseconds: what a timestamp is compared by."""


def moment(ts: str) -> Moment:
    """A sort key that loses no digit; raises ValueError for what is no timestamp."""
    found = _TS.fullmatch(ts)
    if not found:
        raise ValueError(f"{ts!r} is no Slack timestamp")
    return int(found[1]), int((found[2] or "").ljust(_FRACTION_DIGITS, "0"))


def is_stamp(ts: object) -> bool:
    return isinstance(ts, str) and _TS.fullmatch(ts) is not None


def to_instant(ts: str) -> datetime:
    seconds, fraction = moment(ts)
    return _EPOCH + timedelta(seconds=seconds, microseconds=fraction // 10_000)


def to_stamp(instant: datetime) -> str:
    microseconds = (instant - _EPOCH) // _MICROSECOND
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def next_stamp(instant: datetime, after: str | None) -> str:
    """A stamp for `instant`, or the very next one where `after` is not earlier."""
    stamp = to_stamp(instant)
    if after is not None and moment(stamp) <= moment(after):
        return to_stamp(to_instant(after) + _MICROSECOND)
    return stamp


def permalink_path(channel_id: str, ts: str, thread_ts: str | None = None) -> str:
    """The part of a permalink behind the workspace's address."""
    path = f"archives/{channel_id}/p{ts.replace('.', '')}"
    if thread_ts is None or thread_ts == ts:
        return path
    return f"{path}?thread_ts={thread_ts}&cid={channel_id}"


def stamp_of_link(digits: str) -> str | None:
    """The timestamp that `p1549384020000100` in a link means, or None."""
    found = _DIGITS.fullmatch(digits)
    return f"{found[1][:-6]}.{found[1][-6:]}" if found else None
