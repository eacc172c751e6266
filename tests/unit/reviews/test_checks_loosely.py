"""Amounts, times and names that are told loosely: carried by whatever figures a source has."""

from zoneinfo import ZoneInfo

import pytest

from copilot.reviews.amounts import problem_with_amounts
from tests.unit.reviews.messages import a_message

BERLIN = ZoneInfo("Europe/Berlin")
"""An hour ahead of UTC on the day of the messages, a Wednesday."""


def problem(claim: str, *said: str) -> str | None:
    cited = [a_message(at, text, at=f"13:{at - 1:02}:00") for at, text in enumerate(said, 1)]
    return problem_with_amounts(claim, cited, BERLIN, strict=False)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("disk.204 is out", "Disk number 204 was out."),
        ("raid5 so all fine", "With RAID 5 nothing was lost."),
        ("pumps running on 3+4", "Pumps 3 and 4 ran."),
        ("p95 of wait is 90s", "One visitor in twenty waited longer."),
        ("latency 4.2s (SLO 600ms)", "Latency was exactly seven times the objective of 600 ms."),
        ("row count 57, normally 3", "It had nineteen times its usual rows."),
        ("p95 630ms instead of 210", "The latency tripled."),
        ("takings 212k, we expect 450", "Takings were less than half of what was expected."),
        ("scale prints 4,29 instead of 42,90", "It printed a tenth of the price."),
        ("job elapsed 02:40, planned 01:15", "It ran for more than twice the planned time."),
        ("ran at 02:00 and again at 02:14", "It ran twice that night."),
        ("412 million", "The table held more than four hundred million rows."),
        ("age is 1.62B", "The age was about 1.6 billion."),
        ("6 freed", "Half a dozen were freed."),
        ("S$17,480 in all", "It was about 17,500 dollars."),
        ("R$ 31.460,15 in all", "It was nearly 31,500."),
        ("costs $0.31/h each", "Each cost 31 cents."),
        ("gauge 4.62 m, prediction 3.85 m", "It stood nearly 80 centimetres above prediction."),
    ],
)  # fmt: skip
def test_what_is_told_loosely_passes(said: str, claim: str) -> None:
    assert problem(claim, said) is None


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("disk.204 is out", "Disk number 205 was out."),
        ("disk.2041 is out", "Disk number 204 was out."),
        ("pumps running on 3+4", "Pumps 3 and 5 ran."),
        ("row count 57, normally 3", "It had thirty times its usual rows."),
        ("p95 630ms instead of 210", "The latency doubled."),
        ("takings 212k, we expect 450", "Takings were less than a quarter of what was expected."),
        ("412 million", "The table held more than five hundred million rows."),
        ("age is 1.62B", "The age was about 1.9 billion."),
        ("6 freed", "It freed a dozen."),
        ("S$17,480 in all", "It was about 19,500 dollars."),
        ("costs $0.31/h each", "Each cost 45 cents."),
        ("gauge 4.62 m, prediction 3.85 m", "It stood nearly 60 centimetres above prediction."),
    ],
)  # fmt: skip
def test_what_fits_no_figure_is_refused(said: str, claim: str) -> None:
    assert problem(claim, said) is not None
