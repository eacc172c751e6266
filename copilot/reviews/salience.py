"""Which sentences of a conversation matter to a review, and for what."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue, cues_in, tells_a_deed
from copilot.reviews.cues_abroad import little_words_in
from copilot.reviews.plain_trouble import tells_a_lack, tells_what_is_down
from copilot.reviews.words import STOPWORDS, bare_stem, content_stems, sentences, words


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verbatim slice of a message, with what it seems to be about and how much it tells."""

    message: WindowMessage
    text: str
    cues: frozenset[Cue]
    score: float

    @property
    def stems(self) -> frozenset[str]:
        return _stems(self.text)

    @property
    def bare_stems(self) -> frozenset[str]:
        """Without folding synonyms: what tells two sentences apart."""
        return bare_stems(self.text)


_WEIGHTS = {
    Cue.ALERT: 1.0, Cue.SYMPTOM: 1.0, Cue.IMPACT: 0.5, Cue.ACTION: 1.1, Cue.PLAN: 0.2,
    Cue.OUTCOME: 1.0, Cue.END: 0.4, Cue.CAUSE: 1.3, Cue.FINDING: 0.9, Cue.GUESS: 0.0,
    Cue.QUESTION: -0.3, Cue.WELL: 0.8, Cue.HARD: 0.8, Cue.OPEN: 0.8, Cue.STATUS: 0.8,
    Cue.DETECTED: 0.4, Cue.DECIDED: 0.7,
}  # fmt: skip
_JOKE = re.compile(
    r"\b(?:lol|lmao|lmfao|rofl|haha\w*|hehe\w*|jk|kidding|joking|they said|yolo|oopsie\w*"
    r"|thanks obama|famous last)\b"
    r"|:(?:joy|rofl|laughing|smile\w*|grin\w*|stuck_out_tongue\w*|sweat_smile|upside_down\w*"
    r"|wink|party\w*"
    r"|\w*parrot|thisisfine\w*|troll\w*|see_no_evil|clown\w*|trollface|popcorn):|/shrug|¯\\"
    r"|[;:]-?[)pd](?:\s|$)"
    r"|\bdays since\b|\bdud\b"
)
"""Like the two further down for text in lower case, which is faster than ignoring case."""
_PASTED = re.compile(
    r"^(?:/\w+|signed-off-by|labels\b|assignees\b|[$#>] |\{|\[|time=|level="
    r"|\d{4}-\d\d-\d\d[ T]|at \w+[.(]|E {2}|@@"
    r"|[\w.-]+@[\w.-]+:|kubectl |this reverts commit|cc @|/cc )|added by github|, cncf-cla"
    r"|(?:\S+=\S+\s+){3}|\|.*\|.*\||</?\w+>",
    re.IGNORECASE,
)
_MARKED = 3.0
"""A person's word outweighs every cue, and every fault but a joke's."""
_ALERT_STATE = re.compile(
    r"^\[(?:firing|resolved|alert\w*|crit\w*|warn\w*|ok|no data|pending|triggered|recovered)"
    r"(?::\d+)?\]",
    re.I,
)
_SAY_ALL = (tells_a_deed, tells_a_lack, tells_what_is_down)
SAME = 0.6
"""Share of the shorter one's words from which on two sentences say the same."""
FEW_WORDS = 3
_MANY_WORDS = 6
_HEADLINE_WORDS = 18
_SHORT_PAIR = 45
_ONE_BREATH = timedelta(seconds=60)
_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LEADING = re.compile(
    r"^(?:[ap]m\s+(?:utc|gmt|bst|ces?t"
    r"|[pmce][sd]?t)\b(?!\s*[:–—-])\s+(?=[a-z])(?!(?:on\s+)?(?:mon|tue|wed"
    r"|thu|fri|sat|sun)))?"
    r"(?:[ap]m\b(?:\s+(?:utc|gmt|bst|ces?t|[pmce][sd]?t)\b)?(?:\s+(?:on\s+)?(?:mon|tue|wed|thu"
    r"|fri|sat"
    r"|sun)[a-z]*\b,?)?(?:\s+[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd"
    r"|th)?\b,?)?(?:\s+\d{4})?\s*[:–—-]\s+)?"
    r"(?:(?:[-*•>]|\d+[.)]|ok(?:ay)?|oh|ah|yeah|yep|yup|so|but|and|hm+|hrm+|um+|well|actually"
    r"|also|plus|aside|man"
    r"|further update|update|fyi|btw|ugh|wow|alright|right|though|anyway|then"
    r"|[*_]{0,2}(?:detection|recovery|resolution|update|note|summary)[*_]{0,2}(?=:)"
    r"|:[\w+-]+:)[\s,:;.…*-]+)*",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\s*:[\w+-]+:)+\s*$|\s*View newer replies\.?$|\s*\[\^\w+\]\s*$|\s*:\s*$")
_MAY_TRAIL = re.compile(r"[:\]\s]\Z|replies\.?\Z")
_WRAPPED = re.compile(r"(?P<mark>[*_~]{1,2})(?P<text>[^*_~]+|.+)(?P=mark)[.!]?")
_DANGLING = re.compile(
    r"^(?:because|since|which|that|to|for|or|if|than|as|of|with|not anymore|not (?:an?|the|great"
    r"|ideal"
    r"|perfect|bad|yet|really|sure if|quite|too)|worth|without|it's possible i'm"
    r"|(?:is|was|are|were|has been|have been)(?! (?:there|anyone|anybody|it|this|that)\b))\b",
    re.IGNORECASE,
)
POINTING = 1.1
"""Counts against a sentence about a `this`, which is said elsewhere."""
_POINTING = re.compile(
    r"^(?:i (?:do not |don'?t )?(?:think|believe|guess|suspect) )?(?:this|that|they|these|those"
    r"|he|she|das(?= (?:ist|war|hat|sind|geht))|c'est|cela|ça|eso|esto|isso|isto"
    r"|it(?!\s+(?:looks|seems|appears|took|takes|(?:is|was) (?:hard|difficult|unclear|not clear)))"
    r"|which|same)\b|\b(?:of|with|by) (?:these|those)\b"
    r"|^(?:\S+\s+){1,3}(?:detect|see|saw|notic|fix|caus|found|find|confirm|revert|handl|solv|resolv"
    r"|explain|mean|know|knew|saying|says|said|did|does|do|tri)\w*\s+(?:this|that|these|those|it)"
    r"(?=\s*(?:[,.;:!]|$))"
)
_ASIDE = re.compile(
    r"\bfwiw\b|^(?:wording|my draft|draft)\b|\bstatus page (?:says|goes)\b|^at least\b"
    r"|\bi thought so\b|\b(?:concerned|worried|nervous)\b|\bwhich was my\b|\bit is why\b|\bi see\b"
)
_TORN = re.compile(r"[.,;)\]}]")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
"""The end of one whose beginning stands elsewhere."""
_LABEL_LINE = re.compile(
    r"^(?:\w+ )?(?:thread|timeline|links?|channel|docs?|document|tickets?|recording|notes"
    r"|status page"
    r"|case|call|bridge|meet|zoom|dashboards?)s?\s*:",
    re.IGNORECASE,
)
"""Where something is to be found: nothing that happened."""
_CODE = re.compile(r"`[^`]+`")
_DIGIT = re.compile(r"\d")
_FIGURE = re.compile(r"\d\S*")
"""A word with a digit in it, or what is left of it from there."""
_YOU = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text)) - little_words_in(text)


@lru_cache(maxsize=20_000)
def bare_stems(text: str) -> frozenset[str]:
    """Of the words that carry meaning, synonyms apart."""
    little = STOPWORDS | little_words_in(text)
    return frozenset(bare_stem(word) for word in words(text) if word not in little)


def sentences_of(message: WindowMessage) -> list[Sentence]:
    """The sentences of a message that a review might quote; pasted output is left out."""
    spoken = _CODE_BLOCK.sub("\n", message.text)
    found = []
    for raw in [_headline(spoken)] if message.is_bot else sentences(spoken):
        if _is_pasted(raw) or len(raw) > 1_000:
            continue
        text = _bare(raw)
        stems = _stems(text)
        if len(stems) >= 2 or (stems and any(says(text) for says in _SAY_ALL)):
            cues = cues_in(raw.strip("() "), is_bot=message.is_bot)
            found.append(Sentence(message, text, cues, _score(message, text, raw, cues)))
    return found


def _is_pasted(raw: str) -> bool:
    """Alerts open with their state in brackets, as pasted logs do with other things."""
    return bool(_PASTED.search(_ALERT_STATE.sub("", raw).strip()))


def _headline(alert: str) -> str:
    """The first line of what a bot posted, with the second where both are short."""
    lines = [line for line in alert.splitlines() if line.strip()]
    first_two = "\n".join(lines[:2])
    return first_two if len(first_two.split()) <= _HEADLINE_WORDS else "".join(lines[:1])


def whole_of(sentence: Sentence, most_words: int) -> Sentence | None:
    """All of a short message instead of one sentence of it, where nothing in it is in the way."""
    message = sentence.message
    text = _bare(message.text)
    if message.is_bot or text == sentence.text or len(text.split()) > most_words:
        return None
    in_the_way = (
        _PASTED.search(text) or _JOKE.search(text.lower()) or "```" in text or "://" in text
    )
    if in_the_way or ("?" in text and Cue.QUESTION not in sentence.cues):
        return None
    return replace(sentence, text=text)


def joking_run(messages: Sequence[WindowMessage]) -> frozenset[int]:
    """Numbers of messages said in one breath with a joke, which may be part of it."""
    joking = set()
    for at, message in enumerate(messages):
        if _JOKE.search(message.text.lower()) and len(message.text) < 200:
            near = messages[max(0, at - 2) : at + 3]
            joking |= {
                other.number
                for other in near
                if other.author_id == message.author_id
                and len(other.text.split()) <= _MANY_WORDS
                and abs(other.occurred_at - message.occurred_at) <= _ONE_BREATH
            }
    return frozenset(joking)


def most_telling(messages: Sequence[WindowMessage], limit: int) -> list[Sentence]:
    """The best sentence of each message, the most telling ones, in time order."""
    chosen = sorted(best_of(messages), key=lambda sentence: -sentence.score)[:limit]
    return sorted(chosen, key=lambda sentence: sentence.message.number)


def best_of(messages: Iterable[WindowMessage]) -> list[Sentence]:
    """The most telling sentence of each message that has one worth quoting."""
    return [
        max(found, key=lambda sentence: sentence.score)
        for message in messages
        if (found := sentences_of(message))
    ]


def is_told(sentence: Sentence, told: Sequence[frozenset[str]], same: float = SAME) -> bool:
    """Whether one of those, given by their `bare_stems`, says it already."""
    stems = sentence.bare_stems
    if len(stems) < FEW_WORDS:
        return stems in told
    return any(
        len(stems & other) >= max(same * min(len(stems), len(other)), FEW_WORDS) for other in told
    )


def in_context(found: Sequence[Sentence]) -> list[Sentence]:
    """A sentence about a `this` begins with the one before it in its message, which says what."""
    told = list(found[:1])
    for earlier, sentence in pairwise(found):
        whole = sentence.message.text
        start, end = whole.find(earlier.text), whole.find(sentence.text) + len(sentence.text)
        is_short = 0 <= start < end and len(whole[start:end].split()) <= _SHORT_PAIR
        if points(sentence) and is_short and not points(earlier):
            text, score = whole[start:end], sentence.score + POINTING
            sentence = replace(sentence, text=text, score=score)
        told.append(sentence)
    return told


def without_label(sentence: Sentence, label: str) -> Sentence:
    """The same without the label that all lines of its author open with; read anew."""
    if not label or not sentence.text.startswith(label):
        return sentence
    text = sentence.text.removeprefix(label).strip()
    if not _stems(text):
        return sentence
    cues = cues_in(text, is_bot=sentence.message.is_bot)
    return Sentence(sentence.message, text, cues, _score(sentence.message, text, text, cues))


def points(sentence: Sentence) -> bool:
    """It is about a `this` or `they` that somebody said before."""
    return _POINTING.search(sentence.text.lower()) is not None


def _bare(raw: str) -> str:
    """Without opening fillers, closing emoji and the brackets around all of it."""
    text = _TRAILING.sub("", raw) if _MAY_TRAIL.search(raw) else raw
    text = _LEADING.sub("", text).strip()
    if wrapped := _WRAPPED.fullmatch(text):
        text = wrapped["text"]
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    return text.strip()


def _score(message: WindowMessage, text: str, raw: str, cues: frozenset[Cue]) -> float:
    """How much a reader of a review would miss the sentence; about 1 is worth telling."""
    stems = _stems(text)
    score = sum(_WEIGHTS[cue] for cue in cues) + min(len(stems), 8) / 8
    score += 0.5 * min(len(message.reactions), 3)
    score += _MARKED * message.is_key_moment
    if _DIGIT.search(text):
        score += 0.3
    if Cue.QUESTION in cues and len(stems) < 3:
        score -= 1.0
    return score - _faults(message.text, text, raw, is_question=Cue.QUESTION in cues)


def _faults(whole: str, text: str, raw: str, *, is_question: bool) -> float:
    """What makes a sentence a poor witness: jokes, fragments, asides, mostly code."""
    is_code = sum(len(code) for code in _CODE.findall(text)) > len(text) / 2
    lower = text.lower()
    faults = (
        (2.5, bool(_JOKE.search(whole.lower()) or _JOKE.search(raw.lower()))),
        (3.0, bool(_DANGLING.search(text))),
        (POINTING, bool(_POINTING.search(lower))),
        (0.4 if is_question else 1.0, bool(_YOU.search(text))),
        (1.5, _is_table(text)),
        (2.0, text.count('"') % 2 == 1),
        (3.0, bool(_TORN.match(text)) or any(text.count(c) > text.count(o) for o, c in _BRACKETS)),
        (3.0, bool(_ASIDE.search(lower) or _LABEL_LINE.search(text))),
        (1.5, is_code),
    )
    return sum(weight for weight, found in faults if found)


def _is_table(text: str) -> bool:
    """Mostly figures, like a line of a table."""
    return len(_FIGURE.findall(text)) >= max(3, len(text.split()) * 0.4)
