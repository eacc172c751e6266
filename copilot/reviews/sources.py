"""Looks up what citations cite: the words then, the words now, and where they can be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.ports import Quote, WindowMessage
from copilot.reviews.citations import is_verbatim
from copilot.reviews.models import Citation
from copilot.reviews.versions import Cited
from copilot.timeline.models import Revision, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.permalinks import permalink
from copilot.timeline.reading import author_of, is_bots, latest_revision_ids
from copilot.workspaces.directory import names_of, workspace_of

_CHUNK = 500


class _Event(NamedTuple):
    """Of a `TimelineEvent` what a source tells. A long review has hundreds, and a page that shows
    them is waited for: whole objects would take most of its time."""

    id: int
    kind: str
    details: dict[str, Any]
    author_id: str | None
    author_name: str | None
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    occurred_at: datetime
    deleted_at: datetime | None


class _Revision(NamedTuple):
    id: int
    text: str
    text_hash: str


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


_EVENTS = select(*(getattr(TimelineEvent, name) for name in _Event._fields))
_REVISIONS = select(*(getattr(Revision, name) for name in _Revision._fields))


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
    events = {row[0]: _Event(*row) for row in _rows(session, _EVENTS, event_ids)}
    latest = latest_revision_ids(session, event_ids)
    wanted = {citation.revision_id for citation in citations} | set(latest.values())
    revisions = {row[0]: _Revision(*row) for row in _rows(session, _REVISIONS, sorted(wanted))}
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
    event: _Event,
    cited: _Revision,
    now: _Revision,
    url: str,
    names: dict[str, str],
) -> Source:
    text = to_plain(cited.text, names)
    # An event's columns are all that it asks for.
    author = author_of(cast("TimelineEvent", event), names)
    return Source(
        citation=citation,
        message=WindowMessage(
            number=event.id,
            event_id=event.id,
            revision_id=cited.id,
            author_id=event.author_id,
            author_name=author or "someone",
            text=text,
            occurred_at=event.occurred_at,
            message_ts=event.message_ts or "",
            thread_ts=event.thread_ts,
            is_bot=is_bots(event.kind, event.details),
            is_new=False,
        ),
        text_now=text if now.id == cited.id else to_plain(now.text, names),
        latest_revision_id=now.id,
        permalink=permalink(url, event.channel_id, event.message_ts or "", event.thread_ts),
        is_deleted=event.deleted_at is not None,
        is_changed=event.deleted_at is not None or now.text_hash != cited.text_hash,
    )


def _rows(session: Session, query: Select[Any], ids: Sequence[int]) -> Iterable[Any]:
    """`query` selects by what its first column may be."""
    by = query.selected_columns[0]
    for chunk in _chunks(ids):
        yield from session.execute(query.where(by.in_(chunk)))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
