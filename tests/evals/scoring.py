"""Counts what is right and wrong, with the uncertainty that so few examples leave."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from copilot.local.lexicon import content_stems
from copilot.ports import Proposer
from tests.evals.corpora import Conversation, LabelledMessage, MarkedAction
from tests.evals.replaying import Suggested, replay

THRESHOLDS = (0.0, 0.5, 0.75)
BINS = 10
SHARE_OF_FOLLOW_UPS = 0.025


Judged = tuple[float, bool, float]
"""How sure a suggestion was, whether it was right, and for how many it stands."""


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion with its 95 % Wilson interval; None where there is nothing to divide by."""

    right: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Score:
    corpus: str
    threshold: float
    messages: int
    suggestions: int
    precision_strict: Share | None
    precision_lenient: Share | None
    task_recall: Share | None
    false_alarms: Share | None
    """Wrong suggestions per ordinary message."""
    immediate_suggested: int
    calibration_error: float | None
    calibration_floor: float | None = None
    """What calibration error a perfectly calibrated proposer would show on so few suggestions."""
    judged: Sequence[Judged] = ()
    """For the picture of reliability."""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "judged"}


Run = tuple[Conversation, Sequence[Suggested]]


def share(right: int, of: int, z: float = 1.96) -> Share:
    if of == 0:
        return Share(right, of, None, None, None)
    p = right / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Share(right, of, p, max(0.0, middle - half), min(1.0, middle + half))


def runs_of(conversations: Iterable[Conversation], proposer: Proposer) -> list[Run]:
    return [(conversation, replay(conversation, proposer)) for conversation in conversations]


def score_labelled(corpus: str, runs: Sequence[Run], threshold: float) -> Score:
    strict = lenient = immediate = wrong = 0
    tasks: set[str] = set()
    found: set[str] = set()
    pairs: list[Judged] = []
    ordinary = 0
    for conversation, suggested in runs:
        messages = conversation.messages
        tasks |= {m.task_id for m in messages if m.task_id}
        ordinary += sum(m.label != "follow_up" for m in messages)
        for suggestion in suggested:
            if suggestion.confidence < threshold:
                continue
            main = messages[suggestion.main - 1]
            is_right = main.label == "follow_up"
            strict += is_right and not main.is_borderline
            lenient += is_right or main.is_borderline
            immediate += main.label == "immediate_action"
            wrong += not (is_right or main.is_borderline)
            pairs.append((suggestion.confidence, is_right, 1.0))
            found |= _tasks_in(messages, suggestion)
    return Score(
        corpus=corpus,
        threshold=threshold,
        messages=sum(len(c.messages) for c, _ in runs),
        suggestions=len(pairs),
        precision_strict=share(strict, len(pairs)),
        precision_lenient=share(lenient, len(pairs)),
        task_recall=share(len(found), len(tasks)) if tasks else None,
        false_alarms=share(wrong, ordinary),
        immediate_suggested=immediate,
        calibration_error=calibration_error(pairs),
        calibration_floor=calibration_floor(pairs),
        judged=pairs,
    )


def _tasks_in(messages: Sequence[LabelledMessage], suggestion: Suggested) -> set[str]:
    return {t for number in suggestion.evidence if (t := messages[number - 1].task_id)}


def score_marked(corpus: str, runs: Sequence[Run], threshold: float) -> Score:
    """Recall of what people marked. Nobody labelled the rest, so precision is a lower bound."""
    hits = total = touching = count = 0
    for conversation, suggested in runs:
        kept = [s for s in suggested if s.confidence >= threshold]
        count += len(kept)
        touched: set[int] = set()
        for action in conversation.actions:
            matching = [i for i, s in enumerate(kept) if _is_about(s, action, conversation)]
            touched |= set(matching)
            hits += bool(matching)
            total += 1
        touching += len(touched)
    return Score(
        corpus=corpus,
        threshold=threshold,
        messages=sum(len(c.messages) for c, _ in runs),
        suggestions=count,
        precision_strict=share(touching, count),
        precision_lenient=None,
        task_recall=share(hits, total),
        false_alarms=None,
        immediate_suggested=0,
        calibration_error=None,
    )


def _is_about(suggestion: Suggested, action: MarkedAction, conversation: Conversation) -> bool:
    if action.marker in suggestion.evidence:
        return True
    wanted = content_stems(action.text)
    return any(
        number in suggestion.evidence
        and len(wanted & content_stems(conversation.messages[number - 1].message.text)) >= 2
        for number in action.window
    )


def mixed(talk: Sequence[Run], ordinary: Sequence[Run]) -> list[Judged]:
    """Labelled and ordinary chat, weighed so that 2.5 % of all messages are follow-ups.

    That is their share in real incident chat; precision and calibration depend on it.
    """
    follow_ups = sum(m.label == "follow_up" for c, _ in talk for m in c.messages)
    wanted = follow_ups / SHARE_OF_FOLLOW_UPS - sum(len(c.messages) for c, _ in talk)
    of_ordinary = wanted / max(1, sum(len(c.messages) for c, _ in ordinary))
    return [
        (s.confidence, run[0].messages[s.main - 1].label == "follow_up", weight)
        for runs, weight in ((talk, 1.0), (ordinary, of_ordinary))
        for run in runs
        for s in run[1]
    ]


def score_mixed(
    corpus: str, talk: Sequence[Run], ordinary: Sequence[Run], threshold: float
) -> Score:
    judged = [j for j in mixed(talk, ordinary) if j[0] >= threshold]
    right = round(sum(weight for _, is_right, weight in judged if is_right))
    said = round(sum(weight for _, _, weight in judged))
    follow_ups = sum(m.label == "follow_up" for c, _ in talk for m in c.messages)
    return Score(
        corpus=corpus,
        threshold=threshold,
        messages=round(follow_ups / SHARE_OF_FOLLOW_UPS),
        suggestions=said,
        precision_strict=share(right, said),
        precision_lenient=None,
        task_recall=None,
        false_alarms=None,
        immediate_suggested=0,
        calibration_error=calibration_error(judged),
        calibration_floor=calibration_floor(judged),
        judged=judged,
    )


def calibration_error(judged: Sequence[Judged]) -> float | None:
    """Expected calibration error over ten bins of equal width: confidence, right?, weight."""
    if not judged:
        return None
    gaps = [0.0] * BINS
    for confidence, is_right, weight in judged:
        gaps[min(BINS - 1, int(confidence * BINS))] += weight * (confidence - is_right)
    return sum(abs(gap) for gap in gaps) / sum(weight for _, _, weight in judged)


def calibration_floor(judged: Sequence[Judged]) -> float | None:
    """The mean of `calibration_error` if each confidence were exactly the chance of being right.

    The gap of a bin is then nearly normal around zero, and the mean of its size `sd * sqrt(2/pi)`.
    """
    if not judged:
        return None
    variances = [0.0] * BINS
    for confidence, _, weight in judged:
        variances[min(BINS - 1, int(confidence * BINS))] += (
            weight * weight * confidence * (1 - confidence)
        )
    total = sum(weight for _, _, weight in judged)
    return math.sqrt(2 / math.pi) * sum(map(math.sqrt, variances)) / total
