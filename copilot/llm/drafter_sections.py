"""Has a model write sections from what was noted, with the conversation around it opened again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from copilot.llm.drafter_answers import WrittenSection, written_claims
from copilot.llm.drafter_prompting import SECTION_VERSION, prompt_for_section
from copilot.llm.drafter_sitting import Sitting
from copilot.llm.prompting import most_shown
from copilot.llm.routing import with_context
from copilot.ports import DraftedClaim, SectionWish, WindowMessage
from copilot.reviews.review_policy import SHIPPED

MOST_NOTES = 40
"""Of one question; of more, each part of the conversation gives as many as the others."""
MOST_OPENED = 9_000
"""Characters of the messages that the notes rest on and of those around them."""
MOST_KEPT_APART = 3
"""Sentences of a section that failed a check and are still shown, apart and with the reason."""
_MOST_SAID = 12

_SHIPPED = {wish.key: wish for wish in SHIPPED}


@dataclass(frozen=True, slots=True)
class Written:
    """By the keys of sections."""

    sound: dict[str, Sequence[DraftedClaim]] = field(default_factory=dict)
    failed: dict[str, Sequence[DraftedClaim]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def write_sections(
    sitting: Sitting, parts: Sequence[Sequence[DraftedClaim]], wishes: Sequence[SectionWish]
) -> Written:
    """Notes stand as they are where there is nothing to choose between or to bring together, and
    where the model gives no answer: they passed the same checks.
    """
    written = Written()
    for wish in wishes:
        by_part = _notes_for(wish, parts)
        notes = _spread(by_part, MOST_NOTES)
        total = sum(map(len, by_part))
        if total > len(notes):
            written.left_out.append(
                f"{total - len(notes)} of {total} notes of the model for “{wish.title}”"
            )
        if notes and _needs_writing(wish, by_part):
            _write(sitting, wish, notes, written)
        else:
            written.sound[wish.key] = _as_noted(wish, notes)
    return written


def _notes_for(
    wish: SectionWish, parts: Sequence[Sequence[DraftedClaim]]
) -> list[list[DraftedClaim]]:
    """Those meant for the section; for one that the workspace worded itself, all."""
    mine = [
        [note for note in part if note.section == wish.key or not is_as_shipped(wish)]
        for part in parts
    ]
    return [part for part in mine if part]


def is_as_shipped(wish: SectionWish) -> bool:
    """Not one of the workspace's own, nor one that it wants filled in its own way."""
    shipped = _SHIPPED.get(wish.key)
    return shipped is not None and shipped.asks == wish.asks


def _needs_writing(wish: SectionWish, by_part: Sequence[Sequence[DraftedClaim]]) -> bool:
    too_many = sum(map(len, by_part)) > wish.most
    return too_many or len(by_part) > 1 or not is_as_shipped(wish)


def _spread(by_part: Iterable[Sequence[DraftedClaim]], most: int) -> list[DraftedClaim]:
    """In the order of the conversation; each part's first notes before any part's last."""
    placed = [[(at, n, note) for n, note in enumerate(part)] for at, part in enumerate(by_part)]
    by_turn = [one for turn in zip_longest(*placed) for one in turn if one is not None]
    return [note for _, _, note in sorted(by_turn[:most], key=lambda one: one[:2])]


def _as_noted(wish: SectionWish, notes: Sequence[DraftedClaim]) -> list[DraftedClaim]:
    return [note for note in notes if note.section == wish.key][: wish.most]


def _write(
    sitting: Sitting, wish: SectionWish, notes: Sequence[DraftedClaim], written: Written
) -> None:
    request = sitting.request
    opened = _opened(sitting, notes)
    heard = sitting.ask(
        prompt_for_section(wish, notes, _said_of(sitting, wish, notes), opened, sitting.zone),
        WrittenSection,
        SECTION_VERSION,
        tuple(message.number for message in opened),
        section=wish.key,
    )
    if heard.value is None:
        written.sound[wish.key] = _as_noted(wish, notes)
        return
    quoted = {quote.number for note in notes for quote in note.citations}
    shown = {message.number: message for message in opened}
    shown |= {number: sitting.messages[number] for number in quoted}
    found = written_claims(heard.value, wish.key, notes, shown, request.names, sitting.zone)
    written.sound[wish.key] = found.sound[: wish.most]
    written.failed[wish.key] = [claim for claim, _ in found.failed[:MOST_KEPT_APART]]
    heard.note(written=len(found.sound), dropped=found.reasons)


def _opened(sitting: Sitting, notes: Sequence[DraftedClaim]) -> Sequence[WindowMessage]:
    """What the notes rest on, with what was said around it as far as that fits."""
    numbers = dict.fromkeys(quote.number for note in notes for quote in note.citations)
    cited = [sitting.messages[number] for number in numbers]
    found = with_context(sitting.request.messages, cited, most_shown, MOST_OPENED)
    return found.messages or cited[:1]


def _said_of(sitting: Sitting, wish: SectionWish, notes: Sequence[DraftedClaim]) -> list[str]:
    """What the review says already of the messages that the notes rest on.

    Nothing for a section that the workspace worded itself: it wants it whole, elsewhere or not.
    """
    numbers = {quote.number for note in notes for quote in note.citations}
    if not is_as_shipped(wish):
        return []
    said = [
        claim.text
        for claim in sitting.request.said
        if any(quote.number in numbers for quote in claim.citations)
    ]
    return said[:_MOST_SAID]
