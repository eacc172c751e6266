"""The form on how reviews are written: what was typed, and the policy that it makes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from copilot.console import words
from copilot.console.review_settings_form import entered, fields_of, merged, read_fields
from copilot.ports import SectionWish
from copilot.reviews.review_policy import SHIPPED, ReviewPolicy

OWN = tuple(SectionWish(f"own_{n}", f"Own {n}", "What is ours.", n) for n in range(1, 6))


@st.composite
def policies(draw: st.DrawFn) -> ReviewPolicy:
    chosen = draw(st.lists(st.sampled_from([*SHIPPED, *OWN]), unique=True, min_size=1))
    return ReviewPolicy(
        sections=tuple(replace(wish, most=draw(st.integers(1, 40))) for wish in chosen),
        debt_cap_minutes=draw(st.sampled_from([1.0, 7.5, 10.0, 120.0])),
        seeded_share=draw(st.sampled_from([0.0, 0.05, 0.125, 0.2])),
        time_zone=draw(st.sampled_from(["UTC", "Asia/Kolkata"])),
    )


@given(policies())
def test_a_form_that_nobody_touched_changes_nothing(policy: ReviewPolicy) -> None:
    fields = fields_of(policy)
    sent = [(name, value) for name, value in fields.texts.items()]
    for row in fields.rows:
        texts = {"place": row.place, "title": row.title, "asks": row.asks, "most": row.most}
        sent += [(f"{row.key}.{name}", value) for name, value in texts.items()]
        sent += [(f"{row.key}.on", "1")] if row.is_on and not row.is_new else []
    assert read_fields(sent, policy) == fields
    result = entered(fields, policy)
    assert (result.policy, result.faults) == (policy, {})


@given(policies(), policies())
def test_of_two_changes_both_stand_unless_they_meet(one: ReviewPolicy, now: ReviewPolicy) -> None:
    opened_on = ReviewPolicy()
    assert merged(opened_on, opened_on, now) == now
    assert merged(one, opened_on, opened_on) == one
    both = merged(one, opened_on, now)
    for name in ("debt_cap_minutes", "seeded_share", "time_zone"):
        mine = getattr(one, name)
        kept = mine if mine != getattr(opened_on, name) else getattr(now, name)
        assert getattr(both, name) == kept


def test_there_is_room_for_five_sections_of_ones_own() -> None:
    assert fields_of(ReviewPolicy(sections=OWN[:4])).rows[-1].is_new
    assert not fields_of(ReviewPolicy(sections=OWN)).rows[-1].is_new


@given(st.integers(0, 24 * 60 * 4))
def test_the_clocks_of_a_place_count_time_right_when_they_change(minutes: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2025, 3, 29, 0, 30, tzinfo=UTC)
    after = before + timedelta(minutes=minutes)
    there = words.by_clocks(after, berlin)
    assert there - words.by_clocks(before, berlin) == timedelta(minutes=minutes)
    assert there == after
    assert words.clock_time(there) == words.clock_time(after.astimezone(berlin))
