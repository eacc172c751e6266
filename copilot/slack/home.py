"""App Home: what waits for one person, and how the open incidents stand; from plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from copilot.slack.answers import duration, severity_name
from copilot.slack.cards import Block
from copilot.slack.escaping import is_web_address, mrkdwn, plain, safe
from copilot.slack.follow_up_list import FollowUpItem, item_block
from copilot.slack.times import when
from copilot.suggestions.noise_overview import NoiseOverview
from copilot.suggestions.precision import FEWEST_DECIDED
from copilot.suggestions.vocabulary import Reason

QUIET = "home_quiet"
SPEAK = "home_speak"
OPEN = "home_open"
"""Buttons with an address: Slack opens it by itself."""

MOST_FOLLOW_UPS = 20
MOST_INCIDENTS = 10
MOST_REVIEWS = 5
_MOST_REASONS = 6
_TITLE_LENGTH = 150
_NAME_LENGTH = 60

_KEPT_BACK = {
    Reason.HECTIC: "the channel was hectic",
    Reason.QUIET: "somebody asked for quiet",
    Reason.BELOW_THRESHOLD: "not sure enough",
    Reason.BUDGET_SPENT: "a post was out shortly before",
    Reason.PERSON_BUDGET: "somebody had enough posts that hour",
    Reason.BACKLOG: "much was waiting to be checked",
    Reason.QUIET_HOURS: "within the quiet hours",
    Reason.KIND_OFF: "that kind is switched off",
    Reason.KIND_MUTED: "that kind was not wanted there",
    Reason.DUPLICATE: "said before",
    Reason.DONE_ALREADY: "done already",
    Reason.NOTHING_IS_POSTED: "the incident was over",
    Reason.POST_FAILED: "Slack did not take it",
    Reason.CLEARED: "on its way",
}


@dataclass(frozen=True, slots=True)
class MyFollowUp:
    item: FollowUpItem
    incident_title: str
    link: str


@dataclass(frozen=True, slots=True)
class HomeIncident:
    """An incident that the person may read."""

    id: int
    title: str
    channel_name: str
    channel_link: str
    severity: str | None
    status: str
    tempo: str
    declared_at: datetime
    suggestions: int
    """That wait for a decision."""
    claims: int
    """Sentences of its review that nobody has checked."""
    timeline_link: str
    suggestions_link: str
    review_link: str
    source_changed: int = 0
    """Sentences of its review of which a message was edited or deleted since."""
    quiet_until: datetime | None = None
    quiet_by: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    follow_ups: Sequence[MyFollowUp] = ()
    incidents: Sequence[HomeIncident] = ()
    """Open ones, the newest first."""
    reviews: Sequence[HomeIncident] = ()
    """Resolved ones whose review has sentences to check, or whose sources changed."""
    more_follow_ups: int = 0
    more_incidents: int = 0
    more_reviews: int = 0
    noise: NoiseOverview | None = None
    """For admins."""
    said: str = ""
    """What the last press came to, escaped."""
    tag: str = field(default="0")
    """Makes block ids new in each drawing."""


def home_view(home: Home, now: datetime) -> dict[str, Any]:
    return {"type": "home", "callback_id": "home", "blocks": list(_blocks(home, now))}


def _blocks(home: Home, now: datetime) -> Iterator[Block]:
    if home.said:
        yield _section(home.said)
    yield _header("Your follow-ups")
    yield from _follow_ups(home)
    yield _header("Open incidents")
    yield from _incidents(home, now)
    if home.reviews:
        yield _header("Reviews to check")
        for incident in home.reviews[:MOST_REVIEWS]:
            yield _review(incident, home.tag)
        if home.more_reviews:
            yield _context(f"and {home.more_reviews} more in the console")
    if home.noise is not None:
        yield _header("How much was said unasked, last 7 days")
        yield from _noise(home.noise)
    yield {"type": "divider"}
    yield _context(
        f"As of {when(now, now)}; drawn anew each time you open it. You see only incidents whose "
        "channel you may read."
    )


def _follow_ups(home: Home) -> Iterator[Block]:
    if not home.follow_ups:
        yield _section(
            "Nothing is waiting for you. What you take on in an incident appears here: accept a "
            "suggestion, or add it with `/incident followup add what is to be done @you`."
        )
    for mine in home.follow_ups[:MOST_FOLLOW_UPS]:
        about = f"\nfrom {safe(mine.incident_title, _TITLE_LENGTH)}{_link(mine.link, 'timeline')}"
        yield item_block(mine.item, home.tag, about)
    if home.more_follow_ups:
        yield _context(f"and {home.more_follow_ups} more; they appear here as these are done")


def _incidents(home: Home, now: datetime) -> Iterator[Block]:
    if not home.incidents:
        yield _section(
            "No incident is open. `/incident declare what is wrong sev2`, typed in a channel, "
            "starts one there."
        )
    for incident in home.incidents[:MOST_INCIDENTS]:
        yield _incident(incident, home.tag, now)
        yield _buttons(incident, home.tag)
    if home.more_incidents:
        yield _context(f"and {home.more_incidents} more in the console")


def _incident(incident: HomeIncident, tag: str, now: datetime) -> Block:
    head = [
        f"*{safe(incident.title, _TITLE_LENGTH)}*",
        severity_name(incident.severity),
        safe(incident.status, 40),
        safe(incident.tempo, 40),
        f"for {duration(now - incident.declared_at)}",
    ]
    channel = f"#{safe(incident.channel_name, 80)}{_link(incident.channel_link, 'open')}"
    lines = [" · ".join(head), f"{channel} · {_waiting(incident)}"]
    if incident.quiet_until is not None:
        by = f", as {safe(incident.quiet_by, _NAME_LENGTH)} asked" if incident.quiet_by else ""
        lines.append(f"Quiet until {when(incident.quiet_until, now)}{by}")
    return {
        "type": "section",
        "block_id": f"incident-{incident.id}-{tag}",
        "text": mrkdwn("\n".join(lines)),
    }


def _waiting(incident: HomeIncident) -> str:
    parts = []
    if incident.suggestions:
        parts.append(f"{_count(incident.suggestions, 'suggestion')} to decide on")
    if incident.claims:
        parts.append(f"{_count(incident.claims, 'sentence')} of the review to check")
    if incident.source_changed:
        parts.append(f"source changed: {_count(incident.source_changed, 'sentence')}")
    return " · ".join(parts) or "nothing waits for a decision"


def _buttons(incident: HomeIncident, tag: str) -> Block:
    links = [("Timeline", incident.timeline_link)]
    if incident.suggestions:
        links.append(("Suggestions", incident.suggestions_link))
    if incident.claims or incident.source_changed:
        links.append(("Review", incident.review_link))
    elements: list[Block] = [
        _link_button(label, address, number)
        for number, (label, address) in enumerate(links, 1)
        if is_web_address(address)
    ]
    is_quiet = incident.quiet_until is not None
    elements.append(
        {
            "type": "button",
            "action_id": SPEAK if is_quiet else QUIET,
            "text": plain("End quiet" if is_quiet else "Quiet for 30 min", 75),
            "value": str(incident.id),
        }
    )
    return {"type": "actions", "block_id": f"acts-{incident.id}-{tag}", "elements": elements}


def _review(incident: HomeIncident, tag: str) -> Block:
    text = f"*{safe(incident.title, _TITLE_LENGTH)}*\n{_waiting(incident)}"
    block: Block = {
        "type": "section",
        "block_id": f"review-{incident.id}-{tag}",
        "text": mrkdwn(text),
    }
    if is_web_address(incident.review_link):
        block["accessory"] = _link_button("Review", incident.review_link, 1)
    return block


def _noise(noise: NoiseOverview) -> Iterator[Block]:
    kept = sum(noise.kept_back.values())
    if not noise.shown and not noise.in_digests and not kept:
        yield _section("Nothing came up in the incidents that you may read.")
    else:
        fields = [
            ("On cards of their own", str(noise.shown)),
            ("In digests", str(noise.in_digests)),
            ("Kept back", str(kept)),
            ("Wanted, of those shown", _acceptance(noise)),
        ]
        yield {
            "type": "section",
            "fields": [mrkdwn(f"*{name}*\n{number}") for name, number in fields],
        }
        if kept:
            yield _context(f"Kept back because: {_reasons(noise)}")
    yield _context("`/incident noise`, typed in a channel, changes how much is said.")


def _acceptance(noise: NoiseOverview) -> str:
    share = noise.acceptance
    if share is None:
        return f"{noise.wanted} of {noise.decided} (a share needs {FEWEST_DECIDED})"
    return f"{round(share * 100)} % of {noise.decided} decided"


def _reasons(noise: NoiseOverview) -> str:
    named = [
        f"{_KEPT_BACK.get(Reason(reason), reason)} {count}"
        if reason in set(Reason)
        else f"{safe(reason.replace('_', ' '), 60)} {count}"
        for reason, count in list(noise.kept_back.items())[:_MOST_REASONS]
    ]
    rest = sum(list(noise.kept_back.values())[_MOST_REASONS:])
    return " · ".join([*named, *([f"other reasons {rest}"] if rest else [])])


def _link(address: str, label: str) -> str:
    """The label is ours: words of others make no link, however harmless they look."""
    return f"  <{address.replace('&', '&amp;')}|{label}>" if is_web_address(address) else ""


def _link_button(label: str, address: str, number: int) -> Block:
    return {
        "type": "button",
        "action_id": f"{OPEN}_{number}",
        "text": plain(label, 75),
        "url": address,
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def _section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}
