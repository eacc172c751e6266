"""How hurried a channel is: calm, busy or hectic. Pure.

The measure is the *busiest minute of the last five*, in messages of people. One number does for
speeding up and for slowing down: a burst is felt at once, and only five quieter minutes end it.
It needs no finer clock than a minute, which is all that many Slack exports have: several
messages of one second simply count together, and nothing is divided by the time between them.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copilot.suggestions.vocabulary import Tempo

PRESENT_FOR = timedelta(minutes=10)
"""Whoever spoke so short before the last word is taken to be still reading."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Beat:
    """Somebody said something."""

    occurred_at: datetime
    author_id: str | None
    is_bot: bool


@dataclass(frozen=True, slots=True)
class TempoPolicy:
    """Numbers of the tempo. Each level is entered at one number and left below a lower one.

    Sources: lulls of 5 min are breakpoints at which people mind interruptions least (Iqbal and
    Bailey, CHI 2008; `window`). The levels are our own choice, made on two public incidents
    of kubernetes/test-infra, whose minutes hold 1 to 4 messages at work and 7 to 13 in bursts.
    Bots count apart: a short burst of alerts hurries nobody, 8 lines a minute of whatever
    kind for five minutes fill every screen.
    """

    window: timedelta = timedelta(minutes=5)
    hectic_at: float = 8.0
    hectic_below: float = 5.0
    busy_at: float = 4.0
    busy_below: float = 3.0
    busy_speakers_at: int = 5
    busy_speakers_below: int = 4
    worst_severities: frozenset[str] = frozenset({"sev1"})
    """Never calm while such an incident is not mitigated."""
    mitigated_statuses: frozenset[str] = frozenset({"monitoring", "resolved"})


DEFAULT_TEMPO_POLICY = TempoPolicy()


@dataclass(frozen=True, slots=True)
class TempoReading:
    tempo: Tempo
    messages_per_min: float
    """The rate that was compared."""
    hectic_at: float
    """What it was compared with: lower once the channel is hectic."""
    speakers: int
    bot_messages: int
    present: tuple[str, ...] = ()
    """People who spoke in the ten minutes before the last word, the latest first."""


def read_tempo(
    beats: Sequence[Beat],
    *,
    severity: str | None,
    status: str,
    previous: Tempo,
    now: datetime,
    policy: TempoPolicy = DEFAULT_TEMPO_POLICY,
) -> TempoReading:
    """The tempo at `now`. A beat of the future, from a clock ahead of ours, counts as present."""
    recent = [beat for beat in beats if _to_second(beat.occurred_at) > now - policy.window]
    people = [beat for beat in recent if not beat.is_bot]
    burst = float(busiest_minute([beat.occurred_at for beat in people]))
    flood = len(recent) / (policy.window / _MINUTE)
    rate = max(burst, flood)
    speakers = len({beat.author_id for beat in people})
    hectic_at = policy.hectic_below if previous is Tempo.HECTIC else policy.hectic_at
    is_busy = _is_busy(rate, speakers, previous, policy) or _is_worst(severity, status, policy)
    return TempoReading(
        tempo=Tempo.HECTIC if rate >= hectic_at else Tempo.BUSY if is_busy else Tempo.CALM,
        messages_per_min=round(rate, 1),
        hectic_at=hectic_at,
        speakers=speakers,
        bot_messages=len(recent) - len(people),
        present=_present(beats, now),
    )


def busiest_minute(instants: Sequence[datetime]) -> int:
    """The most messages in any 60 seconds, counted in whole seconds."""
    most = 0
    minute: deque[datetime] = deque()
    for instant in sorted(_to_second(instant) for instant in instants):
        minute.append(instant)
        while instant - minute[0] >= _MINUTE:
            minute.popleft()
        most = max(most, len(minute))
    return most


def _is_busy(rate: float, speakers: int, previous: Tempo, policy: TempoPolicy) -> bool:
    if previous is Tempo.CALM:
        return rate >= policy.busy_at or speakers >= policy.busy_speakers_at
    return rate >= policy.busy_below or speakers >= policy.busy_speakers_below


def _is_worst(severity: str | None, status: str, policy: TempoPolicy) -> bool:
    return severity in policy.worst_severities and status not in policy.mitigated_statuses


def _present(beats: Iterable[Beat], now: datetime) -> tuple[str, ...]:
    spoke = [
        (beat.occurred_at, beat.author_id) for beat in beats if beat.author_id and not beat.is_bot
    ]
    spoke.sort(reverse=True)
    since = min(spoke[0][0], now) - PRESENT_FOR if spoke else now
    return tuple(dict.fromkeys(author_id for spoke_at, author_id in spoke if spoke_at > since))


def _to_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
