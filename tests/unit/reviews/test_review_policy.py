"""How a workspace wants its reviews: what it may hold, what differs, what undoing leaves."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import SectionWish
from copilot.reviews.review_policy import (
    DEFAULT_REVIEW_POLICY,
    LONGEST_TITLE,
    SHIPPED,
    ReviewPolicy,
    as_json,
    from_json,
    is_own,
    key_for,
    policy_faults,
)
from copilot.reviews.review_policy_changes import difference, taken_back

VOICE = SectionWish("own_voice", "Customer voice", "What customers wrote.", 5)


def with_sections(*sections: SectionWish) -> ReviewPolicy:
    return ReviewPolicy(sections=sections)


class TestWhatItMayHold:
    def test_what_is_shipped_is_sound_and_seeds_nothing(self) -> None:
        assert policy_faults(DEFAULT_REVIEW_POLICY) == {}
        assert DEFAULT_REVIEW_POLICY.seeded_share == 0
        assert DEFAULT_REVIEW_POLICY.debt_cap_minutes == 10

    @pytest.mark.parametrize(
        ("policy", "field"),
        [
            (with_sections(), "sections"),
            (with_sections(SHIPPED[0], SHIPPED[0]), "sections"),
            (with_sections(replace(SHIPPED[0], title=" \u200b ")), "sections.summary.title"),
            (with_sections(replace(SHIPPED[0], title="x" * 61)), "sections.summary.title"),
            (
                with_sections(SHIPPED[0], replace(VOICE, title="SUMMARY")),
                "sections.own_voice.title",
            ),
            (with_sections(replace(VOICE, asks=" ")), "sections.own_voice.asks"),
            (with_sections(replace(VOICE, asks="x" * 301)), "sections.own_voice.asks"),
            (with_sections(replace(VOICE, most=0)), "sections.own_voice.most"),
            (with_sections(replace(VOICE, key="a b")), "sections.a b.key"),
            (
                with_sections(*(replace(VOICE, key=f"own_{n}", title=f"t{n}") for n in range(6))),
                "sections",
            ),
            (ReviewPolicy(debt_cap_minutes=0.5), "debt_cap_minutes"),
            (ReviewPolicy(debt_cap_minutes=float("inf")), "debt_cap_minutes"),
            (ReviewPolicy(seeded_share=0.3), "seeded_share"),
            (ReviewPolicy(seeded_share=-0.1), "seeded_share"),
            (ReviewPolicy(time_zone="Mars/Olympus"), "time_zone"),
            (ReviewPolicy(time_zone="../etc/passwd"), "time_zone"),
        ],
    )
    def test_what_is_wrong_is_told_beside_its_field(self, policy: ReviewPolicy, field: str) -> None:
        faults = policy_faults(policy)
        assert next(iter(faults)) == field
        assert faults[field].endswith(".")

    @pytest.mark.parametrize(
        "data",
        [
            [],
            {"colour": "red"},
            {"sections": "all"},
            {"sections": ["summary"]},
            {"sections": [{"key": 1}]},
            {"sections": [{"key": "impact", "most": True}]},
            {"debt_cap_minutes": "10"},
            {"seeded_share": None},
            {"time_zone": 1},
        ],
    )
    def test_what_cannot_be_read_is_refused_with_words(self, data: Any) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            from_json(data)

    def test_what_is_left_out_is_as_shipped(self) -> None:
        assert from_json({"time_zone": "Asia/Tokyo"}) == ReviewPolicy(time_zone="Asia/Tokyo")

    @given(st.text(max_size=80), st.frozensets(st.sampled_from(["own_a", "own_a_2", "own"])))
    def test_a_section_of_ones_own_gets_a_key_that_fits_and_is_free(
        self, title: str, taken: frozenset[str]
    ) -> None:
        key = key_for(title, taken)
        assert is_own(key)
        assert key not in taken
        named = replace(VOICE, key=key, title="t")
        assert policy_faults(with_sections(named)) == {}


WISHES = st.builds(
    SectionWish,
    st.just(""),
    st.text(min_size=1, max_size=LONGEST_TITLE),
    st.text(max_size=20),
    st.integers(1, 40),
)
KEYS = ["summary", "impact", "response", "own_voice", "own_costs"]


@st.composite
def policies(draw: st.DrawFn) -> ReviewPolicy:
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1))
    return ReviewPolicy(
        sections=tuple(replace(draw(WISHES), key=key) for key in keys),
        debt_cap_minutes=draw(st.sampled_from([5.0, 10.0, 20.0])),
        seeded_share=draw(st.sampled_from([0.0, 0.05])),
        time_zone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
    )


@given(policies())
def test_what_is_stored_is_read_back(policy: ReviewPolicy) -> None:
    assert from_json(as_json(policy)) == policy


@given(policies(), policies())
def test_every_difference_is_told_and_nothing_else(one: ReviewPolicy, other: ReviewPolicy) -> None:
    assert difference(one, one) == []
    assert (difference(one, other) == []) == (one == other)


@given(policies(), policies())
def test_undoing_the_last_change_restores_what_was(
    before: ReviewPolicy, made: ReviewPolicy
) -> None:
    assert taken_back(before, made, made) == (None if before == made else before)


@given(policies(), policies(), policies())
def test_undoing_an_old_change_keeps_what_was_set_since(
    before: ReviewPolicy, made: ReviewPolicy, now: ReviewPolicy
) -> None:
    back = taken_back(before, made, now) or now
    keys = [wish.key for wish in back.sections]
    assert len(set(keys)) == len(keys)
    for name in ("debt_cap_minutes", "seeded_share", "time_zone"):
        was_touched_since = getattr(now, name) != getattr(made, name)
        expected = getattr(now if was_touched_since else before, name)
        assert getattr(back, name) == expected
    made_by, now_by = ({w.key: w for w in p.sections} for p in (made, now))
    for wish in now.sections:
        if made_by.get(wish.key) != wish:
            assert wish in back.sections
    assert set(keys) <= {w.key for p in (before, now) for w in p.sections}
    assert now_by.keys() - made_by.keys() <= set(keys)


def test_a_difference_reads_like_a_sentence() -> None:
    policy = replace(
        ReviewPolicy(),
        sections=(*SHIPPED[1:], VOICE),
        debt_cap_minutes=15,
        seeded_share=0.05,
        time_zone="Europe/Berlin",
    )
    told = [(each.what, each.old, each.new) for each in difference(ReviewPolicy(), policy)]
    assert told == [
        ("Customer voice", "off", "on"),
        ("Summary", "on", "off"),
        ("reading that may wait for each reviewer", "10 min", "15 min"),
        ("altered sentences among the real ones", "none", "5%"),
        ("time zone", "UTC", "Europe/Berlin"),
    ]
