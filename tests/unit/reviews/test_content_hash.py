"""The hash of a signed review depends on all that was signed, and on nothing else."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from copilot.reviews.content_hash import claim_hash, review_hash

CLAIM: dict[str, Any] = {
    "text": "Die Fehlerrate war wieder normal – „endlich“.",
    "state": "verified",
    "checked_by": "Ana",
    "citations": [("1772632860.000100", "error rate is back to normal")],
}
REVIEW: dict[str, Any] = {
    "sections": [("impact", "Impact", ["a" * 64]), ("response", "Response", [])],
    "signed_by": "Ben",
    "signed_at": datetime(2026, 3, 4, 15, 0, tzinfo=UTC),
    "version": 2,
}


def test_it_is_what_sha256sum_makes_of_the_canonical_json() -> None:
    assert claim_hash(**CLAIM) == (
        "2de1363f9d0cbbb284e0db15ffb0283e2c2d2756d119c2627b5d18dc4da1834e"
    )


def test_the_same_instant_in_another_zone_is_the_same() -> None:
    there = REVIEW["signed_at"].astimezone(timezone(timedelta(hours=2)))
    assert review_hash(**{**REVIEW, "signed_at": there}) == review_hash(**REVIEW)


def test_whatever_was_signed_counts() -> None:
    others = [
        {"sections": REVIEW["sections"][:1]},
        {"sections": [("impact", "Impact", ["b" * 64]), REVIEW["sections"][1]]},
        {"sections": REVIEW["sections"][::-1]},
        {"signed_by": "Ana"},
        {"signed_at": datetime(2026, 3, 4, 15, 1, tzinfo=UTC)},
        {"version": 3},
    ]
    hashes = {review_hash(**{**REVIEW, **other}) for other in others}
    assert len(hashes | {review_hash(**REVIEW)}) == len(others) + 1


@given(st.text(), st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_no_two_claims_share_one(text: str, quote: str, cited: list[tuple[str, str]]) -> None:
    first = claim_hash(**{**CLAIM, "text": text, "citations": [*cited, ("1.0", quote)]})
    other = claim_hash(**{**CLAIM, "text": text + quote, "citations": [*cited, ("1.0", "")]})
    assert (first == other) == (quote == "")
