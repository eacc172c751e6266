"""What of a long conversation a drafter is given, and in words what is left out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.ports import WindowMessage
from copilot.reviews.episodes import cut_stretches


@dataclass(frozen=True, slots=True)
class Fitting:
    messages: tuple[WindowMessage, ...]
    """In order, numbered anew from 1."""
    left_out: int
    words: tuple[str, ...]
    """What was left out, with numbers; empty where everything fits."""


def what_fits(
    said: Sequence[WindowMessage], limit: int, changes: Sequence[datetime] = ()
) -> Fitting:
    """At most `limit` messages: marked ones first, then those with reactions, then the newest.

    `changes` are the instants at which the incident's status or severity changed; with them
    episodes are numbered as the timeline shows them.
    """
    by_worth = sorted(
        said,
        key=lambda message: (message.is_key_moment, bool(message.reactions), message.number),
    )
    dropped = {message.number for message in by_worth[: max(0, len(said) - limit)]}
    chosen = [message for message in said if message.number not in dropped]
    numbered = (replace(message, number=number) for number, message in enumerate(chosen, 1))
    words = (_in_words(said, dropped, changes),) if dropped else ()
    return Fitting(tuple(numbered), len(dropped), words)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 message`, `2,012 messages`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _in_words(said: Sequence[WindowMessage], dropped: set[int], changes: Sequence[datetime]) -> str:
    missed = [message for message in said if message.number in dropped]
    marked = sum(message.is_key_moment for message in missed)
    reacted = sum(bool(message.reactions) and not message.is_key_moment for message in missed)
    which = "the oldest that nobody marked or reacted to"
    if reacted or marked:
        which = "the oldest, " + " and ".join(
            part
            for part in (
                f"{reacted:,} with reactions" if reacted else "",
                f"{marked:,} marked as key moments" if marked else "",
            )
            if part
        )
    bots = sum(message.is_bot for message in missed)
    by_bots = f", {bots:,} of them by bots" if bots else ""
    return (
        f"{len(missed):,} of {counted(len(said), 'message')} left out: {which}, "
        f"of {_episodes(said, dropped, changes)}{by_bots}"
    )


def _episodes(said: Sequence[WindowMessage], dropped: set[int], changes: Sequence[datetime]) -> str:
    """The runs of their numbers, e.g. one to three and five."""
    numbers = [
        number
        for number, stretch in enumerate(cut_stretches(said, changes), 1)
        if any(message.number in dropped for message in stretch)
    ]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    spoken = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    listed = " and ".join([", ".join(spoken[:-1]), spoken[-1]] if len(spoken) > 1 else spoken)
    return f"episode{'' if len(numbers) == 1 else 's'} {listed}"
