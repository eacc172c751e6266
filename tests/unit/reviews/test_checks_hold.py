"""What holds of the checks by code whatever is said: properties, time, hostile text."""

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import Quote
from copilot.reviews.citations import MAX_WORDS, check_claim
from tests.evals.claims import SEEN, Case, cases_in
from tests.unit.reviews.messages import MESSAGES, NAMES, STARTED_AT, a_message, check, whole

CASES = [case for case in cases_in(SEEN) if case.checked().is_supported]
SAID = sorted({message.text for case in CASES for message in case.messages.values()})
ANY_TEXT = st.text(st.characters(), max_size=400) | st.text(
    st.sampled_from("aA1.,:;-/%@#<>()[]“”\"'?! \u202e\u05d0\u0661\ud800é\n"), max_size=400
)
HOSTILE = [
    "1" * 40_000, "1:" * 20_000, "a-" * 20_000, "not " * 10_000, "“" * 40_000, "Aa " * 13_000,
    "10 min " * 5_700, "in New York " * 3_300, "1 half an hour and " * 2_100, "5 to " * 8_000,
    " " * 40_000, "0-" * 20_000, "x=1" * 13_000, "If we " * 6_600, "lb-1..2 " * 5_000,
    "1 000 " * 6_600, "7 more " * 5_700, "12h30 " * 6_600, "twenty past five " * 2_400,
]  # fmt: skip


@given(st.sampled_from(SAID))
def test_words_taken_from_a_message_carry_themselves(text: str) -> None:
    message = a_message(1, text)
    claim = f"ana: “{text}”"
    problem = check_claim(claim, [Quote(1, text)], {1: message}, NAMES, max_words=60).problem
    assert problem is None or problem.startswith(("the sentence ", "the quote "))


def test_a_message_word_for_word_is_supported() -> None:
    problems = {}
    for text in SAID:
        message = a_message(1, text)
        result = check_claim(text, [Quote(1, text)], {1: message}, NAMES, max_words=60)
        if result.problem and not result.problem.startswith(("the sentence ", "the quote ")):
            problems[text] = result.problem
    assert problems == {}


@given(st.sampled_from(CASES), st.data())
def test_one_more_source_takes_no_fact_away(case: Case, data: st.DataObject) -> None:
    """Numbers, times, names and identifiers stay carried; only the sense is compared anew."""
    number = data.draw(st.sampled_from(sorted(case.messages)))
    more = (*case.citations, Quote(number, case.messages[number].text))
    problem = check_claim(case.text, more, case.messages, case.names, zone=case.zone).problem
    assert problem is None or not any(
        kind in problem for kind in ("is not in its sources", "say nothing of", "nor the time")
    )


@given(st.sampled_from(CASES))
def test_the_same_question_has_the_same_answer(case: Case) -> None:
    backwards = tuple(reversed(case.citations))
    again = check_claim(case.text, case.citations, case.messages, case.names, zone=case.zone)
    turned = check_claim(case.text, backwards, case.messages, case.names, zone=case.zone)
    assert case.checked() == again
    assert turned.is_supported


@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, max_size=3))
def test_no_text_makes_it_fail(claim: str, message: str, names: list[str]) -> None:
    cited = a_message(1, message)
    result = check_claim(claim, [Quote(1, message)], {1: cited}, names, zone=ZoneInfo("Asia/Tokyo"))
    assert result.problem is None or result.problem


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_takes_no_long_time(text: str) -> None:
    started = time.process_time()
    check_claim(text[:1_000], [Quote(1, text)], {1: a_message(1, text)}, NAMES, max_words=40_000)
    problem = check_claim(
        "ana rolled back 4812 at 14:12.",
        [Quote(1, "rolling back 4812")],
        {1: a_message(1, f"rolling back 4812 {text}", at="14:12:40")},
        NAMES,
    ).problem
    check_claim(text, [Quote(1, text)], {1: a_message(1, text)}, NAMES, max_words=40_000)
    assert time.process_time() - started < 5.0  # about 0.5 s on a free machine
    assert problem is None or "“" in problem or "source" in problem


def test_a_clock_is_read_in_the_incidents_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    quotes, messages = [Quote(*whole(1))], {1: MESSAGES[0]}

    def problem(claim: str) -> str | None:
        return check_claim(claim, quotes, messages, NAMES, zone=berlin).problem

    assert problem("ana rolled back 4812 at 15:12.") is None
    assert problem("ana rolled back 4812 at 14:12 UTC.") is None
    assert problem("ana rolled back 4812 at 9:12 a.m. EST.") is None
    assert problem("ana rolled back 4812 at 23:12 in Tokyo.") is None
    assert problem("ana rolled back 4812 at 19:42 +05:30.") is None
    assert problem("ana rolled back 4812 at 15:12 UTC.") is not None
    assert problem("ana rolled back 4812 at 14:12.") is not None


def test_the_day_is_that_of_the_clock_that_is_told() -> None:
    late = a_message(1, "rolling back 4812", at="23:30:00")
    tokyo = ZoneInfo("Asia/Tokyo")

    def problem(claim: str) -> str | None:
        return check_claim(claim, [Quote(1, late.text)], {1: late}, NAMES, zone=tokyo).problem

    assert problem("On 5 March at 08:30 ana rolled back 4812.") is None
    assert problem("On 4 March at 23:30 UTC ana rolled back 4812.") is None
    assert problem("On 4 March at 08:30 ana rolled back 4812.") == "08:30 was not on that day"


@pytest.mark.parametrize(
    ("said", "is_right"),
    [
        ("40 minutes later", True), ("39 minutes later", True), ("within 40 minutes", True),
        ("about 40 minutes later", True), ("50 minutes later", False), ("an hour later", False),
        ("4 minutes later", False), ("40 seconds later", False), ("within half an hour", False),
        ("less than 40 minutes later", True), ("less than 30 minutes later", False),
        ("more than half an hour later", True), ("more than an hour later", False),
        ("two days later", False), ("some forty minutes later", True),
    ],
)  # fmt: skip
def test_a_length_of_time_is_measured_between_sources(said: str, is_right: bool) -> None:
    start = a_message(1, "rolling back 4812", at="14:12:00")
    end = a_message(2, "error rate is back to normal", at="14:51:20")
    assert end.occurred_at - start.occurred_at == timedelta(minutes=39, seconds=20)
    claim = f"After rolling back 4812, the error rate was back to normal {said}."
    result = check(claim, (1, start.text), (2, end.text), messages=[start, end])
    assert result.is_supported is is_right, result.problem


def test_a_wall_of_text_still_carries_what_is_quoted_at_its_end() -> None:
    wall = a_message(1, "log line \n" * 3_000 + "rolling back 4812 on db-3")
    result = check(
        "ana rolled back 4812 on db-3.", (1, "rolling back 4812 on db-3"), messages=[wall]
    )
    assert result.is_supported
    assert len(wall.text) > 30_000
    assert wall.occurred_at > STARTED_AT
    assert MAX_WORDS == 25
