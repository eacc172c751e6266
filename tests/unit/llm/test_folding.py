"""Pasted logs, code and data become a tag; what people say stays, word for word."""

import time

from copilot.llm.folding import MOST_CHARACTERS, fold

LOG = "\n".join(f"2026-03-04T14:{minute:02d}:07Z ERROR db-3 replica lag" for minute in range(48))


def test_a_pasted_log_is_replaced_by_its_length_and_hash() -> None:
    folded = fold(f"look at this\n{LOG}\nwe should page on it")
    first, tag, last = folded.split("\n")
    assert (first, last) == ("look at this", "we should page on it")
    assert tag.startswith("[log: 48 lines, sha256 ")


def test_the_same_log_has_the_same_hash_and_another_another() -> None:
    assert fold(LOG) == fold(LOG)
    assert fold(LOG) != fold(LOG.replace("db-3", "db-4"))


def test_long_code_is_folded_and_a_short_command_stays() -> None:
    assert fold("run ```kubectl get pods``` please") == "run ```kubectl get pods``` please"
    code = "\n".join(f"  step_{number}()" for number in range(9))
    assert fold(f"see ```\n{code}\n``` please").startswith("see [code: 9 lines, sha256 ")
    assert fold(f"cut off ```\n{code}").startswith("cut off [code: 9 lines, sha256 ")


def test_a_stack_trace_is_a_log() -> None:
    trace = "\n".join(f"    at com.acme.Pay.charge{n}(Pay.java:{n})" for n in range(6))
    assert fold(f"it says\n{trace}").startswith("it says\n[log: 6 lines, sha256 ")


def test_a_list_of_work_is_no_log() -> None:
    said = "\n".join(f"- dana: add the alert number {number}" for number in range(9))
    assert fold(said) == said


def test_a_run_without_a_blank_is_data() -> None:
    assert fold(f"cert {'QUJD' * 80} here").startswith("cert [data: 320 characters, sha256 ")


def test_what_is_long_is_cut_and_says_so() -> None:
    folded = fold("word " * 1000)
    assert folded.endswith("more characters]")
    assert len(folded) < MOST_CHARACTERS + 40


def test_hostile_text_is_folded_in_time() -> None:
    """A quadratic pattern takes minutes for these."""
    began_s = time.perf_counter()
    for text in (
        "`" * 40_000,
        "[" * 40_000,
        "a" * 40_000,
        "a  " * 13_000,
        "a=" * 20_000,
        "\n" * 40_000,
    ):
        fold(text)
    assert time.perf_counter() - began_s < 5
