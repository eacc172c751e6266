"""Has a model read each sentence of a review beside its sources, after the checks by code."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from copilot.llm.asking import Asking, Asks, Question
from copilot.llm.drafter_prompting import prompt_to_judge
from copilot.llm.prompting import most_shown
from copilot.ports import (
    DraftedClaim,
    EngineRun,
    Judged,
    Judgement,
    JudgeRequest,
    Support,
    WindowMessage,
)
from copilot.suggestions.evidence import told_title
from copilot.suggestions.machine_talk import is_machine_talk
from copilot.suggestions.token_budgets import TokenBudgets

ENGINE = "model-1"
PROMPT_VERSION = "review_judge-1"
MOST_AT_ONCE = 8
MOST_CHARACTERS = 12_000
"""Of the messages that the sentences of one question rest on; a single one may have more."""
MOST_OUTPUT_TOKENS = 700
LONGEST = timedelta(seconds=90)
"""Of one `judge`. With what a draft takes it stays well below the ten minutes of a lease."""
_LEAST_TIME_S = 1.0
_STRICTEST_FIRST = (Support.NONE, Support.PARTIAL, Support.FULL)
_NO_REASON = {
    Support.PARTIAL: "some of it is not in its sources",
    Support.NONE: "its sources do not say so",
    Support.FULL: "",
}


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    claim: int
    support: Literal["full", "partial", "none"]
    why: str


class Verdicts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    verdicts: list[Verdict]


class ModelJudge:
    """The port `Judge`: what the model does not answer has no judgement, and nothing is raised."""

    def __init__(
        self,
        endpoint: Asks,
        budgets: TokenBudgets,
        *,
        reads_private: bool,
        deadline: timedelta,
        longest: timedelta = LONGEST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline` is for each question, `longest` for all of them."""
        self._asking = Asking(endpoint, budgets)
        self._reads_private = reads_private
        self._deadline = deadline
        self._longest = longest
        self._monotonic = monotonic

    def judge(self, request: JudgeRequest) -> Judged:
        found: dict[int, Judgement] = {}
        runs: list[EngineRun] = []
        ends_at = self._monotonic() + self._longest.total_seconds()
        for batch in [] if self._is_withheld(request) else _batches(request):
            left_s = ends_at - self._monotonic()
            if left_s < _LEAST_TIME_S:
                break
            run, verdicts = self._ask(request, batch, timedelta(seconds=left_s))
            runs.append(run)
            if verdicts is None:
                break  # the next would most likely fail as well, and a sentence may do without
            found |= _judgements(verdicts, batch)
        judgements = tuple(found.get(at) for at in range(len(request.claims)))
        return Judged(judgements, ENGINE, tuple(runs))

    def _is_withheld(self, request: JudgeRequest) -> bool:
        return request.is_private and not self._reads_private

    def _ask(
        self, request: JudgeRequest, batch: Sequence[int], left: timedelta
    ) -> tuple[EngineRun, Verdicts | None]:
        claims = [request.claims[at] for at in batch]
        messages = list(_cited(claims, request.messages).values())
        said = self._asking.ask(
            Question(
                prompt_to_judge(PROMPT_VERSION, claims, messages, ZoneInfo(request.time_zone)),
                Verdicts,
                MOST_OUTPUT_TOKENS,
                ENGINE,
                PROMPT_VERSION,
                tuple(message.number for message in messages),
                {"claims": len(claims)},
            ),
            team_id=request.team_id,
            incident_id=request.incident_id,
            deadline=min(self._deadline, left),
        )
        return said.run, said.value


def _batches(request: JudgeRequest) -> Iterable[Sequence[int]]:
    """Places of claims that go into a question together."""
    batch: list[int] = []
    room = 0
    for at, claim in enumerate(request.claims):
        cited = _cited([claim], request.messages)
        if not cited:
            continue
        needed = sum(map(most_shown, cited.values()))
        if batch and (len(batch) == MOST_AT_ONCE or needed > room):
            yield batch
            batch = []
        room = (room if batch else MOST_CHARACTERS) - needed
        batch.append(at)
    if batch:
        yield batch


def _cited(
    claims: Iterable[DraftedClaim], messages: Mapping[int, WindowMessage]
) -> dict[int, WindowMessage]:
    numbers = {quote.number for claim in claims for quote in claim.citations}
    return {number: messages[number] for number in sorted(numbers) if number in messages}


def _judgements(found: Verdicts, batch: Sequence[int]) -> dict[int, Judgement]:
    """By place; of several words on one sentence the strictest holds."""
    strictest = sorted(
        found.verdicts, key=lambda one: _STRICTEST_FIRST.index(Support(one.support)), reverse=True
    )
    return {
        batch[one.claim - 1]: _judgement(one) for one in strictest if 1 <= one.claim <= len(batch)
    }


def _judgement(verdict: Verdict) -> Judgement:
    """Its reason is a model's words: without links, calls and tricks, and short."""
    support = Support(verdict.support)
    if support is Support.FULL:
        return Judgement(support)
    why = told_title(" ".join(verdict.why.split()))
    return Judgement(support, _NO_REASON[support] if not why or is_machine_talk(why) else why)
