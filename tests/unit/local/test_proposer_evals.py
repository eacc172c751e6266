"""The measuring itself is right, and the proposer is better than a list of cue words."""

import pytest

from copilot.local.proposer import LocalProposer
from tests.evals import corpora
from tests.evals.cue_regex import CueRegexProposer
from tests.evals.replaying import replay
from tests.evals.scoring import calibration_error, runs_of, score_labelled, share

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
    score = score_labelled("noise", runs_of(corpora.noise()[:2], LocalProposer()), 0.0)
    assert score.false_alarms
    assert (score.false_alarms.value or 0) <= 0.015
