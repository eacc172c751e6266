"""What a bad endpoint can't take from us: time, threads, sockets."""

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from copilot.llm.breaker import BreakerState
from copilot.llm.endpoint import Endpoint, EndpointError, Failure, Prompt
from tests.fakes import misbehaviours as it
from tests.fakes.scripted_endpoint import Behaviour, ScriptedEndpoint

DEADLINE = timedelta(seconds=0.4)
MARGIN_S = 1.0
PROMPT = Prompt("Find the task.", "m1 dana: I'll add an alert")


class Found(BaseModel):
    title: str


def made(url: str) -> Endpoint:
    """One whose breaker never holds anybody back: every pause is over at once."""
    passed_s = iter(range(0, 10**9, 10_000))
    return Endpoint(
        model="m", base_url=url, deadline=DEADLINE, monotonic=lambda: float(next(passed_s))
    )


def outcome(endpoint: Endpoint) -> tuple[str, float]:
    began_s = time.monotonic()
    try:
        endpoint.ask(PROMPT, Found, max_output_tokens=50)
        word = "ok"
    except EndpointError as error:
        word = error.kind.value
    return word, time.monotonic() - began_s


@pytest.mark.parametrize("behaviour", [it.never_answers, it.drips_headers, it.drips_body])
def test_eight_workers_at_a_slow_endpoint_are_all_free_by_their_deadline(
    behaviour: Behaviour,
) -> None:
    with ScriptedEndpoint(behaviour) as scripted, ThreadPoolExecutor(8) as pool:
        endpoint = Endpoint(model="m", base_url=scripted.url, deadline=DEADLINE)
        outcome(endpoint)
        found = list(pool.map(lambda _: outcome(endpoint), range(8)))
    assert {word for word, _ in found} <= {"timeout", "breaker_open"}
    assert max(took_s for _, took_s in found) < DEADLINE.total_seconds() + MARGIN_S
    assert endpoint.state is BreakerState.OPEN


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc")
def test_many_failures_leave_no_socket_and_no_thread_behind() -> None:
    bad: list[Behaviour] = [
        it.hangs_up, it.resets, it.breaks_off, it.speaks_no_http, it.html(), it.error(500),
        it.sends_without_end, it.rate_limited(90), it.refuses(), it.says("no"),
    ]  # fmt: skip
    with ScriptedEndpoint(it.error(500)) as scripted:
        endpoint = made(scripted.url)
        outcome(endpoint)
        settle(scripted)
        files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
        for number in range(100):
            scripted.otherwise = bad[number % len(bad)]
            word, took_s = outcome(endpoint)
            assert word != "ok"
            assert took_s < DEADLINE.total_seconds() + MARGIN_S
        for behaviour in (it.never_answers, it.drips_body):
            scripted.otherwise = behaviour
            assert outcome(endpoint)[0] == "timeout"
        scripted.stopping.set()  # the slow ones on its side end, too
        settle(scripted)
        assert len(os.listdir("/proc/self/fd")) <= files
        assert threading.active_count() <= threads
    assert endpoint.counted.calls == 103
    assert sum(endpoint.counted.failures.values()) == 103


def settle(scripted: ScriptedEndpoint) -> None:
    """Let the other side notice that connections have ended."""
    give_up_at_s = time.monotonic() + 5
    while scripted.open_connections and time.monotonic() < give_up_at_s:
        time.sleep(0.01)


def test_a_resolver_that_hangs_keeps_one_thread_and_no_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one thing patched here: no real resolver hangs on demand."""
    answers = threading.Event()

    def hangs(*_: Any, **__: Any) -> list[Any]:
        answers.wait(10)
        raise socket.gaierror("too late")

    endpoint = made("http://model.example.com/v1")
    outcome(endpoint)  # loads the client; the name is not known here
    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    before = threading.active_count()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: outcome(endpoint), range(4)))
    assert {word for word, _ in found} == {"timeout"}
    assert max(took_s for _, took_s in found) < DEADLINE.total_seconds() + MARGIN_S
    assert threading.active_count() <= before + 1
    answers.set()


def test_a_host_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    assert outcome(made("http://model.example.com/v1"))[0] == Failure.UNREACHABLE


def test_a_request_that_nobody_reads_ends_by_the_deadline() -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        endpoint = made(f"http://127.0.0.1:{deaf.getsockname()[1]}/v1")
        long = Prompt("Find the task.", "x" * 5_000_000)
        with pytest.raises(EndpointError) as told:
            endpoint.ask(long, Found, max_output_tokens=50)
    assert told.value.kind is Failure.TIMEOUT
    assert told.value.latency_ms < (DEADLINE.total_seconds() + MARGIN_S) * 1000
