"""Everything about one incident that the parts of its page are made from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from copilot.console.highlights import Highlight, read_highlights
from copilot.console.outline import Outline, events_by_id, read_outline
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident, span_of
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of, workspace_of

_LONGEST_HEADLINE = 140
_WORTH = {"key": 4, "alert": 2, "follow_up": 1}


@dataclass(frozen=True, slots=True)
class Material:
    session: Session
    incident: Incident
    outline: Outline
    highlights: Sequence[Highlight]
    names: Mapping[str, str]
    workspace_url: str


def gather(session: Session, incident_id: int) -> Material:
    """Raises NotFoundError."""
    incident = get_incident(session, incident_id)
    names = names_of(session, incident.team_id)
    outline = read_outline(session, span_of(incident), names)
    return Material(
        session=session,
        incident=incident,
        outline=outline,
        highlights=read_highlights(session, incident.id, incident.team_id, outline),
        names=names,
        workspace_url=workspace_of(session, incident.team_id).url,
    )


def headlines(material: Material) -> dict[int, str]:
    """A line for each episode, by number: its title, or else what most was made of in it."""
    found = {e.number: _one_line(e.title) for e in material.outline.episodes if e.title}
    untitled = [e for e in material.outline.episodes if not e.title and e.spoken]
    if untitled:
        weights = _weights(material)
        chosen = {max(e.spoken, key=lambda row: weights[row.id]).id: e.number for e in untitled}
        for event in events_by_id(material.session, list(chosen)):
            found[chosen[event.id]] = _one_line(to_plain(event.text, material.names))
    return found


def _weights(material: Material) -> Counter[int]:
    """How much was made of each message: replies, reactions, being a key moment or an alert."""
    by_ts = {row.message_ts: row.id for row in material.outline.rows if row.message_ts}
    weights: Counter[int] = Counter()
    for row in material.outline.rows:
        about = row.target_ts if row.is_mark else row.thread_ts if row.is_reply else None
        if about in by_ts:
            weights[by_ts[about]] += 1
    for highlight in material.highlights:
        weights[highlight.row.id] += _WORTH[highlight.kind]
    return weights


def _one_line(text: str) -> str:
    line = " ".join(text.replace("`", " ").split())
    return line if len(line) <= _LONGEST_HEADLINE else f"{line[: _LONGEST_HEADLINE - 1]}…"
