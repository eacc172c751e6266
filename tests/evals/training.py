"""Trains the local proposer's weights: `python -m tests.evals.training`.

Plain gradient descent with a fixed order and no randomness: the same data give the same file.
Which statement of a message carries its label, and which reading of a statement counts, is not
labelled; both are chosen by the weights of the round before.
"""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.local.clues import clues_in
from copilot.local.confidence import WEIGHTS_FILE, Weights
from copilot.local.lexicon import content_stems
from copilot.local.people import People
from tests.evals.corpora import (
    Conversation,
    LabelledMessage,
    labelled,
    marked_actions,
    noise,
    written,
)

VERSION = "1"
KEEP_ABOVE = 0.25
ROUNDS = 4
STEPS = 150
L2 = 1.0
WEIGHT_OF = {"labelled": 1.0, "written": 1.0, "noise": 0.3}
WEIGHT_OF_BORDERLINE = 0.5
WEIGHT_OF_MARKER = 0.5
WEIGHT_OF_WEAK_POSITIVE = 0.3
WEIGHT_OF_UNMARKED = 0.05

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Example:
    """A message with its readings, statement by statement."""

    statements: tuple[tuple[Features, ...], ...]
    is_positive: bool
    weight: float


def examples_of(conversation: Conversation) -> list[Example]:
    """Every message with a cue, seen in the window in which it was new."""
    found = []
    for window in conversation.windows():
        people = People(window)
        by_message: dict[int, list[tuple[Features, ...]]] = {}
        stems: dict[int, frozenset[str]] = {}
        for readings in clues_in(window.messages, people):
            message = readings[0].message
            if message.is_new:
                by_message.setdefault(message.event_id, []).append(
                    tuple(r.features for r in readings)
                )
                stems[message.event_id] = content_stems(message.text)
        for number, statements in by_message.items():
            judged = _judged(conversation, number, stems[number])
            if judged:
                found.append(Example(tuple(statements), *judged))
    return found


def _judged(
    conversation: Conversation, number: int, stems: frozenset[str]
) -> tuple[bool, float] | None:
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


def train(examples: Sequence[Example], l2: float = L2) -> dict[str, float]:
    weights: dict[str, float] = {"bias": -1.0}
    for _ in range(ROUNDS):
        points = list(_points(examples, weights))
        weights = _descended(points, weights, l2)
    return weights


def _points(
    examples: Iterable[Example], weights: dict[str, float]
) -> Iterable[tuple[Features, bool, float]]:
    for example in examples:
        best = [max(readings, key=lambda f: _score(f, weights)) for readings in example.statements]
        if example.is_positive:
            yield max(best, key=lambda f: _score(f, weights)), True, example.weight
        else:
            for features in best:
                yield features, False, example.weight


def _score(features: Features, weights: dict[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def _descended(
    points: list[tuple[Features, bool, float]], start: dict[str, float], l2: float
) -> dict[str, float]:
    """Full-batch descent with AdaGrad steps on the regularised log loss."""
    weights = dict(start)
    seen: dict[str, float] = {}
    for _ in range(STEPS):
        slope = {name: l2 * value for name, value in weights.items() if name != "bias"}
        for features, is_positive, weight in points:
            error = weight * (_sigmoid(_score(features, weights)) - is_positive)
            for name, value in features.items():
                slope[name] = slope.get(name, 0.0) + error * value
        for name, value in slope.items():
            seen[name] = seen.get(name, 1e-6) + value * value
            weights[name] = weights.get(name, 0.0) - 0.5 * value / math.sqrt(seen[name])
    return weights


def _sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def training_conversations() -> list[Conversation]:
    return [*written(), *labelled(), *marked_actions(), *noise()]


def as_weights(weights: dict[str, float], keep_above: float = KEEP_ABOVE) -> Weights:
    return Weights(VERSION, keep_above, {k: round(v, 3) for k, v in sorted(weights.items())})


def write(weights: Weights, path: Path = WEIGHTS_FILE) -> None:
    data = {
        "version": weights.version,
        "keep_above": weights.keep_above,
        "weights": dict(weights.of_features),
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    examples = [example for c in training_conversations() for example in examples_of(c)]
    positive = sum(e.is_positive for e in examples)
    print(f"{len(examples)} messages with a cue, {positive} of them follow-ups")  # noqa: T201
    write(as_weights(train(examples)))
    print(f"wrote {WEIGHTS_FILE.name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
