"""Slack's message markup as plain text: what people saw, and what quotes are compared with."""

import re
from collections.abc import Mapping

_CONTROL = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|mailto:|tel:)", re.IGNORECASE)


def to_plain(text: str, names: Mapping[str, str]) -> str:
    """Names for mentions, labels for links, entities unescaped; emphasis is left as typed."""
    plain = _CONTROL.sub(lambda found: _spelled_out(found, names), text)
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], plain)


def _spelled_out(found: re.Match[str], names: Mapping[str, str]) -> str:
    target, _, label = found[1].partition("|")
    sigil, rest = target[:1], target[1:]
    if sigil == "@":
        return "@" + (names.get(rest) or label or rest).lstrip("@")
    if sigil == "#":
        return "#" + (label or names.get(rest) or rest).lstrip("#")
    if sigil == "!":
        return _special(rest, label)
    if _LINK.match(target):
        return label or target.removeprefix("mailto:").removeprefix("tel:")
    return found[0]


def _special(rest: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@oncall>`, `<!date^1392734382^{date}|Feb 18>`."""
    if label:
        return label
    command, _, argument = rest.partition("^")
    return f"@{argument or command}" if command == "subteam" else f"@{command}"
