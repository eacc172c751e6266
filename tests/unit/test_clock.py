from datetime import UTC, datetime, timedelta

from copilot.clock import ReplayClock

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = ReplayClock(START)
    assert clock.now() == clock.now() == START

    clock.advance_to(START + timedelta(minutes=3))
    assert clock.now() == START + timedelta(minutes=3)


def test_it_never_runs_backwards() -> None:
    clock = ReplayClock(START)
    clock.advance_to(START - timedelta(days=1))
    assert clock.now() == START


def test_once_running_time_passes_and_can_still_be_moved_forward() -> None:
    clock = ReplayClock(START)
    clock.run()
    first, second = clock.now(), clock.now()
    assert START <= first <= second < START + timedelta(minutes=1)

    clock.advance_to(START + timedelta(hours=1))
    assert START + timedelta(hours=1) <= clock.now() < START + timedelta(hours=1, minutes=1)
