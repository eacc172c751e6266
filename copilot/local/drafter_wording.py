"""Words the claims of the local drafter: who said what, in their own words.

A claim is a report of one message (or of a question and its answer). It adds a name, a time and a
verb of saying, and takes nothing away that could turn the sense.
"""

import re
from datetime import UTC

from copilot.ports import WindowMessage
from copilot.reviews.citations import MAX_WORDS
from copilot.reviews.cues import Cue
from copilot.reviews.salience import Sentence
from copilot.reviews.words import word_count

_PLAIN_NAME = re.compile(r"[\w][\w .'’-]{0,39}")
_TURNS_THE_SENSE = re.compile(
    r"\b(?:not|no|never|none|nothing|but|unless|except|if|however|although|though|maybe|might"
    r"|probably"
    r"|cannot|without|almost|nearly|until|unclear|instead|should|would|guess|think)\b|n['’]t\b"
    r"|\?",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"(?<=[,;:)])\s+|\s+[-–—]+\s+|\s+(?=(?:and|so|because|which|as|after|while)\s)"
)
_LABEL = re.compile(r"(?:\S+ ){0,2}\w+:\s+")
_CUT_OUT = re.compile(r"\s*(?:<?https?://\S+|<?www\.\S+|@(?:here|channel|everyone)\b:?)\s*")
_SPEAKS_OF_SELF = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|we|we're|we've|we'll|me|my|our|us|you|your|you're|this|that's"
    r"|these)\b|[“”\"`(@]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:the|a|an|all|some|most|many|several|everything|nothing|there (?:is|are|was|were))\s",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can(?:'t|not)?|does|did|\w+ed|fails?|works?|looks?"
    r"|shows?)\b",
    re.I,
)
_SUPPOSES = re.compile(
    r"\b(?:i think|i guess|i['’]?d guess|suspect|i believe|probably|maybe|perhaps|my guess"
    r"|assum\w+)\b",
    re.I,
)
_PROPOSES = re.compile(
    r"\b(?:should|could|let['’]?s|consider|propos\w+|shall we|ought to|can we|how about)\b", re.I
)


def timed(sentence: Sentence) -> str | None:
    """`14:12 ana: “rolling back 4812”`, or None if it can't be cut to size honestly."""
    message = sentence.message
    opening = f"{message.occurred_at.astimezone(UTC):%H:%M} {named(message)}:"
    quoted = quoted_to_fit(sentence.text, MAX_WORDS - word_count(opening))
    return f"{opening} {quoted}" if quoted else None


def reported(sentence: Sentence) -> str | None:
    """`ana reported that the jobs are recovering`, or her words in quotation marks."""
    name, verb = named(sentence.message), _verb_for(sentence)
    if _is_plain_statement(sentence):
        text = f"{name} {verb} that {_lower_first(sentence.text.rstrip('.! '))}."
        if word_count(text) <= MAX_WORDS:
            return text
    opening = f"{name} {verb}:"
    quoted = quoted_to_fit(sentence.text, MAX_WORDS - word_count(opening))
    return f"{opening} {quoted}" if quoted else None


def agreed(question: Sentence, answer: WindowMessage) -> str | None:
    """A question and what came back, without saying that one led to the other."""
    reply = " ".join(answer.text.split())
    opening = f"{named(question.message)} asked:"
    closing = f"{named(answer)} answered: “{reply}”"
    quoted = quoted_to_fit(question.text, MAX_WORDS - word_count(opening) - word_count(closing))
    return f"{opening} {quoted} {closing}" if quoted else None


def named(message: WindowMessage) -> str:
    """The author's name, unless it is no name to print."""
    name = " ".join(message.author_name.split())
    if _PLAIN_NAME.fullmatch(name) and word_count(name) <= 4:
        return name
    return "A bot" if message.is_bot else "Somebody"


def quoted_to_fit(text: str, budget: int) -> str | None:
    """`text` in quotation marks within `budget` words. What is left out is marked by an ellipsis
    and says nothing that would turn the sense; None where that can't be had."""
    kept = " … ".join(part for part in _CUT_OUT.split(text.strip()) if part.strip(" .,;:-()<>"))
    kept = " ".join(kept.split())
    kept = kept.replace("“", "'").replace("”", "'").replace('"', "'").strip()
    if not kept or budget < 2:
        return None
    if word_count(kept) <= budget:
        return f"“{kept}”"
    if (label := _LABEL.match(kept)) and word_count(kept[label.end() :]) < budget:
        return f"“… {kept[label.end() :]}”"
    ends = [match.start() for match in _BREAKS.finditer(kept)]
    for end in sorted(ends, reverse=True):
        head, tail = kept[:end].rstrip(" ,;:-"), kept[end:]
        if 4 <= word_count(head) < budget and not _TURNS_THE_SENSE.search(tail):
            return f"“{head} …”"
    return None


def _verb_for(sentence: Sentence) -> str:
    if Cue.QUESTION in sentence.cues:
        return "asked"
    if sentence.message.is_bot:
        return "posted"
    if _PROPOSES.search(sentence.text):
        return "proposed" if Cue.PLAN in sentence.cues else "said"
    if _SUPPOSES.search(sentence.text):
        return "thought"
    if sentence.cues & {Cue.SYMPTOM, Cue.OUTCOME, Cue.IMPACT, Cue.ALERT}:
        return "reported"
    return "said"


def _is_plain_statement(sentence: Sentence) -> bool:
    """A statement about the world that reads well after `reported that`."""
    text = sentence.text
    if sentence.cues & {Cue.QUESTION, Cue.GUESS, Cue.PLAN} or "…" in text or "://" in text:
        return False
    if _SPEAKS_OF_SELF.search(text) or sentence.message.is_bot or re.search(r"[.!?:]\s", text):
        return False
    return bool(_SUBJECT.match(text) and _FINITE.search(text))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
