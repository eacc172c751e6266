"""What one review policy has that another has not, and what undoing a change leaves. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.ports import SectionWish
from copilot.reviews.review_policy import ReviewPolicy

_NUMBERS: Mapping[str, str] = {
    "debt_cap_minutes": "reading that may wait for each reviewer",
    "seeded_share": "altered sentences among the real ones",
    "time_zone": "time zone",
}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Change:
    """`what` went from `old` to `new`, in words."""

    what: str
    old: str
    new: str


def difference(old: ReviewPolicy, new: ReviewPolicy) -> list[Change]:
    """Each thing that differs, once; empty for two that mean the same."""
    before, after = _by_key(old), _by_key(new)
    changes = [
        *(Change(after[key].title, "off", "on") for key in after if key not in before),
        *(Change(before[key].title, "on", "off") for key in before if key not in after),
    ]
    for key in (key for key in before if key in after):
        changes += _of_section(before[key], after[key])
    if _order(old, new) != _order(new, old):
        changes.append(Change("order", _titles(old), _titles(new)))
    return changes + [
        Change(words, _shown(name, getattr(old, name)), _shown(name, getattr(new, name)))
        for name, words in _NUMBERS.items()
        if getattr(old, name) != getattr(new, name)
    ]


def taken_back(
    before: ReviewPolicy, made: ReviewPolicy, in_force: ReviewPolicy
) -> ReviewPolicy | None:
    """`in_force` without what `made` changed of `before`, or None if nothing of it is left.

    What was set anew since then stays: undoing an old change never undoes a newer one.
    """
    numbers = {
        name: _back(getattr(before, name), getattr(made, name), getattr(in_force, name))
        for name in _NUMBERS
    }
    was, became, now = _by_key(before), _by_key(made), _by_key(in_force)
    kept: dict[str, SectionWish] = {}
    for key in {**now, **was, **became}:
        wish = _back(was.get(key, _ABSENT), became.get(key, _ABSENT), now.get(key, _ABSENT))
        if wish is not _ABSENT:
            kept[key] = wish
    is_order_untouched = list(became) == list(now)
    order = _merged_order(list(was), list(now), kept, prefers_old=is_order_untouched)
    result = ReviewPolicy(sections=tuple(kept[key] for key in order), **numbers)
    return None if result == in_force else result


def _back(was: Any, became: Any, now: Any) -> Any:
    return was if now == became else now


def _merged_order(
    was: Sequence[str], now: Sequence[str], kept: Mapping[str, SectionWish], *, prefers_old: bool
) -> list[str]:
    """All of `kept` in one of the two orders; what that one lacks goes behind its old neighbour."""
    first, second = (was, now) if prefers_old else (now, was)
    order = [key for key in first if key in kept]
    for at, key in enumerate(second):
        if key in kept and key not in order:
            before = [each for each in second[:at] if each in order]
            order.insert(order.index(before[-1]) + 1 if before else 0, key)
    return order


def _of_section(old: SectionWish, new: SectionWish) -> list[Change]:
    found = []
    if old.title != new.title:
        found.append(Change("title", old.title, new.title))
    if old.asks != new.asks:
        found.append(Change(f"{new.title}, what belongs in it", old.asks or "–", new.asks or "–"))
    if old.most != new.most:
        found.append(Change(f"{new.title}, at most", str(old.most), f"{new.most} sentences"))
    return found


def _by_key(policy: ReviewPolicy) -> dict[str, SectionWish]:
    return {wish.key: wish for wish in policy.sections}


def _order(policy: ReviewPolicy, other: ReviewPolicy) -> list[str]:
    """Of those that both have."""
    there = _by_key(other)
    return [wish.key for wish in policy.sections if wish.key in there]


def _titles(policy: ReviewPolicy) -> str:
    return ", ".join(wish.title for wish in policy.sections)


def _shown(name: str, value: Any) -> str:
    if name == "debt_cap_minutes":
        return f"{value:g} min"
    if name == "seeded_share":
        return f"{value:.0%}" if value else "none"
    return str(value)
