"""Tells an admin in private what the copilot muted, why, and how to take it back."""

from copilot.ports import AdminNote
from copilot.slack.answers import Answer
from copilot.slack.cards import Block
from copilot.slack.escaping import is_web_address, mrkdwn, plain, safe
from copilot.suggestions.muting import KINDS_IN_WORDS

UNDO_MUTE = "mute_undo"


def admin_note(note: AdminNote) -> Answer:
    """Text and blocks; what was muted can be undone by a button."""
    kinds = KINDS_IN_WORDS.get(note.kind, "suggestions")
    if note.channel is None:
        head = f"People here seem not to want {kinds} suggested"
    else:
        head = f"{kinds.capitalize()} are no longer suggested in #{safe(note.channel, 80)}"
    blocks: list[Block] = [
        {"type": "section", "text": mrkdwn(f"*{head}*\n{safe(note.words, 300)}.\n{_rest(note)}")}
    ]
    return {"text": head, "blocks": [*blocks, *_undo_buttons(note)]}


def undone_note(what: str, name: str) -> Answer:
    """In place of the note once somebody took the mute back. `what` is its text."""
    undone = f"Undone by {safe(name, 60)}: they are suggested there again."
    before = safe(what, 200).replace("~", "-")
    text = f"~{before}~ {undone}" if before else undone
    return {"text": text, "blocks": [{"type": "section", "text": mrkdwn(text)}]}


def _rest(note: AdminNote) -> str:
    is_linked = note.undo_url is not None and is_web_address(note.undo_url)
    page = f" or <{note.undo_url}|the noise page>" if is_linked else ""
    if note.channel is None:
        return f"Nothing was changed. `/incident noise`{page} switches a kind off."
    more = f"{note.more} more were muted at the same time. " if note.more else ""
    return more + (
        "Nothing is lost: what is found still waits in the review of each incident. "
        f"The button takes it back; `/incident noise`{page} shows it, too."
    )


def _undo_buttons(note: AdminNote) -> list[Block]:
    version = note.subject.partition(":")[2]
    if note.channel is None or not version.isdecimal() or len(version) > 9:
        return []
    button = {
        "type": "button",
        "action_id": UNDO_MUTE,
        "text": plain("Suggest them again"),
        "value": version,
    }
    return [{"type": "actions", "elements": [button]}]
