"""The parameters of a request, in the manner that the endpoint takes."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from copilot.llm.ladder import Manner, Rung

_MOST_QUOTED = 4_000
"""Characters of an unreadable answer that go back with the request to mend it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    system: str
    """Constant where it can be: endpoints keep what a prompt begins with."""
    user: str


def parameters_of(
    model: str,
    prompt: Prompt,
    answer: type[BaseModel],
    manner: Manner,
    max_output_tokens: int,
    unreadable: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """`unreadable` is an earlier answer and what is wrong with it."""
    parameters: dict[str, Any] = {
        "model": model,
        "messages": _messages(prompt, answer, manner, unreadable),
        manner.length_parameter: max_output_tokens,
    }
    if manner.has_temperature:
        parameters["temperature"] = 0
    if manner.rung is Rung.STRICT_SCHEMA:
        described = {"name": answer.__name__, "strict": True, "schema": strict_schema(answer)}
        parameters["response_format"] = {"type": "json_schema", "json_schema": described}
    elif manner.rung is Rung.JSON_OBJECT:
        parameters["response_format"] = {"type": "json_object"}
    return parameters


@cache
def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """As OpenAI wants it: nothing more than what is named, and all of that."""
    # Comes with the client, which is loaded only where a model is asked.
    from openai import pydantic_function_tool  # noqa: PLC0415

    found: Any = pydantic_function_tool(answer)["function"]["parameters"]
    return dict(found)


def _messages(
    prompt: Prompt,
    answer: type[BaseModel],
    manner: Manner,
    unreadable: tuple[str, str] | None,
) -> list[dict[str, str]]:
    system = prompt.system
    if manner.rung is not Rung.STRICT_SCHEMA:
        schema = json.dumps(strict_schema(answer), ensure_ascii=False)
        system += f"\n\nAnswer with one JSON object and nothing else. Its JSON schema:\n{schema}"
    if manner.has_system:
        messages = [_message("system", system), _message("user", prompt.user)]
    else:
        messages = [_message("user", f"{system}\n\n{prompt.user}")]
    if unreadable is not None:
        content, faults = unreadable
        messages += [
            _message("assistant", content[:_MOST_QUOTED]),
            _message(
                "user", f"That can't be used:\n{faults}\nAnswer again: the JSON object alone."
            ),
        ]
    return messages


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
