"""`python -m tests.evals.checking`: what the checks by code catch, and what they refuse wrongly.

True sentences are altered in one thing each, see altering_facts.py and altering_sense.py. They are
the claims of the built-in drafter on the Kubernetes exports and on twenty post-mortems, and
sentences written by hand in other words than their sources. Four files of those were looked at
while the checks were made; one, by writers who knew nothing of them, never was. Each sentence is
held against its sources twice: as a machine's, and as a person's own words.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from copilot.ports import Quote
from copilot.suggestions.proportions import wilson
from tests.evals.altering_facts import FACTS
from tests.evals.altering_names import WHO
from tests.evals.altering_sense import SENSE
from tests.evals.claims import (
    DECIDING,
    HELD_OUT_ONCE,
    SEEN,
    SEEN_MORE,
    STRANGERS,
    Case,
    cases_in,
)
from tests.evals.corpora import SHARED_DATA
from tests.evals.drafting import drafts

KINDS = FACTS | WHO | SENSE
"""In the order in which they are told."""
ASKED_FOR = (
    "cited message", "quote", "number", "unit", "time", "date", "time zone", "duration",
    "host or identifier", "name", "negation", "order of events",
)  # fmt: skip
"""What the checks were asked to catch 95 % of; the other kinds were added."""
MAY_BE_SHOWN = ("seen", "strangers")
SEED = 20261122


@dataclass(slots=True)
class Tally:
    """Of one set: alterations caught, let through and left out by kind."""

    caught: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    through: list[tuple[str, Case, str]] = field(default_factory=list)
    """Kind, the altered case, and the true sentence."""

    def altered(self, kind: str) -> int:
        return self.caught[kind] + self.missed[kind]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    sets = {
        "seen": [case for path in (SEEN, HELD_OUT_ONCE, SEEN_MORE) for case in cases_in(path)],
        "strangers": cases_in(STRANGERS),
        "deciding": cases_in(DECIDING),
    }
    if not options.quick and SHARED_DATA.is_dir():
        sets["drafted"] = drafted_cases()
    for strict in (True, False):
        print("\nas a machine's" if strict else "\nas a person's")  # noqa: T201
        for name, cases in sets.items():
            shown = options.show and name in MAY_BE_SHOWN
            _print_false_alarms(name, cases, strict=strict, shown=shown)
        tallies = {name: tally_of(cases, strict=strict) for name, cases in sets.items()}
        _print_caught(tallies)
        if options.show:
            _print_missed({name: tallies[name] for name in MAY_BE_SHOWN})
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evals.checking", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what was written by hand")
    parser.add_argument(
        "--show", action="store_true", help="print what was wrong, of what may be looked at"
    )
    return parser.parse_args(arguments)


def drafted_cases() -> list[Case]:
    """The claims of the built-in drafter's reviews."""
    cases = []
    for drafted in drafts():
        by_ts = {message.message_ts: message for message in drafted.messages}
        by_number = {message.number: message for message in drafted.messages}
        for claim in drafted.view.claims:
            quotes = tuple(Quote(by_ts[c.message_ts].number, c.quote) for c in claim.citations)
            zone = ZoneInfo("UTC")
            cases.append(Case(claim.text, quotes, by_number, drafted.names, zone, drafted.title))
    return cases


def tally_of(cases: Iterable[Case], seed: int = SEED, *, strict: bool = True) -> Tally:
    """Of those sentences that pass as they are."""
    tally = Tally()
    rng = Random(seed)  # noqa: S311
    for case in cases:
        if not case.checked(strict=strict).is_supported:
            continue
        for kind, alter in KINDS.items():
            for altered in alter(case, rng):
                if altered is None or altered == case:
                    tally.left_out[kind] += 1
                elif altered.checked(strict=strict).is_supported:
                    tally.missed[kind] += 1
                    tally.through.append((kind, altered, case.text))
                else:
                    tally.caught[kind] += 1
    return tally


def false_alarms(cases: Iterable[Case], *, strict: bool = True) -> list[tuple[Case, str]]:
    return [(case, problem) for case in cases if (problem := case.checked(strict=strict).problem)]


def _print_false_alarms(name: str, cases: Sequence[Case], *, strict: bool, shown: bool) -> None:
    alarms = false_alarms(cases, strict=strict)
    print(f"false alarms, {name:18} {_rate(len(alarms), len(cases))}")  # noqa: T201
    if shown:
        for case, problem in alarms:
            cited = [quote.number for quote in case.citations]
            print(f"    {case.text} {cited}\n        {problem}")  # noqa: T201


def _print_caught(tallies: dict[str, Tally]) -> None:
    print("\ncaught" + "".join(f"{name:>38}" for name in tallies) + f"{'all':>38}")  # noqa: T201
    for kind in KINDS:
        _print_row(kind, [kind], tallies)
    _print_row("of the kinds asked for", ASKED_FOR, tallies)
    _print_row("overall", list(KINDS), tallies)
    left_out = sum(sum(tally.left_out.values()) for tally in tallies.values())
    print(f"left out, as they may be true all the same: {left_out}")  # noqa: T201


def _print_row(title: str, kinds: Sequence[str], tallies: dict[str, Tally]) -> None:
    cells = [
        (sum(tally.caught[kind] for kind in kinds), sum(tally.altered(kind) for kind in kinds))
        for tally in tallies.values()
    ]
    cells.append((sum(part for part, _ in cells), sum(whole for _, whole in cells)))
    print(f"{title:32}" + "".join(f"{_rate(*cell):>38}" for cell in cells))  # noqa: T201


def _rate(part: int, whole: int) -> str:
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{part}/{whole} {part / whole:.1%} ({low:.1%}–{high:.1%})"


def _print_missed(tallies: dict[str, Tally]) -> None:
    for name, tally in tallies.items():
        print(f"\nlet through, {name}")  # noqa: T201
        for kind, altered, before in tally.through:
            print(f"  {kind}: {altered.text}\n      was: {before}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
