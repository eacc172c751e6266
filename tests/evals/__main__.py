"""`python -m tests.evals`: how good the local proposer is, beside the cue regex."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from copilot.local.confidence import shipped_weights
from copilot.local.proposer import LocalProposer
from copilot.ports import Proposer
from tests.evals import corpora, cue_regex, training
from tests.evals.corpora import Conversation
from tests.evals.scoring import (
    THRESHOLDS,
    Run,
    Score,
    Share,
    runs_of,
    score_labelled,
    score_marked,
    score_mixed,
)

FOLDS = 4
Scores = dict[str, list[Score]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument(
        "--no-cross-validation",
        action="store_true",
        help="skip training on the other conversations; the shipped weights saw these",
    )
    options = parser.parse_args(arguments)
    if not corpora.SHARED_DATA.is_dir():
        print("skipped: the shared data folder is not there")  # noqa: T201
        return 0
    results: dict[str, Scores] = {
        "cue regex": _scores(lambda _: cue_regex.CueRegexProposer()),
        "local proposer": _scores(lambda _: LocalProposer()),
    }
    if not options.no_cross_validation:
        results["local proposer, cross-validated"] = _scores(_cross_validated())
    _show(results, as_json=options.format == "json")
    return 0


def _all_sets() -> dict[str, list[Conversation]]:
    marked = corpora.marked_actions()
    labelled = corpora.labelled()
    return {
        "labelled": labelled,
        "labelled, no markers": [corpora.without_markers(c) for c in labelled],
        "written": corpora.written(),
        "noise": corpora.noise(),
        "marked": marked,
        "marked, no markers": [corpora.without_markers(c) for c in marked],
    }


def _scores(proposer_for: Callable[[Conversation], Proposer]) -> Scores:
    scores: Scores = {}
    runs_by_set: dict[str, list[Run]] = {}
    for name, conversations in _all_sets().items():
        runs = [run for c in conversations for run in runs_of([c], proposer_for(c))]
        runs_by_set[name] = runs
        score = score_marked if name.startswith("marked") else score_labelled
        scores[name] = [score(name, runs, threshold) for threshold in THRESHOLDS]
    scores["mixed to 2.5 %"] = [score_mixed(runs_by_set, threshold) for threshold in THRESHOLDS]
    return scores


def _cross_validated() -> Callable[[Conversation], Proposer]:
    """For each conversation a proposer whose weights never saw it."""
    conversations = training.training_conversations()
    examples = {c.name: training.examples_of(c) for c in conversations}
    fold_of: dict[str, int] = {}
    for corpus in {c.corpus for c in conversations}:
        names = [c.name for c in conversations if c.corpus == corpus]
        fold_of |= {name: number % FOLDS for number, name in enumerate(names)}
    keep_above = shipped_weights().keep_above
    proposers = []
    for fold in range(FOLDS):
        seen = [e for name, found in examples.items() if fold_of[name] != fold for e in found]
        weights = replace(training.as_weights(training.train(seen)), keep_above=keep_above)
        proposers.append(LocalProposer(weights))
    return lambda conversation: proposers[fold_of[conversation.name]]


def _show(results: dict[str, Scores], *, as_json: bool) -> None:
    if as_json:
        data = {
            who: {name: [s.as_json() for s in scores] for name, scores in sets.items()}
            for who, sets in results.items()
        }
        print(json.dumps(data, indent=1))  # noqa: T201
        return
    for who, sets in results.items():
        print(f"\n{who}")  # noqa: T201
        print(  # noqa: T201
            f"  {'set':24}{'from':>5}{'said':>6}  {'precision strict':20}{'lenient':>8}"
            f"  {'task recall':20}{'false/1,000':>20}{'immediate':>11}{'ECE':>7}"
        )
        for name, scores in sets.items():
            for score in scores:
                print(_line(name, score))  # noqa: T201


def _line(name: str, score: Score) -> str:
    lenient = score.precision_lenient
    strict = _share(score.precision_strict)
    error = "–" if score.calibration_error is None else f"{score.calibration_error:.3f}"
    return (
        f"  {name:24}{score.threshold:5.2f}{score.suggestions:6}  {strict:20}"
        f"{'–' if lenient is None or lenient.value is None else format(lenient.value, '.2f'):>8}  "
        f"{_share(score.task_recall):20}{_per_thousand(score.false_alarms):>20}"
        f"{score.immediate_suggested:11}{error:>7}"
    )


def _share(share: Share | None) -> str:
    if share is None or share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value:.2f} [{share.low:.2f}–{share.high:.2f}]"


def _per_thousand(share: Share | None) -> str:
    if share is None or share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value * 1000:.1f} [{share.low * 1000:.1f}–{share.high * 1000:.1f}]"


if __name__ == "__main__":
    sys.exit(main())
