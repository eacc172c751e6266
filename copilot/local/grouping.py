"""Brings together what several messages say about one piece of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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

REACH_OF_WORDS = 40
"""Messages over which the same words mean the same work."""
REACH_OF_ANSWER = 8


@dataclass(slots=True)
class Group:
    """Clues to one piece of work, and what people answered."""

    clues: list[Clue]
    probabilities: list[float]
    answers: list[WindowMessage] = field(default_factory=list)
    done_by: WindowMessage | None = None
    _stems: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._stems = self.clues[0].stems

    def add(self, clue: Clue, probability: float) -> None:
        self.clues.append(clue)
        self.probabilities.append(probability)
        self._stems = self._stems | clue.stems

    @property
    def main(self) -> Clue:
        """The clue that says it best: what people marked, else the surest that names a thing."""
        return max(
            zip(self.clues, self.probabilities, strict=True),
            key=lambda pair: (
                pair[0].match.cue.kind == MARKER,
                not pair[0].is_open or bool(pair[0].about),
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
        shared = self._stems & clue.stems
        telling = shared - COMMON_STEMS
        part = len(shared) / max(1, min(len(self._stems), len(clue.stems)))
        if clue.is_open and not clue.about:
            return bool(shared) and clue.message.number - self.last_number <= REACH_OF_ANSWER
        enough = 0.34 if clue.match.cue.kind == MARKER else 0.5
        return len(shared) >= 2 and bool(telling) and part >= enough

    def is_answered_by(self, clue: Clue) -> bool:
        """`I'll do that after the meeting`: says who and when, of what was just talked about."""
        return (
            clue.kind == COMMITMENT
            and clue.is_open
            and len(content_stems(clue.match.do)) <= 3
            and 0 < clue.message.number - self.last_number <= REACH_OF_ANSWER
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
    texts = [readable(message.text[:300]) for message in messages]
    for group in groups:
        start = group.clues[0].message.number
        told = {clue.message.number for clue in group.clues}
        for message, text in zip(messages[start:], texts[start:], strict=True):
            if message.is_bot:
                continue
            if message.number not in told and _is_confirmation(group, message, text):
                group.answers.append(message)
            if message.number > start and _is_completion(group, message, text):
                group.done_by = message


def _is_confirmation(group: Group, message: WindowMessage, text: str) -> bool:
    speakers = {clue.message.author_id for clue in group.clues}
    asked = {person for clue in group.clues for person in clue.addressees}
    distance = message.number - group.last_number
    if not 0 < distance <= REACH_OF_ANSWER or not CONFIRMATION.match(text):
        return False
    if asked:
        return message.author_id in asked
    return distance <= 2 and message.author_id not in speakers and group.main.kind == "request"


def _is_completion(group: Group, message: WindowMessage, text: str) -> bool:
    found = COMPLETION.search(text)
    if not found or NOT_COMPLETE.search(text[: found.end()]) or text.endswith("?"):
        return False
    stems = content_stems(text)
    names_it = len(stems & group._stems) >= min(2, len(group._stems))
    is_owner = message.author_id in group.owners()
    follows = message.number - group.last_number
    if message.number in {clue.message.number for clue in group.clues}:
        return False
    if names_it and (is_owner or len(stems & group._stems) >= 2):
        return True
    return is_owner and 0 < follows <= REACH_OF_ANSWER and len(stems - group._stems) <= 3
