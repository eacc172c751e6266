"""Finds the message that a sentence should cite as well.

Most that is kept apart as not being in its sources stands in a message just before or after them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.ports import Quote, WindowMessage
from copilot.reviews.checking import checker_of, is_in_a_persons_words
from copilot.reviews.citing import MOST_SOURCES
from copilot.reviews.models import Claim
from copilot.reviews.sources import Source, sources_of
from copilot.timeline.models import SPOKEN_KINDS, TimelineEvent
from copilot.timeline.reading import window_messages, within
from copilot.workspaces.directory import names_of

REACH = 10
"""Messages before and after each cited one that are tried, the nearest first."""

Supports = Callable[[Sequence[Quote], Mapping[int, WindowMessage]], bool]


def message_to_cite(session: Session, incident: Incident, claim_id: int) -> WindowMessage | None:
    """The nearest message with which the sentence would pass the checks; None where there is none,
    or the sentence is not kept apart by the checks alone."""
    claim = session.get_one(Claim, claim_id)
    sources = sources_of(session, incident, [claim_id])[claim_id]
    if claim.is_supported or not sources or len(sources) >= MOST_SOURCES:
        return None
    if not all(source.still_says_it for source in sources):
        return None
    checker = checker_of(session, incident)

    def supports(quotes: Sequence[Quote], messages: Mapping[int, WindowMessage]) -> bool:
        check = checker.check_quotes(
            claim.text, quotes, messages, is_persons=is_in_a_persons_words(claim)
        )
        return check.is_supported

    # Then the second judge refused it, say, or no section is its own: no message mends that.
    if supports([each.quote for each in sources], {s.message.number: s.message for s in sources}):
        return None
    return nearest_support(sources, _around(session, incident, sources), supports)


def nearest_support(
    sources: Sequence[Source], around: Iterable[WindowMessage], supports: Supports
) -> WindowMessage | None:
    """The first message of `around` that makes the sources carry the sentence."""
    quotes = [source.quote for source in sources]
    messages = {source.message.number: source.message for source in sources}
    for message in around:
        if message.number in messages or not message.text.strip():
            continue
        more = [*quotes, Quote(message.number, message.text)]
        if supports(more, {**messages, message.number: message}):
            return message
    return None


def _around(session: Session, incident: Incident, sources: Sequence[Source]) -> list[WindowMessage]:
    """What was said around the sources, the nearest first, numbered by event."""
    spoken = select(TimelineEvent).where(
        *within(span_of(incident)),
        TimelineEvent.kind.in_(SPOKEN_KINDS),
        TimelineEvent.deleted_at.is_(None),
    )
    at = TimelineEvent.occurred_at
    steps: dict[int, int] = {}
    events: dict[int, TimelineEvent] = {}
    for source in sources:
        instant = source.message.occurred_at
        before = session.scalars(spoken.where(at <= instant).order_by(at.desc()).limit(REACH + 1))
        after = session.scalars(spoken.where(at > instant).order_by(at).limit(REACH))
        for found in (before, after):
            for step, event in enumerate(found):
                events[event.id] = event
                steps[event.id] = min(step, steps.get(event.id, step))
    ordered = sorted(events.values(), key=lambda event: (steps[event.id], event.occurred_at))
    names = names_of(session, incident.team_id)
    return [
        replace(message, number=message.event_id)
        for message in window_messages(session, ordered, names)
    ]
