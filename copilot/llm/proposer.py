"""Finds follow-up work by asking a model about the stretches of a window that are worth it.

The built-in engine reads every window as well, for three reasons. It answers where the model can't.
What it finds has a calibrated probability, which a model's word has not. And nobody who writes in
a channel can have it overlook something: told to report nothing, an obeying model would. So what
is proposed is what either found. What both found is merged later, as the same work said twice.
"""

import time
from dataclasses import replace
from datetime import timedelta

from copilot.llm.answers import FoundFollowUps, to_candidate
from copilot.llm.asking import Asking, Asks, Question, Said
from copilot.llm.prompting import PROMPT_VERSION, Asked, most_shown, prompt_about
from copilot.llm.routing import Route, Routed, routed
from copilot.ports import Debounce, EngineRun, Proposal, Proposer, Window
from copilot.suggestions.token_budgets import TokenBudgets

ENGINE = "model-1"
"""The second half is raised when what it says must be calibrated anew."""
DEBOUNCE = Debounce(quiet=timedelta(seconds=60), longest=timedelta(minutes=5))
"""People answer each other within half a minute or so; who is asked before that sees the question
without its answer. A minute stays well below the five of silence that release a digest, so that
one finds everything proposed on. In talk without end one call in five minutes is what keeps a
conversation below a tenth of the tokens of one call a message (`make evals`); follow-ups are for
after the incident, and a change of status waits for neither."""
MOST_OUTPUT_TOKENS = 1_500
"""Some twelve items with their quotes; a window rarely holds more than three."""


class ModelProposer:
    """The port `Proposer`: never raises for a model that fails, `local` then answers alone."""

    def __init__(
        self,
        endpoint: Asks,
        local: Proposer,
        route: Route,
        budgets: TokenBudgets,
        *,
        reads_private: bool,
        debounce: Debounce = DEBOUNCE,
    ) -> None:
        self._asking = Asking(endpoint, budgets)
        self._local = local
        self._route = route
        self._reads_private = reads_private
        self._debounce = debounce

    @property
    def debounce(self) -> Debounce:
        return self._debounce

    def propose(self, window: Window) -> Proposal:
        """Both engines' candidates; the built-in one's alone where the model has nothing to read.

        That, and a private channel the model may not read, is no failure and nobody is told.
        """
        began_s = time.perf_counter()
        local = self._local.propose(window)
        local_ms = ms_since(began_s)
        if window.is_private and not self._reads_private:
            return local
        worth = routed(window, self._route(window), most_shown)
        if not worth.messages:
            return local
        asked = prompt_about(worth.messages, window.people)
        said = self._ask(window, worth, asked)
        if said.trouble is not None:
            self._asking.fell_back()
        messages = {message.number: message for message in worth.messages}
        items = said.value.items if said.value else []
        found = [to_candidate(item, asked.people, messages, ENGINE) for item in items]
        numbers = tuple(message.number for message in window.messages)
        theirs = [replace(one, engine=local.engine) for one in local.candidates]
        return Proposal(
            candidates=(*found, *theirs),
            engine=ENGINE if said.trouble is None else local.engine,
            tokens=said.run.input_tokens + said.run.output_tokens,
            runs=(said.run, EngineRun(local.engine, "ok", numbers, latency_ms=local_ms)),
            fell_back_because=said.trouble,
        )

    def _ask(self, window: Window, worth: Routed, asked: Asked) -> Said[FoundFollowUps]:
        question = Question(
            asked.prompt,
            FoundFollowUps,
            MOST_OUTPUT_TOKENS,
            ENGINE,
            PROMPT_VERSION,
            tuple(message.number for message in worth.messages),
            {"left_out": list(worth.left_out)} if worth.left_out else {},
        )
        return self._asking.ask(question, team_id=window.team_id, incident_id=window.incident_id)


def ms_since(began_s: float) -> float:
    """Since a `time.perf_counter()`, for the record."""
    return round((time.perf_counter() - began_s) * 1000, 1)
