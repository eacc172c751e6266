"""What `/incident suggestions` and `/incident held` answer, always to the asker alone."""

from collections.abc import Sequence

from copilot.ports import CardItem
from copilot.slack.answers import Answer, lines_answer, note
from copilot.slack.cards import Block, button, item_blocks
from copilot.slack.escaping import mrkdwn, safe

MORE = "suggestion_more"
PAGE = 5
"""Items at a time: few enough to be read before they are ticked."""
_ROWS_IN_A_SECTION = 5
_MAX_HELD = 40


def suggestions_answer(
    items: Sequence[CardItem],
    *,
    incident_id: int,
    tag: str,
    console_link: str,
    done: str = "",
    start: int = 0,
) -> Answer:
    """A page of what is open, with its buttons. `done` says what the last press came to."""
    lines = [done] if done else []
    if not items:
        lines.append(
            "No follow-ups wait for a decision. `/incident held` lists what was kept back."
        )
        return lines_answer(lines)
    start = start if start < len(items) else 0
    count = len(items)
    lines.append(f"*{count} follow-up{'s' if count > 1 else ''} to decide on*")
    blocks = item_blocks(items[start : start + PAGE], incident_id, tag)
    if count > PAGE:
        blocks += _paging(count, start, incident_id, tag, console_link)
    return lines_answer(lines, blocks)


def held_answer(
    held: Sequence[tuple[str, str]], console_link: str, trouble: str | None = None
) -> Answer:
    """A table: the rule and number that kept it back, and its title. `trouble`: what is amiss."""
    amiss = [safe(trouble, 500)] if trouble else []
    if not held:
        return note("\n".join(["Nothing was kept back in this incident.", *amiss]))
    rows = held[:_MAX_HELD]
    blocks: list[Block] = [
        {
            "type": "section",
            "fields": [
                mrkdwn(cell)
                for title, rule in rows[first : first + _ROWS_IN_A_SECTION]
                for cell in (f"`{_code(rule)}`", safe(title, 150) or "Untitled")
            ],
        }
        for first in range(0, len(rows), _ROWS_IN_A_SECTION)
    ]
    if len(held) > len(rows):
        more = f"and {len(held) - len(rows)} more, <{console_link}|in the console>"
        blocks.append({"type": "context", "elements": [mrkdwn(more)]})
    head = f"*Kept back: {len(held)}* (all of it waits in the review). Times are UTC."
    return lines_answer([head, *amiss], blocks)


def _code(text: str) -> str:
    """A backtick would end the code that it stands in."""
    return safe(text.replace("`", "'"), 150) or "no rule was recorded"


def _paging(count: int, start: int, incident_id: int, tag: str, console_link: str) -> list[Block]:
    end = min(start + PAGE, count)
    blocks: list[Block] = [
        {
            "type": "context",
            "block_id": f"page-{tag}",
            "elements": [
                mrkdwn(f"{start + 1}–{end} of {count} · <{console_link}|all in the console>")
            ],
        }
    ]
    following = end if end < count else 0
    label = f"Next {min(PAGE, count - end)}" if following else "From the beginning"
    blocks.append(
        {
            "type": "actions",
            "block_id": f"more-{tag}",
            "elements": [button(MORE, label, f"{incident_id}:{following}")],
        }
    )
    return blocks
