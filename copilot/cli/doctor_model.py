"""Checks of the model, where one is named: is it there, can it answer, how has it done."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from copilot.bootstrap import Services
from copilot.cli.findings import Finding, broken, off, ok
from copilot.clock import SystemClock
from copilot.llm.endpoint import Endpoint
from copilot.llm.failures import ADVICE, EndpointError, Failure
from copilot.llm.ladder import Rung
from copilot.llm.requests import Prompt
from copilot.suggestions.models import ModelRun

_DAY = timedelta(hours=24)
_MOST_RUNS = 10_000
_ROOM_TO_THINK = 1_500
"""Tokens; the answer has ten, but some models think aloud before they answer."""
_MANNERS = {
    Rung.STRICT_SCHEMA: "it keeps to the shape that it is asked for",
    Rung.JSON_OBJECT: "it answers in JSON, whose shape is checked afterwards",
    Rung.PLAIN_TEXT: (
        "it can't be held to a shape: its answers are searched for one, and more of them will be "
        "of no use. A model or server that knows JSON schemas does better"
    ),
}
_MEANWHILE = "Until then the built-in engine answers alone."


class _Tried(BaseModel):
    works: bool


def check_model(services: Services, *, is_tried: bool) -> list[Finding]:
    """Listing models costs nothing; `is_tried` asks one question of some hundred tokens."""
    endpoint = services.endpoint
    if endpoint is None:
        return [_without(services)]
    there = _tried(endpoint) if is_tried else _listed(endpoint)
    use = _use(services)
    return [there, use] if use else [there]


def _without(services: Services) -> Finding:
    settings = services.settings
    if settings.llm_base_url or settings.llm_api_key:
        given = "OPENAI_BASE_URL" if settings.llm_base_url else "OPENAI_API_KEY"
        return off(
            "model",
            f"{given} is set and COPILOT_LLM_MODEL is not, so none is asked. Name one, or leave "
            "all the work to the built-in engine.",
        )
    return ok("model", "none is named: the built-in engine does all the work; see docs/models.md")


def _listed(endpoint: Endpoint) -> Finding:
    where = f"{endpoint.model} at {endpoint.host}"
    try:
        models = endpoint.models()
    except EndpointError as error:
        if error.kind in {Failure.MODEL_NOT_FOUND, Failure.NOT_JSON}:
            return off(
                "model",
                f"{where}: the endpoint does not list its models, which proves nothing. "
                "`incident-copilot doctor --try-model` asks it, with about a hundred tokens.",
            )
        return _broken(where, error)
    if endpoint.model not in models and f"{endpoint.model}:latest" not in models:
        return off(
            "model",
            f"{where}: not among the {len(models)} models that the endpoint lists. Check "
            "COPILOT_LLM_MODEL, or see with `incident-copilot doctor --try-model` if it answers.",
        )
    return ok("model", f"{where} is there; `doctor --try-model` sees if it answers")


def _tried(endpoint: Endpoint) -> Finding:
    where = f"{endpoint.model} at {endpoint.host}"
    prompt = Prompt("You are asked whether you work.", "Say that `works` is true.")
    try:
        answered = endpoint.ask(prompt, _Tried, max_output_tokens=_ROOM_TO_THINK)
    except EndpointError as error:
        return _broken(where, error)
    seconds = answered.latency_ms / 1000
    return ok("model", f"{where} answered in {seconds:.1f} s; {_MANNERS[answered.rung]}")


def _broken(where: str, error: EndpointError) -> Finding:
    return broken("model", f"{where}: {error}. {error.advice} {_MEANWHILE}")


def _use(services: Services) -> Finding | None:
    """What became of the calls of the last day; None where there were none."""
    try:
        with services.db.reading() as session:
            runs = session.scalars(
                select(ModelRun)
                .where(
                    ModelRun.prompt_version.is_not(None),
                    ModelRun.started_at > SystemClock().now() - _DAY,
                )
                .order_by(ModelRun.id.desc())
                .limit(_MOST_RUNS)
            ).all()
    except SQLAlchemyError:
        return None  # said by the check of the database
    return _summed_up(runs) if runs else None


def _summed_up(runs: Sequence[ModelRun]) -> Finding:
    answered = [run for run in runs if run.outcome == "ok"]
    # In the order of the alphabet first, which then decides between equals.
    failed = Counter(sorted(run.outcome for run in runs if run.outcome != "ok"))
    tokens = sum(run.input_tokens + run.output_tokens for run in runs)
    words = f"last 24 h: {len(answered)} of {len(runs)} questions answered"
    if answered:
        words += f", half of them within {median(run.latency_ms for run in answered) / 1000:.1f} s"
    words += f"; {tokens:,} tokens"
    if not failed:
        return ok("model use", words)
    kinds = ", ".join(f"{kind.replace('_', ' ')} {times}" for kind, times in failed.most_common())
    words += f"; the built-in engine answered alone {failed.total()} times ({kinds})"
    if len(answered) >= len(runs) / 2:
        return ok("model use", words)
    return off("model use", f"{words}. {_advice(failed)}".rstrip())


def _advice(failed: Counter[str]) -> str:
    """For what failed most often and an operator can mend."""
    for kind, _ in failed.most_common():
        if kind == "over_budget":
            return "Raise the limits COPILOT_LLM_TOKENS_PER_…, see docs/settings.md."
        if kind in set(Failure) - {Failure.BREAKER_OPEN}:
            return ADVICE[Failure(kind)]
    return ""
