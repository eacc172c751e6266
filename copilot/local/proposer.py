"""Finds follow-up work in a window of chat without any model service.

Each statement is read through phrases people use (`cues`), weighed by a small logistic model
(`confidence`), brought together with what else is said about the same work (`grouping`) and given
a title in its author's own words (`titles`).
"""

from collections.abc import Sequence

from copilot.local.clues import Clue, clues_in
from copilot.local.confidence import Weights, shipped_weights
from copilot.local.grouping import Group, add_answers, grouped
from copilot.local.lexicon import content_stems, words_of
from copilot.local.on_the_spot import is_on_the_spot
from copilot.local.people import People
from copilot.local.phrases import MARKER
from copilot.local.statements import Statement
from copilot.local.titles import title_of
from copilot.ports import Candidate, Proposal, Quote, Window, WindowMessage

MAX_EVIDENCE = 5
MAX_QUOTE = 300
MOST_WORDS_BEFORE_IT = 4


class LocalProposer:
    """The port `Proposer`, on this machine alone. Same window, same proposal."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped_weights()

    @property
    def debounce(self) -> None:
        """It costs next to nothing."""

    def propose(self, window: Window) -> Proposal:
        return self.judged(window, clues_in(window.messages, People(window)))

    def judged(self, window: Window, heard: Sequence[Sequence[Clue]]) -> Proposal:
        """What is proposed from readings already made; they don't depend on any weight."""
        groups = grouped(self._likely_clues(heard))
        add_answers(groups, window.messages)
        candidates = (
            _candidate(group, self._weights.calibrated(group.confidence))
            for group in groups
            if _says_something_new(group) and not _is_for_now(group)
        )
        return Proposal(
            tuple(c for c in candidates if c.confidence >= self._weights.keep_above),
            engine=f"local-{self._weights.version}",
        )

    def _likely_clues(self, heard: Sequence[Sequence[Clue]]) -> list[tuple[Clue, float]]:
        likely = []
        for readings in heard:
            clue, probability = self._best(readings)
            if probability >= self._weights.hear_above and _is_telling(clue):
                likely.append((clue, probability))
        return likely

    def _best(self, readings: Sequence[Clue]) -> tuple[Clue, float]:
        """The surest reading; of readings nearly as sure, one that names the work.

        `I need to cut a release, will do that today` is about the release, not about `that`.
        """
        rated = [(self._weights.probability(r.features), r) for r in readings]
        highest, surest = max(rated, key=lambda pair: pair[0])
        if not surest.is_open:
            return surest, highest
        has_said_it = len(words_of(surest.match.before)) > MOST_WORDS_BEFORE_IT
        enough = 0.0 if has_said_it else highest / 3
        naming = [pair for pair in rated if not pair[1].is_open and pair[0] >= enough]
        _, clue = max(naming or rated, key=lambda pair: pair[0])
        return clue, highest


def _is_telling(clue: Clue) -> bool:
    """`Fix` or `do it` tells nobody what to do, unless it was marked on purpose."""
    title = title_of(clue.match, clue.about)
    if clue.match.cue.kind == MARKER:
        return bool(title)
    return len(words_of(title)) > 1 and bool(content_stems(title))


def _says_something_new(group: Group) -> bool:
    """What rests on context alone was proposed when that was new."""
    told = [clue.message for clue in group.clues] + group.answers
    if group.done_by:
        told.append(group.done_by)
    return any(message.is_new for message in told)


def _is_for_now(group: Group) -> bool:
    """`Shall we roll back?` is settled by the time that anybody would put it on a list."""
    main = group.main
    if main.match.cue.kind == MARKER or any(clue.due for clue in group.clues):
        return False
    said = [clue.statement.text for clue in group.clues]
    return is_on_the_spot(title_of(main.match, main.about), said)


def _candidate(group: Group, confidence: float) -> Candidate:
    main = group.main
    quotes = [
        Quote(clue.message.number, _quote(clue.statement, clue.message)) for clue in group.clues
    ]
    if main.source:
        message, statement = main.source
        quotes.append(Quote(message.number, _quote(statement, message)))
    quotes += [Quote(m.number, _short(m.text)) for m in group.answers[:2]]
    owners = group.owners()
    return Candidate(
        kind=_kind(group),
        title=title_of(main.match, main.about),
        owner_id=owners[0] if owners else None,
        due=next((clue.due for clue in reversed(group.clues) if clue.due), None),
        confidence=round(confidence, 4),
        evidence=_distinct(quotes, first=main.message.number),
        is_done=group.done_by is not None,
    )


def _kind(group: Group) -> str:
    kinds = [clue.kind for clue in group.clues]
    return next((kind for kind in ("commitment", "request") if kind in kinds), "proposal")


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
