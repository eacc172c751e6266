"""Exports show exactly what was typed, whatever was typed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from copilot.reviews.export import escaped, to_json, to_markdown
from copilot.reviews.export_words import length
from copilot.reviews.models import ClaimState, Section
from copilot.reviews.reading import (
    CitationView,
    ClaimView,
    ReviewedIncident,
    ReviewView,
    SectionView,
)
from copilot.reviews.review_policy import TITLES

AT = datetime(2026, 3, 4, 14, 12, 40, tzinfo=UTC)
LINK = "https://acme.slack.com/archives/C1/p1772633560000100"


def a_claim(text: str, quote: str | None = None, **more: Any) -> ClaimView:
    citation = CitationView(
        message_ts="1772633560.000100",
        quote=text if quote is None else quote,
        permalink=LINK,
        event_id=1,
        author_name=more.pop("author", "ana"),
        occurred_at=AT,
        text=text,
        is_changed=False,
        is_deleted=False,
    )
    fields: dict[str, Any] = {
        "id": 1,
        "section": Section.SUMMARY,
        "state": ClaimState.UNVERIFIED,
        "checked_by": None,
        "checked_at": None,
        "drafted_text": text,
        "why": None,
        "source_changed": False,
        "supported": True,
    }
    return ClaimView(text=text, citations=[citation], **{**fields, **more})


def a_review(*claims: ClaimView, title: str = "Checkout errors", **more: Any) -> ReviewView:
    return ReviewView(
        id=1,
        incident=ReviewedIncident(
            id=7,
            title=title,
            channel="inc-checkout",
            severity="sev2",
            status="resolved",
            declared_at=AT,
            mitigated_at=AT + timedelta(minutes=48),
            resolved_at=AT + timedelta(hours=1, minutes=48),
        ),
        version=1,
        engine="model-1",
        drafted_at=AT,
        events_read=150,
        events_left_out=more.pop("left_out", 0),
        sections=[
            SectionView(
                key=section,
                title=TITLES[section],
                claims=[claim for claim in claims if claim.section == section],
            )
            for section in Section
        ],
        unsupported=more.pop("unsupported", []),
        rejected=[],
    )


def rendered(text: str) -> tuple[str, list[str], set[str]]:
    """What a reader sees, the addresses of links, and kinds of markup used."""
    shown, links, kinds = [], [], set()
    for block in MarkdownIt("commonmark").parse(text):
        kinds.add(block.type)
        for token in block.children or []:
            kinds.add(token.type)
            if token.type == "link_open":
                links.append(str(token.attrs["href"]))
            if token.type in {"text", "code_inline", "softbreak"}:
                shown.append(token.content or " ")
    return "".join(shown), links, kinds


NASTY = [
    "[click me](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<script>alert(1)</script> & <b>bold</b>",
    "`code` **bold** _it_ ~~gone~~",
    "# heading",
    "1. list",
    "- [ ] task | table |",
    "<https://evil.example>",
    "&lt;not an entity&gt;",
    "line\n\n## Resolution\n\nnew paragraph",
    "[ref]: https://evil.example",
    "``` fence",
    "\\[escaped\\](x)",
    "> quote",
    "a\u2028b",
]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_shows_as_typed_and_links_nowhere(text: str) -> None:
    shown, links, kinds = rendered(escaped(text))
    assert shown == " ".join(text.split())
    assert links == []
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


def test_no_text_orders_a_terminal_about() -> None:
    assert escaped("all\x07 \x1b\\[31mred\x9b2J").isprintable()


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=80))
def test_any_text_shows_as_typed(text: str) -> None:
    shown, links, _ = rendered(escaped(text))
    assert shown == " ".join(text.split())
    assert links == []


@pytest.mark.parametrize("text", ["see https://evil.example/x", "see www.evil.example"])
def test_no_renderer_finds_an_address_to_link(text: str) -> None:
    assert "://" not in escaped(text)
    assert "www." not in escaped(text)


@pytest.mark.parametrize("nasty", NASTY)
def test_the_only_links_of_a_review_are_its_permalinks(nasty: str) -> None:
    claim = a_claim(nasty, quote=f"other {nasty}", author=nasty, checked_by=nasty)
    claim = claim.model_copy(update={"state": ClaimState.VERIFIED})
    text = to_markdown(a_review(claim, title=nasty))
    _, links, kinds = rendered(text)
    assert set(links) == {LINK}
    assert not {"html_inline", "html_block", "image", "code_inline", "fence"} & kinds
    assert text.count("\n## ") == len(Section)


def test_a_review_reads_well() -> None:
    text = to_markdown(
        a_review(
            a_claim("14:12 ana: “rolling back 4812”", "rolling back 4812"),
            a_claim("ana rolled back 4812.", "rolling back 4812", section=Section.RESPONSE),
            left_out=3,
        )
    )
    assert text.startswith(
        "# Post-incident review: Checkout errors\n\n**Draft: 0 of 2 sentences checked**\n\n"
        "SEV2 · resolved · \\#inc-checkout · 2026-03-04, times are UTC\n\n"
        "| | when | after | as the timeline has it |\n|---|---|---|---|\n"
        "| Started | *not in the timeline* | | |\n"
    )
    assert "| Mitigated | 2026-03-04 15:00 | 48 min |" in text
    assert "*Drafted from 150 messages; 3 did not fit and were not read.*" in text
    assert f"- 14:12 ana: “rolling back 4812” ([source](<{LINK}>)) *not checked yet*\n\n" in text
    assert f"([14:12](<{LINK}>)) *not checked yet*\n  - ana: “rolling back 4812”" in text


def test_all_ten_sections_stand_in_the_order_a_reader_meets_them() -> None:
    titles = [section["title"] for section in to_json(a_review())["sections"]]
    assert titles == list(TITLES.values())
    assert len(titles) == 10


def test_json_keeps_unsupported_sentences_apart_with_the_reason() -> None:
    bad = a_claim("sam did it", supported=False, why="sam neither wrote nor is named")
    exported = to_json(a_review(unsupported=[bad]))
    assert exported["unsupported"][0]["why"] == "sam neither wrote nor is named"
    assert exported["unsupported"][0]["section"] == "Summary"
    assert "sam did it" not in str(exported)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (13, "13 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_660, "1 h 01 min"),
    ],
)
def test_lengths_of_time_are_told_as_on_the_page(seconds: float, told: str) -> None:
    assert length(timedelta(seconds=seconds)) == told
