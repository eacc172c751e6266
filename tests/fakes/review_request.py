"""What a drafter is given, made of lines of chat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copilot.ports import DraftRequest, EpisodeMessages, IncidentFacts, WindowMessage
from copilot.reviews.episodes import episodes_for_drafter
from copilot.reviews.review_policy import SHIPPED
from tests.unit.reviews.messages import MESSAGES, NAMES, STARTED_AT, a_message

FACTS = IncidentFacts("Checkout errors", None, "resolved", STARTED_AT, None, None)


def a_request(messages: Sequence[WindowMessage] = MESSAGES) -> DraftRequest:
    """One episode of a public channel, all sections wanted."""
    episode = EpisodeMessages(1, messages[0].occurred_at, messages[-1].occurred_at, tuple(messages))
    return DraftRequest(
        facts=FACTS,
        episodes=(episode,),
        sections=SHIPPED,
        names=frozenset(NAMES),
        team_id="T1",
        incident_id=1,
    )


def a_long_request(count: int) -> DraftRequest:
    """Of messages that all say something else, cut into episodes as an incident is."""
    started = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
    said = []
    for number in range(1, count + 1):
        text = f"replica {number} of shard {number % 7} lags by {number} s, restarting pod {number}"
        message = a_message(number, text, author=("ana", "ben", "dana")[number % 3])
        lull = timedelta(hours=number // 60)
        at = started + timedelta(seconds=20 * number) + lull
        said.append(replace(message, occurred_at=at, message_ts=f"{at.timestamp():.6f}"))
    return replace(a_request(said), episodes=episodes_for_drafter(said))
