"""`make bench`: every figure is a ratio against a baseline measured in the same run.

`--quick` does a tenth of the work, to see that the benchmarks run; `--format json` for programs.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from tests.benchmarks import (
    backtest_speed,
    draft_speed,
    event_service,
    gap_page,
    gate_speed,
    import_speed,
    proposer_speed,
    review_page,
)
from tests.benchmarks.measuring import Measurement
from tests.browser.conftest import CHROMIUM


def main(arguments: Sequence[str]) -> int:
    """Run all benchmarks and print them. Returns 1 if a ratio misses its target."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(arguments)
    share = 0.1 if options.quick else 1.0
    found: list[Measurement] = []
    for benchmark in (
        event_service,
        import_speed,
        gate_speed,
        proposer_speed,
        backtest_speed,
        draft_speed,
        gap_page,
        review_page,
    ):
        found.extend(benchmark.measure(share))
    if CHROMIUM is None:
        sys.stderr.write(f"{review_page.NOT_TIMED}\n")
    if options.format == "json":
        json.dump([measurement.as_dict() for measurement in found], sys.stdout, indent=2)
    else:
        sys.stdout.write("\n".join(measurement.as_line() for measurement in found) + "\n")
    missed = [measurement for measurement in found if not measurement.is_met]
    # A tenth of the work on a busy machine says nothing about targets.
    return 1 if missed and not options.quick else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
