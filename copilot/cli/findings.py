"""What a check of `doctor` comes to, and how it is shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from rich.markup import escape

from copilot.cli.output import console, print_json

_COLOURS = {"ok": "green", "off": "yellow", "broken": "red"}


class State(StrEnum):
    OK = "ok"
    OFF = "off"
    """Works without it, or nobody can tell yet."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` and `state` are for programs too, and stay as they are; `words` say what to do."""

    what: str
    state: State
    words: str


def ok(what: str, words: str) -> Finding:
    return Finding(what, State.OK, words)


def off(what: str, words: str) -> Finding:
    return Finding(what, State.OFF, words)


def broken(what: str, words: str) -> Finding:
    return Finding(what, State.BROKEN, words)


def line_of(finding: Finding) -> str:
    """As it stands on the terminal and in the documentation."""
    return f"{finding.state:<6}  {finding.what:<14}  {finding.words}"


def print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        colour = _COLOURS[finding.state]
        rest = escape(line_of(finding).removeprefix(f"{finding.state:<6}"))
        console.print(f"[{colour}]{finding.state:<6}[/{colour}]{rest}", soft_wrap=True)


def print_findings_json(findings: Sequence[Finding]) -> None:
    print_json([asdict(finding) for finding in findings])
