"""Checks by code whether a sentence of a review is carried by the messages it cites.

Nothing here trusts the drafter: whatever wrote the sentence, it has to pass every check. The checks
err on the side of refusing: an unsupported sentence is kept apart for a person, a wrong one in a
published review is worse.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from copilot.ports import Quote, WindowMessage
from copilot.reviews.amounts import problem_with_amounts
from copilot.reviews.causes import problem_with_causes
from copilot.reviews.evidence import content_words, sentences_of
from copilot.reviews.lacks import negates
from copilot.reviews.names import problem_with_names
from copilot.reviews.subject import problem_with_subject
from copilot.reviews.told_order import problem_with_order
from copilot.reviews.wording import problem_with_wording
from copilot.reviews.words import STOPWORDS, normalised, word_count, words

MAX_WORDS = 25
MOST_CITED = 6
"""Messages that one sentence of a machine may cite: out of many, some have any word."""
MOST_CITED_BY_PERSONS = 12
_MIN_QUOTE_LETTERS = 4
_MOST_LETTERS = 1_000
"""Of a sentence; 60 words have about 400."""
_MOST_READ = 6_000
"""Letters of a message that are compared in sense; of a longer one its beginning and what stands
around its quotes. Whether a quote is verbatim is looked for in all of it."""
_AROUND = 500
_LONG_RUN = re.compile(r"\S{121,}")
_LINK = re.compile(
    r"\w+://|\bwww\.|\bmailto:|\]\(|<[^>\s]*[|>]|\b[\w-]+\.(?:com|org|net|io|dev|app|co|ai)/\S",
    re.I,
)
_BROADCAST = re.compile(r"@(?:here|channel|everyone|group)\b|<!|<@", re.IGNORECASE)
_TICK = re.compile("[\u2610-\u2612\u2713-\u2718\u2705\u274c\u274e]")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ONE_QUOTED = re.compile(r"(?:(?<=[ :])|^)'(.{4,}?)'(?=[ .,;:]|$)")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")


@dataclass(frozen=True, slots=True)
class Check:
    """`problem` says in words a reader understands what failed; None when supported."""

    problem: str | None = None

    @property
    def is_supported(self) -> bool:
        return self.problem is None


def check_claim(
    text: str,
    citations: Sequence[Quote],
    messages: Mapping[int, WindowMessage],
    known_names: Collection[str],
    *,
    max_words: int = MAX_WORDS,
    zone: tzinfo = UTC,
    strict: bool = True,
) -> Check:
    """Check one claim. `messages` are those of the incident by number, in the cited revision;
    `known_names` are people of the workspace, whom a claim may name only if its sources do;
    `zone` is that in which the incident's clock times are written. Hard facts hold whoever wrote
    it; `strict` also compares wording word by word, as for all that a machine wrote."""
    problem = _problem_with_form(text, max_words) or _problem_with_citations(citations, messages)
    if problem:
        return Check(problem)
    numbers = dict.fromkeys(quote.number for quote in citations)
    most = MOST_CITED if strict else MOST_CITED_BY_PERSONS
    if len(numbers) > most:
        return Check(f"it cites {len(numbers)} messages, more than {most}: cite those that say it")
    cited = [
        _readable(messages[number], [quote.text for quote in citations if quote.number == number])
        for number in numbers
    ]
    return Check(
        _problem_with_inner_quotes(text, cited)
        or problem_with_names(text, cited, known_names, strict=strict)
        or problem_with_amounts(text, cited, zone, strict=strict)
        or _problem_with_sense(text, cited, strict=strict)
    )


def _problem_with_sense(text: str, cited: Sequence[WindowMessage], *, strict: bool) -> str | None:
    if not _is_word_for_word(text, cited):
        return problem_with_subject(text, cited, strict=strict) or problem_with_wording(
            text, cited, strict=strict
        )
    if '"' not in normalised(text):
        return None
    return problem_with_order(text, cited) or problem_with_causes(text, cited, strict=strict)


def _is_word_for_word(text: str, cited: Sequence[WindowMessage]) -> bool:
    """Whole sentences of a source, by themselves or quoted after who said them and when: what is
    only part of a sentence may have lost a “not” or an “I think”."""
    plain = _one_quote_mark(text)
    quoted = _ONE_QUOTED.findall(plain)
    said = quoted or [plain]
    whole = {_bare(part.text) for message in cited for part in sentences_of(message.text)}
    whole |= {_bare(message.text) for message in cited}
    if not all(_bare(part) in whole for part in said):
        return False
    authors = {word for message in cited for word in words(message.author_name)}
    around = _ONE_QUOTED.sub(" ", plain) if quoted else ""
    return not negates(around) and not set(content_words(around)) - authors


def _bare(text: str) -> str:
    return _one_quote_mark(text).strip(" .!:*_").casefold()


def is_verbatim(quote: str, text: str) -> bool:
    """The same words in `text`, whatever the white space, entities or kind of quotation marks."""
    return _one_quote_mark(quote) in _one_quote_mark(text)


def is_printable(text: str) -> bool:
    """One line without control characters or marks that turn the direction of writing."""
    return _UNPRINTABLE.search(text) is None


def _one_quote_mark(text: str) -> str:
    return normalised(text).replace('"', "'")


def _readable(message: WindowMessage, quotes: Sequence[str]) -> WindowMessage:
    """The message, a wall of text cut so that no check reads for long."""
    text = message.text
    if len(text) > _MOST_READ:
        parts = [text[:_MOST_READ]]
        for quote in quotes:
            if (at := text.find(quote[:_MOST_READ])) >= 0:
                parts.append(
                    text[max(0, at - _AROUND) : at + min(len(quote), _MOST_READ) + _AROUND]
                )
            else:
                parts.append(quote[:_MOST_READ])
        text = "\n".join(parts)[: 2 * _MOST_READ]
    elif len(text) <= 120:
        return message
    text = _LONG_RUN.sub(lambda run: run[0][:120], text)
    return message if text is message.text else replace(message, text=text)


def _problem_with_form(text: str, max_words: int) -> str | None:
    if not text.strip():
        return "the sentence is empty"
    if len(text) > _MOST_LETTERS:
        return f"the sentence has {len(text)} letters, more than {_MOST_LETTERS}"
    if (count := word_count(text)) > max_words:
        return f"the sentence has {count} words, more than {max_words}"
    if not is_printable(text):
        return "the sentence contains invisible or control characters"
    if _LINK.search(text):
        return "the sentence contains a link; links are only made from cited messages"
    if _BROADCAST.search(text):
        return "the sentence would notify people"
    if _TICK.search(text):
        return "the sentence carries a tick; only what a person verified does"
    return None


def _problem_with_citations(
    citations: Sequence[Quote], messages: Mapping[int, WindowMessage]
) -> str | None:
    if not citations:
        return "it cites no message"
    for quote in citations:
        message = messages.get(quote.number)
        if message is None:
            return f"message {quote.number} is not part of this incident"
        if not is_verbatim(quote.text, message.text):
            return f"the quote “{_shortened(quote.text)}” is not in message {quote.number}"
        if _is_trivial(quote.text) and normalised(quote.text) != normalised(message.text):
            return f"the quote “{_shortened(quote.text)}” is too short to prove anything"
    return None


def _is_trivial(quote: str) -> bool:
    letters = sum(mark.isalnum() for mark in quote)
    in_words = words(quote)
    says_nothing = bool(in_words) and all(word in STOPWORDS for word in in_words)
    return letters < _MIN_QUOTE_LETTERS or (says_nothing and len(in_words) < 3)


def _problem_with_inner_quotes(text: str, cited: Sequence[WindowMessage]) -> str | None:
    """What a claim puts in quotation marks must be somebody's very words."""
    for quoted in _QUOTED.findall(text):
        for part in re.split(r"…|\.\.\.", quoted):
            if part.strip() and not any(is_verbatim(part, message.text) for message in cited):
                return f"“{_shortened(quoted)}” is not what the cited messages say"
    return None


def _shortened(text: str) -> str:
    plain = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
