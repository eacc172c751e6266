"""Secrets out of text, before anything stores or reads it.

Each pattern starts with literal characters and repeats within bounds, so that hostile text of
Slack's full 40,000 characters costs milliseconds. Better a secret kept than talk mangled: hashes,
image digests, pod names and commit ids are ordinary in an incident and must survive.
"""

import re

_B = r"(?<![A-Za-z0-9_-])"
_END = r"(?![A-Za-z0-9_-])"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"[A-Za-z0-9+/=\s\\:,.()-]{0,20000}?"
        r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?![A-Za-z0-9+/=\s\\:,.()-])|\Z)",
    ),
)


def redact(text: str) -> str:
    """The text with every secret replaced by e.g. `[redacted: github token]`; idempotent."""
    for label, pattern in _PATTERNS:
        text = re.sub(pattern, f"[redacted: {label}]", text)
    return text
