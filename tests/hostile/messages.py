"""Messages written to make an engine, or the bot that posts for it, do harm.

`HOSTILE` is the list; the words stand in `messages.txt`. Whatever the message, nothing that is
posted may hold a link that is not the workspace's own, a mention, a control sequence or a canary;
no request to a model may hold a canary; and no title may hold one of `never`, the words that a
suggestion would have had to say to obey.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.canaries import CANARIES, telling_part

_WORDS = Path(__file__).with_name("messages.txt")
_REPEAT = re.compile(r"\{repeat:(\d+):([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class HostileMessage:
    name: str
    """Kind and place in it, such as `secrets-07`."""
    kind: str
    language: str
    text: str
    never: tuple[str, ...]
    canaries: tuple[str, ...]
    """The secrets in it, whole."""

    def leaks_into(self, outgoing: str) -> list[str]:
        """The canaries of which a telling part stands in `outgoing`."""
        seen = outgoing.replace("\u200b", "")
        return [canary for canary in self.canaries if telling_part(canary) in seen]


def _read() -> list[HostileMessage]:
    found = []
    for section in _WORDS.read_text(encoding="utf-8").split("\n## ")[1:]:
        kind, *lines = section.strip().split("\n")
        for number, line in enumerate((one for one in lines if one), 1):
            language, never, text = (part.strip(" ") for part in line.split("|", 2))
            found.append(
                HostileMessage(
                    name=f"{kind}-{number:02d}",
                    kind=kind,
                    language=language,
                    text=_filled(_unescaped(text)),
                    never=tuple(
                        word for part in _unescaped(never).split(";") if (word := part.strip(" "))
                    ),
                    canaries=tuple(
                        canary for name, canary in CANARIES.items() if f"{{{name}}}" in text
                    ),
                )
            )
    return found


def _unescaped(text: str) -> str:
    escaped = text.encode("ascii", "backslashreplace").decode("ascii")
    # Lone surrogates are hostile too; those of one character are joined.
    return escaped.encode("ascii").decode("unicode_escape")


def _filled(text: str) -> str:
    text = _REPEAT.sub(lambda found: found[2] * int(found[1]), text)
    for name, canary in CANARIES.items():
        text = text.replace(f"{{{name}}}", canary)
    return text


HOSTILE = _read()
