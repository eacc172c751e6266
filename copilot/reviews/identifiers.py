"""Checks that every host, version, ticket and code name of a claim stands in its sources."""

import re
from collections.abc import Sequence
from itertools import pairwise

from copilot.ports import WindowMessage
from copilot.reviews.clocks import is_zone_label, offset_of
from copilot.reviews.meanings import is_known, is_neutral, same_meaning
from copilot.reviews.short_forms import stands_for
from copilot.reviews.spelled import in_figures
from copilot.reviews.stated import Stated, identifier_in
from copilot.reviews.words import STOPWORDS, normalised, word_set, words

_HYPHENED = re.compile(r"(?<![\w.@/#-])[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}(?![\w-])")
_NAME = re.compile(r"(?<![\w-])[a-z][\w.]{0,30}(?:-[\w.]{1,30}){1,5}")
_PREFIXES = word_set(
    """
    three four five six seven eight nine ten third fourth single double triple all over under out
    pre post inter intra cross non sub super hyper auto bi tri due ill well far near full part
    based level side facing wide long term party in out up off only free time date hours old sized
    like style specific related ready aware running standing known way fold scale grade size
    degree page line house site call point check safe proof left right big small new old early late
    re un non pre co de ex sub mid multi half self anti post semi follow roll fail time long short
    well high low on off in by to up down out one two first second dead read write hard cold hot
    go ahead through click day hour minute clean built end side wide free only ups backs
    """
)
_GENERAL_LETTERS = word_set(
    """
    API APIs CPU CPUs DNS HTTP HTTPS TLS SSL IP IPs TCP UDP URL URLs SQL CDN CDNs VPN VM VMs RAM SSD
    UI CI QA SLA SLO SRE JSON YAML XML CSV PDF SMS SSO MFA JWT JWTs ID IDs DB OS UPS AZ ISP ISPs
    IT EU US UK PDFs OOM GC TTL LB SSH DDoS iOS
    """
)
"""Kinds of things rather than things; a person may say them of their own."""
_TECHNICAL_LETTERS = word_set(
    """
    CPU CPUs DNS HTTP HTTPS TLS SSL IP IPs TCP UDP URL URLs SQL RAM SSD JSON YAML XML CSV PDF PDFs
    ID IDs OS TTL SSH MAC RAID VLAN NTP SMTP
    """
)
"""Techniques, which a machine may say as well."""
_KNOWN_LETTERS = frozenset({"UTC", "GMT", "PR", "OK", "ID", "SEV"})


_NUMBERED = re.compile(r"([A-Za-z][\w.-]{0,30}?)(\d{1,4})")
_JOINT = r"(?: ?(?:\.\.\.?|[-–/,&+]|to|through|and|or|, ?and) ?)"
_SPAN = re.compile(r"^ ?(?:\.\.|-|–|to|through)")
_VERSIONED = re.compile(r"[A-Za-z]{2,8}[ -]?(v\d{1,2})")
_CAMEL = re.compile(r"(?:[A-Z][a-z]{1,20}){2,5}")
_SHORT = 5
"""Letters of an acronym; what alterations of hosts and versions change has figures."""
_COUNTED = 5
"""Up to which an ordinal may count what happened."""
_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Za-z]{1,4}-?(\d{4,12})")
_OF_UNITS = re.compile(r"(\d{1,3}(?:,\d{3}){1,3}|\d{1,6})-[a-z]{3,12}")
_MACHINE = word_set(
    """
    api svc service srv server db gw gateway prod dev stg staging lb ro rw app web vm fs cfg cron
    proxy cache queue worker node cluster host pod job bot cli sdk mx ns vpn ldap auth repo core
    edge main primary backup sync cart pay mail log logs metrics agent operator controller manager
    """
)
"""What names of machines and programs are made of, rather than compounds that people say."""
_ENDINGS = ("ing", "ed", "ly", "er", "ers", "est", "able", "ible", "less", "ful", "ness", "ion",
            "ions", "wide", "ment", "ive", "ous", "al", "ise", "ize", "ty", "th", "ways",
            "wise")  # fmt: skip


def problem_with_identifiers(
    said: Stated, claim: str, cited: Sequence[WindowMessage], *, strict: bool
) -> str | None:
    known = [normalised(f"{message.text} {message.author_name}") for message in cited]
    spoken = {word for text in known for word in words(text)}
    for token in said.identifiers:
        if token.upper() in _KNOWN_LETTERS or is_zone_label(token) or offset_of(token) is not None:
            continue
        if token in _TECHNICAL_LETTERS or (not strict and token in _GENERAL_LETTERS):
            continue
        if not strict and _is_a_kind(token, known):
            continue
        if _ORDINAL.fullmatch(token) and _is_told_of(token, known, cited):
            continue
        if not (
            any(identifier_in(token, text) or _is_part(token, text) for text in known)
            or _is_written_otherwise(token, known)
            or any(_is_in_a_row(token, text) for text in known)
            or _is_form_of(token, claim, spoken)
            or _is_pair_of_words(token, spoken)
        ):
            return f"“{token}” is not in its sources"
    return _problem_with_hyphens(claim, cited, strict=strict)


def _problem_with_hyphens(
    claim: str, cited: Sequence[WindowMessage], *, strict: bool
) -> str | None:
    """`payments-gw` is a name unless its parts are words: `dead-letter`, `read-only`. A person may
    join any two, unless a source has a name like it: `memory-module`, but not `payments-db`."""
    known = [normalised(f"{message.text} {message.author_name}") for message in cited]
    spoken = {word for text in known for word in words(text)}
    for token in _HYPHENED.findall(_without_hyphens_of_numbers(claim)):
        if any(identifier_in(token, text) for text in known) or _is_written_otherwise(token, known):
            continue
        parts = token.lower().split("-")
        if any(_is_in_short(parts, text) for text in known):
            continue
        unknown = [part for part in parts if not _is_ordinary(part, spoken)]
        if not strict and _MACHINE.isdisjoint(parts) and not _is_like_any(parts, known):
            continue
        if unknown and not _is_compound(token, parts, unknown):
            return f"“{token}” is not in its sources"
    return None


def _is_in_short(parts: Sequence[str], text: str) -> bool:
    """`O-negative` of `O-neg`."""
    return any(
        len(name) == len(parts)
        and all(part.startswith(short) for part, short in zip(parts, name, strict=True))
        for name in (name.split("-") for name in _NAME.findall(text.lower()))
    )


def _is_like_any(parts: Sequence[str], known: Sequence[str]) -> bool:
    """A name of a source has one of its parts, in whatever place."""
    names = (name.split("-") for text in known for name in _NAME.findall(text.lower()))
    return any(not set(parts).isdisjoint(name) for name in names)


def _is_ordinary(part: str, spoken: set[str]) -> bool:
    """A word that people put compounds together from, or one of the sources."""
    return part in _PREFIXES or (
        len(part) > 1
        and (
            is_neutral(part)
            or part in STOPWORDS
            or any(same_meaning(part, word) for word in spoken)
            or stands_for(part, "", spoken)
        )
    )


def _is_compound(token: str, parts: Sequence[str], unknown: Sequence[str]) -> bool:
    """Ordinary words joined by a hyphen: `crash-looping`, `half-hearted`, `night-time`."""
    if any(part in _MACHINE or (len(part) < 3 and part != "e") for part in unknown):
        return False
    return (
        token[:1].isupper()
        or parts[-1].endswith(_ENDINGS)
        or parts[0] in {"e", *_PREFIXES}
        or parts[-1] in _PREFIXES
        or all(is_known(part) for part in unknown)
    )


def _without_hyphens_of_numbers(claim: str) -> str:
    """`twenty-four` and `five-minute` are amounts."""
    return in_figures(claim)


def _is_written_otherwise(token: str, known: Sequence[str]) -> bool:
    """`Route 53` and `route53`, `5.4` and `v5.4`, `P99` of `CartLatencyP99`, `SIMs` and `SIM`."""
    bare = _bare(token)
    if len(bare) < 2:
        return False
    if _is_part_of_a_name(token, known):
        return True
    for text in known:
        if re.search(rf"(?<=[a-z]){re.escape(token.upper())}(?![0-9a-z])", text):
            return True
        if _CAMEL.fullmatch(token) and re.search(rf"(?<=[a-z]){token}(?![a-z])", text):
            return True  # `NotReady` of `NodeNotReady`
        tokens = [_bare(each) for each in re.split(r"[\s/,;:=()\[\]\"]+", text)]
        joined = {*tokens, *(one + other for one, other in pairwise(tokens))}
        forms = {bare, f"{bare}s", bare.removesuffix("s"), f"v{bare}", bare.removeprefix("v")}
        if forms & joined:
            return True
        if token.isalpha() and len(bare) > 3 and any(each.startswith(bare) for each in tokens):
            return True
    return False


def _is_in_a_row(token: str, text: str) -> bool:
    """`lb-06` of `lb-01..06`, `ci-x86-17` of `ci-x86-09 and -17`, `r22` of `R20-R28`: the name
    up to its number, and behind it the number alone or one on either side of it."""
    found = _NUMBERED.fullmatch(token)
    if found is None:
        return False
    name, number = found[1].lower(), int(found[2])
    again = rf"(?:{re.escape(name)}|-)?"
    rows = (
        rf"(?<![a-z0-9]){re.escape(name)}(\d{{1,4}})((?:{_JOINT}{again}\d{{1,4}}){{1,12}})"
        r"(?!\w|\.\d| ?%| ?(?:ms|s|min|h)\b| (?:[a-z]+s|more)\b)"
    )
    for row in re.finditer(rows, text.lower().replace("`", "").replace("*", "")):
        others = re.findall(r"\d+", row[2].replace(name, " "))
        if number in map(int, others):
            return True
        is_span = len(others) == 1 and _SPAN.search(row[2]) and len(others[0]) == len(row[1])
        if is_span and int(row[1]) <= number <= int(others[0]):
            return True
    return False


def _is_part_of_a_name(token: str, known: Sequence[str]) -> bool:
    """`p90` of `queue_wait_p90`, `f01` of `f01-f24`, `AS64911` of 64911, `24-volt` of `24V`."""
    alone = rf"(?<![A-Za-z0-9]){re.escape(token)}(?![A-Za-z0-9])"
    patterns = [] if "_" in token else [rf"_{alone}|{alone}_|{alone}-[a-z]{{0,8}}\d"]
    kinds = (kind.fullmatch(token) for kind in (_LETTERED, _OF_UNITS))
    patterns += [rf"(?<![\d.]){figures[1]}(?!\d)" for figures in kinds if figures]
    return any(re.search(each, text, re.IGNORECASE) for each in patterns for text in known)


def _is_form_of(token: str, claim: str, spoken: set[str]) -> bool:
    """`PostgreSQL` for `postgres`, `NOC` for its words; not `cronImage` for `cron`."""
    if not token.isalpha():
        return False
    near = {
        word for word in spoken if token.isupper() or len(word) < 4 or 2 * len(word) > len(token)
    }
    return stands_for(token, claim, near)


def _is_a_kind(token: str, known: Sequence[str]) -> bool:
    """`MTU` of PMTUD and `dB` of dBm, or what is short and has no figure: a kind of things, which a
    person may say of their own; `IPv6` of v6."""
    if token.isalpha() and len(token) <= _SHORT:
        return True
    version = _VERSIONED.fullmatch(token)
    return version is not None and any(identifier_in(version[1], text) for text in known)


def _is_pair_of_words(token: str, spoken: set[str]) -> bool:
    """`read/write`, `on/off`: ordinary words with a stroke between them."""
    parts = token.lower().split("/")
    if not _MACHINE.isdisjoint(parts):
        return False
    return all(part.isalpha() and (_is_ordinary(part, spoken) or is_known(part)) for part in parts)


def _is_told_of(token: str, known: Sequence[str], cited: Sequence[WindowMessage]) -> bool:
    """`the 29th`, of a message of that day or that has the figure; `the 2nd attempt`."""
    number = int(token[:-2])
    days = {message.occurred_at.day + by for message in cited for by in (-1, 0, 1)}
    return (
        number <= _COUNTED
        or number in days
        or any(re.search(rf"(?<!\d){number}(?!\d)", text) for text in known)
    )


def _bare(token: str) -> str:
    """Letters and figures, the dots of versions kept: `10.1` is not `101`."""
    lower = token.lower().strip(".")
    return re.sub(r"[^a-z0-9.]|(?<!\d)\.|\.(?!\d)", "", lower)


def _is_part(token: str, text: str) -> bool:
    """`WAL` of `pg_wal`, `FIXED` of `fixed-size`: letters alone that stand in a name's part."""
    if not token.isalpha() or not token.isupper() or len(token) > 6:
        return False
    return re.search(rf"(?<![a-z]){token.lower()}(?![a-z])", text.lower()) is not None
