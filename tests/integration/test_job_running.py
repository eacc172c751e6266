"""The runner on a broker inside the process and on a real Redis."""

import threading
from collections.abc import Iterator
from typing import cast

import pytest

from copilot.bootstrap import Services
from copilot.errors import PermanentError, TemporaryError
from copilot.jobs import Job, QueuedJob
from workers.app import MEMORY_BROKER
from workers.running import CeleryRunner
from workers.tasks import TASKS, Task

# The tasks of these tests never look at the services they are handed.
NO_SERVICES = cast("Services", object())


class Seen:
    """Remembers which rows a task was given; fails on those it is told to."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.fail_with: dict[int, Exception] = {}
        self._lock = threading.Lock()

    def task(self, _services: Services, row_id: int) -> None:
        with self._lock:
            self.rows.append(row_id)
        if row_id in self.fail_with:
            raise self.fail_with[row_id]

    def tasks(self) -> dict[Job, Task]:
        return dict.fromkeys(Job, self.task)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def embedded(seen: Seen) -> Iterator[CeleryRunner]:
    runner = CeleryRunner(MEMORY_BROKER, seen.tasks())
    runner.start_embedded(NO_SERVICES, sweep_every_s=None)
    yield runner
    runner.stop_embedded()


def test_every_job_has_a_task() -> None:
    assert set(TASKS) == set(Job)


def test_it_runs_every_job_once(embedded: CeleryRunner, seen: Seen) -> None:
    for row_id in range(300):
        embedded.send(QueuedJob(Job.CONSIDER_INCIDENT, row_id))

    assert embedded.wait_until_idle(timeout_s=20)
    assert sorted(seen.rows) == list(range(300))


@pytest.mark.parametrize("error", [TemporaryError("later"), PermanentError("never"), OSError("x")])
def test_a_failing_job_does_not_stop_the_others(
    embedded: CeleryRunner, seen: Seen, error: Exception
) -> None:
    seen.fail_with = {1: error}
    for row_id in (1, 2):
        embedded.send(QueuedJob(Job.POST_DELIVERY, row_id))

    assert embedded.wait_until_idle(timeout_s=20)
    assert sorted(seen.rows) == [1, 2]


def test_it_can_be_stopped_and_a_new_one_started(seen: Seen) -> None:
    for row_id in (1, 2):
        runner = CeleryRunner(MEMORY_BROKER, seen.tasks())
        runner.start_embedded(NO_SERVICES, sweep_every_s=None)
        runner.send(QueuedJob(Job.DRAFT_REVIEW, row_id))
        assert runner.wait_until_idle(timeout_s=20)
        runner.stop_embedded()

    assert seen.rows == [1, 2]


def test_without_a_worker_in_the_process_a_nudge_is_dropped(seen: Seen) -> None:
    runner = CeleryRunner(MEMORY_BROKER, seen.tasks())
    runner.send(QueuedJob(Job.DRAFT_REVIEW, 1))

    assert runner.wait_until_idle(timeout_s=0.1)
    assert seen.rows == []


def test_a_dead_redis_costs_its_time_out_once(seen: Seen) -> None:
    runner = CeleryRunner("redis://127.0.0.1:1/0", seen.tasks())
    for row_id in range(50):
        runner.send(QueuedJob(Job.CONSIDER_INCIDENT, row_id))

    assert runner.wait_until_idle(timeout_s=0.1)
