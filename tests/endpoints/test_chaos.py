"""The model proposer against an endpoint that others wrote, with chaos on.

`make endpoints`; not part of `make test`, since it needs node and, once, the network.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from copilot.bootstrap import mentions_work
from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.llm.endpoint import Endpoint
from copilot.llm.failures import Failure
from copilot.llm.proposer import ModelProposer
from copilot.local.proposer import LocalProposer
from copilot.ports import Proposal
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from tests.endpoints.aimock import NoAimockError, aimock, installed
from tests.unit.llm.windows import chat, window

CALLS = 200
WORKERS = 4
DEADLINE = timedelta(seconds=5)
MARGIN_S = 2.0
SAID = "I'll add an alert on replica lag tomorrow"
FOUND = {
    "kind": "commitment",
    "title": "Add an alert on replica lag",
    "owner": None,
    "due": "tomorrow",
    "is_done": False,
    "certainty": "certain",
    "evidence": [{"message": 1, "quote": SAID}],
}
GOOD = json.dumps({"items": [FOUND]})

MIXES = {
    "no chaos": (GOOD, [], set()),
    "malformed, rate limits, disconnects": (
        GOOD,
        [
            "--chaos-malformed", "0.3", "--chaos-ratelimit", "0.2", "--chaos-disconnect", "0.2",
        ],
        {Failure.NOT_JSON, Failure.RATE_LIMITED, Failure.DISCONNECTED},
    ),
    "errors of the server": (GOOD, ["--chaos-drop", "0.5"], {Failure.SERVER_ERROR}),
    "a little of everything": (
        GOOD,
        [
            "--chaos-drop", "0.2", "--chaos-malformed", "0.2", "--chaos-ratelimit", "0.2",
            "--chaos-disconnect", "0.2", "--chaos-latency", "20",
        ],
        {
            Failure.NOT_JSON, Failure.RATE_LIMITED, Failure.DISCONNECTED, Failure.SERVER_ERROR,
        },
    ),
    "an answer that is none": ('{"items": "none"}', [], {Failure.WRONG_SHAPE}),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def there_is_one() -> None:
    try:
        installed()
    except NoAimockError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def db(migrated_sqlite: Path) -> Iterator[Database]:
    engine = open_engine(f"sqlite:///{migrated_sqlite}")
    yield Database(engine, lambda _: None)
    engine.dispose()


def proposer(endpoint: Endpoint, db: Database) -> ModelProposer:
    plenty = TokenLimits(10**9, 10**9, 10**9)
    budgets = TokenBudgets(db, plenty, SystemClock())
    return ModelProposer(endpoint, LocalProposer(), mentions_work, budgets, reads_private=False)


@pytest.mark.parametrize("mix", MIXES)
def test_whatever_it_does_there_is_an_answer_in_time(mix: str, db: Database) -> None:
    content, options, expected = MIXES[mix]
    passed_s = count(0, 10_000)  # every pause is over at once, so that each call is made
    with aimock(content, options) as url:
        endpoint = Endpoint(
            model="gpt-4o", base_url=url, deadline=DEADLINE, monotonic=lambda: float(next(passed_s))
        )
        model = proposer(endpoint, db)
        model.propose(window(chat(SAID)))  # loads the client
        threads = threading.active_count()
        with ThreadPoolExecutor(WORKERS) as pool:
            found = list(pool.map(lambda _: timed(model), range(CALLS)))
        assert threading.active_count() <= threads
    outcomes = Counter(proposal.runs[0].outcome for proposal, _ in found)
    slowest_s = max(took_s for _, took_s in found)
    sys.stdout.write(f"\n{mix}: {dict(outcomes.most_common())}, slowest {slowest_s:.2f} s\n")
    assert slowest_s < DEADLINE.total_seconds() + MARGIN_S
    failed = {Failure(word) for word in outcomes if word != "ok"}
    # Two callers may meet while one of them is the only one that may try.
    assert failed - {Failure.BREAKER_OPEN} == expected
    for proposal, _ in found:
        assert any(SAID in quote.text for one in proposal.candidates for quote in one.evidence)
        assert (proposal.fell_back_because is None) == (proposal.runs[0].outcome == "ok")
    assert endpoint.counted.calls == CALLS + 1
    assert endpoint.counted.answered + sum(endpoint.counted.failures.values()) == CALLS + 1


def test_an_endpoint_that_asks_for_a_pause_is_asked_no_more(db: Database) -> None:
    with aimock(GOOD, ["--chaos-ratelimit", "1"]) as url:
        endpoint = Endpoint(model="gpt-4o", base_url=url, deadline=DEADLINE)
        model = proposer(endpoint, db)
        outcomes = [model.propose(window(chat(SAID))).runs[0].outcome for _ in range(20)]
    assert outcomes[0] == "rate_limited"
    assert outcomes.count("breaker_open") >= 15


def timed(model: ModelProposer) -> tuple[Proposal, float]:
    began_s = time.monotonic()
    return model.propose(window(chat(SAID))), time.monotonic() - began_s
