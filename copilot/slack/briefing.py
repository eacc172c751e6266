"""The private answer that says how an incident stands, for whoever takes it over."""

from copilot.ports import Briefing, CitedLine
from copilot.reviews.catchup import ToldLine
from copilot.slack.answers import Answer, lines_answer, severity_name
from copilot.slack.cards import Block
from copilot.slack.escaping import is_web_address, mrkdwn, safe
from copilot.slack.times import with_date
from copilot.slack.told import told_line
from copilot.timeline.permalinks import instant_to_ts

_MOST_LISTED = 5


def briefing_answer(briefing: Briefing, *, is_asked: bool = False) -> Answer:
    """`is_asked`: somebody wants to see what would be handed over; nobody has been yet."""
    lines = [_head(briefing, is_asked)]
    if briefing.note:
        lines.append(f"“{safe(briefing.note, 500)}”")
    lines += _standing(briefing)
    if briefing.lines:
        lines.append("*What happened*")
        lines += [_line(line, briefing) for line in briefing.lines]
    lines += _listed("Follow-ups open", [_follow_up(*each) for each in briefing.follow_ups])
    lines += _listed("To decide on", [safe(title, 150) for title in briefing.waiting])
    return lines_answer(lines, [_closing(briefing)])


def _head(briefing: Briefing, is_asked: bool) -> str:
    title = f"*{safe(briefing.title, 200)}*"
    if is_asked:
        return f"This is what a new commander of {title} would be told."
    since = f" from {safe(briefing.from_name, 60)}" if briefing.from_name else ""
    return f"You command {title} now, taken over{since}." if since else f"You command {title} now."


def _standing(briefing: Briefing) -> list[str]:
    declared = with_date(briefing.declared_at)
    held = " · ".join(f"{each.role} {safe(each.name, 60)}" for each in briefing.roles)
    stands = f"{severity_name(briefing.severity)} · {briefing.status} · declared {declared}"
    return [stands, *([held[0].upper() + held[1:]] if held else [])]


def _line(line: CitedLine, briefing: Briefing) -> str:
    told = ToldLine(
        at=line.at,
        author=line.author,
        text=line.text,
        event_id=line.event_id,
        permalink=line.permalink,
        is_key_moment=line.is_key_moment,
        is_alert=line.is_alert,
    )
    return told_line(told, lambda record: _record_link(record, briefing), briefing.declared_at)


def _record_link(line: ToldLine, briefing: Briefing) -> str:
    if briefing.console_url is None:
        return ""
    return f"{briefing.console_url}?at={instant_to_ts(line.at)}#r-{line.event_id}"


def _follow_up(title: str, owner: str | None) -> str:
    return f"{safe(title, 150)} ({safe(owner, 60) if owner else 'unowned'})"


def _listed(heading: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = len(items) - _MOST_LISTED
    shown = [f"• {item}" for item in items[:_MOST_LISTED]]
    return [f"*{heading}: {len(items)}*", *shown, *([f"and {more} more"] if more > 0 else [])]


def _closing(briefing: Briefing) -> Block:
    parts = []
    if briefing.messages:
        parts.append(f"covers {briefing.covered} of {briefing.messages} messages")
    parts.append("`/incident catchup` tells what is new since you were last here")
    if briefing.console_url and is_web_address(briefing.console_url):
        parts.append(f"<{briefing.console_url}|the whole timeline>")
    return {"type": "context", "elements": [mrkdwn(" · ".join(parts))]}
