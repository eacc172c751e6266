"""Which messages deserve a mark: alerts, key moments, sources of agreed follow-ups."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from copilot.console.outline import IS_SPOKEN
from copilot.incidents.follow_ups import follow_ups_of
from copilot.reviews.models import Citation, Claim, ClaimState, Section
from copilot.reviews.versions import standing_claims
from copilot.suggestions.models import Evidence, Suggestion
from copilot.suggestions.vocabulary import DecisionKind
from copilot.timeline.marks import marked_in
from copilot.timeline.models import EventKind, MarkKind, TimelineEvent
from copilot.timeline.reading import Span, within
from copilot.workspaces.models import Member, Workspace

_ALERT = re.compile(
    r"\b(?:alert|alarm|firing|fired|triggered|critical|warning|page[ds]?|paging|down|breach\w*|"
    r"recovered|sev-?[1-4]|p[1-4]|threshold|limit|budget burn|unhealthy|exceed\w*|above|below|"
    r"5xx|errors?|latency|lag|degraded|failing)\b",
    re.IGNORECASE,
)
_MOST_BOT_MESSAGES = 2000
_LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class Highlight:
    """`kind` is alert, key or follow_up; `label` says what it is in a few words."""

    kind: str
    at: datetime
    message_ts: str
    label: str


def read_highlights(session: Session, incident_id: int, span: Span) -> list[Highlight]:
    marked = _marked(session, span)
    reviewed = [each for each in _key_moments(session, incident_id) if each[0] not in marked]
    labels = [
        *(("key", event_id, text) for event_id, text in marked.items()),
        *(("key", event_id, text) for event_id, text in reviewed),
        *(("follow_up", event_id, text) for event_id, text in _follow_ups(session, incident_id)),
        *(("follow_up", event_id, text) for event_id, text in _made_of(session, incident_id, span)),
    ]
    found = session.execute(
        select(TimelineEvent.id, TimelineEvent.occurred_at, TimelineEvent.message_ts).where(
            TimelineEvent.id.in_([event_id for _, event_id, _ in labels]), *within(span), IS_SPOKEN
        )
    )
    places = {event_id: (at, message_ts or "") for event_id, at, message_ts in found}
    cited = [
        Highlight(kind, *places[event_id], text)
        for kind, event_id, text in labels
        if event_id in places
    ]
    return [*_alerts(session, span), *cited]


def marks_of(highlights: Sequence[Highlight]) -> Mapping[str, frozenset[str]]:
    """Kinds by message ts."""
    marks: dict[str, set[str]] = {}
    for highlight in highlights:
        marks.setdefault(highlight.message_ts, set()).add(highlight.kind)
    return {ts: frozenset(kinds) for ts, kinds in marks.items()}


def _alerts(session: Session, span: Span) -> list[Highlight]:
    """Bot messages that read like an alert; our own cards are none."""
    of_team = Member.team_id == span.team_id
    bots = session.scalars(select(Member.user_id).where(of_team, Member.is_bot.is_(True))).all()
    ours = session.scalar(select(Workspace.bot_user_id).where(Workspace.team_id == span.team_id))
    author = func.coalesce(TimelineEvent.author_id, "")
    is_by_bot = or_(
        TimelineEvent.kind == EventKind.BOT_MESSAGE,
        author.in_(bots),
        func.substr(author, 1, 1) == "B",
    )
    found = session.execute(
        select(TimelineEvent.occurred_at, TimelineEvent.message_ts, TimelineEvent.text)
        .where(*within(span), IS_SPOKEN, is_by_bot, author != (ours or ""))
        .order_by(TimelineEvent.occurred_at)
        .limit(_MOST_BOT_MESSAGES)
    )
    return [
        Highlight("alert", at, message_ts or "", _first_line(text))
        for at, message_ts, text in found
        if _ALERT.search(text)
    ]


def _marked(session: Session, span: Span) -> dict[int, str]:
    """What people marked as a key moment, by its first words."""
    stamps = marked_in(session, span.team_id, span.channel_id, MarkKind.KEY_MOMENT)
    found = session.execute(
        select(TimelineEvent.id, TimelineEvent.text).where(
            *within(span),
            TimelineEvent.natural_key.in_([f"message:{stamp}" for stamp in stamps]),
            TimelineEvent.deleted_at.is_(None),
        )
    )
    return {event_id: _first_line(text) for event_id, text in found}


def _key_moments(session: Session, incident_id: int) -> list[tuple[int, str]]:
    """What the review cites as key moments, without what a person found wrong."""
    standing = standing_claims(incident_id).with_only_columns(Claim.id).order_by(None)
    found = session.execute(
        select(Citation.event_id, Claim.text)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(
            Claim.id.in_(standing),
            Claim.section == Section.KEY_MOMENTS,
            Claim.is_supported.is_(True),
            Claim.state != ClaimState.WRONG,
        )
        .order_by(Claim.position, Citation.position)
    )
    first: dict[str, int] = {}
    for event_id, text in found:
        first.setdefault(text, event_id)
    return [(event_id, text) for text, event_id in first.items()]


def _follow_ups(session: Session, incident_id: int) -> list[tuple[int, str]]:
    found = session.execute(
        select(Evidence.event_id, Suggestion.title)
        .join(Suggestion, Suggestion.id == Evidence.suggestion_id)
        .where(
            Suggestion.incident_id == incident_id,
            Suggestion.decision.in_(
                [DecisionKind.ACCEPTED, DecisionKind.EDITED, DecisionKind.MERGED]
            ),
        )
    )
    return [(event_id, title) for event_id, title in found]


def _made_of(session: Session, incident_id: int, span: Span) -> list[tuple[int, str]]:
    """Messages that people made into a follow-up themselves."""
    titles = {
        f"message:{each.source_ts}": each.title
        for each in follow_ups_of(session, incident_id)
        if each.source_ts
    }
    found = session.execute(
        select(TimelineEvent.id, TimelineEvent.natural_key).where(
            *within(span), TimelineEvent.natural_key.in_(titles)
        )
    )
    return [(event_id, titles[key]) for event_id, key in found]


def _first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= _LONGEST_LABEL else f"{line[: _LONGEST_LABEL - 1]}…"
