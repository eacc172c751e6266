"""Proof that a request came from Slack, computed on the raw bytes before anything reads them."""

import hashlib
import hmac

_MAX_AGE_S = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value Slack sends as `X-Slack-Signature`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def is_from_slack(
    secret: str, body: bytes, *, timestamp: str, signature: str, now_s: float
) -> bool:
    """False for anything odd, never an error: whoever calls may be anyone.

    Without a secret nobody is Slack: a signature under an empty key could be made by anyone.
    """
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > _MAX_AGE_S:
        return False
    # Bytes, since compare_digest refuses a str that is not ASCII.
    return hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode())
