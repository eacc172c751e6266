"""What other numbers would have done, as the noise form tells it: a table, bars, a sentence."""

from collections.abc import Collection

from copilot.slack.escaping import escape, safe
from copilot.suggestions.backtest import Backtest, IncidentBacktest, Tally
from copilot.suggestions.backtest_words import (
    LEGEND,
    caveat,
    conclusion,
    covered,
    lasting,
    picture,
    scale,
)

_BAR = 20
_MOST_INCIDENTS = 6
_TITLE = 60


def tried_lines(found: Backtest, readable: Collection[str]) -> list[str]:
    """Escaped paragraphs, each short enough for a section. `readable` are channels whose words
    this admin may see.
    """
    if not found.total.suggestions:
        return ["*What it would have done:* nothing was suggested yet, so there is no telling."]
    paragraphs = [
        f"*What it would have done*\n{escape(conclusion(found.total))}",
        f"```{_table(found.total)}```\n{LEGEND}",
    ]
    changed = [each for each in found.incidents if not each.tally.is_same]
    changed.sort(key=lambda each: each.moved, reverse=True)
    if changed and len(found.incidents) > 1:
        paragraphs.append(_incidents(changed, readable))
    paragraphs.append(f"_{escape(covered(found))} {escape(caveat(found.total))}_")
    return paragraphs


def faults_lines(faults: Collection[str]) -> list[str]:
    return [f"*Nothing was tried:* {escape(' '.join(faults))}"]


def _table(total: Tally) -> str:
    was, would_be = total.before, total.after
    rows = [
        ("", "was", "would be"),
        ("posts", was.posts, would_be.posts),
        ("shown at once", was.shown, would_be.shown),
        ("in a digest", was.digested, would_be.digested),
        ("kept for the review", was.held, would_be.held),
        ("accepted when shown", was.wanted_shown, would_be.wanted_shown),
        ("dismissed when shown", was.unwanted_shown, would_be.unwanted_shown),
        ("nobody decided", was.unknown_shown, would_be.unknown_shown),
    ]
    lines = [f"{name:<20}{before:>5}{after:>10}" for name, before, after in rows]
    return "\n".join([*_bars(total), "", *lines])


def _bars(tally: Tally) -> list[str]:
    per_cell = scale(tally, _BAR)
    return [
        f"was       {picture(tally.before, _BAR, per_cell)}",
        f"would be  {picture(tally.after, _BAR, per_cell)}",
    ]


def _incidents(changed: list[IncidentBacktest], readable: Collection[str]) -> str:
    """Those that would differ most; each with what was above what would have been."""
    shown = changed[:_MOST_INCIDENTS]
    lines = ["*Where it would have differed*"]
    lines += [_incident(each, each.channel_id in readable) for each in shown]
    if len(changed) > len(shown):
        lines.append(f"and {len(changed) - len(shown)} more incidents")
    return "\n".join(lines)


def _incident(incident: IncidentBacktest, may_read: bool) -> str:
    tally = incident.tally
    was, would_be = _bars(tally)
    title = safe(incident.title, _TITLE) if may_read else "in a channel that you are not in"
    posts = f"{tally.before.posts} → {tally.after.posts} posts"
    later = ""
    if tally.wanted_later and tally.later_by is not None:
        later = f", {tally.wanted_later} accepted later by {lasting(tally.later_by)}"
    return f"#{incident.incident_id} {title or 'untitled'}: {posts}{later}\n```{was}\n{would_be}```"
