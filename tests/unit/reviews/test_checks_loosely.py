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
        ("17 and 23 are fine, 9 more checked", "Eleven shops in total were fine."),
        ("total R$ 31.460,15", "It was worth nearly R$ 31,500."),
        ("it went to lb-07..lb-12 at 15h25", "It went to lb-09 at 15:25."),
        ("lb-01..06 stay as they are", "From lb-01 to lb-06 nothing changed."),
        ("ci-x86-09 and -17 are gone", "ci-x86-17 had gone."),
        ("no results since abt 6.15. rest is ok", "No results came since a quarter past six."),
        ("latest start 4:10", "It worked out that ten past four was the deadline."),
        ("broken since 1 march around lunch", "It had been broken since about midday."),
        ("readings of 04:00: 61%", "The readings for 04:00 came to 61 percent."),
        ("a second pickup at 19:00 local, they agreed", "The pickup was at 19:00 local time."),
        ("done by 5 pls", "It was to be done before the five o'clock target, local time."),
        ("failures are 502 and rising", "It coincided with the 502s."),
        ("p99 is 11s, we time out at 8", "It took three seconds longer than allowed."),
        ("did that in november? yes, moved in january", "It was moved two months afterwards."),
        ("shipped at 08:58", "It was shipped two minutes before nine."),
        ("expired today 07:59:59", "It expired one second before 8:00."),
        ("logs-2026.03.05 and 06, which?", "The log of 6 March was meant."),
        ("may 4. i'll do those on friday", "Those of 4 May were left for Friday."),
        ("200 mm pipe reads 200.3, 199.8", "All readings of the pipe were right."),
        ("26.391 went through", "26,391 went through."),
        ("26 391 went through", "26,391 went through."),
        ("26'391 went through", "Some 26,400 went through."),
        ("at least 25' more", "It took 25 minutes more."),
        ("ttl PT45M", "It was kept for three quarters of an hour."),
        ("began 11h50, done 12h44", "It had needed 54 minutes."),
        ("normal run is *95* min", "It usually took 95 minutes."),
        ("`gw-02` to `gw-06` reloaded", "Five gateways were reloaded."),
        ("shipped at 17:20", "It went live at twenty past five Berlin's users noticed."),
        ("lifted at 20:35", "It gave twenty-five to nine as the time."),
        ("6.8% of sessions", "It hit 7% of sessions."),
        ("ratio 2.37", "The ratio was 2.4."),
        ("errors 20%, then 1%", "Errors fell from one in five to one in a hundred."),
        ("the lease is 72h", "The lease ran until Saturday."),
        ("43 devices", "Some forty-odd devices were hit."),
        ("15.40 EUR per call", "They paid 15 euros and 40 cents per call."),
        ("update in 15 pls", "An update was due in a quarter of an hour."),
        ("back in 20", "It was to be back by 14:20 local time."),
        ("shows 1999 instead of 19.99", "It was off by a factor of 100."),
        ("load 64 on 4 cores", "The load was sixteen per core."),
        ("tomorrow 9 UTC", "They picked 09:00 UTC the next morning."),
        ("export 0201 missing", "The export of 1 February was missing."),
        ("tls12 off", "TLS 1.2 was off."),
        ("change of 27.2. is to blame", "The change from Friday was to blame."),
        ("last time was in dec", "It had last happened in December 2025."),
        ("ran at 00:20", "It ran at twenty past midnight."),
        ("down 100s", "It was down for 1 minute 40."),
        ("down 40 min", "It was down for two thirds of an hour."),
        ("ph 6,9", "The value was 6.9."),
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
        ("17 and 23 are fine, 9 more checked", "Nineteen shops in total were fine."),
        ("it went to lb-07..lb-12 at 15h25", "It went to lb-13."),
        ("it went to lb-07..lb-12 at 15h25", "It went there at 15:26."),
        ("ci-x86-09 and -17 are gone", "ci-x86-11 had gone."),
        ("no results since abt 6.15. rest is ok", "No results came since a quarter to six."),
        ("latest start 4:10", "It worked out that twenty past four was the deadline."),
        ("readings of 04:00: 61%", "The readings for 05:00 came to 61 percent."),
        ("a second pickup at 19:00 UTC", "The pickup was at 19:00 local time."),
        ("failures are 502 and rising", "It coincided with the 503s."),
        ("p99 is 11s, we time out at 8", "It took five seconds longer than allowed."),
        ("did that in november? yes, moved in january", "It was moved five months afterwards."),
        ("shipped at 08:58", "It was shipped five minutes before nine."),
        ("logs-2026.03.05 and 06, which?", "The log of 7 March was meant."),
        ("may 4. i'll do those on friday", "Those of 4 May were left for Thursday."),
        ("26.391 went through", "27,391 went through."),
        ("lag 1,250,000", "The lag was 1.25 thousand."),
        ("at least 25' more", "It took 40 minutes more."),
        ("began 11h50, done 12h44", "It had needed 34 minutes."),
        ("shipped at 17:20", "It went live at twenty-five past five."),
        ("6.8% of sessions", "It hit 8% of sessions."),
        ("the lease is 72h", "The lease ran until Friday."),
        ("back in 20", "It was to be back by 14:35 local time."),
        ("shows 1999 instead of 19.99", "It was off by a factor of 70."),
        ("load 64 on 4 cores", "The load was twenty-five per core."),
        ("tomorrow 9 UTC", "They picked 10:00 UTC the next morning."),
        ("export 0201 missing", "The export of 3 February was missing."),
        ("tls12 off", "TLS 1.3 was off."),
        ("change of 27.2. is to blame", "The change from Sunday was to blame."),
        ("last time was in dec", "It had last happened in December 2023."),
        ("ran at 00:20", "It ran at ten past midnight."),
        ("ph 6,9", "The value was 6.7."),
        ("from 10 to 5 workers", "From twenty to five workers ran."),
    ],
)  # fmt: skip
def test_what_fits_no_figure_is_refused(said: str, claim: str) -> None:
    assert problem(claim, said) is not None


@pytest.mark.parametrize(("claim", "holds"), [("about six", True), ("about nine", False)])
def test_a_length_may_leave_out_its_unit(claim: str, holds: bool) -> None:
    said = ["can do it, 5 min", *["still at it"] * 5, "done"]
    told = problem(f"It was offered in five minutes and came in {claim}.", *said)
    assert (told is None) == holds
