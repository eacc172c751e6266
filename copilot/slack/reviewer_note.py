"""Tells a person in private that words they had checked a sentence against are not there now."""

from copilot.ports import ReviewerNote
from copilot.slack.answers import Answer
from copilot.slack.escaping import is_web_address, mrkdwn, safe


def reviewer_note(note: ReviewerNote) -> Answer:
    """Text and blocks. The title is what people typed, so it is escaped."""
    one = note.sentences == 1
    head = f"A message behind {'a sentence' if one else f'{note.sentences} sentences'} you checked"
    head += " was edited or deleted"
    if note.is_signed:
        rest = (
            "The review is signed and stays as it is, with the mark *source changed*. If it is not "
            "right any more, write an amendment."
        )
    else:
        rest = (
            f"{'It is' if one else 'They are'} kept apart as *source changed* until somebody looks "
            "again; nothing you wrote is lost."
        )
    link = ""
    if note.review_url is not None and is_web_address(note.review_url):
        link = f" <{note.review_url}|Open the review>"
    text = f"*{head}*\nReview of {safe(note.title, 200)}. {rest}{link}"
    return {"text": head, "blocks": [{"type": "section", "text": mrkdwn(text)}]}
