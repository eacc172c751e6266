"""`python -m tests.evals.draft_tokens`: tokens of a draft, beside one call for each message.

A conversation is recorded and drafted as it would be: part by part, then section by section with
what the drafter remembers. The same prompt is then asked once for each message, alone. The scripted
model notes up to twelve messages of each part in their own words, evenly over the sections, and
takes notes over word by word, so that sections are written and answers cost what answers cost.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.intake import take_in
from copilot.llm.drafter import ModelDrafter
from copilot.llm.drafter_answers import NotedClaims
from copilot.llm.drafter_prompting import prompt_about_part
from copilot.llm.drafter_sitting import MOST_OUTPUT_TOKENS
from copilot.llm.endpoint import Endpoint
from copilot.local.drafter import LocalDrafter
from copilot.ports import Draft, DraftRequest
from copilot.reviews.material import Material, read_material
from copilot.reviews.review_policy import SHIPPED
from copilot.reviews.vocabulary import Section
from copilot.suggestions.token_budgets import TokenBudgets
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.slack_messages import to_records
from tests.evals.token_share import (
    DEMO,
    PLENTY,
    TEAM,
    Played,
    declare_played,
    played_from,
    real_exports,
    scratch_database,
)
from tests.fakes.model_answers import ReadLine
from tests.fakes.review_model import noted, review_model
from tests.fakes.scripted_endpoint import ScriptedEndpoint

_SECTIONS = tuple(Section)


@dataclass(frozen=True, slots=True)
class DraftTokens:
    name: str
    messages: int
    calls: int
    tokens: int
    tokens_of_each: int
    """Of one call for each message."""
    most_in_call: int
    """Tokens of the longest question."""
    left_out: Sequence[str]

    @property
    def share(self) -> float:
        return self.tokens / self.tokens_of_each

    def as_line(self) -> str:
        return (
            f"{self.name:28}{self.messages:6} messages {self.calls:4} calls "
            f"{self.tokens:9,} tokens, one call a message {self.tokens_of_each:9,}: "
            f"{self.share:6.1%}; longest question {self.most_in_call:,}, "
            f"did not fit: {'; '.join(self.left_out) or 'nothing'}"
        )


def main() -> int:
    """Prints what a draft of each export costs."""
    for path in [DEMO, *real_exports()]:
        for played in played_from(path):
            sys.stdout.write(measure(played).as_line() + "\n")
    if not real_exports():
        sys.stdout.write("skipped: the shared data folder with real exports is not there\n")
    return 0


def measure(played: Played) -> DraftTokens:
    with ScriptedEndpoint(review_model(_spread)) as endpoint, scratch_database() as db:
        material = _recorded(db, played)
        model = Endpoint(base_url=endpoint.url, api_key="k", model="scripted-1")
        drafts = draft_by_sections(db, model, material)
        calls, tokens = endpoint.calls, endpoint.tokens
        most = max((asked.input_tokens for asked in endpoint.asked), default=0)
        if sum(draft.tokens for draft in drafts) != tokens:
            raise AssertionError("tokens were spent that are not on record")
        _one_by_one(model, material)
        return DraftTokens(
            name=played.name,
            messages=len(material.messages),
            calls=calls,
            tokens=tokens,
            tokens_of_each=endpoint.tokens - tokens,
            most_in_call=most,
            left_out=drafts[-1].left_out,
        )


def draft_by_sections(db: Database, model: Endpoint, material: Material) -> list[Draft]:
    """Each section on its own, given what was said and what the drafter remembers."""
    budgets = TokenBudgets(db, PLENTY, ReplayClock(material.facts.declared_at))
    drafter = ModelDrafter(
        model, LocalDrafter(), budgets, reads_private=False, deadline=timedelta(seconds=30)
    )
    request = DraftRequest(
        facts=material.facts,
        episodes=material.episodes,
        follow_ups=material.follow_ups,
        names=material.names,
        team_id=TEAM,
        incident_id=1,
    )
    drafts: list[Draft] = []
    memory: Mapping[str, Any] = {}
    for wish in SHIPPED:
        said = tuple(claim for draft in drafts for claim in draft.claims)
        drafts.append(drafter.draft(replace(request, sections=(wish,), said=said, memory=memory)))
        memory = json.loads(json.dumps(drafts[-1].memory))
    return drafts


def _recorded(db: Database, played: Played) -> Material:
    incident_id = declare_played(db, played)
    with db.transaction() as session:
        for message in played.messages:
            event = {"type": "message", "channel": played.channel_id, **message}
            records = to_records(TEAM, event, played.channel_id)
            take_in(session, TEAM, records, ts_to_instant(str(message["ts"])))
    with db.reading() as session:
        return read_material(session, incident_id)


def _spread(lines: Sequence[ReadLine]) -> Iterable[dict[str, Any]]:
    telling = [line for line in lines if 4 <= len(line.text.split()) <= 25][:12]
    for number, line in enumerate(telling):
        yield noted(line, section=_SECTIONS[number % len(_SECTIONS)].value)


def _one_by_one(model: Endpoint, material: Material) -> None:
    zone = ZoneInfo(material.facts.time_zone)
    for message in material.messages:
        prompt = prompt_about_part(material.facts.title, [message], zone)
        model.ask(prompt, NotedClaims, max_output_tokens=MOST_OUTPUT_TOKENS)


if __name__ == "__main__":
    sys.exit(main())
