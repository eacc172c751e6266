"""Each reason to speak or keep quiet: how people see it, what it means, what to change. Pure.

docs/noise.md says the same at more length; a test keeps the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.suggestions.vocabulary import Reason
from copilot.suggestions.wording import explain


@dataclass(frozen=True, slots=True)
class ReasonHelp:
    reason: Reason
    example: str
    """As it stands beside a suggestion."""
    means: str
    change: str


_FACTS: Mapping[str, Any] = {
    "confidence": 0.61,
    "threshold": 0.75,
    "digest_threshold": 0.5,
    "tempo": "calm",
    "messages_per_min": 14,
    "hectic_at": 8,
    "quiet_until": "2026-03-04T14:45:00+00:00",
    "quiet_by": "dana",
    "next_post_at": "2026-03-04T14:45:00+00:00",
    "crowded_until": "2026-03-04T14:45:00+00:00",
    "crowded": "dana",
    "backlog_minutes": 12.0,
    "backlog_cap_minutes": 10,
    "quiet_hours_until": "2026-03-04T07:00:00+00:00",
    "kind": "proposal",
    "same_as": 3,
    "same_title": "Add an alert on replica lag",
    "quiet_because": "resolved",
    "failure": "is_archived",
}
_OTHERS: Mapping[Reason, Mapping[str, Any]] = {Reason.CLEARED: {"confidence": 0.9}}
"""Where the example needs another number than the rest."""

_HELP: Mapping[Reason, tuple[str, str]] = {
    Reason.CLEARED: (
        "It was at least as sure as it must be at that tempo, nothing had been posted shortly "
        "before, and nobody had asked for quiet. So it was posted at once.",
        "Raise “to post while calm” or “while busy” to hear less of this.",
    ),
    Reason.HECTIC: (
        "People wrote so many messages a minute that any post would have been in their way. In a "
        "hectic phase nothing is posted, however sure it is; it waits for the next pause.",
        "Nothing: this one can't be switched off.",
    ),
    Reason.QUIET: (
        "Somebody typed `/incident quiet` in this channel.",
        "`/incident quiet off` ends it for everybody in the channel.",
    ),
    Reason.BELOW_THRESHOLD: (
        "It was less sure than it must be. “while calm” or “while busy” means: not sure enough to "
        "disturb, so it comes with a digest. “at any time” means: too unsure even for a digest, so "
        "it only waits for the review.",
        "Lower “to post while calm”, “while busy” or “for a digest”.",
    ),
    Reason.BUDGET_SPENT: (
        "Something had been posted in this incident shortly before. One post, then quiet: the time "
        "is when the next one may come.",
        "Shorten “one post in”.",
    ),
    Reason.PERSON_BUDGET: (
        "Somebody in the channel works on several incidents at once and had as many posts in the "
        "last hour as one person should meet.",
        "Raise “posts a person”.",
    ),
    Reason.BACKLOG: (
        "Suggestions that nobody decided on, and sentences of the review that nobody checked, were "
        "more than people should have waiting. More on top would only be waved through.",
        "Raise “checking waits”, or decide on what is there.",
    ),
    Reason.QUIET_HOURS: (
        "It was within the hours in which nothing is posted unasked; it waits for their end.",
        "Change or empty the quiet hours, for everybody, a severity or a channel.",
    ),
    Reason.KIND_OFF: (
        "An admin switched this kind of suggestion off.",
        "Tick the kind under “What is suggested”.",
    ),
    Reason.KIND_MUTED: (
        "People dismissed so many of this kind in this channel as wrong or too noisy that the "
        "copilot keeps it quiet there by itself.",
        "Take it back under “What the copilot learned by itself”, or untick it beside the kind.",
    ),
    Reason.DUPLICATE: (
        "It says again what was already shown, accepted, dismissed or tracked.",
        "Nothing: what was said once is not said again.",
    ),
    Reason.DONE_ALREADY: (
        "Somebody wrote later in the conversation that it is done.",
        "Nothing. If it is not done, it can be accepted on the incident's page.",
    ),
    Reason.NOTHING_IS_POSTED: (
        "The incident is over, was imported from an archive, or somebody had its timeline read "
        "again. Nothing is posted then; it waits for the review. Only what was said before the "
        "incident was resolved, and found right after, may still come with the last digest.",
        "Nothing.",
    ),
    Reason.POST_FAILED: (
        "Slack did not take the post. The words after it are Slack's own.",
        "See that the bot is in the channel and the channel is not archived; "
        "`incident-copilot doctor` tells more.",
    ),
}


def reason_help() -> list[ReasonHelp]:
    """All there are, in the order in which they are declared."""
    return [
        ReasonHelp(reason, explain(reason, {**_FACTS, **_OTHERS.get(reason, {})}), *_HELP[reason])
        for reason in Reason
    ]
