"""The card at the top of an incident's channel: how it stands, on three lines."""

from copilot.incidents.models import Role, Status
from copilot.ports import HeadlineCard
from copilot.slack.answers import duration, severity_name
from copilot.slack.cards import Block
from copilot.slack.escaping import is_web_address, mrkdwn, safe
from copilot.slack.times import with_date

_TITLE_LENGTH = 200
_NAME_LENGTH = 60
_WHILE_OPEN = "`/incident status`  `severity`  `role`  `handover`  `catchup`  `note`  `resolve`"
_ONCE_RESOLVED = "`/incident review`  `suggestions`  `followup`  `reopen`"


def headline_text(card: HeadlineCard) -> str:
    """What a notification and a screen reader say."""
    return f"{_title(card)} · {severity_name(card.severity)} · {card.status}"


def headline_blocks(card: HeadlineCard) -> list[Block]:
    lines = [
        f"*{_title(card)}* · {severity_name(card.severity)} · {card.status}",
        _since(card),
        f"{_roles(card)} · {_work(card)}",
    ]
    commands = _ONCE_RESOLVED if card.status == Status.RESOLVED else _WHILE_OPEN
    tag = f"{card.incident_id}-{card.posting}-{card.version}"
    return [
        {"type": "section", "block_id": f"headline-{tag}", "text": mrkdwn("\n".join(lines))},
        {"type": "context", "block_id": f"commands-{tag}", "elements": [mrkdwn(commands)]},
    ]


def _title(card: HeadlineCard) -> str:
    return safe(card.title, _TITLE_LENGTH) or f"Incident {card.incident_id}"


def _since(card: HeadlineCard) -> str:
    declared = card.declared_at
    by = f" by {safe(card.declared_by, _NAME_LENGTH)}" if card.declared_by else ""
    text = f"Declared {with_date(declared)}{by}"
    if card.resolved_at is not None:
        took = duration(card.resolved_at - declared)
        text += f", resolved {with_date(card.resolved_at)} after {took}"
    return text


def _roles(card: HeadlineCard) -> str:
    held = [f"{holder.role} {safe(holder.name, _NAME_LENGTH)}" for holder in card.roles]
    if all(holder.role != Role.COMMANDER for holder in card.roles):
        held.insert(0, "no commander" + ("" if card.status == Status.RESOLVED else " yet"))
    text = " · ".join(held)
    return text[0].upper() + text[1:]


def _work(card: HeadlineCard) -> str:
    count = card.open_follow_ups
    parts = [
        f"{count} follow-up{'' if count == 1 else 's'} open" if count else "no open follow-ups"
    ]
    if card.done_follow_ups:
        parts.append(f"{card.done_follow_ups} done")
    for url, label in ((card.timeline_url, "timeline"), (card.review_url, "review")):
        if url and is_web_address(url):
            parts.append(f"<{url}|{label}>")
    return " · ".join(parts)
