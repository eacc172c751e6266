"""From features to a probability: a logistic model whose weights are plain numbers in a file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("proposer_weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    version: str
    keep_above: float
    """Candidates below are not worth a person's reading, not even in the review."""
    of_features: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        score = sum(self.of_features.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def shipped_weights() -> Weights:
    """The weights that `python -m tests.evals.training` wrote."""
    data = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return Weights(data["version"], data["keep_above"], data["weights"])
