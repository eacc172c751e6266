"""Finds follow-up work in a window of chat without any model service.

Each statement is read through phrases people use (`cues`), weighed by a small logistic model
(`confidence`), brought together with what else is said about the same work (`grouping`) and given
a title in its author's own words (`titles`).
"""

import re
from collections.abc import Sequence

from copilot.local.clues import Clue, clues_in
from copilot.local.confidence import Weights, shipped_weights
from copilot.local.grouping import Group, add_answers, grouped
from copilot.local.lexicon import ARTEFACTS, words_of
from copilot.local.people import People
from copilot.local.statements import Statement, statements_of
from copilot.local.titles import polished, title_of
from copilot.ports import Candidate, Proposal, Quote, Window, WindowMessage

MAX_EVIDENCE = 5
MAX_QUOTE = 300
_ASKING = re.compile(
    r"^(?:(?:so|and|but|ok|hm+),? )*(?:what(?:'s| is| are)|where(?:'s| is| are)|who(?:'s| is)|is there|are there|do we have|does anyone have"
    r"|did (?:you|we|anyone)|ha(?:s|ve) (?:you|we|anyone)|can (?:you|we|someone)|could (?:you|we|someone)|how about)\s+",
    re.IGNORECASE,
)


class LocalProposer:
    """The port `Proposer`, on this machine alone. Same window, same proposal."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped_weights()

    def propose(self, window: Window) -> Proposal:
        people = People(window)
        groups = grouped(self._likely_clues(window, people))
        add_answers(groups, window.messages, people)
        candidates = [
            candidate
            for group in groups
            if _says_something_new(group) and (candidate := _candidate(group, window.messages))
        ]
        return Proposal(tuple(candidates), engine=f"local-{self._weights.version}")

    def _likely_clues(self, window: Window, people: People) -> list[tuple[Clue, float]]:
        likely = []
        for readings in clues_in(window.messages, people):
            probability, clue = max(
                ((self._weights.probability(r.features), r) for r in readings),
                key=lambda pair: pair[0],
            )
            if probability >= self._weights.keep_above and title_of(clue.match):
                likely.append((clue, probability))
        return likely


def _says_something_new(group: Group) -> bool:
    """What rests on context alone was proposed when that was new."""
    told = [clue.message for clue in group.clues] + group.answers
    if group.done_by:
        told.append(group.done_by)
    return any(message.is_new for message in told)


def _candidate(group: Group, messages: Sequence[WindowMessage]) -> Candidate | None:
    main = group.main
    title = title_of(main.match)
    quotes = [
        Quote(clue.message.number, _quote(clue.statement, clue.message)) for clue in group.clues
    ]
    if "pronoun" in main.features:
        title, antecedent = _with_antecedent(title, main, messages)
        quotes += antecedent
    quotes += [Quote(m.number, _short(m.text)) for m in group.answers[:2]]
    owners = group.owners()
    return Candidate(
        kind=_kind(group),
        title=title,
        owner_id=owners[0] if owners else None,
        due=next((clue.due for clue in reversed(group.clues) if clue.due), None),
        confidence=round(group.confidence, 4),
        evidence=_distinct(quotes, first=main.message.number),
        is_done=group.done_by is not None,
    )


def _kind(group: Group) -> str:
    kinds = [clue.kind for clue in group.clues]
    return next((kind for kind in ("commitment", "request") if kind in kinds), "proposal")


def _with_antecedent(
    title: str, main: Clue, messages: Sequence[WindowMessage]
) -> tuple[str, list[Quote]]:
    """`file it` says too little: adds what the message before was about, if that names a thing."""
    for message in reversed(messages[max(0, main.message.number - 4) : main.message.number - 1]):
        if message.is_bot or message.author_id == main.message.author_id:
            continue
        for statement in reversed(statements_of(message)):
            thing = polished(_ASKING.sub("", re.sub(r"^@?[\w.|-]+[:,] ", "", statement.text)))
            words = words_of(thing)
            if 2 <= len(words) <= 12 and any(word.lower() in ARTEFACTS for word in words):
                quote = Quote(message.number, _quote(statement, message))
                return f"{title}: {thing[:1].lower()}{thing[1:]}", [quote]
    return title, []


def _quote(statement: Statement, message: WindowMessage) -> str:
    return _short(statement.quote_from(message))


def _short(text: str) -> str:
    """The beginning of a text, cut between words; always verbatim."""
    text = text.strip()
    if len(text) <= MAX_QUOTE:
        return text
    cut = text[:MAX_QUOTE]
    return cut[: cut.rfind(" ")] if " " in cut else cut


def _distinct(quotes: Sequence[Quote], first: int) -> tuple[Quote, ...]:
    """One quote a message, the main message first, then in order of speaking."""
    by_number: dict[int, Quote] = {}
    for quote in quotes:
        by_number.setdefault(quote.number, quote)
    ordered = sorted(by_number.values(), key=lambda quote: (quote.number != first, quote.number))
    return tuple(ordered[:MAX_EVIDENCE])
