"""The fields of the noise form, one input each."""

from datetime import timedelta

from copilot.slack.cards import Block
from copilot.slack.escaping import clip, plain
from copilot.slack.noise_form import REASON, VALUE, NoiseForm, hours_in_words
from copilot.slack.noise_words import KIND_LABELS, PRESET_LABELS, preset_in_words
from copilot.suggestions.noise_policy import (
    HIGHEST_THRESHOLD,
    LARGEST_POST,
    LONGEST_INTERVAL,
    LONGEST_REASON,
    LOWEST_THRESHOLD,
    MOST_MINUTES_WAITING,
    MOST_POSTS_A_PERSON,
    SHORTEST_INTERVAL,
    NoisePolicy,
    Preset,
)
from copilot.suggestions.presets import preset_like
from copilot.suggestions.vocabulary import SuggestionKind

PRESET = "noise_preset"

_MINUTE = timedelta(minutes=1)


def preset_input(shown: NoisePolicy, form: NoiseForm) -> Block:
    options: list[Block] = [
        {
            "text": plain(label, 75),
            "description": plain(preset_in_words(preset), 75),
            "value": preset.value,
        }
        for preset, (label, _) in PRESET_LABELS.items()
    ]
    element: Block = {"type": "radio_buttons", "action_id": PRESET, "options": options}
    chosen = preset_like(shown)
    if chosen is not None:
        element["initial_option"] = options[list(Preset).index(chosen)]
    block = _input(form, "preset", "Start from", element, is_optional=True)
    return {**block, "dispatch_action": True}


def number_inputs(shown: NoisePolicy, form: NoiseForm) -> list[Block]:
    least, most = SHORTEST_INTERVAL // _MINUTE, LONGEST_INTERVAL // _MINUTE
    return [
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
            "digest_threshold",
            "How sure to be, to post in a pause",
            _number(shown.digest_threshold, 0, HIGHEST_THRESHOLD),
            "What is less sure is not posted at all; it waits for the review.",
        ),
        _input(
            form,
            "post_interval",
            "Minutes between posts",
            _number(shown.post_interval // _MINUTE, least, most, is_decimal=False),
            f"{least} to {most}, for each incident.",
        ),
        _input(form, "most_in_one_post", "Items in a post, at most", _post_sizes(shown)),
        _input(
            form,
            "posts_per_person",
            "Posts that one person meets in an hour, at most",
            _number(shown.posts_per_person, 1, MOST_POSTS_A_PERSON, is_decimal=False),
            f"1 to {MOST_POSTS_A_PERSON}, over all incidents they work on.",
        ),
        _input(
            form,
            "backlog_cap_minutes",
            "Minutes of checking that may wait",
            _number(shown.backlog_cap_minutes, 1, MOST_MINUTES_WAITING, is_decimal=False),
            "Suggestions nobody decided on, and the review. While more waits, nothing is added.",
        ),
        _input(
            form,
            "quiet_hours",
            "Quiet hours",
            _text_input(hours_in_words(shown.quiet_hours), 60),
            "Such as 22:00 to 07:00 Europe/Berlin; leave it empty for none. What is found "
            "then waits for a pause after them.",
            is_optional=True,
        ),
    ]


def kinds_input(shown: NoisePolicy, form: NoiseForm) -> Block:
    return _input(form, "kinds", "What is suggested", _kinds(shown.kinds), is_optional=True)


def muted_inputs(muted: frozenset[str], shown: NoisePolicy, form: NoiseForm) -> list[Block]:
    """None where nothing is muted. Of `muted`, those in force, unticked ones come again."""
    among = muted & set(SuggestionKind)
    if not among:
        return []
    return [
        _input(
            form,
            "muted",
            "Muted by itself, since people did not want them",
            _kinds(shown.muted, among),
            "Untick one to have it suggested again.",
            is_optional=True,
        )
    ]


def reason_input(reason: str, form: NoiseForm) -> Block:
    return _input(
        form,
        REASON,
        "Why",
        _text_input(reason, LONGEST_REASON),
        "Kept with the change, for those who wonder later.",
    )


def _kinds(chosen: frozenset[str], among: frozenset[str] = frozenset(SuggestionKind)) -> Block:
    options: list[Block] = [
        {"text": plain(label, 75), "description": plain(example, 75), "value": kind.value}
        for kind, (label, example) in KIND_LABELS.items()
        if kind in among
    ]
    ticked = [option for option in options if option["value"] in chosen]
    initial = {"initial_options": ticked} if ticked else {}
    return {"type": "checkboxes", "action_id": VALUE, "options": options, **initial}


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


def _number(value: float, least: float, most: float, *, is_decimal: bool = True) -> Block:
    return {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": is_decimal,
        "min_value": f"{least:g}",
        "max_value": f"{most:g}",
        "initial_value": f"{value:g}",
    }


def _text_input(value: str, most: int) -> Block:
    initial = {"initial_value": clip(value, most)} if value else {}
    return {"type": "plain_text_input", "action_id": VALUE, "max_length": most, **initial}


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
