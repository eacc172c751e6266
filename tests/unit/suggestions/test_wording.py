from datetime import UTC, datetime

import pytest

from copilot.suggestions.noise_gate import KnownWork, judge
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY
from copilot.suggestions.vocabulary import Breakpoint, DecisionKind, DismissReason, Reason, Tempo
from copilot.suggestions.wording import decided_words, explain, why_shown
from tests.unit.suggestions.builders import NOW, a_channel, proposed


@pytest.mark.parametrize(
    ("channel", "confidence", "words"),
    [
        (a_channel(tempo=Tempo.HECTIC, messages_per_min=14.0), 0.9, "hectic: 14 msg/min ≥ 8"),
        (a_channel(tempo=Tempo.HECTIC, messages_per_min=8.4), 0.9, "hectic: 8.4 msg/min ≥ 8"),
        (a_channel(), 0.41, "below threshold: 0.41 < 0.5 at any time"),
        (a_channel(), 0.4981, "below threshold: 0.498 < 0.5 at any time"),
        (a_channel(tempo=Tempo.BUSY), 0.8, "below threshold: 0.8 < 0.85 while busy"),
        (a_channel(tempo=Tempo.HECTIC), 0.41, "below threshold: 0.41 < 0.5 at any time"),
        (
            a_channel(next_post_at=NOW.replace(hour=14, minute=45)),
            0.9,
            "budget: next at 14:45",
        ),
        (a_channel(known=(KnownWork(3, "Page on replica lag"),)), 0.9, "same as #3"),
        (
            a_channel(known=(KnownWork(None, "Page on replica lag"),)),
            0.9,
            "same as “Page on replica lag”",
        ),
        (
            a_channel(quiet_because="imported"),
            0.9,
            "nothing is posted: the incident is imported",
        ),
        (
            a_channel(quiet_until=NOW.replace(hour=15, minute=10), quiet_by="ana"),
            0.9,
            "quiet until 15:10, asked by ana",
        ),
        (a_channel(), 0.9, "sure enough: 0.9 ≥ 0.75"),
    ],
)
def test_rule_and_number_are_told(channel: object, confidence: float, words: str) -> None:
    verdict = judge(proposed(confidence=confidence), channel, DEFAULT_NOISE_POLICY, NOW)  # type: ignore[arg-type]
    assert explain(verdict.reason, verdict.details) == words


def test_every_reason_has_words() -> None:
    details = {
        **judge(proposed(), a_channel(next_post_at=NOW), DEFAULT_NOISE_POLICY, NOW).details,
        "next_post_at": NOW.isoformat(),
        "failure": "the channel is archived",
        "quiet_because": "resolved",
        "quiet_until": NOW.isoformat(),
        "quiet_hours_until": NOW.isoformat(),
        "crowded_until": NOW.isoformat(),
    }
    assert all(explain(reason, details) for reason in Reason)


def test_a_card_says_why_it_came() -> None:
    calm = judge(proposed(), a_channel(), DEFAULT_NOISE_POLICY, NOW).details
    assert why_shown(0.91, None, Reason.CLEARED, calm) == (
        "91 % sure; 75 % is enough while it is calm"
    )
    hectic = a_channel(tempo=Tempo.HECTIC, messages_per_min=14.0)
    waited = judge(proposed(), hectic, DEFAULT_NOISE_POLICY, NOW).details
    assert why_shown(0.62, Breakpoint.LULL, Reason.HECTIC, waited) == (
        "62 % sure; shown when the channel had gone quiet; had waited (hectic: 14 msg/min ≥ 8)"
    )
    assert why_shown(0.9, Breakpoint.MITIGATED, Reason.CLEARED, calm) == (
        "90 % sure; shown when the incident was mitigated"
    )


def test_a_decision_says_who_and_when() -> None:
    at = datetime(2026, 3, 4, 14, 32, tzinfo=UTC)
    assert decided_words(DecisionKind.ACCEPTED, None, "sam", at) == "accepted by sam 14:32 UTC"
    assert decided_words(DecisionKind.DISMISSED, DismissReason.DONE_ALREADY, "ben", at) == (
        "dismissed by ben 14:32 UTC: done already"
    )
