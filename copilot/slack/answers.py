"""What `/incident` answers, always to the asker alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from copilot.incidents.models import Severity, Status
from copilot.slack.cards import Block
from copilot.slack.escaping import clip_escaped, mrkdwn, safe
from copilot.slack.times import when
from copilot.timeline.mrkdwn import to_plain

Answer = dict[str, Any]

# A section holds 3,000 characters; a message 50 blocks, of which some are kept for the rest.
_SECTION_LENGTH = 2900
_MAX_SECTIONS = 40
_SHOWN_FOLLOW_UPS = 3

HELP = """*`/incident` and one of these* (only you see the answers)
`declare checkout errors sev2`  start an incident here  ·  `declare`  the same with a form
`status`  how it stands  ·  `status monitoring`  `severity sev1`  `rename new title`  change it
`role commander @dana`  who does what  ·  `handover @dana`  give the command away
`resolve`  it is over  ·  `reopen`  it is not over
`catchup 30m`  what happened, in short  ·  `timeline`  all that happened
`note text`  write something down  ·  `followup add text`  `followup list`  `followup done 3`
`suggestions`  follow-ups found, to decide on  ·  `held`  what was kept back, and why
`quiet 30m`  nothing unasked for a while  ·  `noise`  how much is said at all (admins)
`review`  the post-incident review: drafts it, then tells how far it is  ·  `review again`
Everything said in the channel is recorded. Little is posted unasked; `noise` sets how little."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident at one moment, for the status answer."""

    title: str
    severity: str | None
    status: str
    tempo: str | None
    declared_at: datetime
    resolved_at: datetime | None
    follow_ups: Sequence[tuple[str, str | None]]
    """Title and owner's name of each that is open."""
    waiting: int
    held: int
    roles: Sequence[tuple[str, str]] = ()
    """Role and holder's name."""
    quiet_until: datetime | None = None
    trouble: str | None = None
    """What could not be done about the headline."""


def note(text: str) -> Answer:
    """A few words, already escaped."""
    return lines_answer(text.splitlines())


def lines_answer(lines: Iterable[str], blocks: Sequence[Block] = ()) -> Answer:
    """Lines packed into as few sections as Slack's limits allow, then `blocks`."""
    sections = _packed(lines)
    shown = [_section(text) for text in sections[:_MAX_SECTIONS]]
    return {
        "response_type": "ephemeral",
        "text": clip_escaped(sections[0] if sections else "Done.", _SECTION_LENGTH),
        "blocks": [*shown, *blocks],
        # The links are ours, to be opened by who asked: Slack is not to fetch them for a preview.
        "unfurl_links": False,
        "unfurl_media": False,
    }


def help_answer(unknown: str | None = None, nearest: str | None = None, rest: str = "") -> Answer:
    """All commands; or, for an unknown word, the one that was probably meant, ready to copy."""
    if unknown is None:
        return note(HELP)
    problem = f"“{safe(to_plain(unknown, {}), 40)}” is no command, so nothing was done."
    if nearest in {None, "help"}:
        return note(f"{problem}\n\n{HELP}")
    # A backtick would end the code in which it is shown.
    meant = f"/incident {nearest} {to_plain(rest, {})}".strip()
    typed = safe(meant.replace("`", "'"), 200)
    return note(f"{problem} Did you mean `{typed}`? `/incident help` lists them all.")


def standing_answer(standing: Standing, now: datetime) -> Answer:
    head = [f"*{safe(standing.title, 200)}*", severity_name(standing.severity), standing.status]
    if standing.tempo and standing.resolved_at is None:
        head.append(standing.tempo)
    declared = f"Declared {when(standing.declared_at, now)}"
    if standing.resolved_at is None:
        since = f"{declared}, {duration(now - standing.declared_at)} ago"
    else:
        took = duration(standing.resolved_at - standing.declared_at)
        since = f"{declared}, resolved {when(standing.resolved_at, now)} after {took}"
    return lines_answer(
        [
            " · ".join(head),
            f"{since}{_roles(standing)}",
            *_follow_up_lines(standing),
            _waiting_line(standing),
            *_quiet_lines(standing, now),
            *_trouble_lines(standing),
        ]
    )


def severity_name(severity: str | None) -> str:
    return severity.upper() if severity else "no severity yet"


def severity_choices() -> str:
    return ", ".join(f"`{severity}`" for severity in Severity) + " (1 is the worst)"


def status_choices() -> str:
    return ", ".join(f"`{status}`" for status in Status)


def duration(length: timedelta) -> str:
    """`49 min`, `2 h 10 min`, `3 d 4 h`."""
    minutes = max(0, int(length.total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _roles(standing: Standing) -> str:
    held = [f" · {role} {safe(name, 60)}" for role, name in standing.roles]
    if not held and standing.resolved_at is None:
        return " · no commander yet"
    return "".join(held)


def _quiet_lines(standing: Standing, now: datetime) -> list[str]:
    until = standing.quiet_until
    if until is None or until <= now or standing.resolved_at is not None:
        return []
    return [f"Quiet until {when(until, now)}: nothing is posted unasked"]


def _trouble_lines(standing: Standing) -> list[str]:
    """What is safe comes first: everything above is stored, whatever the channel shows."""
    if standing.trouble is None:
        return []
    return [f"The pinned headline is out of date or incomplete. {safe(standing.trouble, 300)}"]


def _follow_up_lines(standing: Standing) -> list[str]:
    if not standing.follow_ups:
        return ["No open follow-ups"]
    shown = [
        f"{safe(title, 80)} ({safe(owner, 40) if owner else 'unowned'})"
        for title, owner in standing.follow_ups[:_SHOWN_FOLLOW_UPS]
    ]
    more = len(standing.follow_ups) - len(shown)
    ending = f" and {more} more" if more else ""
    count = len(standing.follow_ups)
    return [f"{count} follow-up{'s' if count > 1 else ''}: {'; '.join(shown)}{ending}"]


def _waiting_line(standing: Standing) -> str:
    if not standing.waiting and not standing.held:
        return "Nothing waits for a decision"
    parts = []
    if standing.waiting:
        parts.append(f"{standing.waiting} to decide on: `/incident suggestions`")
    if standing.held:
        parts.append(f"{standing.held} kept back: `/incident held`")
    return " · ".join(parts)


def _packed(lines: Iterable[str]) -> list[str]:
    sections: list[str] = []
    for line in lines:
        short = clip_escaped(line, _SECTION_LENGTH)
        if sections and len(sections[-1]) + 1 + len(short) <= _SECTION_LENGTH:
            sections[-1] += f"\n{short}"
        else:
            sections.append(short)
    return [section for section in sections if section.strip()]


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}
