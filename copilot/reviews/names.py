"""Checks that whom a claim names, and who it says did or said something, come from its sources."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from copilot.ports import WindowMessage
from copilot.reviews.capitals import unknown_capitalised
from copilot.reviews.evidence import Passage, passage_of, sentences_of
from copilot.reviews.meanings import is_known, is_neutral, same_meaning
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import identifier_in
from copilot.reviews.words import REPORTING, STOPWORDS, normalised, stem, word_set, words

_SAYING = word_set(
    """
    said reported asked noted suspected suggested proposed confirmed thought believed guessed
    answered replied posted wrote announced mentioned wondered warned explained doubted
    acknowledged agreed
    """
)
_TELLS = 1.0
"""Words that a message shares with a sentence when it clearly tells of it."""
_ANSWER = re.compile(
    r"\W*(?:yes|yep|yeah|yup|no|nope|not|none|nothing|never|same|me|mine|ok|okay|sure|fine|agreed"
    r"|done|on it|i did|i'?m (?:for|against|ok|fine|in)|(?:was|is|did|do)(?:n'?t| not)"
    r"|it (?:was|is|does|did|tries)|they|that|it's|its|because|will do|lgtm|\+1|correct|right"
    r"|confirmed|exactly|so far|thats|ours|theirs|unknown|too|agree|go|guilty|sorry|fair|works)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"(?:was|were|is|had been|has been|is to be|got) \w+ed\b", re.IGNORECASE)
_ASKS = re.compile(r"\?|\b(?:pls|please|can you|could you|don'?t)\b", re.IGNORECASE)
_PAST = (
    "was|is|had|has|wants|wanted|plans|took|put|found|made|went|saw|thinks|thought|did|ran|set|kept|got"
    "|gave|told|wrote|began|left|sent|built|cut|shut|never|first|then|also|will|would|could|objects"
)
_SUBJECT = re.compile(
    rf"([A-Za-z][a-z\u00df-\u00ff]{{2,30}})(?:['’]s\b| (?:[a-z]{{2,20}}ed|{_PAST})\b)"
)
_ORDINARY_ENDINGS = (
    "ing", "ion", "ment", "ness", "ity", "ance", "ence", "ure", "age", "ware", "up", "down", "out",
    "over", "ism", "ship", "hood", "ly", "ful", "less", "ous", "ive", "ality", "s",
)  # fmt: skip
"""Words that end so are hardly anybody's name."""
_SPEAKER = re.compile(r"(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d(?::\d\d)? )?([^\W\d][\w.-]{1,40}): \"")
_OWNER = re.compile(r"\(([A-Z][a-z\u00df-\u00ff]{2,30})\)\.?$")
_MENTION = re.compile(r"(?<![\w.])@([\w][\w.-]*\w|\w)")
_BY_WHOM = re.compile(r"\bby @?([A-Za-z][\w.-]{1,40})")


def problem_with_names(
    claim: str,
    cited: Sequence[WindowMessage],
    known_names: Collection[str],
    *,
    strict: bool = True,
) -> str | None:
    """The first name that the sources don't carry, in words, or None. Which of those who wrote did
    it is compared where a machine wrote the sentence: `strict`."""
    plain = normalised(claim)
    lower = plain.casefold()
    named = [name for name in name_forms(frozenset(known_names)) if name.casefold() in lower]
    allowed = " ".join(f"{message.author_name} {normalised(message.text)}" for message in cited)
    return (
        _unknown_person(plain, allowed, named)
        or _unknown_mention(plain, allowed)
        or _wrong_speaker(plain, cited, named)
        or unknown_capitalised(_plain_letters(plain), _plain_letters(allowed))
        or _unknown_subject(_plain_letters(plain), _plain_letters(allowed))
        or _unknown_speaker(plain, cited, allowed)
        or _wrong_doer(plain, cited, named, known_names, strict=strict)
    )


def _plain_letters(text: str) -> str:
    """Without accents: who is Solène in a review may be solene in the chat."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4)
def name_forms(names: frozenset[str]) -> tuple[str, ...]:
    """Names as a claim may write them: in full, and first names of two-part names.

    Kept from claim to claim: a workspace may have thousands of members.
    """
    forms = set()
    for name in names:
        full = normalised(name).strip("@ ")
        forms.add(full)
        first, _, rest = full.partition(" ")
        if rest and first[:1].isupper():
            forms.add(first)
    return tuple(sorted(form for form in forms if len(form) > 1))


def _unknown_person(claim: str, allowed: str, names: Iterable[str]) -> str | None:
    for name in names:
        if _names(name, claim) and not identifier_in(name, allowed):
            return f"{name} neither wrote nor is named in its sources"
    return None


def _names(name: str, claim: str) -> bool:
    """`name` is meant, not a word that happens to be spelt like it (`mark`, `will`)."""
    if not identifier_in(name, claim):
        return False
    ordinary = name.lower() in STOPWORDS | REPORTING or stem(name.lower()) in _ORDINARY
    return not ordinary or re.search(rf"@{re.escape(name)}\b", claim) is not None


_ORDINARY = frozenset(
    map(stem, ("mark", "will", "may", "bill", "grace", "art", "page", "alert", "bot"))
)


def _unknown_mention(claim: str, allowed: str) -> str | None:
    for name in _MENTION.findall(claim):
        if not identifier_in(name, allowed):
            return f"@{name} neither wrote nor is named in its sources"
    return None


def _wrong_speaker(claim: str, cited: Sequence[WindowMessage], names: Iterable[str]) -> str | None:
    """Whoever is said to have said it must have written a cited message."""
    authors = [message.author_name for message in cited]
    saying = "|".join(sorted(_SAYING))
    for name in names:
        says, colon = rf"\s+(?:\w+ly\s+)?(?:{saying})\b", r"(?:\s+[^\W\d]\w*)?:(?!\d)"
        pattern = rf"(?<![\w@]){re.escape(name)}(?:{says}|{colon})"
        if not re.search(pattern, claim, re.IGNORECASE):
            continue
        if not any(identifier_in(name, normalised(author)) for author in authors):
            return f"{name} did not write what it cites"
    return None


def _unknown_subject(claim: str, allowed: str) -> str | None:
    """`Ottokar dropped it`: a word that nobody knows, where a sentence says who acts."""
    found = _SUBJECT.match(claim)
    if found is None or is_neutral(found[1]) or is_known(found[1]):
        return None
    if in_figures(found[1].lower()) != found[1].lower():
        return None  # `Fourteen drugs`
    if found[1].endswith(_ORDINARY_ENDINGS):
        return None
    word = found[1].lower()
    if word in re.split(r"[\W_]+", allowed.lower()):
        return None  # `tomek_shift` is Tomek
    if any(same_meaning(word, spoken) for spoken in words(allowed)) or identifier_in(word, allowed):
        return None
    return f"“{found[1]}” is not in its sources"


def _unknown_speaker(claim: str, cited: Sequence[WindowMessage], allowed: str) -> str | None:
    """`14:22 Ottokar: “…”` and `… (Ottokar)`: who spoke wrote it, an owner is named there."""
    if speaker := _SPEAKER.match(claim):
        name = speaker[1]
        if not any(name.casefold() in message.author_name.casefold() for message in cited):
            return f"{name} did not write what it cites"
    owner = _OWNER.search(claim)
    if owner and not identifier_in(owner[1], allowed):
        return f"“{owner[1]}” is not in its sources"
    return None


def _wrong_doer(
    claim: str,
    cited: Sequence[WindowMessage],
    names: Sequence[str],
    known: Collection[str],
    *,
    strict: bool,
) -> str | None:
    """Whoever is said to have done it wrote, or is named in, a message that tells of it."""
    lower_names = {m.author_name.lower() for m in cited} | {name.lower() for name in known}
    for name in names:
        found = re.match(rf"@?{re.escape(name)}\s+(?=[a-z])", claim, re.IGNORECASE)
        if found is None or _PASSIVE.match(claim, found.end()):
            continue
        if not strict and _is_author(name, cited):
            continue
        first = re.split(
            r"\s(?:and|while|but|after|before|then|until|even though|although|though)\s|[,;]",
            claim[found.end() :],
        )[0]
        said = passage_of(first)
        scores = {m.number: _told_by(m, said, claim) for m in cited}
        best = max(scores.values())
        own = [
            max(scores[m.number], passage_of(m.text).likeness(said))
            for m in cited
            if identifier_in(name, m.author_name)
            or (identifier_in(name, m.text) and not _is_told_to(name, m.text))
        ]
        is_anothers = max(own, default=0.0) < best / 3 or _is_a_bots(name, cited, scores)
        told = [m for m in cited if scores[m.number] == best]
        if best >= _TELLS and is_anothers and not _answers(name, cited, told):
            return f"{name} did not write what it cites"
        by = [by for m in cited for by in _BY_WHOM.findall(m.text) if by.lower() in lower_names]
        if by and name.lower() not in (word.lower() for word in by) and not _is_author(name, cited):
            return f"{name} did not do it, its source names {by[0]}"
    return None


def _answers(name: str, cited: Sequence[WindowMessage], told: Sequence[WindowMessage]) -> bool:
    """They wrote after what they answer, in few words: those of `told` are theirs, too."""
    first = min(told, key=lambda message: message.occurred_at)
    is_asked = _ASKS.search(first.text) is not None
    return any(
        identifier_in(name, message.author_name)
        and message.occurred_at > first.occurred_at
        and (is_asked or _ANSWER.match(message.text))
        for message in cited
    )


def _told_by(message: WindowMessage, said: Passage, claim: str) -> float:
    """How much a message tells of it; what it only asks counts where the claim says so."""
    asks = re.search(r"\b(?:ask|wonder|question|request|want|propos|suggest)", claim, re.I)
    told = " ".join(
        part.text
        for part in sentences_of(message.text)
        if asks or not part.text.rstrip(" )\"'").endswith("?")
    )
    return passage_of(told).likeness(said) if told else 0.0


def _is_a_bots(name: str, cited: Sequence[WindowMessage], scores: Mapping[int, float]) -> bool:
    """Only a bot of that name wrote, and somebody's message tells as much of it."""
    wrote = [m for m in cited if identifier_in(name, m.author_name)]
    people = [scores[m.number] for m in cited if not m.is_bot]
    if not wrote or not people or not all(m.is_bot for m in wrote):
        return False
    return max(people) >= max(scores[m.number] for m in wrote)


def _is_author(name: str, cited: Sequence[WindowMessage]) -> bool:
    return any(identifier_in(name, m.author_name) and not m.is_bot for m in cited)


def _is_told_to(name: str, text: str) -> bool:
    """`dana: can you …` speaks to her, it does not say what she did."""
    return re.match(rf"\s*@?{re.escape(name)}[:,]", text, re.IGNORECASE) is not None
