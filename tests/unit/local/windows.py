"""Builders of windows of chat."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from copilot.ports import Candidate, Person, Window, WindowMessage

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = (
    Person("U1", "dana", "Dana Lund"),
    Person("U2", "ben", "Ben Okoye"),
    Person("U3", "kim.r", "Kim Rossi"),
    Person("U4", "omar", "Omar Haddad"),
)
_IDS = {person.name: person.user_id for person in PEOPLE}


def a_window(*lines: str, new_from: int = 1, people: Sequence[Person] = PEOPLE) -> Window:
    """Each line is `author: text`; twenty seconds lie between two lines."""
    messages = []
    for number, line in enumerate(lines, 1):
        author, _, text = line.partition(": ")
        messages.append(a_message(text, author=author, number=number, is_new=number >= new_from))
    return Window(tuple(messages), tuple(people))


def a_message(
    text: str,
    *,
    author: str = "dana",
    number: int = 1,
    is_new: bool = True,
    is_bot: bool = False,
    thread_ts: str | None = None,
    reactions: tuple[str, ...] = (),
) -> WindowMessage:
    return WindowMessage(
        number=number,
        event_id=number,
        revision_id=number,
        author_id=_IDS.get(author, author),
        author_name=author,
        text=text,
        occurred_at=NOON + timedelta(seconds=20 * number),
        message_ts=f"1772452800.{number:06d}",
        thread_ts=thread_ts,
        is_bot=is_bot,
        is_new=is_new,
        reactions=reactions,
    )


def only(candidates: Sequence[Candidate]) -> Candidate:
    assert len(candidates) == 1, [c.title for c in candidates]
    return candidates[0]
