"""What the local drafter has chosen so far: no message is told twice, no sentence unproven."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from copilot.ports import DraftedClaim, EpisodeMessages, Quote, WindowMessage
from copilot.reviews.citations import check_claim
from copilot.reviews.cues import Cue
from copilot.reviews.models import Section
from copilot.reviews.plain_trouble import tells_what_is_down
from copilot.reviews.salience import FEW_WORDS, Sentence, is_told, whole_of, without_label
from copilot.reviews.words import bare_stem, word_set, words

Wording = Callable[[Sentence], str | None]

_WHOLE_MESSAGE = 20
_SAME_STATUS = timedelta(minutes=30)
_SAME_IN_A_LOG = 0.8
"""Lines of a log are short and alike; what differs in one word happened another time."""
_TELLING_STEMS = 2
_FILLERS = word_set(
    """
    a again also am an and are be been definitely i is just now ok please really seeing so still the
    too very was we were yes
    """
) - {"seeing"}
"""Small words that leave what is said as it was; `not`, `down` and `back` do not."""
WITHOUT_SAYING = frozenset({"incident", "issue"})
"""`Resolved` says what `Incident is resolved` says."""
TITLE_OF_CHANGE = re.compile(r"^#\d+\s+\S")
"""What Slack shows of a change that somebody linked to."""


@dataclass(slots=True)
class Selection:
    """The claims so far, and what they already tell."""

    episodes: InitVar[Sequence[EpisodeMessages]]
    zone: ZoneInfo
    known_names: frozenset[str]
    log_keepers: frozenset[str | None] = frozenset()
    common: frozenset[str] = frozenset()
    """Stems that most lines of a log have."""
    labels: Mapping[str | None, str] = field(default_factory=dict)
    """What all lines of an author open with."""
    claims: list[DraftedClaim] = field(default_factory=list)
    ranks: dict[DraftedClaim, float] = field(default_factory=dict)
    """How much a reader would miss a claim, where a section gets too long."""
    used: set[int] = field(default_factory=set)
    told: list[frozenset[str]] = field(default_factory=list)
    first_sign: Sentence | None = None
    """That something was wrong."""
    told_when: list[tuple[frozenset[str], WindowMessage]] = field(default_factory=list)
    """The same without what goes without saying, and when it was said."""
    messages: list[WindowMessage] = field(init=False)
    names: frozenset[str] = field(init=False)
    by_number: dict[int, WindowMessage] = field(init=False)
    at: dict[int, int] = field(init=False)
    """Place of a message in the conversation, by number."""
    episode_of: dict[int, int] = field(init=False)

    def __post_init__(self, episodes: Sequence[EpisodeMessages]) -> None:
        self.messages = [message for episode in episodes for message in episode.messages]
        self.names = self.known_names | {message.author_name for message in self.messages}
        self.by_number = {message.number: message for message in self.messages}
        self.at = {message.number: at for at, message in enumerate(self.messages)}
        self.episode_of = {
            message.number: episode.number for episode in episodes for message in episode.messages
        }

    def take(
        self,
        section: Section,
        candidates: Iterable[Sentence],
        limit: int,
        wording: Wording,
        *,
        by_score: bool = True,
        least: float = 0.0,
    ) -> int:
        """Add up to `limit` claims, the most telling first; how many were added."""
        pool = self._once_each(one for one in candidates if one.score >= least)
        if by_score:
            pool.sort(key=lambda sentence: -sentence.score)
        added = 0
        quoted = self._quoted_in(section)
        for sentence in pool:
            if added >= limit:
                break
            said = self._as_said(sentence)
            if said in quoted or self.is_told(sentence):
                continue
            claim = self._worded(section, sentence, wording)
            if claim:
                self.add(claim, sentence.score)
                self.mark_told(sentence)
                quoted.add(said)
                added += 1
        return added

    def _once_each(self, sentences: Iterable[Sentence]) -> list[Sentence]:
        """The first untold of those that say the same, in the given order."""
        by_meaning: dict[frozenset[str], list[Sentence]] = {}
        given = [sentence for sentence in sentences if not self.is_told(sentence)]
        for sentence in given:
            by_meaning.setdefault(self._as_said(sentence), []).append(sentence)
        firsts = {
            id(min(same, key=lambda one: self.at[one.message.number]))
            for same in by_meaning.values()
        }
        return [sentence for sentence in given if id(sentence) in firsts]

    def _quoted_in(self, section: Section) -> set[frozenset[str]]:
        return {meant_by(quote.text) for claim in self.of(section) for quote in claim.citations}

    def _as_said(self, sentence: Sentence) -> frozenset[str]:
        """Equal for what a section would have twice, be it hours apart; `resolved` may come back
        in another episode."""
        said = meant_by(sentence.text)
        if _is_anew(sentence):
            said |= {"again"}
        if Cue.STATUS in sentence.cues:
            return said | {f"episode {self.episode_of[sentence.message.number]}"}
        return said

    def _worded(
        self, section: Section, sentence: Sentence, wording: Wording
    ) -> DraftedClaim | None:
        """In the words around it too, where the message is short: less is out of context."""
        label = self.labels.get(sentence.message.author_id, "")
        for whole in (whole_of(sentence, _WHOLE_MESSAGE), sentence):
            if whole is None:
                continue
            one = without_label(whole, label)
            claim = self.supported(section, wording(one), [(one.message, one.text)])
            if claim:
                return claim
        return None

    def supported(
        self, section: Section, text: str | None, sources: Sequence[tuple[WindowMessage, str]]
    ) -> DraftedClaim | None:
        """The claim, if the same checks that judge every drafter let it pass."""
        if text is None:
            return None
        quotes = tuple(Quote(message.number, quote) for message, quote in sources)
        check = check_claim(text, quotes, self.by_number, self.names, zone=self.zone)
        return DraftedClaim(section, text, quotes) if check.is_supported else None

    def add(self, claim: DraftedClaim, rank: float) -> None:
        self.claims.append(claim)
        self.ranks[claim] = rank

    def of(self, section: Section) -> list[DraftedClaim]:
        """The claims so far for one section."""
        return [claim for claim in self.claims if claim.section == section]

    def move(self, claim: DraftedClaim, section: Section) -> None:
        rank = self.ranks.pop(claim)
        self.claims.remove(claim)
        self.add(replace(claim, section=section), rank)

    def is_before_first_sign(self, sentence: Sentence) -> bool:
        first = self.first_sign
        return (
            first is not None and self.at[sentence.message.number] < self.at[first.message.number]
        )

    def mark_told(self, sentence: Sentence) -> None:
        self.used.add(sentence.message.number)
        stems = sentence.bare_stems
        self.told_when.append((stems - WITHOUT_SAYING, sentence.message))
        if len(stems) >= FEW_WORDS:
            self.told.append(stems)

    def is_told(self, sentence: Sentence) -> bool:
        if sentence.message.number in self.used:
            return True
        stems = sentence.bare_stems
        if TITLE_OF_CHANGE.match(sentence.text):  # two changes may differ in a number alone
            return stems in self.told
        if len(stems) < FEW_WORDS or Cue.STATUS in sentence.cues:
            return self._is_told_shortly(sentence, stems - WITHOUT_SAYING)
        if sentence.message.author_id in self.log_keepers:
            return self._is_logged(stems)
        return is_told(sentence, self.told)

    def _is_told_shortly(self, sentence: Sentence, own: frozenset[str]) -> bool:
        """`Resolved` says it again where it follows `The incident is resolved` at once."""
        if _is_anew(sentence):
            return False
        at, is_status = sentence.message.occurred_at, Cue.STATUS in sentence.cues
        return any(
            (own == other or (is_status and (own <= other or (other and other <= own))))
            and abs(at - message.occurred_at) <= _SAME_STATUS
            for other, message in self.told_when
        )

    def _is_logged(self, stems: frozenset[str]) -> bool:
        """Compared by what is not in every line, unless that is next to nothing."""
        own = stems - self.common
        if len(own) < _TELLING_STEMS:
            return any(len(stems & other) >= _SAME_IN_A_LOG * len(stems) for other in self.told)
        return any(
            len(own & other) >= _SAME_IN_A_LOG * max(len(own), len(other))
            for other in (told - self.common for told in self.told)
        )


def _is_anew(sentence: Sentence) -> bool:
    """`Search is down again` does not say what `search is down` said."""
    return Cue.SYMPTOM in sentence.cues and re.search(r"\bagain\b", sentence.text) is not None


def meant_by(text: str) -> frozenset[str]:
    """Equal for sentences that say the same in nearly the same words, a `not` included."""
    return frozenset(bare_stem(word) for word in words(text) if word.lower() not in _FILLERS)


def with_cue(
    sentences: Iterable[Sentence], *cues: Cue, without: Iterable[Cue] = ()
) -> list[Sentence]:
    unwanted = frozenset(without)
    return [
        sentence
        for sentence in sentences
        if sentence.cues & set(cues) and not sentence.cues & unwanted
    ]


def with_substance(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Those of some words, and those that say plainly what is down."""
    return [
        sentence
        for sentence in sentences
        if len(sentence.bare_stems) >= FEW_WORDS or tells_what_is_down(sentence.text)
    ]
