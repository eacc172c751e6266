"""Which messages deserve a mark: alerts, key moments, sources of agreed follow-ups."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.console.outline import Outline, Row
from copilot.reviews.models import Citation, Claim, ClaimState, Review, Section
from copilot.suggestions.models import Evidence, Suggestion
from copilot.suggestions.vocabulary import DecisionKind
from copilot.timeline.models import TimelineEvent
from copilot.workspaces.models import Member, Workspace

_ALERT = re.compile(
    r"\b(?:alert|alarm|firing|fired|triggered|critical|warning|page[ds]?|paging|down|breach\w*|"
    r"recovered|sev-?[1-4]|p[1-4]|threshold|budget burn|unhealthy|exceed\w*|above|below)\b",
    re.IGNORECASE,
)
_MOST_BOT_MESSAGES = 2000


@dataclass(frozen=True, slots=True)
class Highlight:
    """`kind` is alert, key or follow_up; `label` says what it is in a few words."""

    kind: str
    row: Row
    label: str


def read_highlights(
    session: Session, incident_id: int, team_id: str, outline: Outline
) -> list[Highlight]:
    rows = {row.id: row for row in outline.rows if row.is_spoken}
    labels = [
        *(("alert", event_id, text) for event_id, text in _alerts(session, team_id, outline)),
        *(("key", event_id, text) for event_id, text in _key_moments(session, incident_id)),
        *(("follow_up", event_id, text) for event_id, text in _follow_ups(session, incident_id)),
    ]
    return [
        Highlight(kind, rows[event_id], text) for kind, event_id, text in labels if event_id in rows
    ]


def marks_of(highlights: Sequence[Highlight]) -> Mapping[str, frozenset[str]]:
    """Kinds by message ts."""
    marks: dict[str, set[str]] = {}
    for highlight in highlights:
        marks.setdefault(highlight.row.message_ts or "", set()).add(highlight.kind)
    return {ts: frozenset(kinds) for ts, kinds in marks.items()}


def _alerts(session: Session, team_id: str, outline: Outline) -> list[tuple[int, str]]:
    """Bot messages that read like an alert; our own cards are none."""
    bots = set(
        session.scalars(
            select(Member.user_id).where(Member.team_id == team_id, Member.is_bot.is_(True))
        )
    )
    ours = session.scalar(select(Workspace.bot_user_id).where(Workspace.team_id == team_id))
    ids = [
        row.id
        for row in outline.rows
        if row.is_spoken and row.author_id != ours and _is_by_bot(row, bots)
    ]
    found = session.execute(
        select(TimelineEvent.id, TimelineEvent.text)
        .where(TimelineEvent.id.in_(ids[:_MOST_BOT_MESSAGES]))
        .order_by(TimelineEvent.id)
    )
    return [(event_id, _first_line(text)) for event_id, text in found if _ALERT.search(text)]


def _is_by_bot(row: Row, bots: set[str]) -> bool:
    author_id = row.author_id or ""
    return row.kind == "bot_message" or author_id in bots or author_id.startswith("B")


def _key_moments(session: Session, incident_id: int) -> list[tuple[int, str]]:
    """What the newest review cites as key moments, without what a person found wrong."""
    newest = select(func.max(Review.id)).where(Review.incident_id == incident_id).scalar_subquery()
    found = session.execute(
        select(Citation.event_id, Claim.text)
        .join(Claim, Claim.id == Citation.claim_id)
        .where(
            Claim.review_id == newest,
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
            Suggestion.decision.in_([DecisionKind.ACCEPTED, DecisionKind.EDITED]),
        )
    )
    return [(event_id, title) for event_id, title in found]


def _first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= 100 else f"{line[:99]}…"
