"""What the menu of a message offers, and the private answers to it."""

from copilot.slack.answers import Answer, lines_answer
from copilot.slack.cards import Block
from copilot.slack.escaping import plain, safe
from copilot.timeline.models import MarkKind

KEY_MOMENT = "mark_key_moment"
FOLLOW_UP = "create_follow_up"
IGNORE = "ignore_message"
UNDO = "mark_undo"

_QUOTE_LENGTH = 150


def marked_answer(
    kind: MarkKind, *, title: str, quote: str, message_ts: str, is_new: bool
) -> Answer:
    """What came of it, with the way back."""
    said, incident = safe(quote, _QUOTE_LENGTH), safe(title, 200)
    again = "" if is_new else "You had marked it before. "
    if kind == MarkKind.IGNORED:
        words = (
            f"{again}Ignored: “{said}”. It stays in the timeline of *{incident}*, but no "
            "suggestion and no review is made from it."
        )
    else:
        words = f"{again}◆ A key moment of *{incident}* now: “{said}”."
    button: Block = {
        "type": "button",
        "action_id": UNDO,
        "text": plain("Undo", 75),
        "value": f"{kind}:{message_ts}",
    }
    return lines_answer([words], [{"type": "actions", "elements": [button]}])


def undone_words(kind: MarkKind, quote: str, *, is_undone: bool, is_still: bool) -> str:
    """`is_still`: others have marked it too, or a reaction of the same person does."""
    said = safe(quote, _QUOTE_LENGTH)
    if not is_undone:
        return f"That was undone before: “{said}”. Nothing changed."
    if is_still:
        return f"Your mark is undone, but the message is marked in other ways, too: “{said}”."
    if kind == MarkKind.IGNORED:
        return f"Undone: “{said}” is heard again."
    return f"Undone: “{said}” is no key moment."
