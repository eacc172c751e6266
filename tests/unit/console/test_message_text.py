import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.console.message_text import Piece, pieces_of

OURS = "https://acme.slack.com/"


def kinds(text: str, **options: object) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in pieces_of(text, **options)]  # type: ignore[arg-type]


def test_plain_words_are_one_piece() -> None:
    assert kinds("rolling back 4812") == [("text", "rolling back 4812")]


def test_pasted_logs_stay_as_they_were() -> None:
    assert kinds("see\n```\nline 1\n  line 2\n```\nthere") == [
        ("text", "see\n"),
        ("block", "line 1\n  line 2"),
        ("text", "there"),
    ]


def test_a_fence_that_is_never_closed_is_text() -> None:
    assert kinds("``` oops") == [("text", "``` oops")]


def test_inline_code_loses_its_ticks() -> None:
    assert kinds("run `make` now") == [("text", "run "), ("code", "make"), ("text", " now")]


def test_only_permalinks_of_our_own_workspace_are_links() -> None:
    text = f"see {OURS}archives/C1/p1772 and https://evil.example/archives/x"
    assert kinds(text, link_base=OURS) == [
        ("text", "see "),
        ("link", f"{OURS}archives/C1/p1772"),
        ("text", " and https://evil.example/archives/x"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://acme.slack.com.evil.example/archives/C1/p1",
        "https://acme.slack.com/logout",
        "http://acme.slack.com/archives/C1/p1",
    ],
)
def test_nothing_else_is_a_link(address: str) -> None:
    assert [kind for kind, _ in kinds(address, link_base=OURS)] == ["text"]


def test_without_a_workspace_nothing_is_a_link() -> None:
    assert kinds(f"{OURS}archives/C1/p1")[0][0] == "text"


def test_quoted_words_are_marked() -> None:
    assert pieces_of("we should page on lag", quotes=["page on lag"]) == [
        Piece("text", "we should "),
        Piece("text", "page on lag", is_quoted=True),
    ]


def test_a_quote_may_reach_into_code() -> None:
    pieces = pieces_of("set `lag` to 30 s", quotes=["lag` to 30"])
    assert [(p.kind, p.text) for p in pieces if p.is_quoted] == [
        ("code", "lag"),
        ("text", " to 30"),
    ]


def test_quotes_may_overlap() -> None:
    pieces = pieces_of("one two three", quotes=["one two", "two three"])
    assert "".join(p.text for p in pieces) == "one two three"
    assert all(p.is_quoted for p in pieces if p.text.strip())


@given(st.text(alphabet="ab `\n<>&h:/.", max_size=80), st.text(alphabet="ab `", max_size=10))
def test_no_letter_is_lost_or_made_up(text: str, quote: str) -> None:
    shown = "".join(piece.text for piece in pieces_of(text, quotes=[quote]))
    without = str.maketrans("", "", "`\n")
    assert shown.translate(without) == text.translate(without)


def test_hostile_text_is_cut_up_quickly() -> None:
    for text in ("`" * 40_000, "https://" * 5_000, "```" * 13_000, "`a" * 20_000):
        pieces_of(text, link_base=OURS, quotes=["zzz"])
