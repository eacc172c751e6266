"""Writes a review as Markdown for people and as JSON for programs.

Claims and quotes are what people typed, which is untrusted: escaped, it can neither format the
page nor form a link. The only links are permalinks of cited messages.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.reviews.reading import (
    CitationView,
    ClaimView,
    ReviewedIncident,
    ReviewView,
    SectionView,
)

_MARKUP = re.compile(r"([\\`*_\[\]#|~$])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a terminal would obey them
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)(?=[.)]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_AUTOLINK = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.|(?<=\bmailto):", re.IGNORECASE)
_SPELLED_OUT = {":": "&#58;", ".": "&#46;"}


def to_json(view: ReviewView) -> dict[str, Any]:
    """`incident`, `not_in_timeline`, `sections`, `written_down`, `unsupported`, as documented."""
    return {
        "incident": view.incident.model_dump(mode="json"),
        "not_in_timeline": list(view.gaps),
        "sections": [section.model_dump(mode="json") for section in view.sections],
        "written_down": [written.model_dump(mode="json") for written in view.written_down],
        "unsupported": [
            {
                "text": claim.text,
                "section": _title_of(view, claim),
                "why": claim.why or "its sources do not carry it",
                "citations": [citation.model_dump(mode="json") for citation in claim.citations],
            }
            for claim in view.unsupported
        ],
    }


def to_markdown(view: ReviewView) -> str:
    parts = [_heading(view), *(_section(section, view.incident) for section in view.sections)]
    if view.written_down:
        parts.append(_written_down(view))
    return "\n\n".join([*parts, _closing(view)]) + "\n"


def escaped(text: str) -> str:
    """`text` on one line, as Markdown that shows exactly it."""
    line = _CONTROL.sub("", " ".join(text.split()))
    line = _MARKUP.sub(r"\\\1", line)
    line = re.sub(r"[&<>@]", lambda found: _ENTITIES[found[0]], line)
    line = _AUTOLINK.sub(lambda found: _SPELLED_OUT[found[0]], line)
    return _LINE_START.sub(lambda start: f"\\{start[1]}" if start[1] else f"{start[2]}\\", line)


def _title_of(view: ReviewView, claim: ClaimView) -> str:
    return next(section.title for section in view.sections if section.key == claim.section)


def _heading(view: ReviewView) -> str:
    incident = view.incident
    facts = [
        incident.severity.upper() if incident.severity else None,
        incident.status,
        f"\\#{escaped(incident.channel)}",
    ]
    lines = [
        f"# Post-incident review: {escaped(incident.title)}",
        "",
        " · ".join(fact for fact in facts if fact),
        "",
        *_milestones(view),
        "",
        _honest_line(view),
    ]
    return "\n".join(lines)


def _milestones(view: ReviewView) -> list[str]:
    """From the incident's records, not from chat."""
    incident = view.incident
    rows = [("Declared", incident.declared_at)]
    if incident.mitigated_at:
        rows.append(("Mitigated", incident.mitigated_at))
    if incident.resolved_at:
        rows.append(("Resolved", incident.resolved_at))
    lines = ["| | UTC | after |", "|---|---|---|"]
    for name, at in rows:
        after = _length(at - incident.declared_at) if at > incident.declared_at else ""
        lines.append(f"| {name} | {_stamp(at)} | {after} |")
    return lines


def _honest_line(view: ReviewView) -> str:
    read = f"Drafted from {view.events_read} messages"
    if view.events_left_out:
        read += f"; {view.events_left_out} did not fit and were not read"
    total = len(view.claims)
    checked = f"{view.checked} of {total} sentences checked by a person"
    return f"*{read}. {checked}.{_missing(view)}*"


def _missing(view: ReviewView) -> str:
    if not view.gaps:
        return ""
    count = "1 stretch" if len(view.gaps) == 1 else f"{len(view.gaps)} stretches"
    gaps = "; ".join(escaped(gap) for gap in view.gaps)
    return f" Not in the timeline: {count} ({gaps})."


def _section(section: SectionView, incident: ReviewedIncident) -> str:
    if not section.claims:
        return f"## {section.title}\n\n*Not in the timeline.*"
    return "\n".join(
        [f"## {section.title}", "", *(_claim(claim, incident) for claim in section.claims)]
    )


def _written_down(view: ReviewView) -> str:
    lines = [
        f"- {_stamp(each.occurred_at)} {escaped(each.author)}: {escaped(each.text)}"
        for each in view.written_down
    ]
    head = "## Written down during the incident"
    return "\n".join([head, "", "*Said nowhere in the channel; as people wrote it.*", "", *lines])


def _claim(claim: ClaimView, incident: ReviewedIncident) -> str:
    links = ", ".join(_link(citation, claim, incident) for citation in claim.citations)
    line = f"- {escaped(claim.text)} ({links})"
    if claim.is_checked and claim.checked_by:
        line += f" *{claim.state.value} by {escaped(claim.checked_by)}*"
    if not claim.supported:
        line += " *says more than its sources*"
    if "“" in claim.text:
        return line
    quotes = dict.fromkeys(citation.quote for citation in claim.citations if citation.quote)
    return "\n".join([line, *(f"  - “{escaped(quote)}”" for quote in quotes)])


def _link(citation: CitationView, claim: ClaimView, incident: ReviewedIncident) -> str:
    """The only links there are: permalinks, named by when the message was written."""
    at = citation.occurred_at.astimezone(UTC)
    time = f"{at:%H:%M}"
    label = "source" if claim.text.startswith(time) else time
    if at.date() != incident.declared_at.astimezone(UTC).date():
        label = f"{at:%Y-%m-%d}" if label == "source" else f"{at:%Y-%m-%d %H:%M}"
    address = re.sub(r"[<>\s\\]", "", citation.permalink)
    return f"[{label}](<{address}>)"


def _closing(view: ReviewView) -> str:
    if not view.unsupported:
        return f"*Version {view.version}, drafted {_stamp(view.drafted_at)} UTC.*"
    count = len(view.unsupported)
    kept = "1 sentence" if count == 1 else f"{count} sentences"
    return (
        f"*Version {view.version}, drafted {_stamp(view.drafted_at)} UTC. {kept} whose sources do "
        "not carry what was written are left out; the console shows them with the reason.*"
    )


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)  # as the console and Slack count them
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
