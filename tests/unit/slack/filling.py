"""Makes arguments for whatever a builder asks for, out of its type hints and one text."""

import dataclasses
import enum
import functools
import itertools
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from copilot.slack.escaping import safe
from copilot.timeline.models import TimelineEvent

LINK = "https://acme.slack.com/archives/C1/p1700000000000100"
NOW = datetime(2026, 3, 4, 14, 51, tzinfo=UTC)
# What only code writes; anything else may come from a person or an engine.
_WRITTEN_BY_CODE = {
    "channel_id": "C012AB3CD",
    "color": "#aabbcc",
    "console_link": LINK,
    "console_url": LINK,
    "key": "C012AB3CD",
    "link": LINK,
    "message_ts": "1700000000.000100",
    "permalink": LINK,
    "response_url": LINK,
    "action_id": "an_action",
    "kept_back": "hectic",
    "role": "commander",
    "value": "5:7",
    "severity": "sev2",
    "since_words": "when you last spoke here",
    "status": "monitoring",
    "tag": "a1",
    "team_id": "T012AB3CD",
    "tempo": "calm",
    "url": LINK,
    "user_id": "U012AB3CD",
    "zone": "Europe/Berlin",
}
_ESCAPED_BEFORE = {"about", "caution", "done", "said", "tried"}
"""Fields of our own markup; their docstrings say so."""
_A_GAP = {"from_ts": "1772634000.000100", "until_ts": "1772634600.000100", "reason": "rate_limited"}
_AT_MOST = {"blocks": 0, "roles": 3}
"""There are no more roles than these; blocks of others are checked where they are made."""
_MOST_INSIDE = 6
_MANY = (Sequence, Collection, Iterable, tuple, list, frozenset)


class Filling:
    """`size` is how many there are of whatever there may be several of."""

    def __init__(self, text: str, size: int, ids: Iterator[int] | None = None) -> None:
        self._text, self._size = text, size
        self._ids = ids or itertools.count(1)

    def arguments(self, builder: Callable[..., Any]) -> dict[str, Any]:
        hints = typing.get_type_hints(builder)
        return {name: self.value(name, hint) for name, hint in hints.items() if name != "return"}

    def value(self, name: str, hint: Any) -> Any:
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._optional(name, parts)
        if origin in _MANY or hint in _MANY:
            return self._several(name, origin, parts)
        if origin is Mapping or origin is dict:
            return {self.value(name, parts[0]): self.value(name, parts[1])}
        if origin is Callable:
            return lambda *_: LINK
        if origin is typing.Literal:
            return parts[0]
        return self._one(name, hint)

    def _optional(self, name: str, parts: tuple[Any, ...]) -> Any:
        """None where there is none of anything."""
        if type(None) in parts and not self._size:
            return None
        return self.value(name, next(part for part in parts if part is not type(None)))

    def _several(self, name: str, origin: Any, parts: tuple[Any, ...]) -> Any:
        if origin is tuple and parts[-1] is not Ellipsis:
            names = ("role", "name") if name == "roles" else (name,) * len(parts)
            return tuple(map(self.value, names, parts))
        inside = Filling(self._text, min(self._size, _MOST_INSIDE), self._ids)
        size = min(self._size, _AT_MOST.get(name, self._size))
        made = [inside.value(name, parts[0]) for _ in range(size)]
        return made if origin in (Sequence, Collection, Iterable, list) else origin(made)

    def _one(self, name: str, hint: Any) -> Any:
        simple: dict[Any, Callable[[], Any]] = {
            str: lambda: self._words(name),
            bool: lambda: bool(self._size % 2),
            int: lambda: next(self._ids),
            float: lambda: 0.8,
            datetime: lambda: NOW,
            timedelta: lambda: timedelta(minutes=15),
            time: lambda: time(22),
            Any: dict,
            TimelineEvent: self._event,
        }
        if hint in simple:
            return simple[hint]()
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return next(iter(hint))
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            hints = _hints_of(hint)
            return hint(**{one.name: self.value(one.name, hints[one.name]) for one in _given(hint)})
        if isinstance(hint, type) and hasattr(hint, "model_fields"):
            fields: Any = hint.model_fields
            return hint(**{one: self.value(one, fields[one].annotation) for one in fields})
        raise TypeError(f"Teach this file to make a {hint} for {name}.")

    def _words(self, name: str) -> str:
        text = safe(self._text, 150) if name in _ESCAPED_BEFORE else self._text
        return _WRITTEN_BY_CODE.get(name, text)

    def _event(self) -> TimelineEvent:
        return TimelineEvent(
            id=next(self._ids), kind="gap", text=self._text, details=_A_GAP, occurred_at=NOW
        )


@functools.cache
def _hints_of(hint: Any) -> dict[str, Any]:
    return typing.get_type_hints(hint)


def _given(hint: Any) -> list[Any]:
    return [one for one in dataclasses.fields(hint) if one.init]
