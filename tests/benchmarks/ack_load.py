"""`make load`: how long Slack waits for its answer, over HTTP, with an incident in full swing.

The real `serve` process with its jobs inside, as one machine runs it; a signed event in, its row
committed, the nudge sent, 200 out. Its limit is also taken with the jobs in another process. The
client is a process of its own and keeps to a schedule fixed in advance (see load_client.py). In
the same run the same load goes to a bare Bolt app over HTTP that does one bare INSERT, and both
of its parts are taken alone, in a loop without HTTP.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from copilot.db import open_engine
from tests.benchmarks import event_service
from tests.benchmarks.load_client import Order, Outcome
from tests.benchmarks.load_servers import LoadServer, Urls, bare, cpu_s_of, databases, ours
from tests.servers import NoServerError, redis_server

PER_SECOND = (8.3, 83.0)
"""What Slack sends one workspace at most, and ten times that."""
TARGET_P99_MS, TARGET_RATIO = 500.0, 2.0
"""design.md, section 4. The ratio is of the time an event takes at the limit, with jobs apart."""
OURS, APART, BARE = "ours", "ours, jobs apart", "bare Bolt + insert"


@dataclass(frozen=True)
class Line:
    store: str
    who: str
    per_second: float
    events: int
    failures: int
    """Answered late or refused at first; Slack sends these again, and so does the client."""
    lost: int
    missing_rows: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    client_late_p99_ms: float
    cpu_ms: float
    """Computing of the serving process for each event, jobs included; waits for nothing."""

    @classmethod
    def of(
        cls, store: str, who: str, order: Order, found: Outcome, *, missing: int = 0, cpu_s: float
    ) -> "Line":
        taken = sorted(found.latencies_ms)
        return cls(
            store,
            who,
            order.per_second or len(taken) / found.seconds,
            len(taken),
            found.failures,
            found.lost,
            missing,
            _at(taken, 0.5),
            _at(taken, 0.99),
            taken[-1],
            _at(sorted(found.late_ms), 0.99) if found.late_ms else 0.0,
            cpu_s * 1000 / len(taken),
        )

    def __str__(self) -> str:
        return (
            f"{self.store:<11}{self.who:<18}{self.per_second:8.1f}/s {self.events:6} events  "
            f"p50 {self.p50_ms:7.1f}  p99 {self.p99_ms:7.1f}  worst {self.worst_ms:7.1f} ms  "
            f"cpu {self.cpu_ms:5.2f} ms  failed {self.failures}  lost {self.lost}  "
            f"rows missing {self.missing_rows}  (client late p99 {self.client_late_p99_ms:.1f} ms)"
        )


def main(arguments: Sequence[str]) -> int:
    """Measure and print. Returns 1 if anything was lost, was late or missed a target."""
    parser = argparse.ArgumentParser(prog="make load ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 s each; only losses count")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(arguments)
    seconds = 3.0 if options.quick else options.seconds
    _say(f"{seconds:.0f} s each, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    lines: list[Line] = []
    problems: list[str] = []
    for store in ("SQLite", "PostgreSQL"):
        try:
            with databases(store) as urls:
                found = _measure(store, urls, seconds)
        except NoServerError as missing:
            _say(f"{store} not measured: {missing}")
            continue
        lines += found
        problems += _problems(found, is_strict=not options.quick)
    _say(f"load average in the end {os.getloadavg()[0]:.1f}")
    if options.format == "json":
        json.dump([asdict(line) for line in lines], sys.stdout, indent=2)
    _say("\n".join(problems) or "nothing lost, targets met")
    return 1 if problems else 0


def _measure(store: str, urls: Urls, seconds: float) -> list[Line]:
    at_limit_s = max(3.0, seconds / 6)
    whole = [(per_second, seconds) for per_second in PER_SECOND] + [(0.0, at_limit_s)]
    lines = _ask(store, OURS, ours(urls.ours), whole)
    with ExitStack() as stack:
        try:
            redis_url = stack.enter_context(redis_server())
        except NoServerError as missing:
            _say(f"{store:<11}{APART} not measured: {missing}")
        else:
            limit = [(0.0, at_limit_s)]
            lines += _ask(store, APART, ours(urls.ours, COPILOT_REDIS_URL=redis_url), limit)
    lines += _ask(store, BARE, bare(urls.bare), whole)
    insert_us, bolt_us = event_service.bare_parts_us(open_engine(urls.bare), share=0.5)
    _say(
        f"{store:<11}without HTTP, one by one: INSERT … ON CONFLICT {1e6 / insert_us:,.0f}/s "
        f"({insert_us:,.0f} µs), bare Bolt dispatch {1e6 / bolt_us:,.0f}/s ({bolt_us:,.0f} µs)"
    )
    return lines


def _ask(
    store: str,
    who: str,
    served: AbstractContextManager[LoadServer],
    wishes: Sequence[tuple[float, float]],
) -> list[Line]:
    lines = []
    with served as server:
        for per_second, seconds in wishes:
            order = server.order(per_second, seconds)
            rows, cpu_s = server.count_rows(), cpu_s_of(server.pid)
            found = _send(order)
            cpu_s = cpu_s_of(server.pid) - cpu_s
            taken = len(found.latencies_ms) - found.lost
            missing = max(0, taken - (server.count_rows() - rows))
            lines.append(Line.of(store, who, order, found, missing=missing, cpu_s=cpu_s))
            _say(lines[-1])
    return lines


def _problems(lines: Sequence[Line], *, is_strict: bool) -> list[str]:
    our_lines = [line for line in lines if line.who in (OURS, APART)]
    found = [f"lost: {line}" for line in our_lines if line.lost or line.missing_rows]
    # A few seconds on a machine that does other things prove no speed, only that nothing is lost.
    found += [f"late or refused: {line}" for line in our_lines if is_strict and line.failures]
    found += [
        f"p99 above {TARGET_P99_MS:.0f} ms: {line}"
        for line in our_lines[: len(PER_SECOND)]
        if is_strict and line.p99_ms > TARGET_P99_MS
    ]
    at_limit = {line.who: line for line in lines}
    minimum = at_limit[BARE]
    for line in (one for who, one in at_limit.items() if who != BARE):
        ratio = minimum.per_second / line.per_second
        computing = line.cpu_ms / minimum.cpu_ms if minimum.cpu_ms else 0.0
        _say(
            f"{line.store:<11}{line.who}: an event at the limit takes {ratio:.2f} × {BARE}; "
            f"{computing:.2f} × of the computing"
        )
        if is_strict and line.who == APART and ratio > TARGET_RATIO:
            found.append(f"{line.store}: {ratio:.2f} × bare, target ≤ {TARGET_RATIO:g}")
    return found


def _send(order: Order) -> Outcome:
    """By a process of its own: it must not wait for a lock of ours."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load_client"],
        input=json.dumps(asdict(order)).encode(),
        capture_output=True,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def _at(taken: Sequence[float], share: float) -> float:
    return taken[min(len(taken) - 1, int(len(taken) * share))]


def _say(words: Any) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
