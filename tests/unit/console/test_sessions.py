import pytest

from copilot.console.sessions import login_path, safe_next, tidy_name


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/", "/"),
        ("/incidents/3?at=1.2", "/incidents/3?at=1.2"),
        ("", "/"),
        ("incidents/3", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\\y", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(asked: str, goes_to: str) -> None:
    assert safe_next(asked) == goes_to


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  sam  ", "sam"),
        ("Sam\tO'Neil\n", "Sam O'Neil"),
        ("", ""),
        ("\u200b\u202e", ""),
        ("x" * 200, "x" * 64),
        ("李雷", "李雷"),
    ],
)
def test_a_name_is_one_printable_line(given: str, kept: str) -> None:
    assert tidy_name(given) == kept


def test_the_page_that_was_asked_for_is_remembered() -> None:
    assert login_path("/") == "/login"
    assert login_path("/incidents/3?at=1&x=2") == "/login?next=/incidents/3%3Fat%3D1%26x%3D2"


def test_a_slack_id_is_no_name() -> None:
    assert tidy_name("U05RAVIMEN") == ""
    assert tidy_name("WILHELMINA") == "WILHELMINA"
    assert tidy_name("B2 on call") == "B2 on call"
