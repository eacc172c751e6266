"""Looks up what citations cite: the words then, the words now, and where they can be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.ports import Quote, WindowMessage
from copilot.reviews.citations import is_verbatim
from copilot.reviews.models import Citation
from copilot.reviews.versions import Cited
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink
from copilot.timeline.reading import author_of, is_from_bot, latest_revision_ids
from copilot.workspaces.directory import names_of, workspace_of

_CHUNK = 500
_Row = TypeVar("_Row", TimelineEvent, Revision)


@dataclass(frozen=True, slots=True)
class Source:
    """One citation with the message behind it."""

    citation: Citation
    message: WindowMessage
    """As it read in the cited revision; its number is the event's id."""
    text_now: str
    latest_revision_id: int
    permalink: str
    is_deleted: bool
    is_changed: bool
    """Edited or deleted since the citation was made."""

    @property
    def quote(self) -> Quote:
        return Quote(self.message.number, self.citation.quote)

    @property
    def still_says_it(self) -> bool:
        return not self.is_deleted and is_verbatim(self.citation.quote, self.text_now)


def cited(source: Source) -> Cited:
    citation = source.citation
    return Cited(citation.event_id, citation.revision_id, citation.quote)


def sources_of(
    session: Session, incident: Incident, claim_ids: Sequence[int]
) -> dict[int, list[Source]]:
    """By claim, its citations in order."""
    citations = [
        citation
        for chunk in _chunks(claim_ids)
        for citation in session.scalars(
            select(Citation)
            .where(Citation.claim_id.in_(chunk))
            .order_by(Citation.claim_id, Citation.position)
        )
    ]
    event_ids = sorted({citation.event_id for citation in citations})
    events = _by_id(session, TimelineEvent, event_ids)
    latest = latest_revision_ids(session, event_ids)
    wanted = {citation.revision_id for citation in citations} | set(latest.values())
    revisions = _by_id(session, Revision, sorted(wanted))
    url = workspace_of(session, incident.team_id).url
    names = names_of(session, incident.team_id)
    found: dict[int, list[Source]] = {claim_id: [] for claim_id in claim_ids}
    for citation in citations:
        event = events[citation.event_id]
        now = revisions[latest.get(event.id, citation.revision_id)]
        source = _source(citation, event, revisions[citation.revision_id], now, url, names)
        found[citation.claim_id].append(source)
    return found


def _source(
    citation: Citation,
    event: TimelineEvent,
    cited: Revision,
    now: Revision,
    url: str,
    names: dict[str, str],
) -> Source:
    return Source(
        citation=citation,
        message=WindowMessage(
            number=event.id,
            event_id=event.id,
            revision_id=cited.id,
            author_id=event.author_id,
            author_name=author_of(event, names) or "someone",
            text=to_plain(cited.text, names),
            occurred_at=event.occurred_at,
            message_ts=event.message_ts or "",
            thread_ts=event.thread_ts,
            is_bot=is_from_bot(event),
            is_new=False,
        ),
        text_now=to_plain(now.text, names),
        latest_revision_id=now.id,
        permalink=permalink(url, event.channel_id, event.message_ts or "", event.thread_ts),
        is_deleted=event.deleted_at is not None,
        is_changed=event.deleted_at is not None or now.text_hash != cited.text_hash,
    )


def _by_id(session: Session, table: type[_Row], ids: Sequence[int]) -> dict[int, _Row]:
    return {
        row.id: row
        for chunk in _chunks(ids)
        for row in session.scalars(select(table).where(table.id.in_(chunk)))
    }


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
