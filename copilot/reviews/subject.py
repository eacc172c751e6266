"""A sentence must be about what its sources are about, in each of its clauses."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.clocks import cities_in, is_zone_label
from copilot.reviews.evidence import content_words, passage_of
from copilot.reviews.meanings import meanings_of
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import stated_in
from copilot.reviews.words import STOPWORDS, normalised, word_set, words

_QUOTED = re.compile(r"[\"“][^\"”]+[\"”]")
_MANY = 3
"""Messages, from which on a word of one of them proves little of another."""
_FEW = 2
"""Words that may be the writer's own, beside what the sources carry."""
_NO_ONE = re.compile(r"\b(?:no|none|nobody|not|without)\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;:]|\s[-–—]\s|\b(?:and|but|which|while|whereas|although|though|because|so that|so|where)\b",
    re.IGNORECASE,
)
_HEAVY = word_set(
    """
    attack attacked attacker attackers hacker hackers hacked breach breached breaches leak leaked
    stolen theft stole ransom ransomware malicious malware sabotage sabotaged exploit exploited
    lawsuit legal illegal regulator regulators police court sued fraud fraudulent
    negligent negligence careless carelessness incompetent incompetence reckless blame blamed
    guilty unprofessional lazy lied sacked apologised apologized apology compensation
    refund refunds refunded injured death privacy confidential unauthorised unauthorized compromised
    passwords password salary salaries medical criminal
    """
)
"""What a review must never say of anybody unless a message does."""
_OUR_LEAK = re.compile(
    r"\b(?:memory|heap|connection|handle|descriptor|thread|socket|resource)s?[- ]leak",
    re.IGNORECASE,
)
_AT_FAULT = re.compile(r"\bat fault\b|\b(?:his|her|their|\w+'s) (?:own )?fault\b", re.IGNORECASE)
_WHO = (
    word_set("employee employees administrator administrators admin admins"),
    word_set("patient patients student students driver drivers merchant merchants seller sellers"),
    word_set("partner partners supplier suppliers vendor vendors provider providers investor"),
    word_set("developer developers programmer programmers"),
    word_set("order orders purchase purchases checkout sale sales"),
    word_set("refund refunds chargeback"),
    word_set("invoice invoices bill bills billing"),
    word_set("account accounts profile profiles"),
    word_set("cart carts basket baskets"),
    word_set("upload uploads uploaded photo photos"),
    word_set("backup backups"),
    word_set("password passwords credential credentials"),
    word_set("address addresses"),
    word_set("salary salaries wage wages"),
    word_set("machine machines host hosts node nodes server servers"),
    word_set("payment payments charge charges charged"),
)
"""Whom or what it hit: each group must be spoken of by a source if the sentence does."""
_NAMED_ANYHOW = word_set(
    """
    order orders purchase purchases checkout sale sales invoice invoices bill bills billing
    cart carts basket baskets machine machines host hosts node nodes server servers
    partner partners supplier suppliers vendor vendors provider providers
    address addresses developer developers programmer programmers payment payments
    """
)
"""What a person may call a thing that its sources only count, or name: `640 since 09:22`."""
_PEOPLE = word_set("customer customers user users client clients shopper shoppers tenant tenants")
_SERVED = word_set(
    """
    ticket tickets support complaint complaints complaining order orders login logins cart carts
    checkout session sessions calls rollout signup signups visitors shop site app
    """
)
"""Where a message speaks of these, a person may say whose they are."""
_WHO_OF = {word: group for group in _WHO for word in group}


def problem_with_subject(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    plain = in_figures(normalised(claim))
    texts = [normalised(message.text) for message in cited]
    meanings = frozenset().union(*(passage_of(text).meanings for text in texts))
    spoken = {word for text in texts for word in words(text)}
    authors = {word for message in cited for word in words(message.author_name)}
    problem = _problem_with_weight(plain, spoken, meanings, strict=strict) or _problem_with_whom(
        plain, texts, authors
    )
    return problem or _problem_with_words(plain, meanings, authors, strict=strict)


def _problem_with_words(
    plain: str, meanings: frozenset[str], authors: set[str], *, strict: bool
) -> str | None:
    """Of a machine's sentence most words are said by a source, in each clause; of a person's one
    word or fact is."""
    own = _own_words(plain, authors)
    missing = [word for word in own if not _is_carried(word, meanings)]
    facts = _facts(plain)
    carried = len(own) - len(missing) + facts
    if not missing and _QUOTED.search(plain):
        return None  # somebody's very words
    if not carried and not _shares_plain_words(plain, meanings, authors):
        if missing:
            return _saying(missing)
        return "it says nothing of its own" if strict or not own else None
    if not strict:
        return None
    if len(missing) > max(_FEW + bool(facts), carried):
        return _saying(missing)
    problems = (_problem_with_clause(clause, meanings, authors) for clause in _CLAUSE.split(plain))
    return next(filter(None, problems), None)


def _problem_with_clause(clause: str, meanings: frozenset[str], authors: set[str]) -> str | None:
    own = _own_words(clause, authors)
    missing = [word for word in own if not _is_carried(word, meanings)]
    carried = len(own) - len(missing) + _facts(clause)
    if len(missing) >= _FEW and len(missing) > carried + bool(carried):
        return _saying(missing)
    return None


def _problem_with_whom(plain: str, texts: Sequence[str], authors: set[str]) -> str | None:
    """Of many messages, the one that tells of customers has to share more than that word."""
    told = [word for word in words(plain) if word in _PEOPLE]
    if len(texts) <= _MANY or not told or _NO_ONE.search(plain):
        return None
    own = [word for word in _own_words(plain, authors) if word not in _PEOPLE]
    for text in texts:
        said = passage_of(text).meanings
        if _is_carried(told[0], said) and (not own or any(_is_carried(w, said) for w in own)):
            return None
    return f"no message that speaks of {told[0]} speaks of the rest of it"


def _problem_with_weight(
    plain: str, spoken: set[str], meanings: frozenset[str], *, strict: bool
) -> str | None:
    if (found := _AT_FAULT.search(plain)) and "fault" not in spoken:
        return f"“{found[0]}” is not in its sources"
    for word in words(_OUR_LEAK.sub(" ", plain)):
        if word in _HEAVY and meanings.isdisjoint(_own_forms(word)):
            return f"“{word}” is not in its sources"
        if not strict and word in _PEOPLE and spoken & _SERVED:
            continue
        if word in _PEOPLE and not _NO_ONE.search(plain) and not _is_carried(word, meanings):
            return f"its sources say nothing of: {word}"
        if not strict and word in _NAMED_ANYHOW:
            continue
        group = _WHO_OF.get(word)
        if group and not group & spoken and not _is_carried(word, meanings):
            return f"its sources say nothing of: {word}"
    return None


def _own_words(text: str, authors: set[str]) -> list[str]:
    """What the sentence adds to who spoke and when."""
    places = {part.lower() for place, _ in cities_in(text) for part in place.split()}
    return [
        word
        for word in content_words(text)
        if word not in authors and not is_zone_label(word.upper()) and word not in places
    ]


def _own_forms(word: str) -> set[str]:
    """The word and its own forms, without those that only mean much the same."""
    return {key for key in meanings_of(word) if not key.startswith("#")}


def _facts(text: str) -> int:
    """Hard facts; that they stand in the sources is checked elsewhere."""
    said = stated_in(text.strip())
    return len(said.numbers) + len(said.identifiers) + len(said.times)


def _is_carried(word: str, meanings: frozenset[str]) -> bool:
    return not meanings.isdisjoint(meanings_of(word))


def _shares_plain_words(plain: str, meanings: frozenset[str], authors: set[str]) -> bool:
    """A sentence of plain words alone, `it happened twice`, shares one of them."""
    own = [word for word in words(plain) if word not in STOPWORDS and word not in authors]
    return any(_is_carried(word, meanings) for word in own)


def _saying(missing: Sequence[str]) -> str:
    return f"its sources say nothing of: {', '.join(sorted(missing)[:4])}"
