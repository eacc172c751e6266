"""Windows of chat for tests of the model proposer, from lines as people would write them down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copilot.ports import Person, Window, WindowMessage

PEOPLE = (Person("U1", "ana", "Ana Lima"), Person("U2", "ben"), Person("U3", "dana", "Dana Ek"))
_IDS = {person.name: person.user_id for person in PEOPLE}
_START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def message(number: int, text: str, author: str = "ana") -> WindowMessage:
    at = _START + timedelta(seconds=20 * number)
    return WindowMessage(
        number=number,
        event_id=100 + number,
        revision_id=200 + number,
        author_id=_IDS.get(author),
        author_name=author,
        text=text,
        occurred_at=at,
        message_ts=f"{int(at.timestamp())}.{number:06d}",
        thread_ts=None,
        is_bot=author not in _IDS,
        is_new=True,
    )


def window(messages: Sequence[WindowMessage], *, is_private: bool = False) -> Window:
    return Window(tuple(messages), PEOPLE, "T1", 1, is_private)


def chat(*lines: str) -> list[WindowMessage]:
    """`ben: hello`, one message each; without a name it is ana who speaks."""
    found = []
    for number, line in enumerate(lines, 1):
        name, colon, text = line.partition(": ")
        known = name if colon and (name in _IDS or name == "bot") else "ana"
        found.append(message(number, text if known == name else line, known))
    return found


def reply_to(parent: WindowMessage, reply: WindowMessage) -> WindowMessage:
    return replace(reply, thread_ts=parent.message_ts)
