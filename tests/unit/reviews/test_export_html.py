"""One HTML file that anybody can open, keep and print, whatever was typed."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.reviews.export import to_html, to_json, to_markdown
from copilot.reviews.models import ClaimState
from copilot.reviews.views import AmendmentView, CommentView, ProposalView, ReviewView, SignedView
from tests.unit.reviews.test_export import AT, LINK, NASTY, a_claim, a_review

_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """
    html head meta title style body header main section article footer h1 h2 p strong em span a q
    ol ul li table thead tbody tr th td dl dt dd div
""",
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """
    lang charset http-equiv content name class href rel value scope colspan data-address
""",
    )
)


class _Reading(HTMLParser):
    """What a browser makes of it: elements, attributes, addresses and the text it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.shown: list[str] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [
            value or "" for name, value in attrs if name in ("href", "src", "data-address")
        ]
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.shown.append(data)


def read(page: str) -> _Reading:
    reading = _Reading()
    reading.feed(page)
    reading.close()
    return reading


def everywhere(text: str) -> ReviewView:
    """A signed review with `text` wherever people's words may stand."""
    claim = a_claim(text, quote=text, author=text, checked_by=text).model_copy(
        update={"state": ClaimState.VERIFIED, "checked_at": AT, "amended_in": 1}
    )
    amendment = AmendmentView(
        number=1,
        claim_id=1,
        new_claim_id=2,
        section="summary",
        text=text,
        citations=claim.citations,
        why=text,
        author=text,
        written_at=AT,
        source_changed=True,
    )
    signed = SignedView(by=text, user_id=None, at=AT, version=1, content_hash="0" * 64)
    return a_review(claim, title=text).model_copy(
        update={
            "amendments": [amendment],
            "signed": signed,
            "gaps": [text],
            "left_out": [text],
            "source_changed": 1,
        }
    )


def harmless(page: str) -> bool:
    reading = read(page)
    return (
        set(reading.elements) <= _ELEMENTS
        and reading.attributes <= _ATTRIBUTES
        and set(reading.links) <= {LINK}
    )


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_becomes_no_markup(text: str) -> None:
    plain = read(to_html(everywhere("word")))
    reading = read(to_html(everywhere(text)))
    assert harmless(to_html(everywhere(text)))
    assert reading.elements == plain.elements
    assert text in "".join(reading.shown)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
    | st.sampled_from(['"><img src=x onerror=alert(1)>', "</style><script>", "{{ 7*7 }}", "]]>"])
)
def test_no_text_adds_an_element_an_attribute_or_a_link(text: str) -> None:
    page = to_html(everywhere(text))
    assert read(page).elements == read(to_html(everywhere("word"))).elements
    assert harmless(page)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil", "", "a:["]
)
def test_what_is_no_web_address_is_no_link(address: str) -> None:
    claim = a_claim("It failed.", "failed")
    claim.citations[0].permalink = address
    assert read(to_html(a_review(claim))).links == []


def test_the_file_needs_nothing_else() -> None:
    page = to_html(everywhere("word"))
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_a_draft_says_first_that_it_is_one() -> None:
    claims = [a_claim(f"Step {n}.", f"Step {n}") for n in range(14)]
    for claim in claims[:3]:
        claim.state, claim.checked_by = ClaimState.VERIFIED, "Ana Roe"
    shown = "".join(read(to_html(a_review(*claims))).shown)
    assert "Draft: 3 of 14 sentences checked" in shown
    assert shown.index("Draft:") < shown.index("Milestone")


def test_the_signed_version_says_who_signed_when_and_what() -> None:
    shown = "".join(read(to_html(everywhere("Ana Roe"))).shown)
    assert "Signed by Ana Roe, 2026-03-04 14:12 UTC, version 1" in shown
    assert "0" * 64 in shown
    assert "Draft:" not in shown


def test_each_sentence_has_its_sources_and_its_checker() -> None:
    claim = a_claim("ana rolled back 4812.", "rolling back 4812", checked_by="Ben Li")
    claim.state, claim.checked_at = ClaimState.EDITED, AT + timedelta(hours=1)
    reading = read(to_html(a_review(claim)))
    shown = " ".join("".join(reading.shown).split())
    assert "ana rolled back 4812. [1] edited by Ben Li, 2026-03-04 15:12 " in shown
    assert "[1] 14:12:40 ana rolling back 4812" in shown
    assert reading.links == [LINK, LINK], "for the screen, and for paper"


def test_times_are_those_of_the_incident_s_zone() -> None:
    view = a_review(a_claim("It failed.", "failed"))
    view.incident.time_zone = "Asia/Tokyo"
    shown = "".join(read(to_html(view)).shown)
    assert "23:12:40" in shown
    assert "2026-03-04, times are Asia/Tokyo" in shown


def _secrets() -> Iterator[tuple[str, ReviewView]]:
    claim = a_claim("It failed.", "failed")
    proposal = ProposalView(
        id=9, text="proposed words", citations=[], supported=True, why=None, by=None, version=2
    )
    comment = CommentView(id=1, claim_id=1, text="commented words", author="ana", written_at=AT)
    claim = claim.model_copy(update={"proposals": [proposal], "comments": [comment]})
    view = a_review(claim, unsupported=[a_claim("unsupported words", supported=False)])
    wrong = a_claim("rejected words").model_copy(update={"state": ClaimState.WRONG})
    view = view.model_copy(update={"rejected": [wrong], "comments": [comment]})
    for word in ("proposed", "commented", "unsupported", "rejected"):
        yield f"{word} words", view


@pytest.mark.parametrize(("words", "view"), list(_secrets()))
def test_what_is_no_part_of_the_review_is_in_no_export(words: str, view: ReviewView) -> None:
    from_all = to_html(view) + to_markdown(view) + json.dumps(to_json(view))
    assert words not in from_all
    assert "It failed." in from_all


def test_what_is_left_out_is_counted() -> None:
    apart = a_claim("unsupported words", supported=False)
    shown = "".join(read(to_html(a_review(unsupported=[apart, apart]))).shown)
    assert "2 sentences whose sources do not carry what was written are left out" in shown


def test_what_a_person_marked_wrong_is_counted_in_a_whole_sentence() -> None:
    wrong = a_claim("rejected words").model_copy(update={"state": ClaimState.WRONG})
    view = a_review().model_copy(update={"rejected": [wrong]})
    shown = "".join(read(to_html(view)).shown)
    assert "1 sentence that a person marked wrong is left out. The console shows it" in shown
    apart = a_claim("unsupported words", supported=False)
    shown = "".join(read(to_html(view.model_copy(update={"unsupported": [apart]}))).shown)
    assert "is left out; 1 sentence that a person marked wrong, too. The console shows t" in shown
