"""The private answers that tell what happened: catching up, and the list of key moments."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.reviews.catchup import CatchUp, ToldLine
from copilot.slack.answers import Answer, lines_answer, severity_name
from copilot.slack.cards import Block
from copilot.slack.escaping import is_web_address, mrkdwn, safe
from copilot.slack.times import when
from copilot.timeline.gaps import gap_words
from copilot.timeline.models import TimelineEvent
from copilot.timeline.permalinks import ts_to_instant

_QUOTE_LENGTH = 220
_RECORD_LENGTH = 200
_NAME_LENGTH = 60
_MOST_GAPS = 5

RecordLink = Callable[[ToldLine], str]
"""Where a record stands in the console."""


@dataclass(frozen=True, slots=True)
class Told:
    """About which incident it is, and from when on."""

    title: str
    severity: str | None
    status: str
    since: datetime | None
    since_words: str
    """Why from then on, e.g. `when you last spoke here`; may be empty."""
    console_link: str


def catchup_answer(told: Told, catchup: CatchUp, link_of: RecordLink, now: datetime) -> Answer:
    lines = [_head(told, now)]
    if not catchup.lines:
        lines.append(_nothing(catchup))
    lines += [told_line(line, link_of, now) for line in catchup.lines]
    closing = [
        *([_coverage(catchup)] if catchup.messages else []),
        *gap_lines(catchup.gaps, now),
        _link(told.console_link, "The whole timeline").strip() or "The console has all of it.",
    ]
    return lines_answer(lines, [_context(text) for text in closing])


def timeline_answer(
    told: Told,
    lines: Sequence[ToldLine],
    *,
    left_out: int,
    gaps: Sequence[TimelineEvent],
    link_of: RecordLink,
    now: datetime,
) -> Answer:
    shown = [_head(told, now)]
    if not lines:
        shown.append(
            "No key moments and no changes. React with :star: to a message to make it a key "
            "moment, or use `/incident note`."
        )
    shown += [told_line(line, link_of, now) for line in lines]
    more = f"{left_out} earlier ones are left out. " if left_out else ""
    closing = [
        *gap_lines(gaps, now),
        (more + _link(told.console_link, "The whole timeline")).strip() or "That is all.",
    ]
    return lines_answer(shown, [_context(text) for text in closing])


def told_line(line: ToldLine, link_of: RecordLink, now: datetime) -> str:
    """When, who, the words themselves, and where they stand."""
    sign = "◆ " if line.is_key_moment else "▲ " if line.is_alert else ""
    author = safe(line.author, _NAME_LENGTH)
    if line.permalink is None:
        words = safe(line.text, _RECORD_LENGTH) or "a record without words"
        by = f" · {author}" if author else ""
        return f"{when(line.at, now)}  {sign}{words}{by}{_link(link_of(line), 'record')}"
    quote = f"“{safe(line.text, _QUOTE_LENGTH)}”"
    return f"{when(line.at, now)}  {sign}*{author}* {quote}{_link(line.permalink, 'source')}"


def gap_lines(gaps: Sequence[TimelineEvent], now: datetime) -> Iterator[str]:
    """What is known to be missing, and why."""
    for gap in gaps[:_MOST_GAPS]:
        why = safe(gap_words(gap).rpartition(": ")[2], _RECORD_LENGTH)
        begins = when(ts_to_instant(str(gap.details["from_ts"])), now)
        until_ts = gap.details.get("until_ts")
        if until_ts is None:
            yield f"Since {begins} messages may be missing: {why}"
        else:
            ends = when(ts_to_instant(str(until_ts)), now)
            yield f"From {begins} to {ends} messages may be missing: {why}"
    if len(gaps) > _MOST_GAPS:
        yield f"{len(gaps) - _MOST_GAPS} more stretches may lack messages"


def _head(told: Told, now: datetime) -> str:
    parts = [f"*{safe(told.title, 200)}*", severity_name(told.severity), safe(told.status, 40)]
    if told.since is None:
        parts.append(told.since_words or "from the beginning")
    else:
        why = f", {told.since_words}" if told.since_words else ""
        parts.append(f"since {when(told.since, now)}{why}")
    return " · ".join(parts)


def _nothing(catchup: CatchUp) -> str:
    if not catchup.messages:
        return "Nothing new: nobody said anything, and nothing was changed."
    return "Nothing stands out in what was said."


def _coverage(catchup: CatchUp) -> str:
    """Every message is either covered or counted here."""
    left_out = catchup.left_out
    counted = (
        (left_out.bot_lines, "bot line", "bot lines"),
        (left_out.ignored, "ignored message", "ignored messages"),
        (left_out.without_words, "message without words", "messages without words"),
        (left_out.older, "older message", "older messages"),
    )
    parts = [f"{number} {one if number == 1 else many}" for number, one, many in counted if number]
    covers = f"covers {catchup.covered} of {catchup.messages} messages"
    return f"{covers}; left out: {', '.join(parts)}" if parts else covers


def _link(address: str, label: str) -> str:
    return f"  <{address.replace('&', '&amp;')}|{label}>" if is_web_address(address) else ""


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}
