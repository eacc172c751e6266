"""One draft in progress: what was asked, how long there is, and why something is missing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from copilot.llm.asking import OVER_BUDGET, Asking, Question, Said
from copilot.llm.endpoint import Prompt
from copilot.llm.failures import Failure
from copilot.ports import DraftRequest, EngineRun, WindowMessage

ENGINE = "model-1"
"""The second half is raised when another way of drafting makes other sentences."""
MOST_OUTPUT_TOKENS = 2_000
"""Twelve sentences with their quotes, or as many again."""

_LEAST_TIME = timedelta(seconds=1)
"""With less left no question is begun."""
_TOOK_TOO_LONG = "the model took too long for all of it"
_OVER = frozenset({OVER_BUDGET, Failure.BREAKER_OPEN.value})
"""After these no question is asked any more; the breaker knows which other failures to wait for."""

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class Heard(Generic[AnswerT]):
    """An answer, or none; what comes of it is noted on its run."""

    def __init__(self, sitting: "Sitting", said: Said[AnswerT] | None, why: str | None) -> None:
        self.value = said.value if said else None
        self.why = why
        """Why there is no answer, in words."""
        self.was_asked = said is not None and said.run.outcome not in _OVER
        self._sitting = sitting
        self._at = len(sitting.runs) - 1

    def note(self, **details: Any) -> None:
        """Only for one that was answered."""
        run = self._sitting.runs[self._at]
        self._sitting.runs[self._at] = replace(run, details={**run.details, **details})


class Sitting:
    def __init__(
        self,
        asking: Asking,
        request: DraftRequest,
        zone: tzinfo,
        *,
        deadline: timedelta,
        longest: timedelta,
        monotonic: Callable[[], float],
    ) -> None:
        """`deadline` is for each question, `longest` for all of them."""
        self.request = request
        self.zone = zone
        self.messages: Mapping[int, WindowMessage] = {
            message.number: message for message in request.messages
        }
        self.runs: list[EngineRun] = []
        self._asking = asking
        self._deadline = deadline
        self._monotonic = monotonic
        self._ends_at = monotonic() + longest.total_seconds()
        self._over: str | None = None
        self._troubles: list[str] = []
        self._questions = 0

    @property
    def tokens(self) -> int:
        return sum(run.input_tokens + run.output_tokens for run in self.runs)

    @property
    def trouble(self) -> str | None:
        """Why something the model should have done was not done by it, in words for people."""
        if not self._troubles:
            return None
        missing = len(self._troubles)
        if missing >= self._questions:
            return self._troubles[0]
        share = f"{missing} of {self._questions} questions"
        return f"{self._troubles[0]} (for {share}; the rest is the model's)"

    def ask(
        self,
        prompt: Prompt,
        answer: type[AnswerT],
        prompt_version: str,
        numbers: tuple[int, ...],
        **details: Any,
    ) -> Heard[AnswerT]:
        """Nothing is asked any more once time or budget are used up, or nobody answers."""
        self._questions += 1
        left = timedelta(seconds=self._ends_at - self._monotonic())
        if self._over is None and left < _LEAST_TIME:
            self._over = _TOOK_TOO_LONG
        if self._over is not None:
            self._troubles.append(self._over)
            return Heard(self, None, self._over)
        said = self._asking.ask(
            Question(prompt, answer, MOST_OUTPUT_TOKENS, ENGINE, prompt_version, numbers, details),
            team_id=self.request.team_id,
            incident_id=self.request.incident_id,
            deadline=min(self._deadline, left),
        )
        self.runs.append(said.run)
        if said.trouble is not None:
            self._troubles.append(said.trouble)
        if said.run.outcome in _OVER:
            self._over = said.trouble
        return Heard(self, said, said.trouble)

    def missed(self, why: str) -> None:
        """A question that is not asked again, for what came of it before."""
        self._questions += 1
        self._troubles.append(why)
