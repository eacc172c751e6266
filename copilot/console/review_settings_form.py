"""The fields of the page on reviews as they were typed, and the policy that they make. Pure.

What was typed is kept as text, so that it stands there again when it can't be read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from copilot.ports import SectionWish
from copilot.reviews.review_policy import (
    MOST_OWN_SECTIONS,
    SHIPPED,
    ReviewPolicy,
    is_own,
    key_for,
    policy_faults,
)
from copilot.reviews.review_policy_changes import taken_back

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")
_WHOLE = re.compile(r"\d{1,4}")
_LONGEST = 400
_NEW = "new"
"""The key of the row in which a section is thought up."""
_SETTINGS = ("debt_cap_minutes", "seeded_percent", "time_zone")


@dataclass(frozen=True, slots=True)
class Row:
    """A section as it stands in the form."""

    key: str
    is_on: bool
    place: str
    title: str
    asks: str
    most: str

    @property
    def is_own(self) -> bool:
        return is_own(self.key)

    @property
    def is_new(self) -> bool:
        return self.key == _NEW


@dataclass(frozen=True, slots=True)
class Fields:
    rows: tuple[Row, ...]
    texts: Mapping[str, str]
    """Everything that is no section, by the name of the input."""


@dataclass(frozen=True, slots=True)
class Entered:
    policy: ReviewPolicy
    faults: Mapping[str, str]
    """What can't be used, by the name of the input; the policy keeps what was in force there."""


def fields_of(policy: ReviewPolicy) -> Fields:
    """Sections that are on, in order; then those that are off; then room for one more."""
    rows = [
        Row(wish.key, True, str(place), wish.title, wish.asks, str(wish.most))
        for place, wish in enumerate(policy.sections, 1)
    ]
    there = {row.key for row in rows}
    for wish in SHIPPED:
        if wish.key not in there:
            place = str(len(rows) + 1)
            rows.append(Row(wish.key, False, place, wish.title, wish.asks, str(wish.most)))
    if len(policy.own_sections) < MOST_OWN_SECTIONS:
        rows.append(_new_row(str(len(rows) + 1)))
    return Fields(tuple(rows), _texts_of(policy))


def read_fields(form: Sequence[tuple[str, str]], before: ReviewPolicy) -> Fields:
    """What was sent; what was not, as in `before`."""
    found = {name: value.strip()[:_LONGEST] for name, value in form}
    there = fields_of(before)
    texts = {name: found.get(name, value) for name, value in there.texts.items()}
    rows = tuple(_read_row(row, found) for row in there.rows)
    return Fields(rows, texts)


def entered(fields: Fields, before: ReviewPolicy) -> Entered:
    faults: dict[str, str] = {}
    values: dict[str, Any] = {"time_zone": fields.texts["time_zone"] or "UTC"}
    for name, field, scale in (
        ("debt_cap_minutes", "debt_cap_minutes", 1.0),
        ("seeded_percent", "seeded_share", 100.0),
    ):
        typed = fields.texts[name].replace(",", ".")
        if _NUMBER.fullmatch(typed):
            values[field] = float(typed) / scale
        else:
            faults[name] = "Give a number."
    wishes, unreadable = _wishes(fields, before)
    policy = replace(before, **values, sections=tuple(wishes))
    return Entered(policy, {**_by_input(policy_faults(policy), fields), **faults, **unreadable})


def merged(typed: ReviewPolicy, opened_on: ReviewPolicy, now: ReviewPolicy) -> ReviewPolicy:
    """Both changes: what the form changed since it was opened, else what holds now."""
    return taken_back(now, opened_on, typed) or typed


def _wishes(fields: Fields, before: ReviewPolicy) -> tuple[list[SectionWish], dict[str, str]]:
    faults: dict[str, str] = {}
    placed: list[tuple[int, SectionWish]] = []
    taken = frozenset(wish.key for wish in before.sections)
    for row in fields.rows:
        if not row.is_on or (row.is_new and not (row.title or row.asks)):
            continue
        for name, typed in (("place", row.place), ("most", row.most)):
            if not _WHOLE.fullmatch(typed):
                faults[f"{row.key}.{name}"] = "Give a whole number."
        if not any(f"{row.key}.{name}" in faults for name in ("place", "most")):
            key = key_for(row.title, taken) if row.is_new else row.key
            wish = SectionWish(key, row.title, row.asks, int(row.most))
            placed.append((int(row.place), wish))
    # Two with one number keep the order in which they stood.
    return [wish for _, wish in sorted(placed, key=lambda each: each[0])], faults


def _by_input(faults: Mapping[str, str], fields: Fields) -> dict[str, str]:
    """`sections.impact.title` is the input `impact.title`; a new one's key is not in the form."""
    rows = {row.key for row in fields.rows}
    named: dict[str, str] = {}
    for name, fault in faults.items():
        scope, _, rest = name.partition(".")
        if scope == "sections" and rest:
            key, _, field = rest.rpartition(".")
            named[f"{key if key in rows else _NEW}.{field}"] = fault
        else:
            named["seeded_percent" if name == "seeded_share" else name] = fault
    if "seeded_percent" in named:
        named["seeded_percent"] = "Give a share from 0 % (none) to 20 %."
    return named


def _read_row(row: Row, found: Mapping[str, str]) -> Row:
    """An unticked box is not sent, so a row counts as sent where its title was."""
    if f"{row.key}.title" not in found:
        return row
    return Row(
        key=row.key,
        is_on=row.is_new or f"{row.key}.on" in found,
        place=found.get(f"{row.key}.place", row.place),
        title=found[f"{row.key}.title"],
        asks=found.get(f"{row.key}.asks", row.asks),
        most=found.get(f"{row.key}.most", row.most),
    )


def _new_row(place: str) -> Row:
    return Row(_NEW, True, place, "", "", str(SHIPPED[0].most))


def _texts_of(policy: ReviewPolicy) -> dict[str, str]:
    values = (
        f"{policy.debt_cap_minutes:g}",
        f"{100 * policy.seeded_share:g}",
        policy.time_zone,
    )
    return dict(zip(_SETTINGS, values, strict=True))
