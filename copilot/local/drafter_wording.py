"""Words the claims of the local drafter: who said what, in their own words.

A claim is a report of one message, of a question and its answer, or of how long one came after
another. It adds a name, a time and a verb of saying, and takes nothing away that could turn the
sense.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from copilot.ports import WindowMessage
from copilot.reviews.citations import MAX_WORDS
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.salience import Sentence
from copilot.reviews.words import word_count

_LONG = timedelta(hours=12)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PLAIN_NAME = re.compile(r"[\w][\w .'’-]{0,39}")
_TURNS_THE_SENSE = re.compile(
    r"\b(?:not|no|never|none|nothing|but|unless|except|if|however|although|though|maybe|might"
    r"|probably"
    r"|cannot|without|almost|nearly|until|unclear|instead|should|would|guess|think"
    r"|nicht|kein\w*|nie|niemals|aber|außer|ohne|vielleicht|vermutlich|wahrscheinlich|sollte\w*"
    r"|wenn|falls|pas|jamais|aucun\w*|mais|sauf|sans|peut-être|probablement|si|nunca|jamás|ningun\w*"
    r"|pero|salvo|sin|quizás?|não|nem|mas|exceto|sem|talvez|provavelmente)\b|n['’]t\b"
    r"|\?",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"(?<=[,;:)])\s+|\s+[-–—]+\s+|\s+(?=(?:and|so|because|which|as|after|while)\s)"
)
_RESULTS = re.compile(r"\s+(?=(?:causing|leading|resulting|making)\s)")
_MOST_BREAKS = 20
_JOINS = re.compile(r"^(?:and|so)\s+")
_LABEL = re.compile(r"(?:\S+ ){0,2}\w+:\s+")
_CUT_OUT = re.compile(
    r"\s*(?:<?https?://\S+|<?www\.\S+|@(?:here|channel|everyone)\b:?|(?<=\?)(?: @[\w.-]+)+$)\s*"
)
"""Links, and whom a question was put to."""
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
    r"\b(?:i (?:do not |don['’]?t )?think|i guess|i['’]?d guess|suspect|i believe|probably"
    r"|maybe|perhaps|my guess|assum\w+|likely)\b",
    re.I,
)
_SEEN_BY = re.compile(
    r"^(?:\S+ ){0,8}?(?:report(?:ed|s)?|notic(?:ed|es)|observ(?:ed|es)|detect(?:ed|s)|saw|sees"
    r"|found|discovered)(?: (?:in|via|on|to|us|me)\b(?: \S+)?)? (?:that|of) (?=\S)"
    r"|^(?:we|i|they) (?:received|got) (?:a lot of |many |several |some |an? )",
    re.IGNORECASE,
)
"""Who took notice, and how."""
_CLAUSE, _DEED = 2, 4
"""Words that are left at least of an end, and of what was done."""
_PROPOSES = re.compile(
    r"\b(?:should|could|let['’]?s|consider|propos\w+|shall we|ought to|can we|how about)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Wordings:
    """How claims of one incident are worded: in its time zone, with dates where it took days."""

    zone: ZoneInfo
    is_dated: bool = False

    @classmethod
    def of(cls, messages: Sequence[WindowMessage], zone: ZoneInfo) -> "Wordings":
        """Where it took so long that a clock time may be taken for one of another day, with it."""
        instants = [message.occurred_at for message in messages]
        return cls(zone, bool(instants) and max(instants) - min(instants) >= _LONG)

    def timed(self, sentence: Sentence) -> str | None:
        """`14:12 ana: “rolling back 4812”`, or None if it can't be cut to size honestly."""
        opening = f"{self.clock(sentence.message.occurred_at)} {named(sentence.message)}:"
        quoted = quoted_to_fit(sentence.text, MAX_WORDS - word_count(opening))
        return f"{opening} {quoted}" if quoted else None

    def timed_after(self, sentence: Sentence, earlier: Sentence) -> str | None:
        """The same with how long it came after `earlier`, in words of which that is quoted."""
        waited = spoken_length(sentence.message.occurred_at - earlier.message.occurred_at)
        if waited is None:
            return None
        opening = f"{self.clock(sentence.message.occurred_at)} {named(sentence.message)}:"
        closing = f"{waited} after"
        room = MAX_WORDS - word_count(opening) - word_count(closing)
        pair = _side_by_side(sentence, earlier, room)
        return f"{opening} {pair[0]}, {closing} {pair[1]}" if pair else None

    def timed_with(self, change: Sentence, sentence: Sentence) -> str | None:
        """`15:20 ana: “#81 Keep the pool open” “This fixes it”`, both of one author."""
        opening = f"{self.clock(sentence.message.occurred_at)} {named(sentence.message)}:"
        quoted = quoted_to_fit(sentence.text, MAX_WORDS - word_count(opening))
        if quoted is None:
            return None
        title = quoted_to_fit(change.text, MAX_WORDS - word_count(opening) - word_count(quoted))
        return f"{opening} {title}, {quoted}" if title else None

    def joined(self, parts: Sequence[Sentence]) -> str | None:
        """`ben thought: “I guess it is the pool”, “because 4812 halved it”`, all of one author."""
        verb = "thought" if any(_SUPPOSES.search(part.text) for part in parts) else "said"
        opening = f"{named(parts[0].message)} {verb}:"
        quoted = [quoted_to_fit(part.text, MAX_WORDS) for part in parts]
        if any(one is None or one.endswith("…”") for one in quoted):
            return None
        text = f"{opening} {', '.join(one for one in quoted if one)}"
        return text if word_count(text) <= MAX_WORDS else None

    def listed(self, sentences: Sequence[Sentence]) -> str | None:
        """`scribe: “First detected” 14:22, “Resolved” 15:51`, all of one author."""
        parts, day = [], None
        for one in sentences:
            local = one.message.occurred_at.astimezone(self.zone)
            at = f"{local:%H:%M}" if local.date() == day else self.clock(local)
            parts.append(f"{quoted_to_fit(one.text.rstrip('.'), MAX_WORDS)} {at}")
            day = local.date()
        text = f"{named(sentences[0].message)}: {', '.join(parts)}"
        return text if word_count(text) <= MAX_WORDS else None

    def clock(self, instant: datetime) -> str:
        """`14:12`, or `2026-03-04 14:12`."""
        return f"{instant.astimezone(self.zone):{'%Y-%m-%d %H:%M' if self.is_dated else '%H:%M'}}"

    def reported(self, sentence: Sentence) -> str | None:
        """`ana reported that the jobs are recovering`, or her words in quotation marks."""
        name, verb = named(sentence.message), _verb_for(sentence)
        if _is_plain_statement(sentence):
            text = f"{name} {verb} that {_lower_first(sentence.text.rstrip('.! '))}."
            if word_count(text) <= MAX_WORDS:
                return text
        opening = f"{name} {verb}:"
        quoted = quoted_to_fit(sentence.text, MAX_WORDS - word_count(opening))
        return f"{opening} {quoted}" if quoted else None

    def seen_in(self, sentence: Sentence) -> tuple[str, str] | None:
        """`ana reported: “… pages hang”` of `Users say that pages hang`, and what it quotes."""
        seen = _SEEN_BY.match(sentence.text)
        opening = f"{named(sentence.message)} reported:"
        quoted = _as_seen(sentence.text, MAX_WORDS - word_count(opening))
        return (f"{opening} {quoted}", sentence.text[seen.end() :]) if seen and quoted else None

    def explained(self, sentence: Sentence) -> str | None:
        """As reported; where it has to be cut, what tells the cause is what is left."""
        told = self.reported(sentence)
        if Cue.CAUSE not in sentence.cues or (told and Cue.CAUSE in cues_in(told)):
            return told
        opening = f"{named(sentence.message)} {_verb_for(sentence)}:"
        part = _part_with(Cue.CAUSE, sentence.text, MAX_WORDS - word_count(opening))
        return f"{opening} {part}" if part else told

    def agreed(self, question: Sentence, answer: WindowMessage) -> str | None:
        """A question and what came back, without saying that one led to the other."""
        reply = " ".join(answer.text.split())
        opening = f"{named(question.message)} asked:"
        closing = f"{named(answer)} answered: “{reply}”"
        quoted = quoted_to_fit(question.text, MAX_WORDS - word_count(opening) - word_count(closing))
        return f"{opening} {quoted} {closing}" if quoted else None


def spoken_length(length: timedelta) -> str | None:
    """`37 min`, `2 h 5 min`, `31 h`, `6 days`; None where it is less than a minute."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 1:
        return None
    if length >= 2 * _DAY:
        return f"{length // _DAY} days"
    if length >= _DAY:
        return f"{length // _HOUR} h"
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def named(message: WindowMessage) -> str:
    """The author's name, unless it is no name to print."""
    name = " ".join(message.author_name.split())
    if _PLAIN_NAME.fullmatch(name) and word_count(name) <= 4:
        return name
    return "A bot" if message.is_bot else "Somebody"


def _side_by_side(later: Sentence, earlier: Sentence, room: int) -> tuple[str, str] | None:
    """Both quoted within `room` words: whole, then without who saw the earlier one, then the later
    one without what it adds."""
    whole = quoted_to_fit(later.text, room)
    if whole and not whole.endswith("…”"):
        left = room - word_count(whole)
        if seen := quoted_to_fit(earlier.text, left) or _as_seen(earlier.text, left):
            return whole, seen
    for seen in (quoted_to_fit(earlier.text, room), _as_seen(earlier.text, room)):
        if seen and not seen.endswith("…”"):
            kept, least = (Cue.END, _CLAUSE) if Cue.END in later.cues else (Cue.ACTION, _DEED)
            cut = quoted_to_fit(later.text, room - word_count(seen), least=least)
            if cut and kept in cues_in(cut):
                return cut, seen
    return None


def _as_seen(text: str, budget: int) -> str | None:
    """`Users reported that pages hang` as `“… pages hang”`: its author saw it, too."""
    seen = _SEEN_BY.match(text)
    if seen is None or _TURNS_THE_SENSE.search(seen[0]):
        return None
    quoted = quoted_to_fit(text[seen.end() :], budget - 1)
    return f"“… {quoted[1:]}" if quoted else None


def _part_with(cue: Cue, text: str, budget: int) -> str | None:
    """The longest part of it between breaks that has the cue and fits, quoted; nothing that is
    left out may turn the sense."""
    kept = _printable(text)
    found = [*_BREAKS.finditer(kept), *_RESULTS.finditer(kept)][:_MOST_BREAKS]
    breaks = [(each.start(), each.end()) for each in found]
    parts = [
        (start, end)
        for start in (0, *(after for _, after in breaks))
        for end in (*(before for before, _ in breaks), len(kept))
        if start < end
    ]
    for start, end in sorted(parts, key=lambda part: part[0] - part[1]):
        part, rest = kept[start:end].strip(" ,;:-"), f"{kept[:start]} … {kept[end:]}"
        part = _JOINS.sub("", part) if start else part
        quoted = f"“{'… ' * (start > 0)}{part}{' …' * (end < len(kept))}”"
        fits = word_count(quoted) <= budget and cue in cues_in(part)
        if fits and not _TURNS_THE_SENSE.search(rest):
            return quoted
    return None


def _printable(text: str) -> str:
    """Without links and the mentions that wake people, in single quotation marks."""
    kept = " … ".join(part for part in _CUT_OUT.split(text.strip()) if part.strip(" .,;:-()<>"))
    kept = " ".join(kept.split())
    return kept.replace("“", "'").replace("”", "'").replace('"', "'").strip().rstrip(":;,")


def quoted_to_fit(text: str, budget: int, *, least: int = 4) -> str | None:
    """`text` in quotation marks within `budget` words. What is left out is marked by an ellipsis
    and says nothing that would turn the sense; None where that can't be had with `least` words."""
    kept = _printable(text)
    if kept.count("(") > kept.count(")"):  # a link stood in the brackets, or the sentence is cut
        kept = f"{kept[: kept.rfind('(')].rstrip()} …".removeprefix(" …")
    if not kept or budget < 2:
        return None
    if word_count(kept) <= budget:
        return f"“{kept}”"
    if (label := _LABEL.match(kept)) and word_count(kept[label.end() :]) < budget:
        return f"“… {kept[label.end() :]}”"
    ends = [match.start() for match in _BREAKS.finditer(kept)]
    for end in sorted(ends, reverse=True):
        head, tail = kept[:end].rstrip(" ,;:-"), kept[end:]
        if least <= word_count(head) < budget and not _TURNS_THE_SENSE.search(tail):
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
