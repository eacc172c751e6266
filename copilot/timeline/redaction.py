"""Secrets out of text, before anything stores or reads it.

Hashes, image digests, pod names and commit ids are the ordinary talk of an incident and survive: a
secret is known by its prefix, by the name it is assigned to or by where in a URL it stands, never
by mere randomness. Every pattern costs time in proportion to the text, also where the text was
written to hurt: a run is entered at its start only, and is never walked back through.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from copilot.timeline.assigned_secrets import HINTS, without_assigned_secrets
from copilot.timeline.private_keys import without_private_keys

_MOST_PASSES = 8
_PRIVATE_KEY = "private key"
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")


@dataclass(frozen=True, slots=True)
class _Rule:
    label: str
    hints: tuple[str, ...]
    """Lower-case words of which one must occur: most text is done with after these look-ups."""
    pattern: re.Pattern[str]
    """The group `secret` is replaced; without one, the whole match."""


def _rule(label: str, hints: str, pattern: str, flags: int = 0) -> _Rule:
    return _Rule(label, tuple(hints.split()), re.compile(pattern, flags | re.ASCII))


# Not in the middle of a longer word: what a token may consist of must not precede it.
_START = r"(?<![A-Za-z0-9_-])"

_RULES = (
    _rule(
        "slack webhook",
        "hooks.slack",
        r"hooks\.slack(?:-gov)?\.com/(?P<secret>(?:services|workflows|triggers)/[A-Za-z0-9/_-]{10,}+)",
    ),
    _rule(
        "discord webhook",
        "/webhooks/",
        r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/"
        r"(?P<secret>\d{6,24}/[A-Za-z0-9_-]{16,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "slack token",
        "xox xapp-",
        _START + r"(?:(?:xoxe\.)?xox[a-z]-[A-Za-z0-9-]{8,}+|xapp-\d-[A-Za-z0-9-]{8,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "github token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        _START + r"(?:gh[pousr]_[A-Za-z0-9]{20,}+[A-Za-z0-9_-]*+|github_pat_[A-Za-z0-9_]{20,}+)",
    ),
    _rule(
        "gitlab token",
        "glpat- gldt- glrt- glptt- glft- glimt- glsoat- glagent- gloas- glcbt-",
        _START + r"gl(?:pat|dt|rt|ptt|ft|imt|soat|agent|oas|cbt)-[A-Za-z0-9_.-]{16,}+",
    ),
    _rule(
        "aws key",
        "akia asia abia acca",
        r"(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Z0-9])",
    ),
    _rule(
        "google key",
        "aiza ya29. gocspx-",
        _START
        + r"(?:AIza[A-Za-z0-9_-]{30,}+|ya29\.[A-Za-z0-9_-]{20,}+|GOCSPX-[A-Za-z0-9_-]{20,}+)",
    ),
    _rule(
        "stripe key",
        "sk_live_ sk_test_ rk_live_ rk_test_ whsec_",
        _START + r"(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+|whsec_[A-Za-z0-9+/=]{16,}+)",
    ),
    _rule(
        "api key",
        "sk-",
        _START
        + r"sk-(?:(?:proj|ant|or|svcacct|admin|lf|None)-[A-Za-z0-9_-]{16,}+|[A-Za-z0-9]{20,}+)",
    ),
    _rule("npm token", "npm_", _START + r"npm_[A-Za-z0-9]{30,}+[A-Za-z0-9_-]*+"),
    _rule("pypi token", "pypi-", _START + r"pypi-[A-Za-z0-9_-]{40,}+"),
    _rule(
        "access token",
        "dckr_pat_ hf_ dop_v1_ doo_v1_ dor_v1_ dapi glsa_ glc_ nrak- lin_api_ atatt hvs. hvb.",
        _START + r"(?:dckr_pat_[A-Za-z0-9_-]{20,}+|hf_[A-Za-z0-9]{30,}+|do[opr]_v1_[a-f0-9]{60,}+"
        r"|dapi[a-f0-9]{32}(?![a-f0-9])|gl(?:sa|c)_[A-Za-z0-9_=+/]{30,}+|NRAK-[A-Z0-9]{20,}+"
        r"|lin_api_[A-Za-z0-9]{30,}+|ATATT[A-Za-z0-9_=-]{30,}+|hv[sb]\.[A-Za-z0-9_-]{20,}+)",
    ),
    _rule("sendgrid key", "sg.", _START + r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}+"),
    _rule("telegram token", ":aa", r"(?<![0-9A-Za-z])\d{8,10}:AA[A-Za-z0-9_-]{30,}+"),
    _rule(
        "jwt",
        "eyj",
        _START + r"eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]++){0,3}",
    ),
    _rule(
        "credentials",
        "authorization",
        r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
        r"(?:(?:basic|bearer|token|digest|apikey|negotiate)\s{1,3}|(?=[a-z._~+/=:-]{0,64}\d))"
        r"(?P<secret>[a-z0-9._~+/=:-]{6,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "bearer token",
        "bearer",
        r"(?<![a-z])bearer\s{1,3}(?P<secret>(?=[a-z._~+/=-]{0,200}\d)[a-z0-9._~+/=-]{16,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "password",
        "://",
        r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@<>|\"'`]{0,128}:"
        r"(?P<secret>(?!\[redacted)[^\s/<>|\"'`]{1,256})@(?=[A-Za-z0-9_.\[-])",
    ),
    _rule(
        "signature",
        "sig= signature= security-token=",
        r"[?&;](?:sig|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature)="
        r"(?P<secret>[A-Za-z0-9%+/=_-]{16,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "session",
        "cookie",
        r"cookie[\"']?\s{0,3}[:=]\s{0,3}(?:[^\s=;]{1,40}=[^\s;]{0,15};\s?){0,4}[^\s=;]{1,40}="
        r"(?P<secret>[A-Za-z0-9%._+/=~-]{16,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "password",
        "mysql mariadb redis-cli sshpass",
        r"(?:\b(?:mysql|mariadb)\w{0,12}(?![\w-])(?:\s{1,3}(?!-p)[^\s;|]{1,64}){0,8}\s{1,3}-p"
        r"|\bredis-cli(?:\s{1,3}(?!-a\s)[^\s;|]{1,64}){0,8}\s{1,3}-a\s{1,3}|\bsshpass\s{1,3}-p\s{0,3})"
        r"[\"']?(?P<secret>(?!\[redacted)[^\s\"'`<>|]{3,}+)",
        re.IGNORECASE,
    ),
    _rule(
        "password",
        " -u --user",
        r"(?<!\S)(?:-u|--user)[ =]{1,3}[\"']?[A-Za-z0-9_.@-]{1,64}:"
        r"(?P<secret>(?!\[redacted)[^\s\"'`<>|]{3,}+)",
    ),
)


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words that looks at each place of a text once, not once a word."""
    by_letter = groupby(sorted(words), key=lambda word: word[0])
    return "|".join(
        re.escape(letter) + "(?:" + "|".join(re.escape(word[1:]) for word in group) + ")"
        for letter, group in by_letter
    )


# Nearly every message ends here. Links are frequent: only one with a second colon counts.
_MAY_HOLD_A_SECRET = re.compile(
    _any_of(
        {_PRIVATE_KEY, *HINTS, *(hint for rule in _RULES for hint in rule.hints if hint != "://")}
    )
    + r"|://[^\s/:@<>|\"'`]{0,256}+:"
)


def redact(text: str) -> str:
    """The text with every secret replaced by e.g. `[redacted: github token]`; idempotent.

    A secret with invisible characters in it is one, too; then the text loses all of them.
    """
    redacted = _redacted(text)
    if text.isascii() or not _INVISIBLE.search(text):
        return redacted
    bare = _INVISIBLE.sub("", redacted)
    without = _redacted(bare)
    return redacted if without == bare else without


def _redacted(text: str) -> str:
    for _ in range(_MOST_PASSES):
        redacted = _redacted_once(text)
        if redacted == text:
            break
        text = redacted  # a secret may have hidden behind another: pasted without a space
    return text


def _redacted_once(text: str) -> str:
    lower = text.lower()
    if not _MAY_HOLD_A_SECRET.search(lower):
        return text
    if _PRIVATE_KEY in lower:
        text = without_private_keys(text)
    for rule in _RULES:
        for hint in rule.hints:
            if hint in lower:
                text = _apply(rule, text)
                break
    return without_assigned_secrets(text, lower)


def _apply(rule: _Rule, text: str) -> str:
    group = "secret" if "secret" in rule.pattern.groupindex else 0

    def replaced(found: re.Match[str]) -> str:
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return f"{found[0][:start]}[redacted: {rule.label}]{found[0][end:]}"

    return rule.pattern.sub(replaced, text)
