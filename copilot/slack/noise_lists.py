"""Behind the buttons of the noise form: what was kept back, and who changed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.slack.cards import Block
from copilot.slack.escaping import clip_escaped, mrkdwn, plain, safe
from copilot.slack.noise_form import NoiseForm
from copilot.slack.noise_modal import UNDO
from copilot.slack.times import with_date

_MOST_KEPT = 10
_MOST_CHANGES = 10


@dataclass(frozen=True, slots=True)
class KeptBack:
    title: str
    incident: str
    """Its title."""
    why: str
    """Rule and number."""
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyChange:
    version: int
    at: datetime
    by: str | None
    """By name; None where the copilot changed it by itself."""
    reason: str
    lines: Sequence[str]
    """What it changed; may hold names of channels."""
    can_be_undone: bool


def kept_modal(kept: Sequence[KeptBack], more: int, console_link: str) -> dict[str, Any]:
    """The newest that were kept back; `more` were, too."""
    if not kept:
        return _view("Kept back", [_section("Nothing waits: all that was found was shown.")])
    shown = kept[:_MOST_KEPT]
    more += len(kept) - len(shown)
    blocks: list[Block] = [
        _section(
            f"*{safe(one.title, 200) or 'Untitled'}*\n"
            f"{safe(one.why, 200)}\n{safe(one.incident, 100)} · {with_date(one.at)}"
        )
        for one in shown
    ]
    rest = f"{more} more are <{console_link}|in the console>." if more else ""
    link = rest or f"They are <{console_link}|in the console>, too."
    return _view(
        "Kept back", [*blocks, _context(f"It waits in each incident's suggestions. {link}")]
    )


def changes_modal(
    changes: Sequence[PolicyChange],
    console_link: str,
    said: str = "",
    form: NoiseForm | None = None,
) -> dict[str, Any]:
    """The newest first. `said` is what the last press came to, `form` what it lies on top of."""
    blocks: list[Block] = [_section(f"*{safe(said, 300)}*")] if said else []
    if not changes:
        blocks.append(_section("Nobody changed it yet."))
        return _view("Changes so far", blocks, form)
    blocks += [_change(each) for each in changes[:_MOST_CHANGES]]
    older = len(changes) - _MOST_CHANGES
    if older > 0:
        blocks.append(_context(f"{older} older ones are <{console_link}|in the console>."))
    return _view("Changes so far", blocks, form)


def _change(change: PolicyChange) -> Block:
    by = safe(change.by, 60) if change.by else "the copilot, by itself"
    lines = "\n".join(f"• {safe(line, 200)}" for line in change.lines)
    text = f"{with_date(change.at)}, {by}: “{safe(change.reason, 300)}”\n{lines}"
    block = _section(clip_escaped(text, 2900))
    if change.can_be_undone:
        block["accessory"] = {
            "type": "button",
            "action_id": UNDO,
            "text": plain("Undo", 75),
            "value": str(change.version),
        }
    return block


def _view(title: str, blocks: list[Block], form: NoiseForm | None = None) -> dict[str, Any]:
    return {
        **({"private_metadata": form.to_metadata()} if form else {}),
        "type": "modal",
        "callback_id": "noise_list",
        "title": plain(title, 24),
        "close": plain("Back", 24),
        "blocks": blocks,
    }


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}
