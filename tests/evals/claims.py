"""True sentences about made-up incidents, with the messages that carry them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from copilot.ports import Quote, WindowMessage
from copilot.reviews.citations import MAX_WORDS, Check, check_claim
from copilot.reviews.versions import MAX_PERSONS_WORDS

HERE = Path(__file__).parent
SEEN = HERE / "claims_seen.txt"
SEEN_MORE = HERE / "claims_seen_more.txt"
HELD_OUT_ONCE = HERE / "claims_held_out.txt"
"""Held out until the checks were made milder for persons; looked at since."""
STRANGERS = HERE / "claims_strangers.txt"
"""By thirty-six writers who knew nothing of the checks; looked at since."""
DECIDING = HERE / "claims_deciding.txt"
"""By writers who knew nothing of the checks. Nobody looks at them: they only measure."""
_HEADING = re.compile(r"## (?P<title>[^|]+) \| (?P<day>\S+) \| (?P<zone>\S+)")
_MESSAGE = re.compile(r"(?P<number>\d+) (?P<time>\d\d:\d\d:\d\d) (?P<author>[^:]+): (?P<text>.+)")
_CLAIM = re.compile(r"- (?P<text>.+) \[(?P<cited>[\d ]+)\]")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence beside what it cites; `origin` says where it is from."""

    text: str
    citations: tuple[Quote, ...]
    messages: dict[int, WindowMessage]
    names: frozenset[str]
    zone: ZoneInfo
    origin: str

    def checked(self, *, strict: bool = True) -> Check:
        """As a machine's sentence, or as one that a person wrote."""
        return check_claim(
            self.text,
            self.citations,
            self.messages,
            self.names,
            max_words=MAX_WORDS if strict else MAX_PERSONS_WORDS,
            zone=self.zone,
            strict=strict,
        )

    @property
    def cited(self) -> list[WindowMessage]:
        return [self.messages[quote.number] for quote in self.citations]

    def saying(self, text: str) -> "Case":
        return replace(self, text=text)


def cases_in(path: Path) -> list[Case]:
    """All sentences of one file of made-up incidents; the format is told at its head."""
    text = re.sub(r"^# .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [case for part in re.split(r"\n(?=## )", text.strip()) for case in _cases(part)]


def _cases(incident: str) -> Iterator[Case]:
    heading, *lines = incident.strip().splitlines()
    about = _HEADING.fullmatch(heading)
    assert about, heading
    messages: dict[int, WindowMessage] = {}
    at = datetime.fromisoformat(about["day"]).replace(tzinfo=UTC)
    for line in lines:
        if found := _MESSAGE.fullmatch(line):
            at = _next_at(at, found["time"])
            messages[int(found["number"])] = _message(found, at)
    names = frozenset(message.author_name for message in messages.values())
    for line in lines:
        if found := _CLAIM.fullmatch(line):
            quotes = [Quote(int(n), messages[int(n)].text) for n in found["cited"].split()]
            yield Case(
                found["text"],
                tuple(quotes),
                messages,
                names,
                ZoneInfo(about["zone"]),
                about["title"],
            )


def _next_at(before: datetime, clock: str) -> datetime:
    """The next moment at which a clock shows `clock`: a time that runs back is the next day's."""
    hour, minute, second = map(int, clock.split(":"))
    at = before.replace(hour=hour, minute=minute, second=second)
    return at if at >= before else at + timedelta(days=1)


def _message(found: re.Match[str], at: datetime) -> WindowMessage:
    number, author = int(found["number"]), found["author"]
    return WindowMessage(
        number=number,
        event_id=number,
        revision_id=number,
        author_id=author,
        author_name=author.strip("[]"),
        text=found["text"],
        occurred_at=at,
        message_ts=f"{int(at.timestamp())}.000000",
        thread_ts=None,
        is_bot=author.startswith("["),
        is_new=True,
    )
