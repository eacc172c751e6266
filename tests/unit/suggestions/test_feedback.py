"""How often to speak, and of what, by what people decided."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.feedback import (
    CUT,
    FEWEST_ANSWERS,
    FULL_RATE,
    HALF_LIFE,
    LOWEST_RATE,
    STEP,
    Answered,
    Decided,
    DecidedCard,
    Label,
    Signal,
    label_of,
    rate_after,
    track_record,
)
from copilot.suggestions.vocabulary import DecisionKind, DismissReason
from tests.fakes.channel_story import START

ACCEPTED, EDITED, DISMISSED = (
    DecisionKind.ACCEPTED,
    DecisionKind.EDITED,
    DecisionKind.DISMISSED,
)
WORDS: list[tuple[DecisionKind, DismissReason | None]] = [
    (ACCEPTED, None),
    (EDITED, None),
    *((DISMISSED, reason) for reason in DismissReason),
]
minutes = st.integers(0, 600)
decisions = st.builds(
    lambda said, minute: Decided(said[0], said[1], START + timedelta(minutes=minute)),
    st.sampled_from(WORDS),
    minutes,
)
rates = st.integers(int(LOWEST_RATE * 64), 64).map(lambda share: share / 64)


def card(number: int, *said: tuple[DecisionKind, DismissReason | None]) -> DecidedCard:
    at = START + timedelta(minutes=number)
    return DecidedCard(number, tuple(Decided(decision, why, at) for decision, why in said))


@st.composite
def decided_cards(draw: st.DrawFn) -> list[DecidedCard]:
    found = draw(st.lists(st.lists(decisions, min_size=1, max_size=3), max_size=12))
    return [DecidedCard(number, tuple(each)) for number, each in enumerate(found)]


@pytest.mark.parametrize(
    ("decision", "reason", "label"),
    [
        (ACCEPTED, None, Label.WANTED),
        (EDITED, None, Label.WANTED),
        (DISMISSED, DismissReason.WRONG, Label.UNWANTED),
        (DISMISSED, DismissReason.TOO_NOISY, Label.UNWANTED),
        (DISMISSED, DismissReason.DONE_ALREADY, None),
        (DISMISSED, DismissReason.DUPLICATE, None),
        (DISMISSED, DismissReason.NOT_NOW, None),
        (DecisionKind.SNOOZED, None, None),
        (None, None, None),
    ],
)
def test_only_what_tells_whether_it_is_wanted_is_a_label(
    decision: str | None, reason: str | None, label: Label | None
) -> None:
    assert label_of(decision, reason) is label


@pytest.mark.parametrize(
    ("said", "signal"),
    [
        ([(ACCEPTED, None)], Signal.WELCOME),
        ([(DISMISSED, DismissReason.WRONG)], Signal.UNWELCOME),
        ([(DISMISSED, DismissReason.WRONG)] * 3, Signal.UNWELCOME),
        ([(DISMISSED, DismissReason.WRONG), (EDITED, None)], Signal.WELCOME),
        ([(DISMISSED, DismissReason.TOO_NOISY), (ACCEPTED, None)], Signal.UNWELCOME),
        ([(DISMISSED, DismissReason.NOT_NOW)], Signal.MISTIMED),
        ([(DISMISSED, DismissReason.NOT_NOW), (ACCEPTED, None)], Signal.WELCOME),
        ([(DISMISSED, DismissReason.NOT_NOW), (DISMISSED, DismissReason.WRONG)], Signal.UNWELCOME),
        ([(DISMISSED, DismissReason.DONE_ALREADY)], None),
        ([(DISMISSED, DismissReason.DUPLICATE)], None),
    ],
)
def test_a_card_is_one_signal(
    said: list[tuple[DecisionKind, DismissReason | None]], signal: Signal | None
) -> None:
    assert card(1, *said).signal is signal
    assert card(1, *reversed(said)).signal is signal


def test_three_dismissals_on_one_card_halve_once_and_on_three_cards_reach_the_floor() -> None:
    wrong = (DISMISSED, DismissReason.WRONG)
    assert rate_after(FULL_RATE, [card(1, wrong, wrong, wrong)]) == 0.5
    assert rate_after(FULL_RATE, [card(number, wrong) for number in range(3)]) == LOWEST_RATE


def test_at_four_wanted_to_one_unwanted_the_rate_holds() -> None:
    cards = [card(0, (DISMISSED, DismissReason.WRONG))]
    cards += [card(number, (ACCEPTED, None)) for number in range(1, 5)]
    assert rate_after(FULL_RATE, cards) == FULL_RATE
    assert rate_after(FULL_RATE, cards[:-1]) == FULL_RATE - STEP


@given(rates, decided_cards())
def test_the_rate_stays_within_its_bounds(start: float, cards: list[DecidedCard]) -> None:
    assert LOWEST_RATE <= rate_after(start, cards) <= FULL_RATE


@given(rates, decided_cards(), st.randoms())
def test_the_rate_does_not_depend_on_the_order_in_which_cards_are_read(
    start: float, cards: list[DecidedCard], random: object
) -> None:
    shuffled = list(cards)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rate_after(start, shuffled) == rate_after(start, cards)


@given(rates, st.sampled_from(WORDS))
def test_each_decision_moves_the_rate_its_own_way(
    start: float, said: tuple[DecisionKind, DismissReason | None]
) -> None:
    rate = rate_after(start, [card(1, said)])
    match label_of(*said), said[1]:
        case Label.WANTED, _:
            assert rate == min(FULL_RATE, start + STEP)
        case Label.UNWANTED, _:
            assert rate == max(LOWEST_RATE, start * CUT)
        case None, DismissReason.NOT_NOW:
            assert rate == max(LOWEST_RATE, start - STEP)
        case _:
            assert rate == start


@given(decided_cards(), decided_cards())
def test_a_higher_start_never_ends_lower(cards: list[DecidedCard], more: list[DecidedCard]) -> None:
    assert rate_after(LOWEST_RATE, cards) <= rate_after(FULL_RATE, cards)


answers = st.builds(
    lambda label, days: Answered(label, START - timedelta(days=days)),
    st.sampled_from([*Label, None]),
    st.integers(0, 70),
)


@given(st.lists(answers, max_size=60))
def test_nothing_is_muted_on_fewer_than_twenty_decisions(given_: list[Answered]) -> None:
    record = track_record(given_, START)
    if record.is_unwanted:
        assert record.decided >= FEWEST_ANSWERS


@given(st.lists(answers, max_size=60), answers)
def test_one_more_that_was_wanted_never_speaks_for_muting(
    given_: list[Answered], one: Answered
) -> None:
    wanted = Answered(Label.WANTED, one.at)
    before, after = track_record(given_, START), track_record([*given_, wanted], START)
    assert after.chance_below <= before.chance_below + 1e-9


def test_it_mutes_what_is_surely_unwanted_and_no_more() -> None:
    def record(wanted: int, unwanted: int, unanswered: int = 0) -> bool:
        said = [Label.WANTED] * wanted + [Label.UNWANTED] * unwanted + [None] * unanswered
        return track_record([Answered(label, START) for label in said], START).is_unwanted

    assert record(3, 21)
    assert not record(3, 16)
    assert not record(20, 5)  # 0.8: nobody can be sure that it is below
    assert not record(18, 7)
    assert record(17, 8)
    assert not record(0, 0, 100)
    assert record(18, 7, 6)


def test_old_weeks_fade() -> None:
    old = START - 1.9 * HALF_LIFE
    bad_then = [Answered(Label.UNWANTED, old)] * 20
    good_now = [Answered(Label.WANTED, START)] * 30
    assert track_record(bad_then, START).is_unwanted
    assert track_record([*bad_then, *good_now], START).chance_below < 0.9
    forgotten = [Answered(Label.UNWANTED, START - 2.1 * HALF_LIFE)] * 50
    assert track_record(forgotten, START).decided == 0
