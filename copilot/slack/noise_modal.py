"""The form in which admins set how much is said."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from copilot.errors import BadInputError
from copilot.slack.cards import Block
from copilot.slack.escaping import clip, mrkdwn, plain, safe
from copilot.slack.times import with_date
from copilot.suggestions.noise_policy import (
    HIGHEST_THRESHOLD,
    LARGEST_POST,
    LONGEST_INTERVAL,
    LONGEST_REASON,
    LOWEST_THRESHOLD,
    PRESETS,
    SHORTEST_INTERVAL,
    NoisePolicy,
    Preset,
    preset_of,
)
from copilot.suggestions.vocabulary import SuggestionKind

NOISE_SET = "noise_set"
PRESET = "noise_preset"
VALUE = "value"
"""The action of every input; the block says which it is."""
REASON = "reason"

_MINUTE = timedelta(minutes=1)
_KIND_LABELS = {
    SuggestionKind.COMMITMENT: ("Promises", "“I'll add an alert tomorrow”"),
    SuggestionKind.REQUEST: ("Requests", "“can somebody mend the runbook?”"),
    SuggestionKind.PROPOSAL: ("Proposals", "“we should page on replica lag”"),
}
_PRESET_LABELS = {
    Preset.QUIET: ("Quiet", "Only what is almost certain, at most twice an hour"),
    Preset.BALANCED: ("Balanced", "What most teams start with"),
    Preset.TALKATIVE: ("Talkative", "More to look through, up to six times an hour"),
}
_OUT_OF_DATE = "This form is out of date; close it and open it again."


@dataclass(frozen=True, slots=True)
class InForceWords:
    """The policy in force, with its setter by name."""

    policy: NoisePolicy
    reason: str | None
    set_by: str | None
    set_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoiseForm:
    """What the form holds besides its fields. A redraw has new block ids, or Slack would keep
    what stood in the fields before.
    """

    replaces: int
    """The policy version that it was opened on."""
    drawing: int = 0

    def to_metadata(self) -> str:
        return json.dumps([self.replaces, self.drawing])

    def block(self, field: str) -> str:
        return f"{field}-{self.drawing}"


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the fields; `faults` are fields that hold no such thing."""

    policy: NoisePolicy
    reason: str
    faults: Mapping[str, str]


def read_form(metadata: object) -> NoiseForm:
    """Raises BadInputError for a form that is not ours, or of another version."""
    try:
        replaces, drawing = json.loads(str(metadata))
        return NoiseForm(int(replaces), int(drawing))
    except (TypeError, ValueError):
        raise BadInputError(_OUT_OF_DATE) from None


def noise_modal(
    in_force: InForceWords, shown: NoisePolicy, form: NoiseForm, reason: str = ""
) -> dict[str, Any]:
    """`shown` fills the fields: what is in force, or a preset that was chosen."""
    least, most = SHORTEST_INTERVAL // _MINUTE, LONGEST_INTERVAL // _MINUTE
    return {
        "type": "modal",
        "callback_id": NOISE_SET,
        "private_metadata": form.to_metadata(),
        "title": plain("How much is said", 24),
        "submit": plain("Save", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            {"type": "section", "text": mrkdwn(_in_force(in_force))},
            _presets(shown, form),
            _input(
                form,
                "threshold_when_calm",
                "How sure to be, to post while it is calm",
                _number(shown.threshold_when_calm, LOWEST_THRESHOLD, HIGHEST_THRESHOLD),
                f"{LOWEST_THRESHOLD:g} to {HIGHEST_THRESHOLD:g}; higher is quieter. What is less "
                "sure waits for a pause.",
            ),
            _input(
                form,
                "threshold_when_busy",
                "How sure to be while it is busy",
                _number(shown.threshold_when_busy, LOWEST_THRESHOLD, HIGHEST_THRESHOLD),
                "While it is hectic nothing is posted, whatever stands here.",
            ),
            _input(
                form,
                "post_interval",
                "Minutes between posts",
                _number(shown.post_interval // _MINUTE, least, most, is_decimal=False),
                f"{least} to {most}, for each incident.",
            ),
            _input(form, "most_in_one_post", "Items in a post, at most", _post_sizes(shown)),
            _input(form, "kinds", "What is suggested", _kinds(shown), is_optional=True),
            _input(
                form,
                REASON,
                "Why",
                {
                    "type": "plain_text_input",
                    "action_id": VALUE,
                    "max_length": LONGEST_REASON,
                    **({"initial_value": clip(reason, LONGEST_REASON)} if reason else {}),
                },
                "Kept with the change, for those who wonder later.",
            ),
        ],
    }


def saved_modal(policy: NoisePolicy) -> dict[str, Any]:
    """In place of the form, once it is saved."""
    words = f"Saved. It holds for what is found from now on.\n{_in_words(policy)}"
    return {
        "type": "modal",
        "callback_id": "noise_saved",
        "title": plain("How much is said", 24),
        "close": plain("Close", 24),
        "blocks": [{"type": "section", "text": mrkdwn(words)}],
    }


def read_entered(view: Mapping[str, Any], form: NoiseForm, base: NoisePolicy) -> Entered:
    """What stands in the fields; what can't be read is told by field and left as in `base`."""
    faults: dict[str, str] = {}
    state = _mapping(_mapping(view.get("state")).get("values"))

    def field(name: str) -> Mapping[str, Any]:
        return _mapping(_mapping(state.get(form.block(name))).get(VALUE))

    def number(name: str, before: float) -> float:
        typed = str(field(name).get("value") or "").strip().replace(",", ".")
        if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", typed):
            return float(typed)
        faults[name] = "Give a number."
        return before

    minutes = number("post_interval", base.post_interval / _MINUTE)
    chosen_size = str(_mapping(field("most_in_one_post").get("selected_option")).get("value"))
    policy = replace(
        base,
        threshold_when_calm=number("threshold_when_calm", base.threshold_when_calm),
        threshold_when_busy=number("threshold_when_busy", base.threshold_when_busy),
        post_interval=timedelta(minutes=round(minutes)),
        most_in_one_post=int(chosen_size) if chosen_size.isdigit() else base.most_in_one_post,
        kinds=frozenset(_values(field("kinds").get("selected_options"))),
        version=form.replaces,
    )
    reason = field(REASON).get("value")
    return Entered(policy, reason if isinstance(reason, str) else "", faults)


def read_preset(action: Mapping[str, Any]) -> Preset:
    """Raises BadInputError for what is none."""
    try:
        return Preset(str(_mapping(action.get("selected_option")).get("value")))
    except ValueError:
        raise BadInputError(_OUT_OF_DATE) from None


def _in_force(in_force: InForceWords) -> str:
    head = f"*In force:* {_in_words(in_force.policy)}"
    if in_force.set_at is None:
        return f"{head}\nThat is how it comes; nobody changed it yet."
    by = safe(in_force.set_by or "someone", 60)
    why = safe(in_force.reason or "", LONGEST_REASON)
    return f"{head}\nSince {with_date(in_force.set_at)}, set by {by}: “{why}”"


def _in_words(policy: NoisePolicy) -> str:
    preset = preset_of(policy)
    name = _PRESET_LABELS[preset][0].lower() if preset else "numbers of your own"
    kinds = [_KIND_LABELS[kind][0].lower() for kind in SuggestionKind if kind in policy.kinds]
    items = f"{policy.most_in_one_post} item{'s' if policy.most_in_one_post > 1 else ''}"
    return (
        f"{name}: {policy.threshold_when_calm:g} while calm, {policy.threshold_when_busy:g} while "
        f"busy, never while hectic; one post in {policy.post_interval // _MINUTE} min with at most "
        f"{items}; {', '.join(kinds) or 'nothing is suggested'}."
    )


def _presets(shown: NoisePolicy, form: NoiseForm) -> Block:
    options: list[Block] = [
        {
            "text": plain(label, 75),
            "description": plain(description, 75),
            "value": preset.value,
        }
        for preset, (label, description) in _PRESET_LABELS.items()
    ]
    element: Block = {"type": "radio_buttons", "action_id": PRESET, "options": options}
    chosen = preset_of(shown)
    if chosen is not None:
        element["initial_option"] = options[list(PRESETS).index(chosen)]
    block = _input(form, "preset", "Start from", element, is_optional=True)
    return {**block, "dispatch_action": True}


def _post_sizes(shown: NoisePolicy) -> Block:
    options = [
        {"text": plain(str(size), 75), "value": str(size)} for size in range(1, LARGEST_POST + 1)
    ]
    size = min(max(shown.most_in_one_post, 1), LARGEST_POST)
    return {
        "type": "static_select",
        "action_id": VALUE,
        "options": options,
        "initial_option": options[size - 1],
    }


def _kinds(shown: NoisePolicy) -> Block:
    options: list[Block] = [
        {"text": plain(label, 75), "description": plain(example, 75), "value": kind.value}
        for kind, (label, example) in _KIND_LABELS.items()
    ]
    chosen = [option for option in options if option["value"] in shown.kinds]
    initial = {"initial_options": chosen} if chosen else {}
    return {"type": "checkboxes", "action_id": VALUE, "options": options, **initial}


def _number(value: float, least: float, most: float, *, is_decimal: bool = True) -> Block:
    return {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": is_decimal,
        "min_value": f"{least:g}",
        "max_value": f"{most:g}",
        "initial_value": f"{value:g}",
    }


def _input(
    form: NoiseForm,
    field: str,
    label: str,
    element: Block,
    hint: str = "",
    *,
    is_optional: bool = False,
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": form.block(field),
        "label": plain(label),
        "optional": is_optional,
        "element": element,
    }
    return {**block, "hint": plain(hint)} if hint else block


def _values(options: object) -> list[str]:
    found = options if isinstance(options, list) else []
    return [str(_mapping(option).get("value")) for option in found]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
