"""The model proposer, asking a scripted endpoint over real HTTP.

A script is no model. One script knows the labels: what is then missed never reached the endpoint
or got lost after it, so it shows how good a model could be here at best. The other picks every
message with a cue word: it shows what a poor model costs.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from copilot.bootstrap import WORTH_ASKING_ABOVE
from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.llm.endpoint import Endpoint
from copilot.llm.proposer import ModelProposer
from copilot.local.confidence import Weights
from copilot.migrating import upgrade
from copilot.ports import Proposal, Proposer, Window, WindowMessage
from copilot.suggestions.token_budgets import TokenBudgets, TokenLimits
from tests.evals import training
from tests.evals.corpora import Conversation
from tests.evals.cue_regex import CUE_WORDS
from tests.evals.hearing import Remembering
from tests.evals.sets import original
from tests.fakes.scripted_endpoint import Asked, ScriptedEndpoint, answers_with

Picks = Callable[[Conversation, WindowMessage], bool]

_SHOWN = re.compile(r"\bm(\d+) (?:seen )?(?:p\d+|somebody)\b")
_PLENTY = TokenLimits(10**12, 10**12, 10**12)
_MOST_QUOTED = 200


def knows_labels(conversation: Conversation, message: WindowMessage) -> bool:
    return conversation.messages[message.event_id - 1].label == "follow_up"


def picks_cue_words(_: Conversation, message: WindowMessage) -> bool:
    return CUE_WORDS.search(message.text) is not None


class _Asking:
    """Tells the script which window the question is about, since a prompt has no labels."""

    def __init__(self, script: "_Script", conversation: Conversation, inner: Proposer) -> None:
        self._script = script
        self._conversation = conversation
        self._inner = inner

    @property
    def debounce(self) -> None:
        """Windows come as they are."""

    def propose(self, window: Window) -> Proposal:
        self._script.about = (self._conversation, window)
        return self._inner.propose(window)


class _Script:
    def __init__(self, picks: Picks) -> None:
        self.about: tuple[Conversation, Window] | None = None
        self._picks = picks

    def answer(self, asked: Asked) -> dict[str, Any]:
        if self.about is None:
            return {"items": []}
        conversation, window = self.about
        shown = {int(number) for number in _SHOWN.findall(asked.user)}
        return {
            "items": [
                _item(message)
                for message in window.messages
                if message.is_new and message.number in shown and self._picks(conversation, message)
            ]
        }


def _item(message: WindowMessage) -> dict[str, Any]:
    return {
        "kind": "proposal",
        "title": message.text[:80],
        "owner": None,
        "due": None,
        "is_done": False,
        "certainty": "likely",
        "evidence": [{"message": message.number, "quote": message.text[:_MOST_QUOTED]}],
    }


@contextmanager
def proposers(picks: Picks) -> Iterator[Callable[[Conversation], Proposer]]:
    """A model proposer for each conversation, beside local weights that never saw it."""
    script = _Script(picks)
    blind = training.blind_weights()
    everything = training.shipped()
    with ScriptedEndpoint(answers_with(script.answer)) as endpoint, _database() as db:
        model = Endpoint(base_url=endpoint.url, api_key="k", model="scripted-1")
        budgets = TokenBudgets(db, _PLENTY, ReplayClock(datetime(2026, 1, 1, tzinfo=UTC)))

        def proposer_for(conversation: Conversation) -> Proposer:
            fold = training.folds().get(original(conversation))
            weights = everything if fold is None else blind[fold]
            inner = ModelProposer(
                model,
                Remembering(conversation, weights),
                _route(conversation, weights),
                budgets,
                reads_private=True,
            )
            return _Asking(script, conversation, inner)

        yield proposer_for


def _route(conversation: Conversation, weights: Weights) -> Callable[[Window], set[int]]:
    """As the product's own, without listening twice."""
    faintest = replace(weights, keep_above=0.0, hear_above=WORTH_ASKING_ABOVE)
    heard = Remembering(conversation, faintest)
    return lambda window: {
        quote.number
        for candidate in heard.propose(window).candidates
        for quote in candidate.evidence
    }


@contextmanager
def _database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'budgets.db'}")
        upgrade(engine)
        yield Database(engine, lambda _: None)
        engine.dispose()
