"""Up to when something was written down to be part of a review that was signed before such things
were kept with the signature. Signatures are told to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from copilot.reviews.models import SignOff
from copilot.reviews.signed_heading import written_until

SECOND = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return SECOND + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("last_act", "until"),
    [
        (None, SECOND),
        (after(-60), SECOND),
        (after(0), SECOND),
        (after(0.25), after(0.25)),  # nobody acts on a sentence of a signed review
        (after(0.999), after(0.999)),
        (after(1), SECOND),
        (after(90), SECOND),
    ],
)
def test_what_came_before_the_last_act_was_there(
    last_act: datetime | None, until: datetime
) -> None:
    assert written_until(SignOff(signed_at=SECOND), last_act) == until


def test_nothing_ends_before_anybody_signs() -> None:
    assert written_until(None, SECOND) is None
