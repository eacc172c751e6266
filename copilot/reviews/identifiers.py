"""Checks that every host, version, ticket and code name of a claim stands in its sources."""

import re
from collections.abc import Sequence

from copilot.ports import WindowMessage
from copilot.reviews.clocks import is_zone_label, offset_of
from copilot.reviews.meanings import is_neutral, same_meaning
from copilot.reviews.stated import Stated, identifier_in
from copilot.reviews.words import normalised, word_set, words

_HYPHENED = re.compile(r"(?<![\w.@/#-])[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}(?![\w-])")
_PREFIXES = word_set(
    """
    three four five six seven eight nine ten third fourth single double triple all over under out
    pre post inter intra cross non sub super hyper auto bi tri due ill well far near full part
    based level side facing wide long term party in out up off only free time date hours old sized
    like style specific related ready aware running standing known way fold scale grade size
    degree page line house site call point check safe proof left right big small new old early late
    re un non pre co de ex sub mid multi half self anti post semi follow roll fail time long short
    well high low on off in by to up down out one two first second dead read write hard cold hot
    day hour minute clean built end side wide free only ups backs
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
_KNOWN_LETTERS = frozenset({"UTC", "GMT", "PR", "OK", "ID", "SEV"})


def problem_with_identifiers(
    said: Stated, claim: str, cited: Sequence[WindowMessage], *, strict: bool
) -> str | None:
    for token in said.identifiers:
        if token.upper() in _KNOWN_LETTERS or is_zone_label(token) or offset_of(token) is not None:
            continue
        if not strict and token in _GENERAL_LETTERS:
            continue
        if not any(
            identifier_in(token, normalised(f"{message.text} {message.author_name}"))
            or _is_part(token, message.text)
            for message in cited
        ):
            return f"“{token}” is not in its sources"
    return _problem_with_hyphens(claim, cited)


def _problem_with_hyphens(claim: str, cited: Sequence[WindowMessage]) -> str | None:
    """`payments-gw` is a name unless its parts are words: `dead-letter`, `read-only`."""
    known = [normalised(f"{message.text} {message.author_name}") for message in cited]
    for token in _HYPHENED.findall(claim):
        if any(identifier_in(token, text) for text in known):
            continue
        spoken = [word for text in known for word in words(text)]
        for part in token.lower().split("-"):
            if part in _PREFIXES or (is_neutral(part) and len(part) > 1):
                continue
            if len(part) < 2 or not any(same_meaning(part, word) for word in spoken):
                return f"“{token}” is not in its sources"
    return None


def _is_part(token: str, text: str) -> bool:
    """`WAL` of `pg_wal`, `FIXED` of `fixed-size`: letters alone that stand in a name's part."""
    if not token.isalpha() or not token.isupper() or len(token) > 6:
        return False
    return re.search(rf"(?<![a-z]){token.lower()}(?![a-z])", text.lower()) is not None
