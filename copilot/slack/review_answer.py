"""What `/incident review` answers: how far the review is, and the way to it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.reviews.draft_requests import Wish
from copilot.slack.answers import Answer, lines_answer, note
from copilot.slack.escaping import safe

_MOST_SECTIONS = 300


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """A review at one moment."""

    sentences: int
    checked: int
    minutes: float
    """Of reading that is left."""
    proposed: int
    """Sentences that wait beside others."""
    source_changed: int
    sections_waiting: Sequence[str]
    waits_for_people: bool
    signed_by: str | None
    amendments: int


def being_drafted_answer(title: str, link: str, wish: Wish) -> Answer:
    more = "Each sentence there leads to the message it came from." if wish is Wish.BEGINS else wish
    return note(f"The review of *{safe(title, 200)}* is being drafted: {_opening(link)}. {more}")


def review_answer(title: str, standing: ReviewStanding, link: str) -> Answer:
    lines = [f"Review of *{safe(title, 200)}*: {_how_far(standing)}"]
    if standing.source_changed:
        lines.append(f"Source changed since: {_count(standing.source_changed, 'sentence')}")
    if standing.sections_waiting:
        waits = "until more is checked" if standing.waits_for_people else "to be written"
        names = safe(", ".join(standing.sections_waiting), _MOST_SECTIONS)
        lines.append(f"Sections that wait {waits}: {names}")
    if standing.signed_by is None:
        lines.append(
            f"Check it: {_opening(link)}. `/incident review again` drafts it anew and keeps what "
            "people checked or wrote."
        )
    else:
        lines.append(f"Read it: {_opening(link)}")
    return lines_answer(lines)


def _opening(link: str) -> str:
    return f"<{link}|open it in the console> (your own link, for 15 minutes)"


def _how_far(standing: ReviewStanding) -> str:
    if standing.signed_by is not None:
        count = standing.amendments
        more = f", {_count(count, 'amendment')} since" if count else ""
        return f"signed by {safe(standing.signed_by, 60)}{more}"
    told = f"{standing.checked} of {_count(standing.sentences, 'sentence')} checked"
    if standing.minutes > 0:
        told += f" · about {math.ceil(standing.minutes)} min of reading left"
    if standing.proposed:
        told += f" · {standing.proposed} proposed beside others"
    return told


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
