"""Writes an incident's timeline as JSON lines, CSV or Markdown, one event at a time.

What people wrote is data here: no text may end a line of the format, start a formula in a
spreadsheet, or turn into markup or a link in a document.
"""

import csv
import json
import re
from datetime import UTC
from typing import TextIO

from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.timeline.models import SPOKEN_KINDS
from copilot.timeline.reading import TimelineRow, timeline_rows
from copilot.workspaces.directory import channel_name

# Line ends to many readers of JSON lines, though not to JSON itself.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
_FORMULA_STARTS = "=+-@＝＋－＠"
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~!&$#]")
_BLOCK_START = re.compile(r"(\d{0,9})(?=[-+=.)]+(?:\s|$))")
_CODE = re.compile(r"```\n?(.*?)```", re.DOTALL)
# What a terminal would obey; line ends and tabs are dealt with where they matter.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BARE_LINK = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=\bwww)(?=\.)")


def write_jsonl(session: Session, incident: Incident, stream: TextIO) -> None:
    """One object a line, in UTF-8."""
    for row in timeline_rows(session, span_of(incident)):
        line = json.dumps(row.model_dump(mode="json"), ensure_ascii=False)
        stream.write(line.translate(_LINE_ENDS) + "\n")


def write_csv(session: Session, incident: Incident, stream: TextIO) -> None:
    """With a header; a cell that a spreadsheet would compute starts with an apostrophe."""
    writer = csv.writer(stream)  # line ends as in RFC 4180, so that a lone \r is quoted as well
    writer.writerow(TimelineRow.model_fields)
    for row in timeline_rows(session, span_of(incident)):
        writer.writerow([_cell(value) for value in row.model_dump(mode="json").values()])


def write_markdown(session: Session, incident: Incident, stream: TextIO) -> None:
    """A list to read, by day; the time of each entry links to its source."""
    span = span_of(incident)
    channel = channel_name(session, incident.team_id, incident.channel_id)
    stream.write(f"# {_escaped(incident.title)}\n\n")
    stream.write(f"Timeline of \\#{_escaped(channel)}. Times are UTC.\n")
    day = None
    for row in timeline_rows(session, span):
        if row.occurred_at.astimezone(UTC).date() != day:
            day = row.occurred_at.astimezone(UTC).date()
            stream.write(f"\n## {day.isoformat()}\n\n")
        stream.write(f"- {_entry(row)}\n")


def _entry(row: TimelineRow) -> str:
    at = f"{row.occurred_at.astimezone(UTC):%H:%M:%S}"
    notes = [] if row.kind in SPOKEN_KINDS else [row.kind.replace("_", " ")]
    notes += ["edited"] if row.edited else []
    notes += ["deleted"] if row.deleted else []
    parts = [f"[{at}](<{row.permalink}>)" if row.permalink else at]
    parts += [f"**{_escaped(row.author)}**"] if row.author else []
    parts += [f"_({', '.join(notes)})_"] if notes else []
    return " ".join(parts) + _paragraph(row.text)


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", value)
    return f"'{text}" if text.lstrip()[:1] in tuple(_FORMULA_STARTS) else text


def _paragraph(text: str) -> str:
    """Text inside a list item: its lines kept, code blocks as code."""
    written = ""
    for number, piece in enumerate(_CODE.split(text)):
        if number % 2:
            written += f"\n\n{_code(piece)}\n"
        elif piece.strip():
            written += ("\n  " if written else " ") + _lines(piece)
    return written.rstrip("\n")


def _lines(text: str) -> str:
    lines = (_escaped(line) for line in text.splitlines())
    return "\\\n  ".join(line for line in lines if line)


def _code(text: str) -> str:
    """A block inside a list item. Nothing in it ends it: `_CODE` stops at the first fence."""
    lines = (_CONTROL.sub("", line) for line in text.splitlines())
    return "\n".join(f"  {line}".rstrip() for line in ["```", *lines, "```"])


def _escaped(text: str) -> str:
    """One line of Markdown that reads exactly like the text."""
    line = _CONTROL.sub("", " ".join(text.splitlines()))
    line = _MARKUP.sub(r"\\\g<0>", line.strip())
    if start := _BLOCK_START.match(line):
        line = f"{start[1]}\\{line[start.end() :]}"
    return _BARE_LINK.sub(r"\\", line)
