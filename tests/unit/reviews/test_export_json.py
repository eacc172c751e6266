"""The JSON export keeps to its published schema, and lets others check the signature."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema

from copilot.reviews.content_hash import claim_hash, review_hash
from copilot.reviews.export import review_schema, to_json
from copilot.reviews.models import ClaimState
from copilot.reviews.views import SignedView
from tests.unit.reviews.test_export import AT, a_claim, a_review
from tests.unit.reviews.test_export_html import everywhere

PUBLISHED = Path(__file__).parents[3] / "docs" / "review.schema.json"


def test_the_published_schema_is_the_one_that_exports_keep_to() -> None:
    stale = "docs/review.schema.json is stale: run `incident-copilot review schema > it`"
    assert json.loads(PUBLISHED.read_text()) == review_schema(), stale


def test_exports_are_valid_by_the_published_schema() -> None:
    schema = json.loads(PUBLISHED.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    kept_apart = a_claim("sam did it", supported=False, why="sam is not named")
    for view in (a_review(), a_review(a_claim("It failed."), unsupported=[kept_apart])):
        jsonschema.validate(to_json(view), schema)
    jsonschema.validate(to_json(everywhere("word")), schema)


def test_ids_of_messages_are_text() -> None:
    (claim,) = to_json(a_review(a_claim("It failed.")))["sections"][0]["claims"]
    assert claim["citations"][0]["message_ts"] == "1772633560.000100"


def canonical(document: dict[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def test_anybody_can_check_the_signature_from_the_export_alone() -> None:
    claim = a_claim("Rücksetzung war um 14:12.", "rolling back", checked_by="Ana Roe")
    claim.state = ClaimState.VERIFIED
    claim.content_hash = claim_hash(
        text=claim.text,
        state=claim.state,
        checked_by="Ana Roe",
        citations=[("1772633560.000100", "rolling back")],
    )
    view = a_review(claim)
    found = review_hash(
        sections=[
            (each.key, each.title, [one.content_hash or "" for one in each.claims])
            for each in view.sections
        ],
        signed_by="Ben Li",
        signed_at=AT,
        version=1,
    )
    view.signed = SignedView(by="Ben Li", user_id=None, at=AT, version=1, content_hash=found)

    exported = json.loads(json.dumps(to_json(view)))
    (one,) = exported["sections"][0]["claims"]
    of_claim = canonical(
        {
            "checked_by": one["checked_by"],
            "citations": [
                {"message_ts": each["message_ts"], "quote": each["quote"]}
                for each in one["citations"]
            ],
            "state": one["state"],
            "text": one["text"],
        }
    )
    assert of_claim == one["content_hash"]
    sections = [
        {
            "claims": [each["content_hash"] for each in section["claims"]],
            "key": section["key"],
            "title": section["title"],
        }
        for section in exported["sections"]
    ]
    signed = exported["signed"]
    of_review = canonical(
        {
            "sections": sections,
            "signed_at": signed["at"],
            "signed_by": signed["by"],
            "version": signed["version"],
        }
    )
    assert of_review == signed["content_hash"]
