"""When a review tells so little of a conversation that the engine cannot have understood it."""

import pytest

from copilot.reviews.views import tells_next_to_nothing


@pytest.mark.parametrize(
    ("read", "told", "is_little"),
    [
        (0, 0, False),  # there was nothing to find
        (1, 0, True),
        (12, 0, True),
        (12, 1, False),
        (60, 2, True),  # less than one in twenty
        (60, 3, False),
        (231, 1, True),  # one sentence does not make a review
        (231, 4, True),
        (231, 5, False),
        (5_000, 4, True),
        (5_000, 5, False),  # a handful is enough however long it was
    ],
)
def test_a_review_tells_next_to_nothing(read: int, told: int, is_little: bool) -> None:
    assert tells_next_to_nothing(read, told) is is_little
