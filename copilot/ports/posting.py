"""Who posts to Slack, and what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CardSource:
    author_name: str
    quote: str
    permalink: str
    message_ts: str = ""


@dataclass(frozen=True, slots=True)
class CardItem:
    suggestion_id: int
    kind: str
    title: str
    owner_id: str | None
    due: str | None
    confidence: float
    why: str
    """Why it was let through, in words a responder understands."""
    sources: tuple[CardSource, ...]
    decided: str | None = None
    """E.g. `accepted by sam 14:32`; the item then has no buttons."""
    owner_name: str | None = None
    """Cards name owners in plain words, since a mention would notify them."""


@dataclass(frozen=True, slots=True)
class SuggestionCard:
    delivery_id: int
    incident_id: int
    headline: str
    """The point, in one line, without the titles of the items."""
    context: str
    """E.g. `calm · 1 of 1 this quarter hour`."""
    items: tuple[CardItem, ...]


@dataclass(frozen=True, slots=True)
class RoleHolder:
    role: str
    """A `Role` value."""
    name: str
    """In plain words, since a mention would notify."""


@dataclass(frozen=True, slots=True)
class HeadlineCard:
    """How an incident stands, at the top of its channel."""

    incident_id: int
    posting: int
    """1, or 2 once it had to be posted anew; a post is recognised by this and the incident."""
    version: int
    title: str
    severity: str | None
    status: str
    declared_at: datetime
    declared_by: str | None
    resolved_at: datetime | None
    roles: tuple[RoleHolder, ...]
    open_follow_ups: int
    done_follow_ups: int
    timeline_url: str | None
    """Where the console shows it; None where nobody set the console's address."""
    review_url: str | None


@dataclass(frozen=True, slots=True)
class CitedLine:
    """Words that were said, or the record of a change, and where they stand."""

    at: datetime
    author: str
    text: str
    event_id: int
    permalink: str | None
    """None for a record, which was said nowhere."""
    is_key_moment: bool = False
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Briefing:
    """What who takes over the command of an incident has to know."""

    incident_id: int
    title: str
    severity: str | None
    status: str
    declared_at: datetime
    from_name: str | None
    """Who commanded until now."""
    note: str
    roles: tuple[RoleHolder, ...]
    lines: tuple[CitedLine, ...]
    covered: int
    """Messages that were read for the lines, of `messages`."""
    messages: int
    follow_ups: tuple[tuple[str, str | None], ...]
    """Title and owner's name of each that is open."""
    waiting: tuple[str, ...]
    """Titles of suggestions that nobody has decided on."""
    console_url: str | None
    """The incident in the console, None where nobody set its address."""


class IncidentChannel(Protocol):
    """What stands in an incident's channel for all to see.

    Raises TemporaryError or PermanentError, never a vendor's error.
    """

    def post_headline(
        self,
        team_id: str,
        channel_id: str,
        card: HeadlineCard,
        tried_since: datetime | None = None,
    ) -> str:
        """Post it and return its ts. `tried_since`: it may have been posted since then, unknown
        to us; then it is found, not repeated.
        """

    def update_headline(
        self, team_id: str, channel_id: str, message_ts: str, card: HeadlineCard
    ) -> bool:
        """Redraw it in place; False if somebody deleted it."""

    def pin(self, team_id: str, channel_id: str, message_ts: str) -> None:
        """Pin a message; one that is pinned already stays so."""

    def topic(self, team_id: str, channel_id: str) -> str:
        """The channel's topic, as plain text."""

    def set_topic(self, team_id: str, channel_id: str, topic: str) -> None: ...

    def invite(self, team_id: str, channel_id: str, user_ids: Sequence[str]) -> None:
        """Bring people into the channel; who is there already stays there."""

    def brief(self, team_id: str, channel_id: str, user_id: str, briefing: Briefing) -> None:
        """Tell one person, in the channel and seen by nobody else."""

    def tell(self, team_id: str, channel_id: str, user_id: str, text: str) -> None:
        """The same, in a few plain words of our own."""


@dataclass(frozen=True, slots=True)
class AdminNote:
    """That the copilot stopped suggesting a kind in a channel, for an admin."""

    subject: str
    """E.g. `muted:7`: what an undo names."""
    kind: str
    """A `SuggestionKind` value."""
    words: str
    """Why, with its numbers."""
    channel: str | None
    """By name; None where it is about the whole workspace, and nothing was changed."""
    undo_url: str | None
    """The console's noise page; None where nobody set the console's address."""
    more: int = 0
    """So many others were muted at the same time, which are not told one by one."""


@dataclass(frozen=True, slots=True)
class ReviewerNote:
    """That messages changed after a person had checked sentences that rest on them."""

    title: str
    """Of the incident."""
    sentences: int
    is_signed: bool
    review_url: str | None
    """None where nobody set the console's address."""


class Messenger(IncidentChannel, Protocol):
    """Posts to Slack. Raises TemporaryError or PermanentError, never a vendor's error."""

    def post_card(
        self,
        team_id: str,
        channel_id: str,
        card: SuggestionCard,
        tried_since: datetime | None = None,
    ) -> str:
        """Post once and return the message ts.

        `tried_since` is when an earlier attempt may first have begun, None if there was none: a
        card that it posted, its answer lost, is found and not repeated.
        """

    def update_card(
        self, team_id: str, channel_id: str, message_ts: str, card: SuggestionCard
    ) -> None:
        """Redraw a posted card in place."""

    def tell_admin(self, team_id: str, user_id: str, note: AdminNote) -> None:
        """Tell one person in their conversation with the copilot."""

    def tell_reviewer(self, team_id: str, user_id: str, note: ReviewerNote) -> None:
        """The same, for somebody who checked a review."""
