"""Sends signed events at instants fixed in advance, as a process of its own.

Open loop: an event leaves when its time has come, whether or not earlier ones were answered, and
its latency counts from that time. A server that stalls so shows in every event that was due
meanwhile, instead of making its client ask less.

Reads one JSON object from its input, writes one to its output; see `Order` and `Outcome`.
"""

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import asdict, dataclass, field

from copilot.slack.signature import sign

SLACKS_PATIENCE_S = 3.0
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_TALK = (
    "replica lag on db-3 is at 210 seconds and the queue still grows",
    "looking at the slow query log now",
    "rolled back 4812, no change yet",
    "I see timeouts in checkout-7f9c only",
    "payments says their side is fine",
    "deploy is at 40% of the pods",
    "ok",
    "thanks, trying that on the second pool first",
)
_A_TASK = "action item: ben to add an alert on replica lag above 30 seconds by Friday"
_A_TASK_EVERY = 200


@dataclass(frozen=True)
class Order:
    """What to send. `per_second` 0: as fast as `connections` get their answers."""

    port: int
    secret: str
    team_id: str
    channel_id: str
    user_ids: tuple[str, ...]
    per_second: float
    seconds: float
    connections: int = 32
    seed: int = 1


@dataclass
class Outcome:
    """Milliseconds, one of each event; an event without a good answer in time has failed."""

    latencies_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    """How much too late this client was itself; part of the latency."""
    failures: int = 0
    seconds: float = 0.0


def arrivals_s(per_second: float, seconds: float, chance: random.Random) -> list[float]:
    """Poisson: what many people who know nothing of each other amount to."""
    found = []
    at_s = chance.expovariate(per_second)
    while at_s < seconds:
        found.append(at_s)
        at_s += chance.expovariate(per_second)
    return found


def request(order: Order, number: int) -> bytes:
    now_s = time.time()
    # Unlike that of any other event, also of an order just before.
    ts = f"{int(now_s)}.{(order.seed * 20_000 + number) % 1_000_000:06d}"
    text = _A_TASK if number % _A_TASK_EVERY == 7 else _TALK[number % len(_TALK)]
    event = {
        "type": "message",
        "channel": order.channel_id,
        "channel_type": "channel",
        "user": order.user_ids[number % len(order.user_ids)],
        "text": f"{text} ({number})",
        "ts": ts,
        "event_ts": ts,
        "team": order.team_id,
        "client_msg_id": f"{order.seed:08x}-{number:024x}",
    }
    body = json.dumps(
        {
            "token": "x",
            "team_id": order.team_id,
            "api_app_id": "A0LOAD",
            "type": "event_callback",
            "event_id": f"Ev{order.seed}x{number}",
            "event_time": int(now_s),
            "authorizations": [{"team_id": order.team_id, "user_id": "U0BOT", "is_bot": True}],
            "event": event,
        }
    ).encode()
    stamp = str(int(now_s))
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: {sign(order.secret, stamp, body)}\r\n\r\n"
    )
    return head.encode() + body


class Connections:
    """Kept open and used again, as Slack does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def status_of(self, sent: bytes) -> int:
        while self._idle:
            try:
                return await self._status_on(*self._idle.pop(), sent)
            except (ConnectionError, asyncio.IncompleteReadError):
                continue  # closed while it was idle; no client calls that a failure
        return await self._status_on(*await asyncio.open_connection("127.0.0.1", self._port), sent)

    async def _status_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
    ) -> int:
        try:
            writer.write(sent)
            head = await reader.readuntil(b"\r\n\r\n")
            found = _LENGTH.search(head)
            await reader.readexactly(int(found[1]) if found else 0)
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        return int(head[9:12])


async def keep_to_schedule(order: Order) -> Outcome:
    outcome, connections = Outcome(), Connections(order.port)
    chance = random.Random(order.seed)  # noqa: S311 - the same arrivals each time
    due_s = arrivals_s(order.per_second, order.seconds, chance)
    began_s = time.perf_counter()

    async def send(number: int, at_s: float) -> None:
        sent = request(order, number)
        outcome.late_ms.append((time.perf_counter() - at_s) * 1000)
        await _try(connections, sent, at_s, outcome)

    tasks = []
    for number, at_s in enumerate(due_s):
        await asyncio.sleep(max(0.0, began_s + at_s - time.perf_counter()))
        tasks.append(asyncio.create_task(send(number, began_s + at_s)))
    await asyncio.gather(*tasks)
    outcome.seconds = time.perf_counter() - began_s
    return outcome


async def go_to_the_limit(order: Order) -> Outcome:
    outcome, connections = Outcome(), Connections(order.port)
    began_s = time.perf_counter()
    numbers = iter(range(10_000_000))

    async def one_after_the_other() -> None:
        while (now_s := time.perf_counter()) < began_s + order.seconds:
            await _try(connections, request(order, next(numbers)), now_s, outcome)

    await asyncio.gather(*(one_after_the_other() for _ in range(order.connections)))
    outcome.seconds = time.perf_counter() - began_s
    return outcome


async def _try(connections: Connections, sent: bytes, at_s: float, outcome: Outcome) -> None:
    try:
        async with asyncio.timeout(SLACKS_PATIENCE_S):
            status = await connections.status_of(sent)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        status = 0
    taken_s = time.perf_counter() - at_s
    outcome.latencies_ms.append(taken_s * 1000)
    if not 200 <= status < 300 or taken_s > SLACKS_PATIENCE_S:
        outcome.failures += 1


def main() -> None:
    given = json.load(sys.stdin)
    order = Order(**{**given, "user_ids": tuple(given["user_ids"])})
    work = keep_to_schedule if order.per_second else go_to_the_limit
    json.dump(asdict(asyncio.run(work(order))), sys.stdout)


if __name__ == "__main__":
    main()
