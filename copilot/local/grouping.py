"""Brings together what several messages say about one piece of work."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copilot.local.antecedents import in_one_thread
from copilot.local.clues import Clue
from copilot.local.lexicon import (
    COMMON_STEMS,
    COMPLETION,
    CONFIRMATION,
    NOT_COMPLETE,
    content_stems,
)
from copilot.local.phrases import COMMITMENT, MARKER, REQUEST
from copilot.local.statements import readable
from copilot.ports import WindowMessage

REACH_OF_WORDS = 60
"""Messages over which the same words mean the same work."""
REACH_OF_ANSWER = 8
REACH_OF_BARE_DONE = 3


_ANSWERING = re.compile(
    r"(?:do|take|handle|get|have|own|sort|see|look|pick|write|file|fix|add|make|send|put|raise|open"
    r"|tackle|try|work|finish|start|prepare|draft)(?:ing|s)?\b",
    re.IGNORECASE,
)
"""Work of which `it` may be anything; `closing this` is of what is being closed."""


@dataclass(slots=True)
class Group:
    """Clues to one piece of work, and what people answered."""

    clues: list[Clue]
    probabilities: list[float]
    answers: list[WindowMessage] = field(default_factory=list)
    done_by: WindowMessage | None = None
    stems: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.stems = self.clues[0].stems

    def add(self, clue: Clue, probability: float) -> None:
        self.clues.append(clue)
        self.probabilities.append(probability)
        self.stems = self.stems | clue.stems

    @property
    def main(self) -> Clue:
        """The clue that says it best: what people marked, else the surest that names a thing."""
        return max(
            zip(self.clues, self.probabilities, strict=True),
            key=lambda pair: (
                pair[0].match.cue.kind == MARKER,
                not pair[0].is_open or bool(pair[0].about),
                bool(content_stems(pair[0].match.do)),
                pair[1],
            ),
        )[0]

    @property
    def confidence(self) -> float:
        """The surest clue; each further message takes away a part of the remaining doubt."""
        best, *others = sorted(self.probabilities, reverse=True)
        for probability in others[:3]:
            best += (1 - best) * 0.4 * probability
        return best

    @property
    def last_number(self) -> int:
        return self.clues[-1].message.number

    def owners(self) -> list[str]:
        """Who said they would, else who was asked."""
        said = [
            clue.message.author_id
            for clue in self.clues
            if clue.kind == COMMITMENT
            and clue.message.author_id
            and not clue.match.cue.name.startswith("we_")
        ]
        asked = [
            person for clue in self.clues for person in clue.addressees if clue.kind == REQUEST
        ]
        return said or asked

    def resembles(self, clue: Clue) -> bool:
        """Whether enough of the words are the same, and one of them says which work it is."""
        if clue.message.number - self.last_number > REACH_OF_WORDS:
            return False
        shared = self.stems & clue.stems
        telling = shared - COMMON_STEMS
        part = len(shared) / max(1, min(len(self.stems), len(clue.stems)))
        if clue.is_open and not clue.about:
            return bool(shared) and clue.message.number - self.last_number <= REACH_OF_ANSWER
        enough = 0.34 if clue.match.cue.kind == MARKER else 0.5
        return len(shared) >= 2 and bool(telling) and part >= enough

    def is_answered_by(self, clue: Clue) -> bool:
        """`I'll do that after the meeting`: says who and when, of what was just talked about."""
        return (
            clue.kind == COMMITMENT
            and clue.is_open
            and (_ANSWERING.match(clue.match.do) is not None or bool(self.stems & clue.stems))
            and len(content_stems(clue.match.do)) <= 3
            and 0 < clue.message.number - self.last_number <= REACH_OF_ANSWER
            and in_one_thread(self.clues[-1].message, clue.message)
            and self._expects(clue.message)
        )

    def _expects(self, message: WindowMessage) -> bool:
        asked = {person for clue in self.clues for person in clue.addressees}
        if asked:
            return message.author_id in asked
        return message.author_id != self.clues[-1].message.author_id


def grouped(clues: Sequence[tuple[Clue, float]]) -> list[Group]:
    """Clues in order of speaking become groups, each about one piece of work."""
    groups: list[Group] = []
    for clue, probability in clues:
        home = _home(groups, clue)
        if home:
            home.add(clue, probability)
        else:
            groups.append(Group([clue], [probability]))
    return groups


def _home(groups: Sequence[Group], clue: Clue) -> Group | None:
    tests: tuple[Callable[[Group], bool], ...] = (
        lambda group: group.resembles(clue),
        lambda group: group.is_answered_by(clue),
    )
    for fits in tests:
        for group in reversed(groups):
            if fits(group):
                return group
    return None


def add_answers(groups: Sequence[Group], messages: Sequence[WindowMessage]) -> None:
    """Finds, after each group, who agreed to it and whether somebody says that it is done."""
    answers = [(m, text) for m in messages if not m.is_bot and (text := readable(m.text[:300]))]
    agreeing = [(m, text) for m, text in answers if CONFIRMATION.match(text)]
    finishing = [(m, text) for m, text in answers if _tells_completion(text)]
    for group in groups:
        told = {clue.message.number for clue in group.clues}
        group.answers += [m for m, _ in agreeing if m.number not in told and _agrees(group, m)]
        for message, text in finishing:
            if message.number not in told and _finishes(group, message, text):
                group.done_by = message


def _agrees(group: Group, message: WindowMessage) -> bool:
    distance = message.number - group.last_number
    if not 0 < distance <= REACH_OF_ANSWER or not in_one_thread(group.clues[-1].message, message):
        return False
    asked = {person for clue in group.clues for person in clue.addressees}
    if asked:
        return message.author_id in asked
    speakers = {clue.message.author_id for clue in group.clues}
    return distance <= 2 and message.author_id not in speakers and group.main.kind == REQUEST


def _tells_completion(text: str) -> bool:
    found = COMPLETION.search(text)
    if not found or text.endswith("?"):
        return False
    return not NOT_COMPLETE.search(text[: found.end()])


def _finishes(group: Group, message: WindowMessage, text: str) -> bool:
    """Somebody names the work, or its owner says `done` right after."""
    if message.number <= group.clues[0].message.number:
        return False
    stems = content_stems(text)
    shared = len(stems & group.stems)
    is_owner = message.author_id in group.owners()
    if shared >= 2 or (is_owner and shared and len(group.stems) == 1):
        return True
    follows = message.number - group.last_number
    return (
        is_owner
        and 0 < follows <= REACH_OF_BARE_DONE
        and len(stems - group.stems) <= 3
        and in_one_thread(group.clues[-1].message, message)
    )
