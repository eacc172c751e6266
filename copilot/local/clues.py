"""Statements that may name follow-up work, and what speaks for and against each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.incidents.due import due_in, due_offered
from copilot.local.antecedents import antecedent_of, names_nothing
from copilot.local.company import in_company
from copilot.local.cues import CueMatch, cue_matches, names_in
from copilot.local.features import features_of
from copilot.local.lexicon import content_stems
from copilot.local.people import People
from copilot.local.phrases import MARKER, REQUEST
from copilot.local.statements import Statement, statements_of
from copilot.local.surroundings import context_features
from copilot.ports import WindowMessage

_OPEN_END = re.compile(
    r"\b(?:for|about|on|with|to|into) (?:it|(?:that|this)(?=$|[,.;:!?)]| (?:after|later|today"
    r"|tomorrow|now|then|too|by|on|in|next|this)\b))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clue:
    """One statement read through one cue."""

    message: WindowMessage
    statement: Statement
    match: CueMatch
    addressees: tuple[str, ...]
    features: dict[str, float]
    stems: frozenset[str]
    due: str | None
    about: str = ""
    """What `it` means, in the words of a statement before; empty if nothing is left open."""
    source: tuple[WindowMessage, Statement] | None = None
    """Where `about` stands, if not in the message itself."""

    @property
    def is_open(self) -> bool:
        """Says `it` or `that` where the work should be named."""
        return "pronoun" in self.features

    @property
    def kind(self) -> str:
        if self.match.cue.kind != MARKER:
            return self.match.cue.kind
        return "request" if self.addressees else "proposal"


def clues_in(messages: Sequence[WindowMessage], people: People) -> list[list[Clue]]:
    """For every statement with a cue, its readings."""
    found: list[list[Clue]] = []
    for position, message in enumerate(messages):
        if message.is_bot:
            continue
        for statement in statements_of(message):
            readings = _readings(messages, position, statement, people)
            if readings:
                found.append(readings)
    return found


def _readings(
    messages: Sequence[WindowMessage], position: int, statement: Statement, people: People
) -> list[Clue]:
    message = messages[position]
    called, text = people.addressed(statement.text)
    if not called and not statement.is_first:
        called, _ = people.addressed(_first_line(message.text))
    has_call = text != statement.text
    last_called, text = people.called_last(text)
    called = called or last_called
    matches = [(match, _named(match, people)) for match in cue_matches(text, people)]
    if not matches:
        return []
    context = context_features(messages, position, statement, people)
    asked = next((named for match, named in matches if named and match.cue.kind == REQUEST), [])
    readings = []
    for match, named in matches:
        heard_as_request = asked if match.cue.kind == REQUEST else []
        addressees = tuple(dict.fromkeys(named or called or heard_as_request))
        features = in_company(features_of(text, match, statement, message) | context)
        if addressees:
            features["addressed"] = 1.0
        if named:
            features["named"] = 1.0
        if has_call and not addressees:
            features["called_stranger"] = 1.0
        about, source = "", None
        if "pronoun" in features or _OPEN_END.search(match.do) or names_nothing(match):
            about, source = antecedent_of(match, statement, messages, position)
        due = due_in(match.do) or due_in(text) or due_offered(message.text[statement.end :])
        stems = content_stems(f"{match.what} {match.do} {about}")
        readings.append(
            Clue(message, statement, match, addressees, features, stems, due, about, source)
        )
    return readings


def _named(match: CueMatch, people: People) -> list[str]:
    return [user_id for name in names_in(match.who) if (user_id := people.find(name))]


def _first_line(text: str) -> str:
    return text[:80].split("\n")[0]
