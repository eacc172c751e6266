"""What admins read of each reason is what the product says, on the page and in the manual."""

from pathlib import Path

import pytest

from copilot.console.noise_reasons import ReasonHelp, reason_help
from copilot.console.noise_words import REASON_WORDS
from copilot.console.words import why_kept
from copilot.suggestions.backtest_reading import LOOKS_BACK, MOST_SUGGESTIONS
from copilot.suggestions.noise_policy import PRESETS, Preset
from copilot.suggestions.vocabulary import Outcome, Reason

MANUAL = Path(__file__).parents[3].joinpath("docs", "noise.md").read_text("utf-8")
_TYPOGRAPHY = str.maketrans({"“": "*", "”": "*"})


def bare(text: str) -> str:
    """The page quotes labels, the manual sets them in italics."""
    return text.translate(_TYPOGRAPHY).replace("*", "")


@pytest.mark.parametrize("one", reason_help(), ids=lambda one: one.reason.value)
def test_the_manual_tells_every_reason_in_the_words_people_see(one: ReasonHelp) -> None:
    row = next((line for line in MANUAL.splitlines() if f"| `{one.example}` |" in line), None)
    assert row is not None, one.example
    assert bare(one.means) in bare(row)
    assert bare(one.change) in bare(row)


def test_no_reason_is_left_out() -> None:
    assert [one.reason for one in reason_help()] == list(Reason)
    assert set(REASON_WORDS) == set(Reason)
    kept = set(Reason) - {Reason.CLEARED}
    assert all(why_kept(reason.value, Outcome.SUPPRESS) for reason in kept)


def test_the_manual_has_the_numbers_of_the_presets() -> None:
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells[2:5]]
        for line in MANUAL.splitlines()
        if len(cells := line.split("|")) == 7
    }
    presets = [PRESETS[name] for name in (Preset.QUIET, Preset.BALANCED, Preset.TALKATIVE)]
    assert rows["to post while calm"] == [f"{one.threshold_when_calm:g}" for one in presets]
    assert rows["while busy"] == [f"{one.threshold_when_busy:g}" for one in presets]
    assert rows["for a digest"] == [f"{one.digest_threshold:g}" for one in presets]
    minutes = [f"{one.post_interval.total_seconds() / 60:g} min" for one in presets]
    assert rows["one post in"] == minutes
    assert rows["posts a person"] == [f"{one.posts_per_person} an hour" for one in presets]
    assert rows["checking waits"] == [f"{one.backlog_cap_minutes} min" for one in presets]
    assert rows["items in a post"] == [str(one.most_in_one_post) for one in presets]


def test_the_manual_says_how_much_is_replayed() -> None:
    assert f"newest {MOST_SUGGESTIONS:,} suggestions" in MANUAL
    assert f"last {LOOKS_BACK.days} days" in MANUAL
