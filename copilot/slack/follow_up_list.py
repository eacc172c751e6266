"""The list of an incident's follow-ups: a private answer with a button for each open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.slack.answers import Answer, lines_answer
from copilot.slack.cards import Block
from copilot.slack.escaping import mrkdwn, plain, safe
from copilot.slack.times import when

DONE = "follow_up_done"
_TITLE_LENGTH = 200
_NAME_LENGTH = 60
_MOST_OPEN = 20
_MOST_DONE = 10


@dataclass(frozen=True, slots=True)
class FollowUpItem:
    """A follow-up as it is shown to people; names instead of ids."""

    id: int
    incident_id: int
    title: str
    owner: str | None
    due: str | None
    done_by: str | None = None
    done_at: datetime | None = None


def list_answer(
    title: str, items: Sequence[FollowUpItem], now: datetime, *, tag: str, said: str = ""
) -> Answer:
    """`said` is what the last command or press came to; `tag` makes block ids new."""
    lines = [said] if said else []
    if not items:
        lines.append(
            f"*{safe(title, 200)}* has no follow-ups yet. `/incident followup add what is to be "
            "done @who by Friday` adds one; so does the reaction :memo: to a message."
        )
        return lines_answer(lines)
    still_open = [item for item in items if item.done_at is None]
    done = [item for item in items if item.done_at is not None]
    count = f"{len(still_open)} open" + (f", {len(done)} done" if done else "")
    lines.append(f"*{safe(title, 200)}* · follow-ups: {count}")
    blocks = [item_block(item, tag) for item in still_open[:_MOST_OPEN]]
    closing = [_done_line(item, now) for item in done[-_MOST_DONE:]]
    if len(still_open) > _MOST_OPEN:
        closing.insert(0, f"{len(still_open) - _MOST_OPEN} more are open; mark some done first.")
    if len(done) > _MOST_DONE:
        closing.append(f"{len(done) - _MOST_DONE} more were done before.")
    # A context block holds ten elements.
    blocks += [{"type": "context", "elements": [mrkdwn(text)]} for text in closing]
    return lines_answer(lines, blocks)


def item_block(item: FollowUpItem, tag: str, about: str = "") -> Block:
    """One open follow-up with its button; `about` says where it is from, escaped."""
    return {
        "type": "section",
        "block_id": f"follow-up-{item.id}-{tag}",
        "text": mrkdwn(f"#{item.id}  *{safe(item.title, _TITLE_LENGTH)}*  {subject(item)}{about}"),
        "accessory": {
            "type": "button",
            "action_id": DONE,
            "text": plain("Done", 75),
            "value": f"{item.incident_id}:{item.id}",
        },
    }


def subject(item: FollowUpItem) -> str:
    """`dana · by Friday`, escaped."""
    parts = [safe(item.owner, _NAME_LENGTH) if item.owner else "unowned"]
    if item.due:
        parts.append(safe(item.due, _NAME_LENGTH))
    return " · ".join(parts)


def _done_line(item: FollowUpItem, now: datetime) -> str:
    who = safe(item.done_by or "someone", _NAME_LENGTH)
    at = f" {when(item.done_at, now)}" if item.done_at else ""
    return f"✓ #{item.id} {safe(item.title, _TITLE_LENGTH)} · done by {who}{at}"
