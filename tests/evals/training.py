"""Trains the local proposer's weights: `python -m tests.evals.training`, `--check` to compare.

Newton's method in a fixed order and no randomness: the same data give the same file. Which
statement of a message carries its label, and which reading of a statement counts, is not labelled;
both are chosen by the weights of the round before. Calibration is fitted afterwards on suggestions
of weights that never saw their conversation.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from copilot.local.confidence import WEIGHTS_FILE, Weights, log_odds
from copilot.local.lexicon import content_stems
from tests.evals import corpora
from tests.evals.corpora import Conversation, LabelledMessage, windows_of
from tests.evals.fitting import Point, fitted
from tests.evals.hearing import Remembering, heard
from tests.evals.replaying import replay
from tests.evals.scoring import Run, mixed

VERSION = "2"
HEAR_ABOVE = 0.1
KEEP_ABOVE = 0.1
FOLDS = 4
ROUNDS = 4
L2 = 0.5
WEIGHT_OF = {"labelled": 1.0, "written": 1.0, "noise": 0.3}
WEIGHT_OF_BORDERLINE = 0.5
WEIGHT_OF_MARKER = 0.5
WEIGHT_OF_WEAK_POSITIVE = 0.3
WEIGHT_OF_UNMARKED = 0.05

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Example:
    """A message with its readings, statement by statement."""

    statements: tuple[tuple[Features, ...], ...]
    is_positive: bool
    weight: float


@cache
def conversations() -> tuple[Conversation, ...]:
    """All that weights are trained on, in a fixed order."""
    return (
        *corpora.written(),
        *corpora.labelled(),
        *corpora.marked_actions(),
        *corpora.noise(),
    )


@cache
def examples_of(conversation: Conversation) -> tuple[Example, ...]:
    """Every message with a cue, seen in the window in which it was new."""
    found = []
    readings_of = heard(conversation)
    for window in windows_of(conversation):
        by_message: dict[int, list[tuple[Features, ...]]] = {}
        stems: dict[int, frozenset[str]] = {}
        for readings in readings_of[id(window)]:
            message = readings[0].message
            if message.is_new:
                by_message.setdefault(message.event_id, []).append(
                    tuple(r.features for r in readings)
                )
                stems[message.event_id] = content_stems(message.text)
        for number, statements in by_message.items():
            judged = _judged(conversation, number, stems[number])
            found.append(Example(tuple(statements), *judged))
    return tuple(found)


def _judged(conversation: Conversation, number: int, stems: frozenset[str]) -> tuple[bool, float]:
    labelled_message = conversation.messages[number - 1]
    if conversation.corpus == "marked":
        return _weakly_judged(conversation, labelled_message, number, stems)
    weight = WEIGHT_OF[conversation.corpus]
    if labelled_message.is_borderline:
        weight *= WEIGHT_OF_BORDERLINE
    return labelled_message.label == "follow_up", weight


def _weakly_judged(
    conversation: Conversation, message: LabelledMessage, number: int, stems: frozenset[str]
) -> tuple[bool, float]:
    if message.is_marker:
        return True, WEIGHT_OF_MARKER
    for action in conversation.actions:
        if number in action.window and len(stems & content_stems(action.text)) >= 3:
            return True, WEIGHT_OF_WEAK_POSITIVE
    return False, WEIGHT_OF_UNMARKED


def trained_on(chosen: Iterable[Conversation]) -> Weights:
    """Weights without calibration."""
    examples = [example for c in chosen for example in examples_of(c)]
    weights: dict[str, float] = {"bias": -1.0}
    for _ in range(ROUNDS):
        weights = fitted(list(_points(examples, weights)), L2, weights)
    rounded = {name: round(value, 3) for name, value in sorted(weights.items())}
    return Weights(VERSION, KEEP_ABOVE, rounded, HEAR_ABOVE)


def _points(examples: Iterable[Example], weights: Mapping[str, float]) -> Iterable[Point]:
    def score(features: Features) -> float:
        return sum(weights.get(name, 0.0) * value for name, value in features.items())

    for example in examples:
        best = [max(readings, key=score) for readings in example.statements]
        if example.is_positive:
            yield Point(max(best, key=score), True, example.weight)
        else:
            for features in best:
                yield Point(features, False, example.weight)


@cache
def folds() -> Mapping[Conversation, int]:
    """Which fold a conversation is judged in; each corpus is dealt out evenly."""
    fold_of: dict[Conversation, int] = {}
    for corpus in dict.fromkeys(c.corpus for c in conversations()):
        members = [c for c in conversations() if c.corpus == corpus]
        fold_of |= {c: number % FOLDS for number, c in enumerate(members)}
    return fold_of


@cache
def blind_weights() -> tuple[Weights, ...]:
    """For each fold, weights that never saw its conversations, calibrated without them too."""
    plain = [trained_on(c for c in conversations() if folds()[c] != fold) for fold in range(FOLDS)]
    runs = {c: _run(c, plain[folds()[c]]) for c in conversations() if c.corpus != "marked"}
    return tuple(
        calibrated(weights, [run for c, run in runs.items() if folds()[c] != fold])
        for fold, weights in enumerate(plain)
    )


@cache
def shipped() -> Weights:
    """What is to be shipped: trained on all, calibrated on what blind weights made of each."""
    blind = blind_weights()
    runs = [_run(c, blind[folds()[c]]) for c in conversations() if c.corpus != "marked"]
    return calibrated(trained_on(conversations()), runs)


def _run(conversation: Conversation, weights: Weights) -> Run:
    """Everything heard, none left out and none calibrated."""
    raw = replace(weights, keep_above=0.0, slope=1.0, offset=0.0)
    return conversation, replay(conversation, Remembering(conversation, raw))


def calibrated(weights: Weights, runs: Sequence[Run]) -> Weights:
    """Platt's calibration on a mix in which 2.5 % of the messages are follow-ups.

    It is drawn towards leaving the probabilities alone, so that a handful of suggestions can't
    turn them around.
    """
    points = [
        Point({"bias": 1.0, "odds": log_odds(confidence)}, is_right, weight)
        for confidence, is_right, weight in mixed(
            [run for run in runs if run[0].corpus != "noise"],
            [run for run in runs if run[0].corpus == "noise"],
        )
    ]
    found = fitted(points, 0.0)
    return replace(weights, slope=round(found["odds"], 3), offset=round(found["bias"], 3))


def card() -> dict[str, Any]:
    """Which data the weights come from, so that anybody can see whether theirs are the same."""
    data: dict[str, Any] = {}
    for corpus in dict.fromkeys(c.corpus for c in conversations()):
        members = [c for c in conversations() if c.corpus == corpus]
        digest = hashlib.sha256()
        for conversation in members:
            for m in conversation.messages:
                digest.update(f"{m.message.author_name}\0{m.message.text}\0{m.label}\n".encode())
        data[corpus] = {
            "conversations": len(members),
            "messages": sum(len(c.messages) for c in members),
            "follow_ups": sum(m.label == "follow_up" for c in members for m in c.messages),
            "sha256": digest.hexdigest(),
        }
    return data


def as_text(weights: Weights) -> str:
    return (
        json.dumps(
            {
                "version": weights.version,
                "trained_on": card(),
                "hear_above": weights.hear_above,
                "keep_above": weights.keep_above,
                "calibration": {"slope": weights.slope, "offset": weights.offset},
                "weights": dict(weights.of_features),
            },
            indent=1,
        )
        + "\n"
    )


def main(arguments: Sequence[str] | None = None, path: Path = WEIGHTS_FILE) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.evals.training", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="only say whether the shipped file is what comes out"
    )
    options = parser.parse_args(arguments)
    if not corpora.SHARED_DATA.is_dir():
        print("skipped: the shared data folder is not there")  # noqa: T201
        return 0
    made = as_text(shipped())
    if options.check:
        is_same = made == path.read_text(encoding="utf-8")
        print("the shipped weights " + ("are" if is_same else "are NOT") + " these")  # noqa: T201
        return 0 if is_same else 1
    path.write_text(made, encoding="utf-8")
    examples = [example for c in conversations() for example in examples_of(c)]
    positive = sum(e.is_positive for e in examples)
    print(f"{len(examples)} messages with a cue, {positive} of them follow-ups")  # noqa: T201
    print(f"wrote {path.name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
