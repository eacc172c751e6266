"""Reads what people type after `/incident`. Pure, and forgiving where the meaning is clear."""

import difflib
import re
from dataclasses import dataclass

from copilot.incidents.models import Severity, Status

WORDS = (
    "declare",
    "status",
    "severity",
    "rename",
    "role",
    "handover",
    "resolve",
    "reopen",
    "catchup",
    "timeline",
    "note",
    "suggestions",
    "held",
    "quiet",
    "noise",
    "followup",
    "review",
    "help",
)
USAGE_HINT = " | ".join(WORDS)
"""What Slack shows beside `/incident` while somebody types it."""
_ALIASES = {
    "catch-up": "catchup",
    "follow-up": "followup",
    "follow-ups": "followup",
    "followups": "followup",
    "hand-over": "handover",
    "handoff": "handover",
    "re-open": "reopen",
    "roles": "role",
    "suggestion": "suggestions",
}
# Quotes and stops that a phone or a habit puts around a word, in any of our users' languages.
_SPACES = " \t\n" + chr(0xA0) + chr(0x202F)
_QUOTES = "\"'`“”„‟‘’‚‛«»‹›" + _SPACES
_STOPS = ".,;:" + _SPACES
_AROUND_A_WORD = _QUOTES + _STOPS + "!?¡¿…"
_AROUND_A_SEVERITY = _AROUND_A_WORD + "()[]–—-"
_SEVERITY = re.compile(r"(?:sev(?:erity)?)[-_ ]?([1-4])|p([1-4])", re.IGNORECASE)
_NEW_CHANNEL = re.compile(r"(?:--|—|–)new-channel(?:[ =]|$)", re.IGNORECASE)
MAX_TITLE = 200
MAX_CHANNEL_NAME = 80


@dataclass(frozen=True, slots=True)
class Typed:
    """`word` is in lower case; empty when nothing was typed."""

    word: str
    rest: str
    """What follows, on one line."""
    text: str = ""
    """What follows, with its line breaks."""


@dataclass(frozen=True, slots=True)
class Declaration:
    title: str
    severity: Severity | None
    new_channel: str | None
    """A channel name to create, or None to adopt the one the command was given in."""


def read_typed(text: str) -> Typed:
    first, *more = text.lstrip(_AROUND_A_WORD).split(maxsplit=1) or [""]
    word = first.strip(_AROUND_A_WORD).lower()
    rest = more[0].strip() if more else ""
    if not rest.strip(_AROUND_A_WORD):
        rest = ""
    return Typed(_ALIASES.get(word, word), " ".join(rest.split()), rest)


def nearest_word(word: str) -> str | None:
    return _nearest(word, WORDS)


def read_severity(text: str) -> Severity | None:
    """`sev2`, `SEV-2`, `sev 2`, `p2` and `2` all mean SEV2."""
    text = text.strip()
    matched = _SEVERITY.fullmatch(text)
    number = (matched.group(1) or matched.group(2)) if matched else text
    return Severity(f"sev{number}") if number in {"1", "2", "3", "4"} else None


def read_status(text: str) -> Status | None:
    """The status, or the one that was nearly typed."""
    found = _nearest(text.strip(_AROUND_A_WORD).lower(), tuple(Status))
    return Status(found) if found else None


def read_severity_and_note(text: str) -> tuple[Severity | None, str]:
    """`sev 2 cards are refused`: how bad it is, and what was said about that."""
    words = text.split()
    for length in (2, 1):
        found = read_severity(" ".join(words[:length]).strip(_AROUND_A_WORD))
        if found is not None:
            return found, _as_note(words[length:])
    return None, ""


def read_status_and_note(text: str) -> tuple[Status | None, str]:
    """`monitoring, replica caught up`: the status, and what was said about that."""
    first, *more = text.split() or [""]
    return read_status(first), _as_note(more)


def unquoted(text: str) -> str:
    """Without the quotes that people put around a title, in any of our users' languages."""
    text = text.strip(_SPACES).rstrip(_STOPS)
    return text.strip(_QUOTES) if text[:1] in _QUOTES else text


def read_declaration(text: str) -> Declaration:
    """Title and severity in either order; `--new-channel NAME` may stand anywhere.

    A bare number is part of the title ("region 2 down"), so here a severity needs its letters.
    """
    words, new_channel = _without_channel(text)
    severity = None
    for ends in (slice(-2, None), slice(-1, None), slice(0, 2), slice(0, 1)):
        at_the_end = " ".join(words[ends]).strip(_AROUND_A_SEVERITY)
        if severity is None and _SEVERITY.fullmatch(at_the_end):
            severity = read_severity(at_the_end)
            del words[ends]
    return Declaration(unquoted(" ".join(words)), severity, new_channel)


def to_channel_name(text: str) -> str:
    """What Slack allows: lower case, no spaces or punctuation, at most 80 characters."""
    name = re.sub(r"[^\w-]+", "-", text.strip().lstrip("#").lower())
    return re.sub(r"-{2,}", "-", name).strip("-_")[:MAX_CHANNEL_NAME].rstrip("-_")


def _as_note(words: list[str]) -> str:
    return " ".join(words).lstrip(_STOPS + "–—-").rstrip()


def _without_channel(text: str) -> tuple[list[str], str | None]:
    flag = _NEW_CHANNEL.search(text)
    if flag is None:
        return text.split(), None
    name, _, rest = text[flag.end() :].strip().partition(" ")
    return [*text[: flag.start()].split(), *rest.split()], to_channel_name(name)


def _nearest(word: str, choices: tuple[str, ...]) -> str | None:
    if not word:
        return None
    beginning = [choice for choice in choices if len(word) >= 3 and choice.startswith(word)]
    near = beginning or difflib.get_close_matches(word[:40], choices, n=1, cutoff=0.6)
    return near[0] if near else None
