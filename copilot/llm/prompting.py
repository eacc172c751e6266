"""Writes the question that a model is asked about a stretch of chat."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from copilot.llm.endpoint import Prompt
from copilot.llm.folding import MOST_CHARACTERS, fold
from copilot.llm.spotlighting import new_marker, on_one_line, visible
from copilot.ports import Person, WindowMessage
from copilot.suggestions.machine_talk import is_machine_talk
from copilot.timeline.redaction import redact

PROMPT_VERSION = "follow_ups-1"
"""Names the file; another text is another version, since recorded runs are compared by it."""

MEANT_FOR_A_PROGRAM = "[left out: meant for a program]"

_PROMPTS = Path(__file__).with_name("prompts")
_LONGEST_NAME = 40
_MOST_PEOPLE = 60
_REACTION = re.compile(r"[\w+-]{1,40}")
_MOST_REACTIONS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    prompt: Prompt
    people: Mapping[str, str]
    """User ids by the p-numbers under which the prompt lists them."""


@cache
def system_text(version: str = PROMPT_VERSION) -> str:
    """The same for every call, and first in it, so that endpoints can keep it."""
    return (_PROMPTS / f"{version}.txt").read_text(encoding="utf-8")


def shown_text(message: WindowMessage) -> str:
    """What a model sees of a message: secrets out, logs folded, one line.

    Words that are plainly meant for a program, and not for the people in the channel, stay out.
    """
    if is_machine_talk(message.text):
        return MEANT_FOR_A_PROGRAM
    # Redacted once more as it is sent: what was split by what nobody sees is whole again by now.
    return on_one_line(fold(redact(visible(message.text))))


def most_shown(message: WindowMessage) -> int:
    """How many characters of it there may be in a prompt; what is folded is fewer."""
    return min(len(message.text), MOST_CHARACTERS)


def prompt_about(messages: Sequence[WindowMessage], people: Sequence[Person]) -> Asked:
    """People are listed if they speak or are named there; numbers stand for their ids."""
    texts = {message.number: shown_text(message) for message in messages}
    listed = _listed(messages, people)
    names = [_name(person) for person in listed]
    marker = new_marker([*texts.values(), *names])
    numbers = {person.user_id: f"p{number}" for number, person in enumerate(listed, 1)}
    lines = [f"{marker} people"]
    lines += [f"{marker} {numbers[p.user_id]} {n}" for p, n in zip(listed, names, strict=True)]
    lines.append(f"{marker} messages")
    lines += message_lines(messages, texts, _heads(messages, numbers), marker)
    return Asked(
        Prompt(system_text(), f"The marker of this call is {marker}\n" + "\n".join(lines)),
        {number: user_id for user_id, number in numbers.items()},
    )


def message_lines(
    messages: Sequence[WindowMessage],
    texts: Mapping[int, str],
    heads: Mapping[int, str],
    marker: str,
) -> list[str]:
    """One for each message, and one for each gap. `heads` by number say which it is and whose."""
    by_ts = {message.message_ts: message.number for message in messages}
    lines: list[str] = []
    last = None
    for message in messages:
        if last is not None and message.number > last + 1:
            lines.append(f"{marker} ...")
        last = message.number
        head = " ".join([heads[last], *_more_of(message, by_ts)])
        lines.append(f"{marker} {head}: {texts[last]}")
    return lines


def _heads(messages: Sequence[WindowMessage], numbers: Mapping[str, str]) -> dict[int, str]:
    heads = {}
    for message in messages:
        seen = "" if message.is_new else "seen "
        who = "bot" if message.is_bot else numbers.get(message.author_id or "", "somebody")
        heads[message.number] = f"m{message.number} {seen}{who}"
    return heads


def _more_of(message: WindowMessage, by_ts: Mapping[str, int]) -> list[str]:
    more = []
    parent = by_ts.get(message.thread_ts or "")
    if parent is not None and parent != message.number:
        more.append(f"reply to m{parent}")
    reactions = [one for one in message.reactions if _REACTION.fullmatch(one)][:_MOST_REACTIONS]
    if reactions:
        more.append(f"[{' '.join(reactions)}]")
    return more


def _listed(messages: Sequence[WindowMessage], people: Sequence[Person]) -> list[Person]:
    """Who speaks first, then who is named, so that those who matter are there."""
    known = {person.user_id: person for person in people}
    found = {
        message.author_id: known[message.author_id]
        for message in messages
        if message.author_id in known and not message.is_bot
    }
    said = " ".join(message.text for message in messages).casefold()
    words = set(re.findall(r"[\w.-]{2,40}", said))
    for person in people:
        if person.user_id not in found and _is_named(person, said, words):
            found[person.user_id] = person
    return list(found.values())[:_MOST_PEOPLE]


def _is_named(person: Person, said: str, words: set[str]) -> bool:
    name = person.name.casefold()
    first = person.real_name.casefold().partition(" ")[0]
    return f"@{name}" in said or name in words or (len(first) > 2 and first in words)


def shown_name(name: str) -> str:
    return redact(on_one_line(name))[:_LONGEST_NAME]


def _name(person: Person) -> str:
    name, real = shown_name(person.name), shown_name(person.real_name)
    return f"{name} ({real})" if real and real.casefold() != name.casefold() else name
