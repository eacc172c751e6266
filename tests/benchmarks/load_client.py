"""Sends signed events at instants fixed in advance, as a process of its own.

Open loop: an event leaves when its time has come, whether or not earlier ones were answered, and
its latency counts from that time. A server that stalls so shows in every event that was due
meanwhile, instead of making its client ask less. What got no good answer in time is sent again
after the load, as Slack does; lost is only what then gets none either.

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
RETRIES, RETRY_PATIENCE_S = 3, 30.0
"""Slack asks again within an hour; a server that is only behind has caught up long before."""
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
    lost: int = 0
    """Of the failures, those that were not taken when they were sent again either."""
    seconds: float = 0.0


def arrivals_s(per_second: float, seconds: float, chance: random.Random) -> list[float]:
    """Poisson: what many people who know nothing of each other amount to."""
    found = []
    at_s = chance.expovariate(per_second)
    while at_s < seconds:
        found.append(at_s)
        at_s += chance.expovariate(per_second)
    return found


def event_body(order: Order, number: int) -> bytes:
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
    return json.dumps(
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


def request(order: Order, body: bytes, *, retry: int = 0) -> bytes:
    """Signed anew each time: an old signature would be refused for its age."""
    stamp = str(int(time.time()))
    again = f"X-Slack-Retry-Num: {retry}\r\nX-Slack-Retry-Reason: http_timeout\r\n"
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: {sign(order.secret, stamp, body)}\r\n"
        f"{again if retry else ''}\r\n"
    )
    return head.encode() + body


class Connections:
    """Kept open and used again, as Slack does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def is_taken(self, sent: bytes, patience_s: float) -> bool:
        try:
            async with asyncio.timeout(patience_s):
                return 200 <= await self._status_of(sent) < 300
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False

    async def _status_of(self, sent: bytes) -> int:
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


class Load:
    def __init__(self, order: Order) -> None:
        self._order = order
        self._connections = Connections(order.port)
        self._outcome = Outcome()
        self._failed: list[bytes] = []

    async def run(self) -> Outcome:
        began_s = time.perf_counter()
        await (self._keep_to_schedule() if self._order.per_second else self._go_to_the_limit())
        self._outcome.seconds = time.perf_counter() - began_s
        self._outcome.failures = len(self._failed)
        self._outcome.lost = await self._send_again()
        return self._outcome

    async def _keep_to_schedule(self) -> None:
        order = self._order
        chance = random.Random(order.seed)  # noqa: S311 - the same arrivals each time
        due_s = arrivals_s(order.per_second, order.seconds, chance)
        began_s = time.perf_counter()
        tasks = []
        for number, at_s in enumerate(due_s):
            await asyncio.sleep(max(0.0, began_s + at_s - time.perf_counter()))
            tasks.append(asyncio.create_task(self._send_late(number, began_s + at_s)))
        await asyncio.gather(*tasks)

    async def _go_to_the_limit(self) -> None:
        give_up_at_s = time.perf_counter() + self._order.seconds
        numbers = iter(range(10_000_000))

        async def one_after_the_other() -> None:
            while (now_s := time.perf_counter()) < give_up_at_s:
                await self._send(event_body(self._order, next(numbers)), now_s)

        await asyncio.gather(*(one_after_the_other() for _ in range(self._order.connections)))

    async def _send_late(self, number: int, at_s: float) -> None:
        body = event_body(self._order, number)
        self._outcome.late_ms.append((time.perf_counter() - at_s) * 1000)
        await self._send(body, at_s)

    async def _send(self, body: bytes, at_s: float) -> None:
        sent = request(self._order, body)
        is_taken = await self._connections.is_taken(sent, SLACKS_PATIENCE_S)
        taken_s = time.perf_counter() - at_s
        self._outcome.latencies_ms.append(taken_s * 1000)
        if not is_taken or taken_s > SLACKS_PATIENCE_S:
            self._failed.append(body)

    async def _send_again(self) -> int:
        """How many are not taken even so."""
        at_once = asyncio.Semaphore(self._order.connections)

        async def is_taken(body: bytes, retry: int) -> bool:
            async with at_once:
                sent = request(self._order, body, retry=retry)
                return await self._connections.is_taken(sent, RETRY_PATIENCE_S)

        left = self._failed
        for retry in range(1, RETRIES + 1):
            taken = await asyncio.gather(*(is_taken(body, retry) for body in left))
            left = [body for body, is_done in zip(left, taken, strict=True) if not is_done]
            if not left:
                break
            await asyncio.sleep(retry)
        return len(left)


def main() -> None:
    given = json.load(sys.stdin)
    order = Order(**{**given, "user_ids": tuple(given["user_ids"])})
    json.dump(asdict(asyncio.run(Load(order).run())), sys.stdout)


if __name__ == "__main__":
    main()
