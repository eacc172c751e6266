import pytest

from copilot.incidents.models import Severity, Status
from copilot.slack.command_words import (
    Declaration,
    Typed,
    nearest_word,
    read_declaration,
    read_severity,
    read_severity_and_note,
    read_status,
    read_status_and_note,
    read_typed,
    to_channel_name,
)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", Typed("", "")),
        ("  ", Typed("", "")),
        ("HELP", Typed("help", "")),
        (" declare  checkout   errors ", Typed("declare", "checkout errors", "checkout   errors")),
        ("note one\n two", Typed("note", "one two", "one\n two")),
        ("status\nmonitoring", Typed("status", "monitoring", "monitoring")),
        ("„resolve“ !", Typed("resolve", "")),
        ("resolve!", Typed("resolve", "")),
        ("«\xa0resolve\xa0»", Typed("resolve", "")),
        ("Follow-up add x", Typed("followup", "add x", "add x")),
        ("ROLES", Typed("role", "")),
        ("?", Typed("", "")),
        ("note why?", Typed("note", "why?", "why?")),
    ],
)
def test_the_first_word_is_the_command(text: str, typed: Typed) -> None:
    assert read_typed(text) == typed


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("declar", "declare"),
        ("delcare", "declare"),
        ("stauts", "status"),
        ("sev", "severity"),
        ("suggest", "suggestions"),
        ("resolved", "resolve"),
        ("hold", "held"),
        ("xyzzy", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_mistyped_word_finds_the_nearest(word: str, nearest: str | None) -> None:
    assert nearest_word(word) == nearest


@pytest.mark.parametrize("text", ["sev2", "SEV-2", "Sev 2", "p2", "2", "severity2", " sev_2 "])
def test_a_severity_may_be_written_in_many_ways(text: str) -> None:
    assert read_severity(text) is Severity.SEV2


@pytest.mark.parametrize("text", ["", "sev0", "sev5", "bad", "22", "sev2 now", "²"])
def test_what_is_no_severity_is_none(text: str) -> None:
    assert read_severity(text) is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("monitoring", Status.MONITORING),
        ("Identified", Status.IDENTIFIED),
        ("investigate", Status.INVESTIGATING),
        ("mon", Status.MONITORING),
        ("resolve", Status.RESOLVED),
        ("purple", None),
        ("", None),
    ],
)
def test_a_status_may_be_nearly_typed(text: str, status: Status | None) -> None:
    assert read_status(text) is status


@pytest.mark.parametrize(
    ("text", "declaration"),
    [
        ("", Declaration("", None, None)),
        ("checkout errors", Declaration("checkout errors", None, None)),
        ("checkout errors sev2", Declaration("checkout errors", Severity.SEV2, None)),
        ("SEV1 checkout errors", Declaration("checkout errors", Severity.SEV1, None)),
        ("sev3", Declaration("", Severity.SEV3, None)),
        ("region 2", Declaration("region 2", None, None)),
        ("“checkout errors” sev2", Declaration("checkout errors", Severity.SEV2, None)),
        (
            "--new-channel inc-checkout checkout errors p1",
            Declaration("checkout errors", Severity.SEV1, "inc-checkout"),
        ),
        ("errors --new-channel Inc.Checkout", Declaration("errors", None, "inc-checkout")),
        ("—new-channel ops db down", Declaration("db down", None, "ops")),
        ("„Kasse kaputt“, sev 1!", Declaration("Kasse kaputt", Severity.SEV1, None)),
        ("« Paiement en panne » (SEV2).", Declaration("Paiement en panne", Severity.SEV2, None)),
        ("logs say “no space”", Declaration("logs say “no space”", None, None)),
        ("sev 2: checkout errors", Declaration("checkout errors", Severity.SEV2, None)),
        ("sev2", Declaration("", Severity.SEV2, None)),
        ("--new-channel", Declaration("", None, "")),
        ("--new-channel !!! x", Declaration("x", None, "")),
        ("--new-channels x", Declaration("--new-channels x", None, None)),
    ],
)
def test_a_declaration_reads_title_severity_and_channel(
    text: str, declaration: Declaration
) -> None:
    assert read_declaration(text) == declaration


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("monitoring", Status.MONITORING, ""),
        ("Monitoring, replica caught up", Status.MONITORING, "replica caught up"),
        ("ident – bad deploy", Status.IDENTIFIED, "bad deploy"),
        ("all good", None, "good"),
        ("", None, ""),
    ],
)
def test_a_note_may_follow_a_status(text: str, status: Status | None, said: str) -> None:
    assert read_status_and_note(text) == (status, said)


@pytest.mark.parametrize(
    ("text", "severity", "said"),
    [
        ("sev 2 cards are refused", Severity.SEV2, "cards are refused"),
        ("P1: all regions", Severity.SEV1, "all regions"),
        ("3", Severity.SEV3, ""),
        ("bad", None, ""),
        ("", None, ""),
    ],
)
def test_a_note_may_follow_a_severity(text: str, severity: Severity | None, said: str) -> None:
    assert read_severity_and_note(text) == (severity, said)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#Ops Room", "ops-room"),
        ("inc.2026/03", "inc-2026-03"),
        ("Störung Kasse", "störung-kasse"),
        ("x" * 200, "x" * 80),
        ("--", ""),
        ("<!channel>", "channel"),
    ],
)
def test_a_channel_name_is_what_slack_allows(text: str, name: str) -> None:
    assert to_channel_name(text) == name
