import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import Quote
from copilot.suggestions.evidence import (
    MAX_QUOTES,
    check,
    find_verbatim,
    tidy_title,
    title_fault,
)
from tests.unit.suggestions.builders import a_candidate, a_window

WINDOW = a_window("we should page on replica lag", "I'll file it today")


def test_a_sound_candidate_passes_whole() -> None:
    candidate = a_candidate(owner_id="U2", due="today")
    checked = check(candidate, WINDOW)
    assert checked.candidate == candidate
    assert checked.dropped == ()


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("page on replica lag", "we should page on replica lag", "page on replica lag"),
        ("page  on\nreplica lag", "page on replica lag", "page on replica lag"),
        ("page on replica", "page on\n   replica lag", "page on\n   replica"),
        ("I'll file it", "I\u2019ll file it", "I\u2019ll file it"),
        ('say "no"', "say \u201cno\u201d loudly", "say \u201cno\u201d"),
        ("pre-prod", "pre\u2011prod only", "pre\u2011prod"),
        ("a.*b", "axxb", None),
        ("a.*b", "a.*b", "a.*b"),
        ("Page on", "page on", None),
        ("", "anything", None),
        ("   ", "anything", None),
        ("longer than the text", "longer", None),
    ],
)
def test_a_quote_is_verbatim_but_for_space_and_typography(
    quote: str, text: str, found: str | None
) -> None:
    assert find_verbatim(quote, text) == found


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_every_piece_of_a_text_is_found_in_it(text: str, start: int, stop: int) -> None:
    piece = text[start:stop]
    found = find_verbatim(piece, text)
    assert (found is None) == (not piece.split())
    assert found is None or found in text


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_found_stands_in_the_text(quote: str, text: str) -> None:
    found = find_verbatim(quote, text)
    assert found is None or (found in text and len(found.split()) == len(quote.split()))


@pytest.mark.parametrize(
    ("quote", "note"),
    [
        (Quote(9, "page on replica lag"), "m9 is not in the window"),
        (Quote(0, "page on replica lag"), "m0 is not in the window"),
        (Quote(1, "page on primary lag"), "quote is not in m1"),
        (Quote(2, "page on replica lag"), "quote is not in m2"),
        (Quote(1, "x" * 1001), "quote of m1 is longer than 1000 characters"),
    ],
)
def test_a_candidate_without_a_true_quote_falls(quote: Quote, note: str) -> None:
    checked = check(a_candidate(evidence=(quote,)), WINDOW)
    assert checked.candidate is None
    assert checked.dropped == (note, "no quote left to rest on")


def test_a_false_quote_falls_alone_where_a_true_one_stands() -> None:
    evidence = (Quote(9, "x"), Quote(1, "replica  lag"), Quote(1, "page"))
    checked = check(a_candidate(evidence=evidence), WINDOW)
    assert checked.candidate is not None
    assert checked.candidate.evidence == (Quote(1, "replica lag"),)
    assert checked.dropped == ("m9 is not in the window",)


def test_no_more_quotes_are_kept_than_anybody_reads() -> None:
    window = a_window(*(["page on replica lag"] * (MAX_QUOTES + 1)))
    evidence = tuple(Quote(n, "replica lag") for n in range(1, MAX_QUOTES + 2))
    checked = check(a_candidate(evidence=evidence), window)
    assert checked.candidate is not None
    assert len(checked.candidate.evidence) == MAX_QUOTES


def test_an_owner_who_is_nobody_here_is_dropped_alone() -> None:
    checked = check(a_candidate(owner_id="U9"), WINDOW)
    assert checked.candidate is not None
    assert checked.candidate.owner_id is None
    assert checked.dropped == ("owner is no person of the workspace",)


@pytest.mark.parametrize("due", ["x" * 101, "see https://evil.example", "<!here>", "a\nb"])
def test_a_due_that_is_no_plain_text_is_dropped_alone(due: str) -> None:
    checked = check(a_candidate(due=due), WINDOW)
    assert checked.candidate is not None
    assert checked.candidate.due is None
    assert checked.dropped == ("due is no plain text",)


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan, math.inf])
def test_a_confidence_that_is_no_probability_fells_the_candidate(confidence: float) -> None:
    checked = check(a_candidate(confidence=confidence), WINDOW)
    assert checked == type(checked)(None, ("confidence is no probability",))


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_certainty_is_a_probability(confidence: float) -> None:
    assert check(a_candidate(confidence=confidence), WINDOW).candidate is not None


def test_an_unknown_kind_fells_the_candidate() -> None:
    assert check(a_candidate(kind="task"), WINDOW).dropped == ("kind is unknown",)


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("", "title is empty"),
        ("  ", "title is empty"),
        ("x" * 121, "title is longer than 120 characters"),
        ("x" * 120, None),
        ("two\nlines", "title has control characters"),
        ("hidden\u202etext", "title has control characters"),
        ("zero\u200bwidth", "title has control characters"),
        ("nul\0", "title has control characters"),
        ("line\u2028separator", "title has control characters"),
        ("see https://evil.example/?q=1", "title has a link"),
        ("see www.evil.example", "title has a link"),
        ("mail ops@example.com", "title has a link"),
        ("<@U1> should do it", "title has a mention"),
        ("tell <!channel>", "title has a mention"),
        ("tell @here", "title has a mention"),
        ("tell @@here", "title has a mention"),
        ("Raise the limit to 30 % (was 20)", None),
        ("Prüfe Größe der Warteschlange", None),
    ],
)
def test_a_title_is_one_plain_line(title: str, fault: str | None) -> None:
    assert title_fault(title) == fault


def test_a_bad_title_fells_the_candidate() -> None:
    assert check(a_candidate(title="tell @everyone"), WINDOW).dropped == ("title has a mention",)


def test_a_named_person_loses_the_sign_that_would_call_them() -> None:
    assert tidy_title(" ask  @dana.b about it") == "ask dana.b about it"
    assert tidy_title("ask @here") == "ask @here"
