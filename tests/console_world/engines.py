"""What the scripted proposer and drafter make of the invented incident."""

from dataclasses import dataclass

from copilot.ports import (
    Candidate,
    Draft,
    DraftedClaim,
    DraftRequest,
    Quote,
    Window,
)
from copilot.reviews.models import Section


@dataclass(frozen=True, slots=True)
class Idea:
    """What the proposer makes of the message with these words."""

    quote: str
    kind: str
    title: str
    confidence: float
    owner_id: str | None = None
    due: str | None = None


IDEAS = (
    Idea(
        "we should keep the batch size with the image",
        "proposal",
        "Keep the indexer's batch size with the image",
        0.72,
    ),
    Idea(
        "I'll file a ticket for moving indexer settings into the release",
        "commitment",
        "File a ticket for moving indexer settings into the release",
        0.9,
        "U0CHO",
    ),
    Idea(
        "can someone check whether orders went through at old prices?",
        "request",
        "Check whether orders went through at old prices",
        0.46,
    ),
    Idea(
        "I'll add a load test with full batches to the indexer pipeline by Friday",
        "commitment",
        "Add a load test with full batches to the indexer pipeline",
        0.93,
        "U0DAN",
        "by Friday",
    ),
    Idea(
        "can you write to the customers whose item is sold out?",
        "request",
        "Write to the customers whose item is sold out",
        0.88,
        "U0SAM",
        "by tomorrow",
    ),
    Idea(
        "we should alert on consumer group members too",
        "proposal",
        "Alert on missing members of the consumer group",
        0.81,
    ),
    Idea(
        "the alert averages over 20 min",
        "proposal",
        "Shorten the 20 min that the alert averages over",
        0.38,
    ),
    Idea(
        "I'll write that load test with full batches this week",
        "commitment",
        "Write the load test with full batches for the indexer pipeline",
        0.86,
        "U0DAN",
        "this week",
    ),
    Idea(
        "someone should rewrite step 3 of that runbook",
        "proposal",
        "Rewrite step 3 of the indexer lag runbook",
        0.84,
    ),
)


def ideas_in(window: Window) -> list[Candidate]:
    return [
        Candidate(
            kind=idea.kind,
            title=idea.title,
            owner_id=idea.owner_id,
            due=idea.due,
            confidence=idea.confidence,
            evidence=(Quote(message.number, idea.quote),),
        )
        for message in window.messages
        for idea in IDEAS
        if idea.quote in message.text
    ]


_CLAIMS: tuple[tuple[Section, str, tuple[str, ...]], ...] = (
    (
        Section.SUMMARY,
        "The search index in eu-west fell 97 min behind the catalogue.",
        ("index is 11 min behind the catalogue (threshold 5 min), eu-west", "peak, it was 24"),
    ),
    (
        Section.IMPACT,
        "41 orders went through at an old price between 09:12 and 10:06.",
        ("orders: 41 went through at an old price between 09:12 and 10:06",),
    ),
    (
        Section.IMPACT,
        "Support had tickets about sold-out items that still came up.",
        ("support has two tickets about sold-out items that still come up",),
    ),
    (
        Section.KEY_MOMENTS,
        "The batch size went from 500 to 5000.",
        ("batch size went from 500 to 5000",),
    ),
    (
        Section.KEY_MOMENTS,
        "The rollback of the image did not touch the config map, which still said 5000.",
        ("the config map still says 5000. rollback of the image does not touch it",),
    ),
    (Section.KEY_MOMENTS, "The index was caught up, with 0 lag.", ("caught up. 0 lag",)),
    (
        Section.DETECTION,
        "The freshness alert averages over 20 min.",
        ("the alert averages over 20 min",),
    ),
    (
        Section.RESPONSE,
        "cho set the batch size back to 500 by hand and restarted the consumers one by one.",
        ("setting it back to 500 by hand", "applied, restarting the consumers one by one"),
    ),
    (
        Section.CONTRIBUTING_FACTORS,
        "The batch size is in the config map, not in the image.",
        ("but batch size is in the config map, not in the image",),
    ),
    (
        Section.CONTRIBUTING_FACTORS,
        "Staging has 300 products, so batches are never full.",
        ("staging has 300 products, batches are never full",),
    ),
    (
        Section.WAS_HARD,
        "The runbook for indexer lag still says restart everything, in step 3.",
        ("runbook for indexer lag still says restart everything, step 3",),
    ),
    (
        Section.FOLLOW_UPS,
        "dana adds a load test with full batches to the indexer pipeline by Friday.",
        ("I'll add a load test with full batches to the indexer pipeline by Friday",),
    ),
    (
        Section.IMPACT,
        "Customers lost 1200 euros through the outage in Europe.",
        ("orders: 41 went through at an old price between 09:12 and 10:06",),
    ),
)


class WorldDrafter:
    """Writes the sentences above, each beside the words it rests on; the last has no source."""

    def draft(self, request: DraftRequest) -> Draft:
        messages = request.messages
        claims = [
            DraftedClaim(
                section,
                text,
                tuple(
                    Quote(next(m.number for m in messages if quote in m.text), quote)
                    for quote in quotes
                ),
            )
            for section, text, quotes in _CLAIMS
        ]
        return Draft(tuple(claims), engine="world-1")
