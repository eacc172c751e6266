"""People who talk in an incident channel whether or not the copilot listens."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from copilot.errors import CopilotError
from copilot.sandbox.sender import Sender
from copilot.sandbox.workspace import SandboxWorkspace

SLACKS_DELAYS_S = (0.0, 60.0, 300.0)
_PHRASES = (
    "replica lag db-3 still 500s after the rollback",
    "can somebody check the queue again",
    "it went from 210 s to 96 s since 13:40",
    "rolling back 4812 now",
    "no change yet",
    "deploy is at 40 percent of the pods",
    "I see timeouts in checkout-7f9c only",
    "thanks",
    "which graph is that",
)
_THREADS = 12
"""Reading a thread back takes a request of its own, of which Slack grants one in 1.5 s."""


class NotingSender(Sender):
    """Slack's deliveries and retries, its delays compressed; keeps what each delivery was about."""

    def __init__(self, workspace: SandboxWorkspace, url: str, *, compressed: float) -> None:
        delays_s = tuple(delay_s / compressed for delay_s in SLACKS_DELAYS_S)
        super().__init__(workspace, url, retry_delays_s=delays_s)
        self.events: dict[str, Mapping[str, Any]] = {}

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        sent = super().envelope(event)
        self.events[sent["event_id"]] = sent["event"]
        return sent

    def outcomes(self) -> list[tuple[Mapping[str, Any], bool]]:
        """Each event in the order of its first attempt, and whether it was ever answered 2xx."""
        return [
            (self.events[delivery.id], delivery.is_ok)
            for delivery in self.deliveries
            if delivery.kind == "event"
        ]


class Talk:
    """`speakers` people post `messages` between them, and edit, delete, reply, react and pin."""

    def __init__(
        self,
        workspace: SandboxWorkspace,
        channel_id: str,
        *,
        messages: int,
        per_second: float,
        seed: int,
        speakers: int = 4,
    ) -> None:
        self._workspace = workspace
        self._channel_id = channel_id
        self._messages = messages
        self._chance = random.Random(seed)  # noqa: S311 - the same talk each time
        self._pause_s = speakers / per_second
        self._lock = threading.Lock()
        self._said: list[tuple[str, str]] = []
        self._opening: list[str] = []
        self._pause_at = messages
        self.count = 0
        self._threads = [
            threading.Thread(target=self._speak, args=(random.Random(seed + n),), daemon=True)  # noqa: S311
            for n in range(speakers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self, timeout_s: float) -> None:
        give_up_at_s = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, give_up_at_s - time.monotonic()))
            assert not thread.is_alive(), f"still talking after {timeout_s:.0f} s: {self.count}"

    def wait_for(self, count: int) -> None:
        while self.count < min(count, self._pause_at) and self._is_going_on:
            time.sleep(0.02)

    def say_at_most(self, more: int) -> None:
        """Then be quiet until `go_on`: how long a machine takes to start is not the question."""
        with self._lock:
            self._pause_at = min(self.count + more, self._messages)

    def go_on(self) -> None:
        with self._lock:
            self._pause_at = self._messages

    @property
    def _is_going_on(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _speak(self, chance: random.Random) -> None:
        people = [user.id for user in self._workspace.users.values() if not user.is_bot]
        next_at_s = time.monotonic()
        while True:
            with self._lock:
                if self.count >= self._messages:
                    return
                is_quiet = self.count >= self._pause_at
                self.count += not is_quiet
                number = self.count
            if is_quiet:
                time.sleep(0.05)
                continue
            self._say(chance, chance.choice(people), number)
            self._fiddle(chance, people)
            next_at_s = max(next_at_s + self._pause_s, time.monotonic() - self._pause_s)
            time.sleep(max(0.0, next_at_s - time.monotonic()))

    def _say(self, chance: random.Random, who: str, number: int) -> None:
        text = f"{number}: " + ", ".join(chance.choices(_PHRASES, k=chance.randint(1, 4)))
        thread_ts = chance.choice(self._opening) if self._opening and number % 8 == 0 else None
        ts = self._workspace.say(who, self._channel_id, text, thread_ts=thread_ts)
        with self._lock:
            if len(self._opening) < _THREADS and number % 30 == 1:
                self._opening.append(ts)
            else:
                self._said.append((who, ts))
                del self._said[:-40]

    def _fiddle(self, chance: random.Random, people: list[str]) -> None:
        """Do something to one of the last messages, a few seconds old at most."""
        deed = chance.random()
        with self._lock:
            if len(self._said) < 10:
                return
            place = chance.randrange(len(self._said))
            who, ts = self._said[place]
            if deed < 0.03:
                del self._said[place]
        where = self._channel_id
        if deed < 0.03:
            self._try(lambda: self._workspace.delete(who, where, ts))
        elif deed < 0.10:
            text = "edited: " + ", ".join(chance.choices(_PHRASES, k=2))
            self._try(lambda: self._workspace.edit(who, where, ts, text))
        elif deed < 0.18:
            someone, name = chance.choice(people), chance.choice(("eyes", "tada", "+1"))
            self._try(lambda: self._workspace.react(someone, where, ts, name))
        elif deed < 0.20:
            self._try(lambda: self._workspace.pin(who, where, ts))

    def _try(self, deed: Callable[[], object]) -> None:
        with suppress(CopilotError):  # somebody deleted it meanwhile
            deed()
