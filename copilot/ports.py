"""The outside as features see it: typed plain values in, typed plain values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from copilot.errors import PermanentError


@dataclass(frozen=True, slots=True)
class WindowMessage:
    """A message as an engine sees it. `number` is its m-number, counted from 1 in window order."""

    number: int
    event_id: int
    revision_id: int
    author_id: str | None
    author_name: str
    text: str
    """Redacted, in Slack's mrkdwn; user mentions as `@name`."""
    occurred_at: datetime
    message_ts: str
    thread_ts: str | None
    is_bot: bool
    is_new: bool
    """False for context that a proposer saw before."""
    reactions: tuple[str, ...] = ()
    is_key_moment: bool = False
    """A person marked it as one."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace who may be named as an owner."""

    user_id: str
    name: str
    real_name: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    messages: tuple[WindowMessage, ...]
    people: tuple[Person, ...]
    team_id: str = ""
    incident_id: int = 0
    is_private: bool = False
    """It is of a private channel."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words of message `number`."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Possible follow-up work, not yet judged."""

    kind: str
    """A `SuggestionKind` value."""
    title: str
    owner_id: str | None
    due: str | None
    confidence: float
    """Calibrated probability that a person will want it, 0 to 1."""
    evidence: tuple[Quote, ...]
    is_done: bool = False
    """Later messages of the window say that it was done."""
    engine: str = ""
    """Whose word it is, where a proposal has those of several engines; else the proposal's."""


@dataclass(frozen=True, slots=True)
class EngineRun:
    """One call of an engine, whether it led to anything or not."""

    engine: str
    outcome: str
    """`ok`, or in a word why there is no answer, e.g. `timeout`, `over_budget`, `not_json`."""
    numbers: tuple[int, ...]
    """The messages that it was given."""
    latency_ms: float = 0.0
    prompt_version: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    candidates: tuple[Candidate, ...]
    engine: str
    tokens: int = 0
    runs: tuple[EngineRun, ...] = ()
    """Calls that led here, in order; empty where the engine is a plain function of the window."""
    fell_back_because: str | None = None
    """Set where the engine that should have answered did not, in words for people."""


@dataclass(frozen=True, slots=True)
class Debounce:
    """How long to let people talk before an engine is asked, since each call of it costs."""

    quiet: timedelta
    """It is asked once nobody said anything for so long,"""
    longest: timedelta
    """or the first unseen message is as old as this."""


class Proposer(Protocol):
    @property
    def debounce(self) -> Debounce | None:
        """None where it may be asked after each message."""

    def propose(self, window: Window) -> Proposal:
        """Follow-ups stated in the window. Raises TemporaryError if the engine can't answer."""


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is known about an incident from records, not from chat."""

    title: str
    severity: str | None
    status: str
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class EpisodeMessages:
    """A stretch of the timeline between lulls."""

    number: int
    starts_at: datetime
    ends_at: datetime
    messages: tuple[WindowMessage, ...]


@dataclass(frozen=True, slots=True)
class FollowUpFact:
    """A follow-up that a person accepted, or a suggestion still waiting for a decision."""

    title: str
    owner_name: str | None
    is_accepted: bool
    evidence: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class DraftedClaim:
    section: str
    """A `Section` value."""
    text: str
    citations: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    claims: tuple[DraftedClaim, ...]
    engine: str
    tokens: int = 0


class Drafter(Protocol):
    def draft(
        self,
        facts: IncidentFacts,
        episodes: Sequence[EpisodeMessages],
        follow_ups: Sequence[FollowUpFact],
    ) -> Draft:
        """Claims for the sections of a review; numbers run through all episodes."""


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


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    team_id: str
    name: str
    url: str
    """Ends in a slash; permalinks are built on it."""
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    channel_id: str
    name: str
    is_private: bool
    is_archived: bool = False
    is_shared: bool = False
    """Shared with another organisation (Slack Connect)."""


@dataclass(frozen=True, slots=True)
class MemberInfo:
    user_id: str
    name: str
    real_name: str
    is_bot: bool
    is_admin: bool = False
    """An admin or owner of the Slack workspace."""
    is_guest: bool = False
    """A guest, or somebody of another organisation: reads only the channels they are in."""
    is_deactivated: bool = False


class Unreadable(StrEnum):
    """Why a channel's past can't be read."""

    NOT_IN_CHANNEL = "not_in_channel"
    NO_PERMISSION = "no_permission"
    DISCONNECTED = "disconnected"
    """The app is not installed in the workspace, or its token was revoked."""
    THREAD_GONE = "thread_gone"
    STALE_CURSOR = "stale_cursor"
    """Slack no longer knows the place where the next page begins."""
    REFUSED = "refused"


class UnreadableError(PermanentError):
    """The past can't be read; `why` says what would have to change."""

    def __init__(self, message: str, why: Unreadable) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in Slack's own shape: of a channel the newest first, of a thread the oldest."""

    messages: tuple[Mapping[str, Any], ...]
    next_cursor: str | None = None
    """Where the next page begins; None after the last."""
    is_limited: bool = False
    """Slack hides messages of this stretch, as it does on its free plan."""


class WorkspaceReader(Protocol):
    """Asks Slack. Raises TemporaryError (with `retry_after_s`) or PermanentError."""

    def workspace(self, team_id: str) -> WorkspaceInfo: ...

    def channel(self, team_id: str, channel_id: str) -> ChannelInfo: ...

    def members(self, team_id: str) -> Iterable[MemberInfo]: ...

    def channel_members(self, team_id: str, channel_id: str) -> Iterable[str]:
        """The user ids of everybody who may read the channel."""

    def history_page(
        self,
        team_id: str,
        channel_id: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        """Messages of the channel itself, both bounds included. Raises UnreadableError, too."""

    def replies_page(
        self,
        team_id: str,
        channel_id: str,
        parent_ts: str,
        *,
        oldest_ts: str,
        latest_ts: str,
        limit: int,
        cursor: str | None = None,
    ) -> Page:
        """A thread's parent and its replies between the bounds. Raises UnreadableError, too."""
