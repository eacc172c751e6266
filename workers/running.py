"""Runs jobs: on threads of the web process, or in processes of their own with Redis between."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping

from celery.worker import WorkController
from kombu.exceptions import OperationalError

from copilot.bootstrap import Services
from copilot.errors import PermanentError, TemporaryError
from copilot.jobs import Job, QueuedJob
from copilot.reviews.source_notices import SourceWatch
from workers.app import MEMORY_BROKER, build_celery
from workers.sweeping import due_jobs
from workers.tasks import TASKS, Task

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 2.0
EMBEDDED_THREADS = 4
BROKER_PAUSE_S = 5.0
"""After a nudge could not be sent, further ones are skipped this long, so that a dead Redis
costs Slack's three seconds once and not with every message. The sweeper finds the rows."""
BURST_PAUSE_S = 2.0
"""Of messages that come faster than this, the first has its incident considered at once and the
sweeper sees to the rest, all together: one by one they would keep Slack waiting for its answers."""
SWITCH_INTERVAL_S = 0.0005
"""How long a job that computes may keep Python from the threads that answer Slack. Each of these
asks for it several times an event, and with the default of 5 ms a burst took seconds."""
_IN_BURSTS = frozenset({Job.CONSIDER_INCIDENT})


class CeleryRunner:
    """The application's `JobRunner`."""

    def __init__(self, broker_url: str, tasks: Mapping[Job, Task] = TASKS) -> None:
        self._tasks = tasks
        self._is_embedded = broker_url == MEMORY_BROKER
        self._app = build_celery(broker_url)
        self._services: Services | None = None
        self._outstanding = 0
        self._changed = threading.Condition()
        self._broker_down_until_s = 0.0
        self._nudged_at_s: dict[QueuedJob, float] = {}
        self._sources = SourceWatch()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._controller: WorkController | None = None
        for job in Job:
            # Not shared: Celery otherwise registers it with every app of the process.
            self._app.task(name=job.value, shared=False)(self._task(job))

    def send(self, queued: QueuedJob) -> None:
        """Nudge a worker. Without one in reach the row waits for the sweeper of the next one."""
        if queued.job not in _IN_BURSTS or not self._is_in_burst(queued):
            self._nudge(queued)

    def _is_in_burst(self, queued: QueuedJob) -> bool:
        now_s = time.monotonic()
        with self._changed:
            is_in_burst = now_s - self._nudged_at_s.get(queued, -BURST_PAUSE_S) < BURST_PAUSE_S
            if not is_in_burst:
                self._nudged_at_s[queued] = now_s
        return is_in_burst

    def _nudge(self, queued: QueuedJob) -> None:
        if self._is_embedded and self._controller is None:
            return
        if time.monotonic() < self._broker_down_until_s:
            return
        self._count(+1)
        try:
            self._app.send_task(queued.job.value, args=(queued.row_id,), retry=False)
        except OperationalError as error:
            self._count(-1)
            self._broker_down_until_s = time.monotonic() + BROKER_PAUSE_S
            logger.warning("No broker, %s waits for the sweeper: %s", queued.job, error)

    def start_embedded(
        self, services: Services, sweep_every_s: float | None = SWEEP_EVERY_S
    ) -> None:
        """Run a worker, and unless `sweep_every_s` is None the schedule, on daemon threads."""
        self._services = services
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._app.finalize()
        self._app.set_default()  # without it pool threads get an empty app and jobs vanish
        self._controller = self._app.WorkController(
            pool="threads",
            concurrency=EMBEDDED_THREADS,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._start_thread(self._controller.start, "worker")
        if sweep_every_s is not None:
            self._start_thread(lambda: self._sweep_forever(services, sweep_every_s), "sweeper")

    def sweep(self, services: Services) -> None:
        for queued in due_jobs(services, self._sources):
            self._nudge(queued)

    def wait_until_idle(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._outstanding == 0, timeout_s)

    def stop_embedded(self) -> None:
        self._stopping.set()
        if self._controller is not None:
            self._controller.stop()
        for thread in self._threads:
            thread.join(timeout=5)
        self._controller = None
        self._threads.clear()

    def run_worker(self, services: Services, concurrency: int) -> None:
        self._services = services
        self._app.finalize()
        self._app.set_default()
        # The threads pool: jobs wait for a database, Slack or a model most of their time.
        worker = self._app.Worker(
            pool="threads", concurrency=concurrency, loglevel="WARNING", quiet=True
        )
        worker.start()

    def run_scheduler(self, services: Services) -> None:
        self._sweep_forever(services, SWEEP_EVERY_S)

    def _task(self, job: Job) -> Callable[[int], None]:
        def run(row_id: int) -> None:
            try:
                self._tasks[job](self._running_services(), row_id)
            except TemporaryError as error:
                logger.warning("%s %s will be tried again: %s", job, row_id, error)
            except PermanentError as error:
                logger.error("%s %s failed: %s", job, row_id, error)  # noqa: TRY400 - expected
            except Exception:
                logger.exception("%s %s broke; the sweeper will try it again", job, row_id)
                raise
            finally:
                self._count(-1)

        return run

    def _running_services(self) -> Services:
        if self._services is None:
            raise RuntimeError("Jobs run only where start_embedded or run_worker was called.")
        return self._services

    def _sweep_forever(self, services: Services, every_s: float) -> None:
        while not self._stopping.wait(every_s):
            try:
                self.sweep(services)
            except Exception:  # the database may be away; the next round tries again
                logger.exception("The sweeper failed; it tries again in %s s", every_s)

    def _start_thread(self, target: Callable[[], object], name: str) -> None:
        thread = threading.Thread(target=target, name=f"copilot-{name}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _count(self, change: int) -> None:
        """Keep track of what is sent and not done; only meaningful inside one process."""
        with self._changed:
            self._outstanding += change
            self._changed.notify_all()
