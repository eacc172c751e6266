"""Has a model note what is worth telling, part by part of the conversation."""

from collections.abc import Sequence

from copilot.llm.drafter_answers import NotedClaims, noted_claims
from copilot.llm.drafter_memory import Memory
from copilot.llm.drafter_parts import Part
from copilot.llm.drafter_prompting import PARTS_VERSION, prompt_about_part
from copilot.llm.drafter_sitting import Sitting
from copilot.ports import DraftedClaim


def read_parts(
    sitting: Sitting, memory: Memory, parts: Sequence[Part]
) -> list[Sequence[DraftedClaim]]:
    """What was noted of each, in order, all of it checked; no part is asked about twice."""
    return [_of_part(sitting, memory, part) for part in parts]


def _of_part(sitting: Sitting, memory: Memory, part: Part) -> Sequence[DraftedClaim]:
    if not memory.is_answered(part.key):
        if why := memory.given_up_because(part.key):
            sitting.missed(why)
        else:
            _ask_about(sitting, memory, part)
    return memory.claims_of(part.key, sitting.messages)


def _ask_about(sitting: Sitting, memory: Memory, part: Part) -> None:
    request = sitting.request
    heard = sitting.ask(
        prompt_about_part(request.facts.title, part.messages, sitting.zone),
        NotedClaims,
        PARTS_VERSION,
        part.numbers,
        part=part.key,
    )
    if heard.value is None:
        if heard.was_asked:
            memory.failed(part.key, heard.why or "")
        return
    shown = {message.number: message for message in part.messages}
    noted = noted_claims(heard.value, shown, request.names, sitting.zone)
    memory.keep(part.key, noted.sound, shown)
    heard.note(noted=len(noted.sound), dropped=noted.reasons)
