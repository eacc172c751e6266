"""Writes the questions that a model is asked about an incident for its review."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from copilot.llm.endpoint import Prompt
from copilot.llm.prompting import message_lines, shown_name, shown_text, system_text
from copilot.llm.spotlighting import new_marker, on_one_line
from copilot.ports import DraftedClaim, SectionWish, WindowMessage
from copilot.timeline.redaction import redact

PARTS_VERSION = "review_parts-1"
SECTION_VERSION = "review_section-1"
_LONGEST_LINE = 300
_SOMEBODY = "somebody"


def prompt_about_part(title: str, messages: Sequence[WindowMessage], zone: tzinfo) -> Prompt:
    lines = [f"incident: {_line(title)}"]
    return _prompt(PARTS_VERSION, lines, messages, zone)


def prompt_for_section(
    wish: SectionWish,
    notes: Sequence[DraftedClaim],
    said: Iterable[str],
    messages: Sequence[WindowMessage],
    zone: tzinfo,
) -> Prompt:
    """`messages`: those the notes rest on, and what was said around them."""
    lines = [f"section: {_line(wish.title)}", f"asks: {_line(wish.asks)}"]
    lines.append(f"at most {wish.most} sentences")
    lines += [f"said already: {_line(text)}" for text in said]
    for number, note in enumerate(notes, 1):
        lines.append(f"n{number} {_rests_on(note)}: {_line(note.text)}")
    return _prompt(SECTION_VERSION, lines, messages, zone)


def prompt_to_judge(
    version: str,
    claims: Sequence[DraftedClaim],
    messages: Sequence[WindowMessage],
    zone: tzinfo,
) -> Prompt:
    """`messages`: those the claims rest on. Quotes stand there too: a log in them is folded."""
    lines = []
    for number, claim in enumerate(claims, 1):
        lines.append(f"c{number} {_rests_on(claim)}: {_line(claim.text)}")
        lines += [f"c{number} quotes m{q.number}: {_line(q.text)}" for q in claim.citations]
    return _prompt(version, lines, messages, zone)


@dataclass(frozen=True, slots=True)
class Shown:
    """Messages as a model is shown them: what stands before each, and its words."""

    people: tuple[str, ...]
    heads: Mapping[int, str]
    texts: Mapping[int, str]

    @classmethod
    def of(cls, messages: Sequence[WindowMessage], zone: tzinfo) -> "Shown":
        """Who speaks is listed once, and stands as a number before what they said."""
        numbers: dict[str, str] = {}
        heads = {}
        times = _times(messages, zone)
        for message in messages:
            name = shown_name(message.author_name) or _SOMEBODY
            listed = f"bot {name}" if message.is_bot else name
            who = numbers.setdefault(listed, f"p{len(numbers) + 1}")
            heads[message.number] = f"m{message.number} {times[message.number]} {who}"
        people = tuple(f"{number} {name}" for name, number in numbers.items())
        return cls(people, heads, {one.number: shown_text(one) for one in messages})

    def lines(self, messages: Sequence[WindowMessage], marker: str) -> list[str]:
        people = [f"{marker} {person}" for person in self.people]
        said = message_lines(messages, self.texts, self.heads, marker)
        return [f"{marker} people", *people, f"{marker} messages", *said]


def _prompt(
    version: str, lines: Sequence[str], messages: Sequence[WindowMessage], zone: tzinfo
) -> Prompt:
    shown = Shown.of(messages, zone)
    marker = new_marker([*lines, *shown.people, *shown.texts.values()])
    first = messages[0].occurred_at.astimezone(zone)
    lines = [f"times: {zone}, from {first:%Y-%m-%d}", *lines]
    text = [f"The marker of this call is {marker}", *(f"{marker} {line}" for line in lines)]
    return Prompt(system_text(version), "\n".join(text + shown.lines(messages, marker)))


def _times(messages: Sequence[WindowMessage], zone: tzinfo) -> dict[int, str]:
    """Of the day; with month and day where the messages are of several."""
    local = {message.number: message.occurred_at.astimezone(zone) for message in messages}
    shape = "%H:%M" if len({at.date() for at in local.values()}) < 2 else "%m-%d %H:%M"
    return {number: at.strftime(shape) for number, at in local.items()}


def _rests_on(claim: DraftedClaim) -> str:
    return " ".join(dict.fromkeys(f"m{quote.number}" for quote in claim.citations))


def _line(text: str) -> str:
    return redact(on_one_line(text))[:_LONGEST_LINE]
