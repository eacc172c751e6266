"""`python -m tests.evals.checking`: what the checks by code catch, and what they refuse wrongly.

True sentences are altered in one thing each, see altering_facts.py and altering_sense.py. They are
the claims of the built-in drafter on the Kubernetes exports and on twenty post-mortems, and
sentences written by hand in other words than their sources. What is written by hand and held out
was never looked at while the checks were made; the half that is “seen” was.
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
from tests.evals.claims import HELD_OUT, SEEN, Case, cases_in
from tests.evals.corpora import SHARED_DATA
from tests.evals.drafting import drafts

KINDS = FACTS | WHO | SENSE
"""In the order in which they are told."""
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
    sets = {"by hand, seen": cases_in(SEEN), "by hand, held out": cases_in(HELD_OUT)}
    for name, cases in sets.items():
        _print_false_alarms(name, cases, shown=options.show and name.endswith("seen"))
    if not options.quick and SHARED_DATA.is_dir():
        sets["drafted"] = drafted_cases()
    tallies = {name: tally_of([c for c in sets[name] if c.checked().is_supported]) for name in sets}
    _print_caught(tallies)
    if options.show:
        _print_missed({name: tally for name, tally in tallies.items() if "held" not in name})
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


def tally_of(cases: Iterable[Case], seed: int = SEED) -> Tally:
    tally = Tally()
    rng = Random(seed)  # noqa: S311
    for case in cases:
        for kind, alter in KINDS.items():
            for altered in alter(case, rng):
                if altered is None or altered == case:
                    tally.left_out[kind] += 1
                elif altered.checked().is_supported:
                    tally.missed[kind] += 1
                    tally.through.append((kind, altered, case.text))
                else:
                    tally.caught[kind] += 1
    return tally


def false_alarms(cases: Iterable[Case]) -> list[tuple[Case, str]]:
    return [(case, problem) for case in cases if (problem := case.checked().problem)]


def _print_false_alarms(name: str, cases: Sequence[Case], *, shown: bool) -> None:
    alarms = false_alarms(cases)
    print(f"false alarms, {name:18} {_rate(len(alarms), len(cases))}")  # noqa: T201
    if shown:
        for case, problem in alarms:
            cited = [quote.number for quote in case.citations]
            print(f"    {case.text} {cited}\n        {problem}")  # noqa: T201


def _print_caught(tallies: dict[str, Tally]) -> None:
    print("\ncaught" + "".join(f"{name:>34}" for name in tallies) + f"{'all':>34}")  # noqa: T201
    for kind in KINDS:
        _print_row(kind, [kind], tallies)
    _print_row("overall", list(KINDS), tallies)
    left_out = sum(sum(tally.left_out.values()) for tally in tallies.values())
    print(f"left out, as they may be true all the same: {left_out}")  # noqa: T201


def _print_row(title: str, kinds: Sequence[str], tallies: dict[str, Tally]) -> None:
    cells = [
        (sum(tally.caught[kind] for kind in kinds), sum(tally.altered(kind) for kind in kinds))
        for tally in tallies.values()
    ]
    cells.append((sum(part for part, _ in cells), sum(whole for _, whole in cells)))
    print(f"{title:32}" + "".join(f"{_rate(*cell):>34}" for cell in cells))  # noqa: T201


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
