"""The measuring itself is right, and the proposer is better than a list of cue words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.local.confidence import WEIGHTS_FILE, logistic
from copilot.local.proposer import LocalProposer
from tests.evals import corpora, exports, training
from tests.evals.cue_regex import CueRegexProposer
from tests.evals.fitting import Point, fitted
from tests.evals.reliability import bars, svg
from tests.evals.replaying import replay
from tests.evals.scoring import (
    calibration_error,
    calibration_floor,
    runs_of,
    score_labelled,
    share,
)

needs_shared_data = pytest.mark.skipif(
    not corpora.SHARED_DATA.is_dir(), reason="the shared data folder is not there"
)


def test_a_share_of_nothing_is_unknown_not_zero() -> None:
    assert share(0, 0).value is None


def test_a_share_comes_with_its_wilson_interval() -> None:
    half = share(5, 10)
    assert half.value == 0.5
    assert half.low == pytest.approx(0.2366, abs=1e-3)
    assert half.high == pytest.approx(0.7634, abs=1e-3)


def test_calibration_error_is_how_far_confidence_is_from_being_right() -> None:
    assert calibration_error([]) is None
    assert calibration_error([(0.8, True, 1.0)] * 4 + [(0.8, False, 1.0)]) == pytest.approx(0.0)
    assert calibration_error([(0.9, False, 1.0)]) == pytest.approx(0.9)


def test_a_replay_keeps_each_suggestion_once_however_often_a_window_shows_it() -> None:
    for conversation in corpora.written():
        mains = [suggestion.main for suggestion in replay(conversation, LocalProposer())]
        assert len(mains) == len(set(mains))


def test_it_finds_most_of_the_written_chats_work_and_little_else() -> None:
    score = score_labelled("written", runs_of(corpora.written(), LocalProposer()), 0.0)
    assert score.precision_strict
    assert score.task_recall
    assert (score.precision_strict.value or 0) > 0.7
    assert (score.task_recall.value or 0) > 0.7


@needs_shared_data
def test_it_beats_the_cue_regex_on_labelled_chat() -> None:
    chats = corpora.labelled()
    ours = score_labelled("labelled", runs_of(chats, LocalProposer()), 0.0)
    theirs = score_labelled("labelled", runs_of(chats, CueRegexProposer()), 0.0)
    assert ours.precision_strict
    assert theirs.precision_strict
    assert (ours.precision_strict.low or 0) > (theirs.precision_strict.value or 0)
    assert ours.immediate_suggested <= theirs.immediate_suggested


@needs_shared_data
def test_it_raises_at_most_fifteen_false_alarms_in_a_thousand_ordinary_messages() -> None:
    chats = [replace(c, messages=c.messages[:150]) for c in corpora.noise()]
    score = score_labelled("noise", runs_of(chats, LocalProposer()), 0.0)
    assert score.false_alarms
    assert (score.false_alarms.value or 0) <= 0.015


@needs_shared_data
def test_the_shipped_weights_name_the_very_data_that_is_here() -> None:
    """That they are what this data gives is shown by `python -m tests.evals.training --check`."""
    shipped = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert shipped["trained_on"] == training.card()


@needs_shared_data
def test_no_line_that_is_held_out_is_trained_on() -> None:
    measured = [*corpora.held_out(), *exports.demo(), *exports.kubernetes()]
    trained = {m.message.text for c in training.conversations() for m in c.messages}
    long_ones = {
        m.message.text for c in measured for m in c.messages if len(m.message.text.split()) > 5
    }
    assert not long_ones & trained


def test_written_chat_may_have_bots_threads_reactions_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(
        "# how to\n## a name\n. | [bot] pager | FIRING\nF t | ana | two\\nlines {+1 eyes}\n"
        "F t | ben > | yes\n",
        encoding="utf-8",
    )
    (chat,) = corpora.written(path)
    bot, asked, answer = (m.message for m in chat.messages)
    assert bot.is_bot
    assert (asked.text, asked.reactions) == ("two\nlines", ("+1", "eyes"))
    assert answer.thread_ts == asked.message_ts
    assert chat.messages[1].task_id == "a name/t"


def test_fitting_finds_where_the_loss_is_flat_whatever_it_starts_from() -> None:
    points = [
        Point({"bias": 1.0, "a": 1.0}, True, 1.0),
        Point({"bias": 1.0, "a": 1.0}, True, 1.0),
        Point({"bias": 1.0, "a": 1.0, "b": 0.5}, False, 0.5),
        Point({"bias": 1.0, "b": 1.0}, False, 2.0),
    ]
    found = fitted(points, 1.0)
    assert fitted(points, 1.0, {"a": 2.0, "b": -1.0}) == pytest.approx(found, abs=1e-6)
    for name in ("bias", "a", "b"):
        slope = 0.0 if name == "bias" else found[name]
        for point in points:
            score = sum(found[n] * v for n, v in point.features.items())
            error = logistic(score) - point.is_right
            slope += point.weight * error * point.features.get(name, 0.0)
        assert slope == pytest.approx(0.0, abs=1e-6)


def test_a_perfectly_calibrated_proposer_still_shows_an_error_by_chance() -> None:
    assert calibration_floor([]) is None
    few = calibration_floor([(0.5, True, 1.0)] * 4) or 0.0
    many = calibration_floor([(0.5, True, 1.0)] * 400) or 0.0
    assert few == pytest.approx(0.1995, abs=1e-3)
    assert many == pytest.approx(few / 10)


def test_reliability_is_shown_as_bars_and_as_a_picture() -> None:
    judged = [(0.85, True, 3.0), (0.85, False, 1.0), (0.25, False, 2.0)]
    low, high = bars(judged)
    assert "sure 0.25 right 0.00 of 2" in low
    assert "sure 0.85 right 0.75 of 4" in high
    assert svg({"a <set>": judged}).count("<circle") == 2
    assert "a &lt;set&gt;" in svg({"a <set>": judged})
