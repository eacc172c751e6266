"""Cuts a message into statements, each of which knows where in the message it stands.

Code blocks, quoted lines and pasted logs are nobody's promise: they are blanked out, character
for character, so that offsets keep pointing into the message and quotes stay verbatim.
"""

import re
import unicodedata
from dataclasses import dataclass

from copilot.ports import WindowMessage

MAX_READ = 4_000
"""Characters of a message that are read; what is longer is a paste, not talk."""
MAX_STATEMENT = 400

_BLANKED = (
    re.compile(r"```.*?(?:```|\Z)", re.DOTALL),
    re.compile(r"^[ \t]*(?:>|&gt;).*$", re.MULTILINE),
)
_LOG_LINE = re.compile(
    r"^[^\n]*(?:\blevel=\w+|\d\d:\d\d:\d\d[.,]\d{3}|\b(?:ERROR|WARN|INFO|DEBUG|FATAL|Traceback)\b"
    r"|^\s*at [\w.$]{1,80}\(|[{}]{2}|^\s*[$#] \w|[|]{2}|\w+[@]\w+:[~/])[^\n]*$",
    re.MULTILINE,
)
URL = re.compile(r"<?(?:https?|ftp|mailto):[^\s<>|]{1,500}(?:\|[^\s<>]{1,200})?>?")
_BREAK = re.compile(r"(?:[.!?…]+[)\"'’]*(?=\s)|\n|;(?=\s)|\s[-–—]{1,2}\s|\s\|\s)")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|mr|ms|dr)|\b[A-Za-z])\.$", re.I)
_INVISIBLE = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or line of a message.

    `text` is for reading: invisible characters gone, spaces single. `start` and `end` are
    offsets into the message's own text.
    """

    number: int
    start: int
    end: int
    text: str
    is_first: bool
    is_question: bool

    def quote_from(self, message: WindowMessage) -> str:
        return message.text[self.start : self.end]


def readable(text: str) -> str:
    """The text without invisible characters, with plain quotes and single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
        text = "".join(
            " " if c in "\n\t" else c
            for c in text
            if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE
        )
    elif not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c in "\n\t\r" else "" for c in text)
    return " ".join(text.split())


def statements_of(message: WindowMessage) -> list[Statement]:
    """The statements of a message in order; empty for one that is all code or paste."""
    body = _without_paste(message.text[:MAX_READ])
    found: list[Statement] = []
    for start, end in _spans(body):
        text = readable(URL.sub(" ", body[start:end]))
        if not any(c.isalpha() for c in text):
            continue
        found.append(
            Statement(
                number=message.number,
                start=start,
                end=end,
                text=text[:MAX_STATEMENT],
                is_first=not found,
                is_question=text.rstrip(")\"' :;").endswith("?"),
            )
        )
    return found


def _without_paste(text: str) -> str:
    for pattern in _BLANKED:
        text = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    return "\n".join(
        " " * len(line) if _LOG_LINE.match(line[:300]) else line for line in text.split("\n")
    )


def _spans(body: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _BREAK.finditer(body):
        if found[0].startswith(".") and _ABBREVIATED.search(
            body[max(0, found.end() - 8) : found.end()]
        ):
            continue
        spans.append((start, found.end()))
        start = found.end()
    spans.append((start, len(body)))
    return [trimmed for span in spans if (trimmed := _trimmed(body, *span))]


def _trimmed(body: str, start: int, end: int) -> tuple[int, int] | None:
    piece = body[start:end]
    stripped = piece.strip(" \t\r\n-–—•*·|;")
    if not stripped:
        return None
    begin = start + piece.index(stripped)
    return begin, begin + len(stripped)
