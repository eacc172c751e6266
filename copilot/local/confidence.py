"""From features to a probability: a logistic model whose weights are plain numbers in a file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("proposer_weights.json")
_FAR = 30.0
"""Beyond, a probability is 0 or 1 to any digit that counts, and `exp` stays in range."""


@dataclass(frozen=True, slots=True)
class Weights:
    version: str
    keep_above: float
    """Candidates below are not worth a person's reading, not even in the review."""
    of_features: Mapping[str, float]
    hear_above: float = 0.0
    """Statements below don't count, not even as a second voice for what another one says."""
    slope: float = 1.0
    """Of Platt's calibration, on the log odds of a candidate."""
    offset: float = 0.0

    def probability(self, features: Mapping[str, float]) -> float:
        """How sure one statement is, before calibration."""
        return logistic(
            sum(self.of_features.get(name, 0.0) * value for name, value in features.items())
        )

    def calibrated(self, confidence: float) -> float:
        """The share of candidates as sure as this that are right, in chat with few follow-ups."""
        return logistic(self.slope * log_odds(confidence) + self.offset)


def logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, score))))


def log_odds(probability: float) -> float:
    if probability <= 0:
        return -_FAR
    if probability >= 1:
        return _FAR
    return max(-_FAR, min(_FAR, math.log(probability / (1 - probability))))


@cache
def shipped_weights() -> Weights:
    """The weights that `python -m tests.evals.training` wrote."""
    data = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    calibration = data.get("calibration", {})
    return Weights(
        data["version"],
        data["keep_above"],
        data["weights"],
        data.get("hear_above", data["keep_above"]),
        calibration.get("slope", 1.0),
        calibration.get("offset", 0.0),
    )
