"""A replay in the words and small pictures that people read. Pure."""

from datetime import UTC, timedelta

from copilot.suggestions.backtest import Backtest, Side, Tally

AT_ONCE, IN_A_DIGEST, KEPT_BACK = "█", "▒", "░"
LEGEND = f"{AT_ONCE} at once  {IN_A_DIGEST} in a digest  {KEPT_BACK} kept for the review"

_MINUTE = timedelta(minutes=1)


def picture(side: Side, width: int, per_cell: float) -> str:
    """A bar of at most `width` cells, each of which stands for `per_cell` suggestions.

    What there is at all gets a cell, so that one suggestion never looks like none.
    """
    parts = ((AT_ONCE, side.shown), (IN_A_DIGEST, side.digested), (KEPT_BACK, side.held))
    cells = [_cells(count, per_cell) for _, count in parts]
    while sum(cells) > width:
        cells[cells.index(max(cells))] -= 1
    return "".join(sign * count for (sign, _), count in zip(parts, cells, strict=True))


def scale(tally: Tally, width: int) -> float:
    """How many suggestions a cell stands for, so that the longer bar of the two fits."""
    most = max(_judged(tally.before), _judged(tally.after), 1)
    return max(1.0, most / width)


def conclusion(tally: Tally) -> str:
    """What it comes to, in a sentence or two; the counts of a table are not repeated."""
    if not tally.suggestions:
        return "Nothing was suggested in that time, so there is nothing to compare."
    if tally.is_same:
        return "Nothing would have been different."
    parts = [_posts(tally), _wanted(tally), _unwanted(tally)]
    return " ".join(part for part in parts if part)


def covered(found: Backtest) -> str:
    """How much was looked at, and how much was not."""
    incidents, count = len(found.incidents), found.total.suggestions
    words = (
        f"{count} suggestion{_s(count)} of {incidents} incident{_s(incidents)} since "
        f"{found.since.astimezone(UTC):%-d %b %Y}"
    )
    if found.left_out:
        words += f"; {found.left_out} older one{_s(found.left_out)} left out"
    return f"{words}."


def caveat(tally: Tally) -> str:
    """What the comparison takes for granted, and what nobody can know."""
    open_ = tally.suggestions - tally.decided
    if not tally.decided:
        return "Nobody decided on any of them, so whether they were wanted is not known."
    words = (
        f"People decided on {tally.decided} of them; they are taken to decide the same had it "
        "come at another time."
    )
    if not open_:
        return words
    others = "the other one was" if open_ == 1 else f"the other {open_} were"
    return f"{words} Whether {others} wanted nobody knows."


def lasting(length: timedelta) -> str:
    """E.g. `12 min`, `2 h 5 min`, `under a minute`."""
    minutes = round(length / _MINUTE)
    if minutes < 1:
        return "under a minute"
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _posts(tally: Tally) -> str:
    before, after = tally.before.posts, tally.after.posts
    if before == after:
        return f"As many posts as there were: {after}."
    return f"{after} post{_s(after)} instead of {before}."


def _wanted(tally: Tally) -> str:
    """What happens to what people accepted; silent where they accepted nothing."""
    parts = []
    if tally.wanted_lost:
        parts.append(f"{tally.wanted_lost} would have waited for the review")
    if tally.wanted_later and tally.later_by is not None:
        by = lasting(tally.later_by)
        parts.append(f"{tally.wanted_later} would have come later (median {by})")
    if tally.wanted_sooner and tally.sooner_by is not None:
        by = lasting(tally.sooner_by)
        parts.append(f"{tally.wanted_sooner} sooner (median {by})")
    if tally.wanted_gained:
        parts.append(f"{tally.wanted_gained} more would have been shown")
    if parts:
        return f"Of what people accepted, {_listed(parts)}."
    if tally.before.wanted_shown:
        return "All that people accepted would have come when it did."
    return ""


def _unwanted(tally: Tally) -> str:
    parts = []
    if tally.unwanted_avoided:
        parts.append(
            f"{tally.unwanted_avoided} of {tally.before.unwanted_shown} would not have come"
        )
    if tally.unwanted_gained:
        parts.append(f"{tally.unwanted_gained} more would have come")
    words = f"Of what they dismissed, {_listed(parts)}." if parts else ""
    if tally.unknown_gained:
        count = tally.unknown_gained
        words += (
            f" {count} that {'was' if count == 1 else 'were'} kept back would have been shown; "
            f"whether anybody wants {'it' if count == 1 else 'them'} is not known."
        )
    return words.strip()


def _judged(side: Side) -> int:
    return side.shown + side.digested + side.held


def _cells(count: int, per_cell: float) -> int:
    return max(1, round(count / per_cell)) if count else 0


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
