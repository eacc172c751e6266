"""Writes a review as Markdown.

Claims, quotes and names are what people typed, which is untrusted: escaped, they can neither
format the page nor form a link. The only links are permalinks of cited messages.
"""

import re
from collections.abc import Iterator

from copilot.reviews.export_words import (
    NOT_IN_TIMELINE,
    Export,
    additions,
    amendment_words,
    amendments_of,
    caveats,
    checker,
    count,
    export_of,
    left_out,
    length,
    milestone_words,
    provenance,
    standing,
)
from copilot.reviews.milestones import Milestones
from copilot.reviews.views import (
    AmendmentView,
    CitationView,
    ClaimView,
    ReviewView,
    SectionView,
)
from copilot.reviews.vocabulary import MilestoneKind

_MARKUP = re.compile(r"([\\`*_\[\]#|~$])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a terminal would obey them
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)(?=[.)]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_AUTOLINK = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.|(?<=\bmailto):", re.IGNORECASE)
_SPELLED_OUT = {":": "&#58;", ".": "&#46;"}


def to_markdown(view: ReviewView, milestones: Milestones | None = None) -> str:
    export = export_of(view, milestones)
    parts = [
        _heading(export),
        *(_section(export, section) for section in view.sections),
        *([_written_down(export)] if view.written_down else []),
        *([_added(export)] if additions(view) else []),
        _closing(export),
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """`text` on one line, as Markdown that shows exactly it."""
    line = _CONTROL.sub("", " ".join(text.split()))
    line = _MARKUP.sub(r"\\\1", line)
    line = re.sub(r"[&<>@]", lambda found: _ENTITIES[found[0]], line)
    line = _AUTOLINK.sub(lambda found: _SPELLED_OUT[found[0]], line)
    return _LINE_START.sub(lambda start: f"\\{start[1]}" if start[1] else f"{start[2]}\\", line)


def _heading(export: Export) -> str:
    view, incident = export.view, export.view.incident
    facts = [
        incident.severity.upper() if incident.severity else None,
        escaped(incident.status),
        f"\\#{escaped(incident.channel)}",
        f"{export.day(incident.declared_at)}, times are {escaped(incident.time_zone)}",
    ]
    lines = [
        f"# Post-incident review: {escaped(incident.title)}",
        "",
        f"**{escaped(standing(export))}**",
        "",
        *([f"SHA-256 `{view.signed.content_hash}`", ""] if view.signed else []),
        " · ".join(fact for fact in facts if fact),
        "",
        *_milestones(export),
        "",
        f"*{escaped(provenance(export))}*",
    ]
    return "\n".join(lines)


def _milestones(export: Export) -> Iterator[str]:
    yield "| | when | after | as the timeline has it |"
    yield "|---|---|---|---|"
    found = export.milestones.found
    first = next(iter(found.values()), None)
    for kind in MilestoneKind:
        milestone = found.get(kind)
        if milestone is None:
            yield f"| {kind.capitalize()} | *{NOT_IN_TIMELINE}* | | |"
            continue
        after = milestone.at - first.at if first is not None else None
        told = length(after) if after and after.total_seconds() > 0 else ""
        at = escaped(export.day_and_time(milestone.at))
        if milestone.permalink:
            at = f"[{at}](<{_address(milestone.permalink)}>)"
        why = escaped(milestone_words(milestone))
        yield f"| {kind.capitalize()} | {at} | {told} | {why} |"
    for each in export.milestones.durations:
        if each.length is not None:
            yield f"| {each.label} | {length(each.length)} | | {each.since} to {each.until} |"


def _section(export: Export, section: SectionView) -> str:
    head = f"## {escaped(section.title)}"
    if not section.claims:
        empty = "Not drafted yet." if section.is_waiting else "Not in the timeline."
        return f"{head}\n\n*{empty}*"
    return "\n".join([head, "", *(_claim(export, claim) for claim in section.claims)])


def _claim(export: Export, claim: ClaimView) -> str:
    links = ", ".join(_link(export, citation, claim.text) for citation in claim.citations)
    notes = "; ".join([checker(export, claim), *caveats(export.view, claim)])
    lines = [f"- {escaped(claim.text)} ({links}) *{escaped(notes)}*"]
    lines += _quotes(claim.text, claim.citations)
    lines += [
        f"  - Amendment {each.number}: {_amended(export, each)}"
        for each in amendments_of(export.view, claim.id)
    ]
    return "\n".join(lines)


def _quotes(text: str, citations: list[CitationView]) -> list[str]:
    """Whose words they are, unless the sentence itself says it all."""
    said = dict.fromkeys(
        (each.author_name, each.quote)
        for each in citations
        if each.quote and not (f"“{each.quote}”" in text and each.author_name in text)
    )
    return [f"  - {escaped(author)}: “{escaped(quote)}”" for author, quote in said]


def _amended(export: Export, each: AmendmentView) -> str:
    note = f"*{escaped(amendment_words(export, each))}*"
    if each.text is None:
        return f"struck. {note}"
    links = ", ".join(_link(export, citation, each.text) for citation in each.citations)
    return f"{escaped(each.text)} ({links}) {note}"


def _added(export: Export) -> str:
    lines = [
        f"- Amendment {each.number}: {_amended(export, each)}" for each in additions(export.view)
    ]
    return "\n".join(["## Added after signing", "", *lines])


def _written_down(export: Export) -> str:
    lines = [
        f"- {export.day_and_time(each.occurred_at)} {escaped(each.author)}: {escaped(each.text)}"
        for each in export.view.written_down
    ]
    head = "## Written down during the incident"
    return "\n".join([head, "", "*Said nowhere in the channel; as people wrote it.*", "", *lines])


def _link(export: Export, citation: CitationView, text: str) -> str:
    """The only links there are: permalinks, named by when the message was written."""
    at = citation.occurred_at.astimezone(export.zone)
    time = f"{at:%H:%M}"
    label = "source" if text.startswith(time) else time
    if at.date() != export.view.incident.declared_at.astimezone(export.zone).date():
        label = f"{at:%Y-%m-%d}" if label == "source" else f"{at:%Y-%m-%d %H:%M}"
    return f"[{label}](<{_address(citation.permalink)}>)"


def _address(permalink: str) -> str:
    return re.sub(r"[<>\s\\|]", "", permalink)


def _closing(export: Export) -> str:
    view = export.view
    drafted = f"Version {view.version}, drafted {export.day_and_time(view.drafted_at)}"
    lines = [f"{drafted} {view.incident.time_zone}.", left_out(view)]
    if view.amendments:
        lines.append(f"{count(len(view.amendments), 'amendment')} since it was signed.")
    return f"*{escaped(' '.join(line for line in lines if line))}*"
