from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.tempo import Beat, TempoReading, busiest_minute, read_tempo
from copilot.suggestions.vocabulary import Tempo
from tests.unit.suggestions.builders import NOW, beats


def read(
    messages: list[Beat],
    *,
    previous: Tempo = Tempo.CALM,
    severity: str | None = "sev3",
    status: str = "investigating",
    now: datetime = NOW,
) -> TempoReading:
    return read_tempo(messages, severity=severity, status=status, previous=previous, now=now)


def test_a_silent_channel_is_calm() -> None:
    assert read([]) == TempoReading(Tempo.CALM, 0.0, 8.0, 0, 0)


@pytest.mark.parametrize(
    ("in_one_minute", "previous", "tempo"),
    [
        (3, Tempo.CALM, Tempo.CALM),
        (4, Tempo.CALM, Tempo.BUSY),
        (7, Tempo.CALM, Tempo.BUSY),
        (8, Tempo.CALM, Tempo.HECTIC),
        (8, Tempo.BUSY, Tempo.HECTIC),
        (7, Tempo.BUSY, Tempo.BUSY),
        (3, Tempo.BUSY, Tempo.BUSY),
        (2, Tempo.BUSY, Tempo.CALM),
        (5, Tempo.HECTIC, Tempo.HECTIC),
        (4, Tempo.HECTIC, Tempo.BUSY),
        (2, Tempo.HECTIC, Tempo.CALM),
    ],
)
def test_each_tempo_is_entered_higher_than_it_is_left(
    in_one_minute: int, previous: Tempo, tempo: Tempo
) -> None:
    assert read(beats(in_one_minute), previous=previous).tempo is tempo


def test_the_reading_names_the_bar_it_was_held_against() -> None:
    assert read(beats(6)).hectic_at == 8
    assert read(beats(6), previous=Tempo.HECTIC).hectic_at == 5


def test_a_burst_is_felt_for_five_minutes() -> None:
    burst = beats(8, ago_s=1)
    assert read(burst, now=NOW + timedelta(minutes=4, seconds=58)).tempo is Tempo.HECTIC
    assert read(burst, now=NOW + timedelta(minutes=5)).tempo is Tempo.CALM


def test_messages_of_one_second_count_together() -> None:
    """Exports have the minute alone: one stamp for all that was said in it."""
    minute = NOW.replace(second=0)
    said = [Beat(minute + timedelta(microseconds=100 * n), "U1", False) for n in range(9)]
    assert read(said).messages_per_min == 9


def test_two_minutes_of_an_export_do_not_run_together() -> None:
    first = [NOW + timedelta(microseconds=100 * n) for n in range(5)]
    second = [NOW + timedelta(minutes=1, microseconds=100 * n) for n in range(5)]
    assert busiest_minute([*first, *second]) == 5


def test_a_steady_stream_counts_what_one_minute_holds() -> None:
    assert read(beats(40, every_s=10)).messages_per_min == 6


def test_a_burst_of_alerts_hurries_nobody() -> None:
    reading = read(beats(30, is_bot=True, by="B1"))
    assert (reading.tempo, reading.bot_messages, reading.speakers) == (Tempo.BUSY, 30, 0)


def test_a_flood_of_whatever_kind_is_hectic() -> None:
    reading = read(beats(38, every_s=7, is_bot=True, by="B1") + beats(2))
    assert (reading.tempo, reading.messages_per_min) == (Tempo.HECTIC, 8.0)


@pytest.mark.parametrize(
    ("speakers", "previous", "tempo"),
    [
        (4, Tempo.CALM, Tempo.CALM),
        (5, Tempo.CALM, Tempo.BUSY),
        (4, Tempo.BUSY, Tempo.BUSY),
        (3, Tempo.BUSY, Tempo.CALM),
    ],
)
def test_many_people_make_it_busy_however_slowly_they_speak(
    speakers: int, previous: Tempo, tempo: Tempo
) -> None:
    said = [beats(1, ago_s=61 * n, by=f"U{n}")[0] for n in range(speakers)]
    assert read(said, previous=previous).tempo is tempo


@pytest.mark.parametrize(
    ("severity", "status", "tempo"),
    [
        ("sev1", "investigating", Tempo.BUSY),
        ("sev1", "identified", Tempo.BUSY),
        ("sev1", "monitoring", Tempo.CALM),
        ("sev2", "investigating", Tempo.CALM),
        (None, "investigating", Tempo.CALM),
    ],
)
def test_the_worst_is_never_calm_before_it_is_mitigated(
    severity: str | None, status: str, tempo: Tempo
) -> None:
    assert read([], severity=severity, status=status).tempo is tempo


def test_a_message_from_a_clock_ahead_of_ours_counts() -> None:
    assert read(beats(8, ago_s=-30)).tempo is Tempo.HECTIC


@given(
    st.lists(st.integers(min_value=0, max_value=299), max_size=60),
    st.sampled_from(Tempo),
)
def test_more_messages_never_make_it_calmer(ago_s: list[int], previous: Tempo) -> None:
    order = list(Tempo)
    said = [beats(1, ago_s=each)[0] for each in ago_s]
    fewer, all_of_them = read(said[1:], previous=previous), read(said, previous=previous)
    assert order.index(fewer.tempo) <= order.index(all_of_them.tempo)


@given(st.lists(st.integers(min_value=0, max_value=600), min_size=40, max_size=80))
def test_a_mean_of_eight_a_minute_is_always_hectic(ago_s: list[int]) -> None:
    """Whichever of the usual ways to count is taken, a hectic phase is one here, too."""
    said = [beats(1, ago_s=each)[0] for each in ago_s]
    within = [each for each in ago_s if each < 300]
    if len(within) / 5 >= 8:
        assert read(said).tempo is Tempo.HECTIC


def test_a_rate_around_a_bar_does_not_flap() -> None:
    tempo, changes = Tempo.CALM, 0
    for step in range(60):
        rate = 8 if step % 2 else 6
        now_tempo = read(beats(rate), previous=tempo).tempo
        changes += now_tempo is not tempo
        tempo = now_tempo
    assert changes == 2  # up to busy, up to hectic, and there it stays
