"""Scores as a table for a terminal, or as data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.evals.proposers import Contender
from tests.evals.reliability import bars
from tests.evals.scoring import Score, Share

Scores = Mapping[str, Sequence[Score]]


def as_json(results: Mapping[str, Scores]) -> dict[str, Any]:
    return {
        who: {name: [score.as_json() for score in scores] for name, scores in sets.items()}
        for who, sets in results.items()
    }


def table(engine: Contender, sets: Scores, pictured: Sequence[str]) -> Iterator[str]:
    yield f"\n{engine.name}" + (f" ({engine.note})" if engine.note else "")
    yield (
        f"  {'set':22}{'from':>5}{'said':>6}  {'precision strict':18}{'lenient':>8}"
        f"  {'task recall':18}{'false/1,000':>20}{'immediate':>11}{'ECE (by chance)':>17}"
    )
    for name, scores in sets.items():
        for score in scores:
            yield _line(name, score)
    for name in pictured:
        if name in sets and sets[name][0].calibration_error is not None:
            yield f"  reliability, {name} (# right, | should be)"
            yield from (f"    {line}" for line in bars(sets[name][0].judged))


def _line(name: str, score: Score) -> str:
    lenient = score.precision_lenient
    error = (
        "–"
        if score.calibration_error is None or score.calibration_floor is None
        else f"{score.calibration_error:.3f} ({score.calibration_floor:.3f})"
    )
    return (
        f"  {name:22}{score.threshold:5.2f}{score.suggestions:6}  "
        f"{_share(score.precision_strict):18}"
        f"{'–' if lenient is None or lenient.value is None else format(lenient.value, '.2f'):>8}  "
        f"{_share(score.task_recall):18}{_per_thousand(score.false_alarms):>20}"
        f"{score.immediate_suggested:11}{error:>17}"
    )


def _share(share: Share | None) -> str:
    if share is None or share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value:.2f} [{share.low:.2f}–{share.high:.2f}]"


def _per_thousand(share: Share | None) -> str:
    if share is None or share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value * 1000:.1f} [{share.low * 1000:.1f}–{share.high * 1000:.1f}]"
