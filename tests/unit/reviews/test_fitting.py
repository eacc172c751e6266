"""What does not fit a draft is counted and named."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import WindowMessage
from copilot.reviews.fitting import counted, what_fits
from tests.unit.reviews.messages import a_message


def said(
    count: int, *, marked: tuple[int, ...] = (), bots: tuple[int, ...] = ()
) -> list[WindowMessage]:
    """A message a minute, with an hour of silence after each tenth."""
    return [
        replace(
            a_message(
                number,
                f"checkout fails {number}",
                at=f"{number // 10}:{number % 10}:0",
                is_bot=number in bots,
            ),
            is_key_moment=number in marked,
        )
        for number in range(1, count + 1)
    ]


def test_where_all_fits_nothing_is_said() -> None:
    fitting = what_fits(said(8), 8)
    assert (len(fitting.messages), fitting.left_out, fitting.words) == (8, 0, ())


def test_the_newest_and_marked_messages_are_kept_and_numbered_anew() -> None:
    fitting = what_fits(said(8, marked=(2,)), 4)
    assert [message.text for message in fitting.messages] == [
        f"checkout fails {number}" for number in (2, 6, 7, 8)
    ]
    assert [message.number for message in fitting.messages] == [1, 2, 3, 4]


def test_what_is_left_out_is_counted_and_named() -> None:
    fitting = what_fits(said(45, marked=(2,), bots=(1, 3, 44)), 20)
    assert fitting.left_out == 25
    assert fitting.words == (
        "25 of 45 messages left out: the oldest that nobody marked or reacted to, "
        "of episodes 1–3, 2 of them by bots",
    )


def test_where_even_marked_ones_do_not_fit_it_is_said() -> None:
    fitting = what_fits(said(8, marked=tuple(range(1, 9))), 5)
    assert fitting.words == (
        "3 of 8 messages left out: the oldest, 3 marked as key moments, of episode 1",
    )


@given(st.integers(0, 60), st.integers(0, 70), st.sets(st.integers(1, 60)))
def test_as_many_as_fit_are_kept_in_order_and_the_rest_is_counted(
    count: int, limit: int, marked: set[int]
) -> None:
    messages = said(count, marked=tuple(marked))
    fitting = what_fits(messages, limit)
    assert len(fitting.messages) + fitting.left_out == count
    assert len(fitting.messages) == min(count, limit)
    assert [m.event_id for m in fitting.messages] == sorted(m.event_id for m in fitting.messages)
    assert bool(fitting.words) == bool(fitting.left_out)


def test_counts_are_spoken() -> None:
    assert [counted(1, "message"), counted(2_012, "message")] == ["1 message", "2,012 messages"]
