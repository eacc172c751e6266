"""`python -m tests.evals`: how good each proposer is, on every set there is."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from copilot.local.confidence import WEIGHTS_FILE
from tests.evals import corpora, printing, proposers, training
from tests.evals.proposers import Contender
from tests.evals.reliability import svg
from tests.evals.scoring import THRESHOLDS, Score
from tests.evals.sets import run_of, scores_of

PICTURED = ("mixed to 2.5 %", "mixed, held out", "labelled", "written, held out")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if not corpora.SHARED_DATA.is_dir():
        print("skipped: the shared data folder is not there")  # noqa: T201
        return 0
    engines = [
        engine
        for engine in proposers.ENGINES
        if (not options.only or engine.name in options.only)
        and not (options.quick and engine.is_slow)
    ]
    results = {}
    for engine in engines:
        results[engine.name] = _measured(engine)
        if options.format == "table":
            table = printing.table(engine, results[engine.name], PICTURED)
            print("\n".join(table), flush=True)  # noqa: T201
    if options.chart:
        options.chart.write_text(_chart(results), encoding="utf-8")
    if options.format == "json":
        print(json.dumps(printing.as_json(results), indent=1))  # noqa: T201
        return 0
    if proposers.CROSS_VALIDATED in engines:
        is_same = training.as_text(training.shipped()) == WEIGHTS_FILE.read_text(encoding="utf-8")
        print(f"\nshipped weights are {'' if is_same else 'NOT '}what this data gives")  # noqa: T201
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = ", ".join(engine.name for engine in proposers.ENGINES)
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--only", action="append", metavar="NAME", help=f"one of: {names}")
    parser.add_argument(
        "--quick", action="store_true", help="only what needs no training: weights saw this data"
    )
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write reliability as an SVG")
    return parser.parse_args(arguments)


def _measured(engine: Contender) -> dict[str, list[Score]]:
    with engine.opened() as proposer_for:
        return scores_of(lambda c: run_of(c, proposer_for(c)), THRESHOLDS, engine.sets)


def _chart(results: dict[str, dict[str, list[Score]]]) -> str:
    return svg(
        {
            f"{who}: {name}": sets[name][0].judged
            for who, sets in results.items()
            if who != proposers.CUE_REGEX.name
            for name in PICTURED
            if name in sets
        }
    )


if __name__ == "__main__":
    sys.exit(main())
