"""Plain values for the pure rules."""

from datetime import UTC, datetime, timedelta

from copilot.ports import Candidate, Person, Quote, Window, WindowMessage
from copilot.suggestions.noise_gate import ChannelState, KnownWork, Proposed
from copilot.suggestions.tempo import Beat
from copilot.suggestions.vocabulary import Tempo

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)


def beats(
    count: int, *, ago_s: float = 0, every_s: float = 0, by: str = "U1", is_bot: bool = False
) -> list[Beat]:
    """So many messages, the last one `ago_s` seconds ago."""
    last = NOW - timedelta(seconds=ago_s)
    return [Beat(last - timedelta(seconds=every_s * n), by, is_bot) for n in range(count)]


def a_message(number: int = 1, text: str = "we should page on replica lag") -> WindowMessage:
    return WindowMessage(
        number=number,
        event_id=100 + number,
        revision_id=200 + number,
        author_id="U1",
        author_name="ana",
        text=text,
        occurred_at=NOW,
        message_ts=f"1772634600.{number:06d}",
        thread_ts=None,
        is_bot=False,
        is_new=True,
    )


def a_window(*texts: str) -> Window:
    messages = tuple(a_message(number, text) for number, text in enumerate(texts, 1))
    return Window(messages, (Person("U1", "ana"), Person("U2", "ben")))


def a_candidate(
    *,
    title: str = "Page on replica lag",
    quote: str = "page on replica lag",
    number: int = 1,
    kind: str = "proposal",
    owner_id: str | None = None,
    due: str | None = None,
    confidence: float = 0.8,
    is_done: bool = False,
    evidence: tuple[Quote, ...] | None = None,
) -> Candidate:
    quotes = (Quote(number, quote),) if evidence is None else evidence
    return Candidate(kind, title, owner_id, due, confidence, quotes, is_done)


def proposed(
    *,
    title: str = "Page on replica lag",
    confidence: float = 0.8,
    kind: str = "request",
    is_done: bool = False,
    event_ids: frozenset[int] = frozenset(),
) -> Proposed:
    return Proposed(kind, title, confidence, is_done, event_ids)


def a_channel(
    *,
    tempo: Tempo = Tempo.CALM,
    messages_per_min: float = 1.0,
    quiet_because: str | None = None,
    next_post_at: datetime | None = None,
    known: tuple[KnownWork, ...] = (),
    quiet_until: datetime | None = None,
    quiet_by: str | None = None,
) -> ChannelState:
    return ChannelState(
        tempo,
        messages_per_min,
        8.0,
        quiet_because,
        next_post_at,
        known,
        quiet_until=quiet_until,
        quiet_by=quiet_by,
    )
