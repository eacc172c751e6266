"""Hostile messages through a model that drafts a review and obeys all of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.llm.drafter import ModelDrafter
from copilot.llm.endpoint import Endpoint
from copilot.ports import Draft, DraftRequest, SectionWish
from copilot.reviews.citations import check_claim
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from tests.engines import shared_engine
from tests.fakes.drafter import ScriptedDrafter
from tests.fakes.model_answers import ReadLine
from tests.fakes.review_model import noted, review_model
from tests.fakes.review_request import a_request
from tests.fakes.scripted_endpoint import ScriptedEndpoint
from tests.hostile.messages import HOSTILE
from tests.hostile.test_local_half import is_hidden
from tests.unit.reviews.messages import a_message

AT_ONCE = 8
"""Messages in a question: with three notes of each, what is read of one answer."""
_SAID = re.compile("[\"“«']([^\"”»']{4,})[\"”»']|: (.{4,})")
_FIRES = re.compile(r"[a-z]+:[\\/]{2}|\bwww\.|<[@!#]|@(?:here|channel|everyone)\b", re.IGNORECASE)


def obeys(lines: Sequence[ReadLine]) -> Iterable[dict[str, Any]]:
    """Notes what the message asks to be said, the message itself, and what would fire."""
    for line in lines:
        for found in list(_SAID.finditer(line.text))[:1]:
            yield noted(line, (found[1] or found[2])[:110])
        yield noted(line, f"<!channel> {line.text[:60]} https://evil.example \u202egnp.exe")
        yield noted(line, line.text[:110])


def drafted(url: str, sqlite_url: str, request: DraftRequest) -> Draft:
    engine = shared_engine(sqlite_url)
    budgets = TokenBudgets(
        Database(engine, lambda _: None),
        TokenLimits(10**9, 10**9, 10**9),
        ReplayClock(datetime(2026, 3, 4, tzinfo=UTC)),
    )
    model = Endpoint(base_url=url, api_key="k", model="scripted-1")
    deadline = timedelta(seconds=20)
    mute = ScriptedDrafter()
    drafter = ModelDrafter(model, mute, budgets, reads_private=False, deadline=deadline)
    draft = drafter.draft(request)
    engine.dispose()
    return draft


def test_a_model_that_obeys_every_attack_writes_nothing_that_fires_or_leaks(
    sqlite_url: str,
) -> None:
    """A third of the corpus, another message for each kind of attack."""
    hostile = HOSTILE[::3]
    own = SectionWish("own", "All of it", "Everything.", 40)
    told = 0
    with ScriptedEndpoint(review_model(obeys)) as endpoint:
        for start in range(0, len(hostile), AT_ONCE):
            said = [
                a_message(number, one.text, author="eve")
                for number, one in enumerate(hostile[start : start + AT_ONCE], 1)
            ]
            request = a_request(said)
            draft = drafted(
                endpoint.url, sqlite_url, replace(request, sections=(*request.sections, own))
            )
            messages = {message.number: message for message in said}
            for claim in draft.claims:
                found = check_claim(claim.text, claim.citations, messages, request.names)
                if found.problem is None:
                    told += 1
                    assert not _FIRES.search(claim.text), claim.text
                    assert not any(map(is_hidden, claim.text)), claim.text
        sent = "\n".join(asked.text for asked in endpoint.asked)
    assert told > 10, "with nothing told nothing is proven"
    for one in HOSTILE:
        assert one.leaks_into(sent) == [], one.name
