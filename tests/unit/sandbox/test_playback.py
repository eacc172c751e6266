import threading
from datetime import UTC, datetime, timedelta

import pytest

from copilot.sandbox.playback import Playback, PlaybackState

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def a_playback(speed: float = 0, longest_wait_s: float = 30.0) -> Playback:
    return Playback(
        speed=speed,
        total=3,
        starts_at=START,
        ends_at=START + timedelta(hours=1),
        longest_wait_s=longest_wait_s,
        on_change=lambda: None,
    )


def test_as_fast_as_possible_does_not_wait() -> None:
    playback = a_playback(speed=0)
    playback.wait_until(START + timedelta(hours=1), lambda _: None)
    assert playback.progress.now == START + timedelta(hours=1)


def test_time_passes_in_ticks_and_never_beyond_the_next_step() -> None:
    playback = a_playback(speed=100)
    heard: list[datetime] = []
    playback.wait_until(START + timedelta(seconds=50), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] <= START + timedelta(seconds=50)
    assert playback.progress.now == START + timedelta(seconds=50)


def test_a_long_wait_says_how_much_it_skips() -> None:
    playback = a_playback(speed=1, longest_wait_s=0.5)
    skipping: list[timedelta | None] = []
    playback.wait_until(
        START + timedelta(hours=1), lambda _: skipping.append(playback.progress.skipping)
    )
    assert skipping[0] is not None
    assert skipping[0] > timedelta(minutes=59)
    assert playback.progress.skipping is None


def test_a_pause_lasts_until_it_is_ended() -> None:
    playback = a_playback(speed=0)
    playback.pause()
    assert playback.progress.state is PlaybackState.PAUSED
    waiting = threading.Thread(target=playback.wait_until, args=(START, lambda _: None))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    playback.resume()
    waiting.join(2)
    assert not waiting.is_alive()


def test_stopping_ends_a_pause_too() -> None:
    playback = a_playback(speed=0)
    playback.pause()
    waiting = threading.Thread(target=playback.wait_until, args=(START, lambda _: None))
    waiting.start()
    playback.stop()
    waiting.join(2)
    assert not waiting.is_alive()


@pytest.mark.parametrize("speed", [-1, float("nan"), float("inf")])
def test_an_impossible_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        a_playback().set_speed(speed)
