"""The plan of a whole review: made once, kept in mind while its sections are asked for in turn."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.local.drafter_selection import Selection
from copilot.ports import DraftedClaim, DraftRequest, Quote
from copilot.reviews.models import Section

ENGINE = "local-4"
_KEY = "local_plan"


@dataclass(frozen=True, slots=True)
class Planned:
    claim: DraftedClaim
    rank: float
    """How much a reader would miss it, where a section gets too long."""
    place: int
    """Of its first message in the conversation."""

    @property
    def section(self) -> str:
        return self.claim.section


Plan = tuple[Planned, ...]


def plan_of(selection: Selection) -> Plan:
    """Each claim once: what two sections would quote alike goes to the one that took it first.

    But for the impact: how it was noticed may be all there is of whom it hit.
    """
    quoted: set[tuple[Quote, ...]] = set()
    plan = []
    for claim in selection.claims:
        is_impact = claim.section == Section.IMPACT
        if is_impact or claim.citations not in quoted:
            if not is_impact:
                quoted.add(claim.citations)
            place = selection.at[claim.citations[0].number]
            plan.append(Planned(claim, selection.ranks[claim], place))
    return tuple(plan)


def as_memory(digest: str, plan: Plan) -> dict[str, Any]:
    """The plan as JSON, and of what it is the plan."""
    rows = [
        [
            one.claim.section,
            one.claim.text,
            one.rank,
            one.place,
            [[quote.number, quote.text] for quote in one.claim.citations],
        ]
        for one in plan
    ]
    return {_KEY: {"of": digest, "claims": rows}}


def remembered(memory: Mapping[str, Any], digest: str) -> Plan | None:
    """The plan made for an earlier section; None if there is none of exactly this material."""
    kept = memory.get(_KEY)
    if not isinstance(kept, Mapping) or kept.get("of") != digest:
        return None
    try:
        return tuple(
            Planned(
                DraftedClaim(section, text, tuple(Quote(number, said) for number, said in quotes)),
                float(rank),
                int(place),
            )
            for section, text, rank, place, quotes in kept["claims"]
        )
    except (KeyError, TypeError, ValueError):
        return None


def digest_of(request: DraftRequest) -> str:
    """Of all that the plan depends on; texts by their revision."""
    messages = [
        [
            message.number,
            message.event_id,
            message.revision_id,
            message.author_name,
            message.is_key_moment,
            message.is_new,
            len(message.reactions),
        ]
        for message in request.messages
    ]
    facts = [request.facts.title, str(request.facts.time_zone), str(request.facts.mitigated_at)]
    facts.append(str(request.facts.resolved_at))
    follow_ups = [
        [one.title, one.owner_name, one.is_accepted, [[q.number, q.text] for q in one.evidence]]
        for one in request.follow_ups
    ]
    episodes = [episode.number for episode in request.episodes for _ in episode.messages]
    basis = [ENGINE, facts, follow_ups, messages, episodes, sorted(request.names)]
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()
