"""Amounts, times and names told in other words than their sources, and told wrongly."""

from zoneinfo import ZoneInfo

import pytest

from copilot.reviews.amounts import problem_with_amounts
from tests.unit.reviews.messages import a_message

BERLIN = ZoneInfo("Europe/Berlin")
"""An hour ahead of UTC on the day of the messages, a Wednesday."""


def problem(claim: str, *said: str) -> str | None:
    cited = [a_message(at, text, at=f"13:{at - 1:02}:00") for at, text in enumerate(said, 1)]
    return problem_with_amounts(claim, cited, BERLIN)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("26,391 ok, 9 failed", "All but nine of the 26,400 events went through."),
        ("24 runners, 5 online", "Nineteen of the twenty-four runners were offline."),
        ("down from 410 to 265 kW", "The load was lowered by 145 kW."),
        ("912/1000 clients", "Just over nine tenths of the clients were in use."),
        ("78% of memory", "More than three quarters of the memory was occupied."),
        ("21,300 msgs, normally 150", "It sent some 140 times as many messages."),
        ("12,311 hits", "The search gave more than twelve thousand results."),
        ("8-10 a sec", "Eight to ten per second would be usual."),
        ("conversion 1.1%, usual 2.9", "Conversion was below its usual 2.9 percent."),
        ("heap is 4096 MB", "The heap measured 4 GB."),
        ("we got 3 of 12 back", "A quarter came back."),
        ("ratio 0.02", "Two percent were affected."),
        ("latency 2,300 ms", "Writes took more than two seconds."),
        ("max.poll.interval.ms is 300000", "The poll interval was 300 seconds."),
        ("took 2h15m", "It took 135 minutes."),
        ("filed on 25 feb, still pending", "It was pending for a week."),
        ("failing since friday", "It had failed since 27 February, for five days."),
        ("the one from the 3rd is ok", "The copy of 3 March was intact."),
        ("boards show 01:19, should be 02:19", "The boards were an hour behind."),
        ("usually 600 by 5.30", "About six hundred were expected by half past five."),
        ("doubled around 13:50", "It doubled at around ten to two."),
        ("should be done around 5", "It was expected to be done at about five o'clock."),
        ("the night job runs at 1am", "The job runs at one in the morning."),
        ("dont know yet", "It was still unknown shortly after two in the afternoon."),
        ("token for route53 on wifi", "The Route 53 token was used on Wi-Fi."),
        ("CartLatencyP99 4.8s", "The 99th-percentile latency was 4.8 seconds."),
        ("SIM range, bpduguard off", "SIMs were hit as BPDU guard was off."),
        ("2 pods in CrashLoopBackOff", "Two pods were crash-looping."),
    ],
)  # fmt: skip
def test_what_follows_from_a_source_passes(said: str, claim: str) -> None:
    assert problem(claim, said) is None


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("24 runners, 5 online", "18 of the 24 runners were offline."),
        ("down from 410 to 265 kW", "The load was lowered by 155 kW."),
        ("78% of memory", "More than nine tenths of the memory was occupied."),
        ("12,311 hits", "The search gave more than thirteen thousand results."),
        ("heap is 4096 MB", "The heap measured 4 MB."),
        ("latency 2,300 ms", "Writes took more than two minutes."),
        ("took 2h15m", "It took an hour and a quarter."),
        ("failing since friday", "It had failed since Monday."),
        ("the one from the 3rd is ok", "The copy of 13 March was intact."),
        ("usually 600 by 5.30", "About six hundred were expected by half past six."),
        ("errors 400 -> 800/min", "Errors tripled."),
        ("token for route53", "The Route 54 token was used."),
        ("it is checkout-api", "It was payments-svc."),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_refused(said: str, claim: str) -> None:
    assert problem(claim, said) is not None
