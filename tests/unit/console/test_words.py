import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copilot.console import words
from copilot.suggestions.vocabulary import DismissReason, Outcome, Reason, SuggestionKind

CONSOLE = Path(words.__file__).parent


@pytest.mark.parametrize(
    ("length", "reads"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
    ],
)
def test_durations_have_two_units_at_most(length: timedelta, reads: str) -> None:
    assert words.duration(length) == reads


def test_times_and_days() -> None:
    at = datetime(2026, 3, 4, 14, 3, 5, tzinfo=UTC)
    assert words.clock_time(at) == "14:03:05"
    assert words.day(at) == "Wed 4 Mar 2026"
    assert words.day_and_time(at) == "4 Mar 2026, 14:03"


def test_numbers_agree_with_their_nouns() -> None:
    assert words.count(1, "message") == "1 message"
    assert words.count(1204, "message") == "1,204 messages"
    assert words.count(2, "stretch", "stretches") == "2 stretches"


def test_every_reason_to_stay_quiet_is_explained() -> None:
    for reason in set(Reason) - {Reason.CLEARED}:
        assert words.why_kept(reason, Outcome.HOLD).count(".") >= 2, reason


def test_every_kind_and_every_reason_to_dismiss_has_words() -> None:
    assert set(words.KIND_WORDS) == set(SuggestionKind)
    assert set(words.DISMISS_WORDS) == set(DismissReason)


def test_the_interface_speaks_no_jargon_of_ours() -> None:
    jargon = re.compile(r"\b(?:verdict|gate|fingerprint)\b", re.IGNORECASE)
    for page in (CONSOLE / "templates").glob("*.html"):
        shown = re.sub(r"\{[{%].*?[%}]\}", "", page.read_text("utf-8"), flags=re.DOTALL)
        assert not jargon.search(shown), page.name
    for script in (CONSOLE / "static").glob("*.js"):
        assert not jargon.search(script.read_text("utf-8")), script.name


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=|javascript:|\|\s*safe\b")
    for page in (CONSOLE / "templates").glob("*.html"):
        assert not inline.search(page.read_text("utf-8")), page.name
