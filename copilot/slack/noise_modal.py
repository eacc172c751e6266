"""The form in which admins set how much is said, and see what it would have done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from copilot.slack.cards import Block
from copilot.slack.escaping import mrkdwn, plain, safe
from copilot.slack.noise_fields import (
    kinds_input,
    muted_inputs,
    number_inputs,
    preset_input,
    reason_input,
)
from copilot.slack.noise_form import NoiseForm, Scope, ScopeKind
from copilot.slack.noise_words import KIND_LABELS, in_words
from copilot.slack.times import with_date
from copilot.suggestions.noise_policy import LONGEST_REASON, NoisePolicy
from copilot.suggestions.precision import KindPrecision

NOISE_SET = "noise_set"
SCOPE = "noise_scope"
TRY = "noise_try"
HELD = "noise_held"
CHANGES = "noise_changes"
UNDO = "noise_undo"
TITLE = "How much is said"

_MOST_SCOPES = 100
"""Slack's limit for a menu."""


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form tells besides its fields, for one scope."""

    in_force: NoisePolicy
    scopes: Sequence[ScopeChoice]
    """The one that the form is for among them."""
    has_own: bool
    """Something differs here from what holds everywhere."""
    kinds: Mapping[str, KindPrecision] = field(default_factory=dict)
    reason: str | None = None
    """Of the newest change, of whatever scope."""
    set_by: str | None = None
    set_at: datetime | None = None
    version: int | None = None
    """Of the newest change, to be undone; None where there is nothing to undo."""


def noise_modal(
    sheet: Sheet,
    shown: NoisePolicy,
    form: NoiseForm,
    reason: str = "",
    tried: Sequence[str] = (),
    said: str = "",
) -> dict[str, Any]:
    """`shown` fills the fields: what is in force, or what was chosen or typed.

    `tried` is what the numbers would have done, `said` what the last press came to; both are
    escaped already.
    """
    return {
        "type": "modal",
        "callback_id": NOISE_SET,
        "private_metadata": form.to_metadata(),
        "title": plain(TITLE, 24),
        "submit": plain("Save", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            *([_section(said)] if said.strip() else []),
            _scope(sheet, form),
            *_in_force(sheet, form),
            preset_input(shown, form),
            *number_inputs(shown, form),
            kinds_input(shown, form),
            *muted_inputs(sheet.in_force.muted, shown, form),
            *_records(sheet.kinds),
            {"type": "divider"},
            {
                "type": "actions",
                "block_id": "noise-more",
                "elements": [
                    _button(TRY, "See what it would have done"),
                    _button(HELD, "What was kept back"),
                    _button(CHANGES, "Changes so far"),
                ],
            },
            *(_section(text) for text in tried if text.strip()),
            reason_input(reason, form),
        ],
    }


def saved_modal(
    policy: NoisePolicy, version: int, scope: Scope, console_link: str
) -> dict[str, Any]:
    """In place of the form, once it is saved."""
    words = f"*Saved{_where(scope)}.* It holds for what is found from now on.\n"
    words += _capital(in_words(policy))
    return _closing(
        [
            {**_section(words), "accessory": _button(UNDO, "Undo this change", str(version))},
            _context(f"Who changed what, and why, is kept <{console_link}|in the console>, too."),
        ]
    )


def undone_modal(policy: NoisePolicy) -> dict[str, Any]:
    """In place of what was saved, once it is undone."""
    words = f"*Undone.* What held before holds again.\n{_capital(in_words(policy))}"
    return _closing([_section(words)])


def not_undone_modal(why: str) -> dict[str, Any]:
    return _closing([_section(safe(why, 600) or "Nothing was undone.")])


def _closing(blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "noise_saved",
        "title": plain(TITLE, 24),
        "close": plain("Close", 24),
        "blocks": blocks,
    }


def _scope(sheet: Sheet, form: NoiseForm) -> Block:
    options = [
        {"text": plain(choice.label, 75), "value": choice.value}
        for choice in {each.value: each for each in sheet.scopes}.values()
    ][:_MOST_SCOPES]
    chosen = [option for option in options if option["value"] == form.scope.value]
    block: Block = {**_section("*These numbers are for*"), "block_id": form.block("scope")}
    if not options:
        return block
    initial = {"initial_option": chosen[0]} if chosen else {}
    menu = {"type": "static_select", "action_id": SCOPE, "options": options, **initial}
    return {**block, "accessory": menu}


def _in_force(sheet: Sheet, form: NoiseForm) -> list[Block]:
    head = f"*In force:* {in_words(sheet.in_force)}"
    if form.scope.kind and not sheet.has_own:
        head += "\nThat is what holds everywhere; nothing differs here yet."
    if sheet.set_at is None:
        return [_section(f"{head}\nThat is how it comes; nobody changed it yet.")]
    by = safe(sheet.set_by or "someone", 60)
    why = safe(sheet.reason or "", LONGEST_REASON)
    changed = f"Last changed {with_date(sheet.set_at)}, set by {by}: “{why}”"
    last = _section(changed)
    if sheet.version is not None:
        last["accessory"] = _button(UNDO, "Undo this change", str(sheet.version))
    return [_section(head), last]


def _records(kinds: Mapping[str, KindPrecision]) -> list[Block]:
    """How much of each kind was wanted; what nobody decided on says nothing."""
    lines = [
        f"{label}: {_share(kinds[kind])}"
        for kind, (label, _) in KIND_LABELS.items()
        if kind in kinds and kinds[kind].decided
    ]
    if not lines:
        return [_context("Nobody decided on any lately, so how much was wanted is not known.")]
    head = "*How much of what was shown was wanted*, and where the true share may lie"
    return [_section("\n".join([head, *lines]))]


def _share(kind: KindPrecision) -> str:
    counts = f"{kind.wanted} of {kind.decided}"
    if kind.low is None or kind.high is None:
        return f"{counts}, too few to tell"
    return f"{counts}, {kind.low:.0%} to {kind.high:.0%}".replace("%", " %")


def _where(scope: Scope) -> str:
    if scope.kind is ScopeKind.SEVERITY:
        return f" for {safe(scope.key.upper(), 20)} incidents"
    return " for that channel alone" if scope.kind is ScopeKind.CHANNEL else ""


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _button(action_id: str, label: str, value: str = "") -> Block:
    made: Block = {"type": "button", "action_id": action_id, "text": plain(label, 75)}
    return {**made, "value": value} if value else made


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}
