"""What needs checking most comes first."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from copilot.reviews.risk import risk


@dataclass(frozen=True, slots=True)
class Cited:
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    citations: tuple[Cited, ...] = (Cited("the error rate went back to normal"),)
    section: str = "response"
    judged: str | None = None
    is_disputed: bool = False


PLAIN = Sentence("The error rate went back to normal.")


def test_what_repeats_its_source_comes_after_what_adds_to_it() -> None:
    assert risk(replace(PLAIN, text="The quick failover brought the error rate down.")) > risk(
        PLAIN
    )


def test_causes_figures_names_and_negations_come_before_plain_statements() -> None:
    for more in (
        "The error rate went back to normal because it rained.",
        "The error rate went back to 3 % at 14:05.",
        "The error rate went back to normal, said Ana Roe.",
        "The error rate never went back to normal.",
    ):
        source = (Cited(f"the error rate went back to normal {more.lower()}"),)
        assert risk(replace(PLAIN, text=more, citations=source)) > risk(PLAIN)


def test_what_somebody_doubts_comes_first() -> None:
    assert risk(replace(PLAIN, judged="partial")) > risk(replace(PLAIN, judged="full"))
    assert risk(replace(PLAIN, is_disputed=True)) > risk(PLAIN)


def test_contributing_factors_come_before_the_response() -> None:
    assert risk(replace(PLAIN, section="contributing_factors")) > risk(PLAIN)


def test_several_sources_put_together_come_before_one() -> None:
    assert risk(replace(PLAIN, citations=PLAIN.citations * 3)) > risk(PLAIN)


@given(st.text(), st.text())
def test_it_is_a_small_number_whatever_is_written(text: str, quote: str) -> None:
    assert 0 <= risk(replace(PLAIN, text=text, citations=(Cited(quote),))) < 12
