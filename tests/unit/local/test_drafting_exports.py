"""Exports that drafts are measured on have the instants that their post-mortems tell."""

import pytest

from tests.evals.drafting_exports import time_of


@pytest.mark.parametrize(
    ("time", "text", "read"),
    [
        ("14:20", "PM CET Friday Mar 5th: the queue is full", "Mar 5, 14:20"),
        ("09:10", "AM GMT Monday June 21st : restarted", "Jun 21, 09:10"),
        ("14:20", "the queue is full since Mar 5th: restarted", "14:20"),
        ("2024-03-05 14:20", "PM CET Friday Mar 6th: the queue is full", "2024-03-05 14:20"),
        (None, "PM CET Friday Mar 5th: the queue is full", None),
    ],
)
def test_a_day_that_was_cut_off_is_read_with_its_time(
    time: str | None, text: str, read: str | None
) -> None:
    assert time_of(time, text) == read
