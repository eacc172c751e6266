"""The hash of a signed review, so that anybody can tell whether it was changed since. Pure.

docs/reviews.md tells others how to work it out from the JSON export.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def claim_hash(
    *, text: str, state: str, checked_by: str, citations: Sequence[tuple[str, str]]
) -> str:
    """Of one claim. `citations` are (message_ts, quote), in order."""
    return _hash(
        {
            "checked_by": checked_by,
            "citations": [{"message_ts": ts, "quote": quote} for ts, quote in citations],
            "state": state,
            "text": text,
        }
    )


def review_hash(
    *,
    sections: Sequence[tuple[str, str, Sequence[str]]],
    signed_by: str,
    signed_at: datetime,
    version: int,
    written_down: Sequence[Mapping[str, str]] | None = None,
) -> str:
    """Of a review. `sections` are (key, title, hashes of its claims), in order; `written_down` is
    None where it was signed before that was kept."""
    return _hash(
        {
            **({} if written_down is None else {"written_down": list(map(dict, written_down))}),
            "sections": [
                {"claims": list(claims), "key": key, "title": title}
                for key, title, claims in sections
            ],
            "signed_at": f"{signed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "signed_by": signed_by,
            "version": version,
        }
    )


def _hash(document: dict[str, Any]) -> str:
    """SHA-256, hex, of the canonical JSON: sorted keys, no spaces, UTF-8 as it is."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
