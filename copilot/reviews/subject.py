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

_SHARE = re.compile(r"\b(?:half|thirds?|quarters?|tenths?|twice|double\w*)\b", re.IGNORECASE)
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
    attack attacked attacker attackers hacker hackers hacked breach breached breaches leaked
    stolen theft stole ransom ransomware malicious malware sabotage sabotaged exploit exploited
    lawsuit legal illegal regulator regulators police court sued fraud fraudulent
    negligent negligence careless carelessness incompetent incompetence reckless
    guilty unprofessional lazy lied sacked apologised apologized apology compensation
    injured death privacy confidential unauthorised unauthorized compromised
    passwords password salary salaries medical criminal
    """
)
"""What a review must never say of anybody unless a message does."""
_NO_SECRET = re.compile(
    r"\b(?:polic\w+|slas?|slos?|limit|threshold|target|deadline)\b[\w ]{0,30}\bbreach\w*"
    r"|\bbreach\w*[\w ]{0,20}\b(?:polic\w+|slas?|slos?|limit|threshold|target|deadline)\b|"
    r"\blazy[- ]\w|\b(?:one[- ]time|single[- ]use) passwords?"
    r"|\b(?:memory|heap|connection|handle|descriptor|thread|socket|resource)s?[- ]leak",
    re.IGNORECASE,
)
_AT_FAULT = re.compile(r"\b(?:his|her|their|[^\W\d]\w*'s) (?:own )?fault\b", re.IGNORECASE)
_WHO = (
    word_set("employee employees administrator administrators admin admins"),
    word_set("patient patients pt pts student students merchant merchants investor investors"),
    word_set("refund refunds chargeback refunded"),
    word_set("backup backups"),
    word_set("password passwords pw pwd credential credentials cred creds"),
    word_set("salary salaries wage wages"),
)
"""Whom or what it hit: each group must be spoken of by a source if the sentence does."""
_PEOPLE = word_set("customer customers client clients shopper shoppers tenant tenants")
_COPIED = word_set("copy copied copies copying snapshot snapshots dump dumps restore restored")
_SPARE = _COPIED | word_set("fallback failover secondary standby redundant")
"""A backup link is none of data."""
_BY_ANOTHER_WORD = {
    "attack": word_set("ddos flood botnet bots phishing"),
    "leaked": word_set("public exposed published"),
}
"""What says as much as the heavy word does."""
_SERVED = word_set(
    """
    ticket tickets support complaint complaints complaining order orders login logins logged cart
    carts checkout session sessions call calls caller callers rollout signup signups visitors shop
    site app cs helpdesk sales ppl people folks guys everyone anyone anybody subs subscribers wrote
    visitor passengers members residents account accounts page
    """
)
"""Where a message speaks of these, one may say whose they are."""
_VOUCHED = re.compile(
    r"\b(verified|signed|certified|approved|reviewed)(?: off)? by\b", re.IGNORECASE
)
"""A sentence must not vouch for itself."""
_AGREED = re.compile(r"\b(?:lgtm|ship it|looks good|ok|go ahead)\b|\+1\b", re.IGNORECASE)
"""How a chat approves; it verifies or signs nothing."""
_BY_A_WORD = word_set("approved reviewed")
_SORRY = re.compile(r"\b(?:sorry|sry|apolog\w*|my bad|my fault|oops|mea culpa)\b", re.IGNORECASE)
_ALSO = {"backup": _SPARE, "backups": _COPIED}
_WHO_OF = {word: group for group in _WHO for word in group}


def problem_with_subject(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool = True
) -> str | None:
    plain = in_figures(normalised(claim))
    texts = [normalised(message.text) for message in cited]
    meanings = frozenset().union(*(passage_of(text).meanings for text in texts))
    authors = {word for message in cited for word in words(message.author_name)}
    problem = _problem_with_weight(plain, texts, meanings, strict=strict) or _problem_with_whom(
        plain, texts, authors
    )
    return problem or _problem_with_words(plain, meanings, authors, strict=strict)


def _problem_with_words(
    plain: str, meanings: frozenset[str], authors: set[str], *, strict: bool
) -> str | None:
    """One word or fact of it is said by a source; of a machine's sentence more than a few."""
    own = _own_words(plain, authors)
    missing = [word for word in own if not _is_carried(word, meanings)]
    facts = _facts(plain)
    told_by = any(word in authors for word in words(plain))
    carried = len(own) - len(missing) + facts + told_by
    if not missing and _QUOTED.search(plain):
        return None  # somebody's very words
    if not carried and not _shares_plain_words(plain, meanings, authors):
        if missing:
            return _saying(missing)
        return "it says nothing of its own" if strict or not own else None
    if not strict:
        return None
    if len(missing) > _FEW + 2 * carried:
        return _saying(missing)
    problems = (_problem_with_clause(clause, meanings, authors) for clause in _CLAUSE.split(plain))
    return next(filter(None, problems), None)


def _problem_with_clause(clause: str, meanings: frozenset[str], authors: set[str]) -> str | None:
    """A clause of some length of which no source says a word."""
    own = _own_words(clause, authors)
    missing = [word for word in own if not _is_carried(word, meanings)]
    if len(missing) > _FEW and len(missing) == len(own) and not _facts(clause):
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
    plain: str, texts: Sequence[str], meanings: frozenset[str], *, strict: bool
) -> str | None:
    spoken = {word for text in texts for word in words(text)}
    if (found := _AT_FAULT.search(plain)) and "fault" not in spoken:
        return f"“{found[0]}” is not in its sources"
    if found := _VOUCHED.search(plain):
        word = found[1].lower()
        has_agreed = word in _BY_A_WORD and any(_AGREED.search(text) for text in texts)
        if not has_agreed and not _is_carried(word, meanings):
            return f"“{found[0]}” is not in its sources"
    is_sorry = any(_SORRY.search(text) for text in texts)
    for word in words(_NO_SECRET.sub(" ", plain)):
        is_said = not meanings.isdisjoint(_own_forms(word)) or not spoken.isdisjoint(
            _BY_ANOTHER_WORD.get(word, ())
        )
        if word in _HEAVY and not is_said and not (is_sorry and word.startswith("apolog")):
            return f"“{word}” is not in its sources"
        if _is_carried(word, meanings):
            continue
        is_of_people = (
            strict and word in _PEOPLE and not spoken & _SERVED and not _NO_ONE.search(plain)
        )
        group = _WHO_OF.get(word, spoken) | _ALSO.get(word, frozenset())
        if is_of_people or not group & spoken:
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
    shares = len(_SHARE.findall(text))
    return len(said.numbers) + len(said.identifiers) + len(said.times) + shares


def _is_carried(word: str, meanings: frozenset[str]) -> bool:
    return not meanings.isdisjoint(meanings_of(word))


def _shares_plain_words(plain: str, meanings: frozenset[str], authors: set[str]) -> bool:
    """A sentence of plain words alone, `it happened twice`, shares one of them."""
    own = [word for word in words(plain) if word not in STOPWORDS and word not in authors]
    return any(_is_carried(word, meanings) for word in own)


def _saying(missing: Sequence[str]) -> str:
    return f"its sources say nothing of: {', '.join(sorted(missing)[:4])}"
