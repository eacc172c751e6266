"""One thread that does things later, in the order in which they fall due."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Schedule:
    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._is_busy = False
        self._is_closed = False

    def after(self, delay_s: float, work: Callable[[], None]) -> None:
        """Do `work` on the thread once `delay_s` have passed; dropped if closed before."""
        with self._changed:
            if self._is_closed:
                return
            heapq.heappush(self._due, (time.monotonic() + delay_s, next(self._numbers), work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Block until nothing waits or runs; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._due and not self._is_busy, timeout=timeout_s
            )

    def close(self, timeout_s: float = 5.0) -> None:
        with self._changed:
            self._is_closed = True
            self._due.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            finally:
                with self._changed:
                    self._is_busy = False
                    self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._is_closed:
                if not self._due:
                    self._changed.wait()
                elif (left_s := self._due[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left_s)
                else:
                    self._is_busy = True
                    return heapq.heappop(self._due)[2]
            return None
