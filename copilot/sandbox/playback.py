"""The controls and the progress of a playing export, shared by the player and the page."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TICK_S = 0.2


class PlaybackState(StrEnum):
    PLAYING = "playing"
    PAUSED = "paused"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Progress:
    state: PlaybackState
    speed: float
    """Times the incident's own pace; 0 is as fast as possible."""
    done: int
    total: int
    now: datetime
    starts_at: datetime
    ends_at: datetime
    skipping: timedelta | None
    """A quiet stretch being cut short."""


class Playback:
    """Thread-safe. `on_change` is called without the lock held."""

    def __init__(
        self,
        *,
        speed: float,
        total: int,
        starts_at: datetime,
        ends_at: datetime,
        longest_wait_s: float,
        on_change: Callable[[], None],
    ) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._on_change = on_change
        self._longest_wait_s = longest_wait_s
        self._speed, self._total, self._done = speed, total, 0
        self._starts_at, self._ends_at, self._now = starts_at, ends_at, starts_at
        self._state = PlaybackState.PLAYING
        self._skipping: timedelta | None = None
        self._is_stopped = False

    @property
    def progress(self) -> Progress:
        with self._changed:
            return Progress(
                self._state,
                self._speed,
                self._done,
                self._total,
                self._now,
                self._starts_at,
                self._ends_at,
                self._skipping,
            )

    def pause(self) -> None:
        self._switch(PlaybackState.PLAYING, PlaybackState.PAUSED)

    def resume(self) -> None:
        self._switch(PlaybackState.PAUSED, PlaybackState.PLAYING)

    def set_speed(self, speed: float) -> None:
        if not 0 <= speed < float("inf"):
            raise ValueError("a speed is a number from 0 on")
        with self._changed:
            self._speed = speed
            self._changed.notify_all()
        self._on_change()

    def stop(self) -> None:
        """Let the player return before its end."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    @property
    def is_stopped(self) -> bool:
        with self._changed:
            return self._is_stopped

    def wait_until(self, instant: datetime, tick: Callable[[datetime], None]) -> None:
        """Let the time up to `instant` pass at the chosen speed; `tick` hears it pass.

        No single wait lasts longer than `longest_wait_s`: a quiet hour is cut short.
        """
        began_s = time.monotonic()
        while not self._is_over(instant, began_s):
            with self._changed:
                if self._state is PlaybackState.PAUSED:
                    self._changed.wait_for(self._may_go_on)
                    began_s = time.monotonic()
                    continue
                self._changed.wait(TICK_S)
                speed = self._speed
            if speed and not self._is_paused():
                self._pass(instant, timedelta(seconds=TICK_S * speed), began_s)
                tick(self.progress.now)
        self.arrive(instant)

    def arrive(self, instant: datetime) -> None:
        with self._changed:
            self._now = max(self._now, instant)
            self._skipping = None

    def step(self) -> None:
        """One more thing was played."""
        with self._changed:
            self._done += 1
        self._on_change()

    def finish(self) -> None:
        with self._changed:
            self._state = PlaybackState.FINISHED
        self._on_change()

    def _is_over(self, instant: datetime, began_s: float) -> bool:
        with self._changed:
            if self._is_stopped:
                return True
            if self._state is PlaybackState.PAUSED:
                return False
            waited_s = time.monotonic() - began_s
            return not self._speed or self._now >= instant or waited_s >= self._longest_wait_s

    def _pass(self, instant: datetime, length: timedelta, began_s: float) -> None:
        with self._changed:
            self._now = min(instant, self._now + length)
            left_s = self._longest_wait_s - (time.monotonic() - began_s)
            cut = (instant - self._now) - timedelta(seconds=max(left_s, 0) * self._speed)
            self._skipping = cut if cut > timedelta(minutes=1) else None
        self._on_change()

    def _is_paused(self) -> bool:
        with self._changed:
            return self._state is PlaybackState.PAUSED

    def _may_go_on(self) -> bool:
        return self._state is not PlaybackState.PAUSED or self._is_stopped

    def _switch(self, expected: PlaybackState, wanted: PlaybackState) -> None:
        with self._changed:
            if self._state is not expected:
                return
            self._state = wanted
            self._changed.notify_all()
        self._on_change()
