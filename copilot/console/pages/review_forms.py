"""What every form of a review says beside the words in it: what its writer had before them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Form, Query

from copilot.console.review_sources import AFTER, BEFORE, BESIDE, MOST, Reach

_AWAY = timedelta(minutes=30)
"""A page that was open longer was left alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them when they acted."""

    text: str | None
    opened_at: datetime | None
    """When the claim was opened on their page."""

    def seconds(self, now: datetime) -> float | None:
        """None where it is not known for how long they looked."""
        if self.opened_at is None or not timedelta(0) <= now - self.opened_at <= _AWAY:
            return None
        return (now - self.opened_at).total_seconds()


def _seen(
    seen: Annotated[str, Form(max_length=4000)] = "",
    opened_at: Annotated[str, Form(max_length=40)] = "",
) -> Seen:
    try:
        instant = datetime.fromisoformat(opened_at)
    except ValueError:
        instant = None
    is_usable = instant is not None and instant.tzinfo is not None
    return Seen(seen or None, instant if is_usable else None)


SeenForm = Annotated[Seen, Depends(_seen)]


_MOST_LINES = 2**31
_Messages = Annotated[int, Form(ge=0, le=MOST)]
_Start = Annotated[int | None, Form(ge=BESIDE, le=_MOST_LINES)]


def _reach(before: _Messages = BEFORE, after: _Messages = AFTER, start: _Start = None) -> Reach:
    return Reach(before, after, start)


ReachForm = Annotated[Reach, Depends(_reach)]
"""How much of the conversation they had before them: what they ticked in it is shown again."""


_AskedMessages = Annotated[int, Query(ge=0, le=MOST)]
_AskedStart = Annotated[int | None, Query(ge=BESIDE, le=_MOST_LINES)]


def _asked(
    before: _AskedMessages = BEFORE, after: _AskedMessages = AFTER, start: _AskedStart = None
) -> Reach:
    return Reach(before, after, start)


ReachAsked = Annotated[Reach, Depends(_asked)]
"""The same of an address: how much of it they want to see."""
ClaimAsked = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
