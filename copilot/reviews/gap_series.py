"""How writing and checking went on, step by step and week by week. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.reviews.gap_entries import ACTS, AT_WORK_FOR, ClaimStory, Entry, Stories, in_order
from copilot.suggestions.reading_time import minutes_to_check


@dataclass(frozen=True, slots=True)
class Step:
    """How it stood from `at` on."""

    at: datetime
    written_words: int
    """Of claims that stand, or that a person checked."""
    checked_words: int
    debt_minutes: float
    reviewers: int = 1
    """Who acted within the day before; at least 1."""

    @property
    def minutes_each(self) -> float:
        return self.debt_minutes / self.reviewers


def course_of(entries: Iterable[Entry], seconds_per_source: float) -> list[Step]:
    """One step for each instant at which anything changed."""
    stories, steps = Stories(), list[Step]()
    written = waiting = 0
    debt = 0.0
    before: dict[int, tuple[int, int, float]] = {}
    acted_at: dict[str | None, datetime] = {}
    for entry in in_order(entries):
        story = stories.add(entry)
        if entry.kind in ACTS:
            acted_at[entry.person] = entry.at
        if story is None:
            continue
        was, now = before.get(story.claim_id, (0, 0, 0.0)), _share(story, seconds_per_source)
        if was == now:
            continue
        before[story.claim_id] = now
        written, waiting = written + now[0] - was[0], waiting + now[1] - was[1]
        debt = max(0.0, debt + now[2] - was[2]) if waiting else 0.0
        if steps and steps[-1].at == entry.at:
            steps.pop()
        at_work = sum(entry.at - at < AT_WORK_FOR for at in acted_at.values())
        steps.append(Step(entry.at, written, written - waiting, debt, max(1, at_work)))
    return steps


def _share(story: ClaimStory, seconds_per_source: float) -> tuple[int, int, float]:
    """Words that it adds to what is written, to what waits, and minutes to the debt."""
    if story.drafted is None or (story.withdrawn_at is not None and not story.is_checked):
        return 0, 0, 0.0
    if not story.is_waiting:
        return story.words, 0, 0.0
    minutes = minutes_to_check(story.words, story.drafted.sources, seconds_per_source)
    return story.words, story.words, minutes


SECONDS = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0)
"""Where the columns of a histogram of times begin; the last one has no end."""


@dataclass(frozen=True, slots=True)
class Column:
    begins_s: float | None
    """None for those of which the time is not known: nobody saw them opened."""
    ends_s: float | None
    stamped: int
    """Rubber stamps among them."""
    others: int


def histogram(times: Sequence[tuple[float | None, bool]]) -> list[Column]:
    """`times` are seconds, each with whether it was a rubber stamp."""
    ends = [*SECONDS[1:], None]
    unknown = [is_stamp for seconds, is_stamp in times if seconds is None]
    columns = [Column(None, None, sum(unknown), len(unknown) - sum(unknown))]
    for begins, end in zip(SECONDS, ends, strict=True):
        inside = [
            is_stamp
            for seconds, is_stamp in times
            if seconds is not None and begins <= seconds and (end is None or seconds < end)
        ]
        columns.append(Column(begins, end, sum(inside), len(inside) - sum(inside)))
    return columns
