"""Turns what a person types into what Slack stores: escaped, with mentions and links marked."""

import re
from collections.abc import Mapping

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_URL = re.compile(r"https?://[^\s<>|]{1,2000}")
_TRAILING = ".,;:!?)]}'\""
_MENTION = re.compile(r"(?<![\w@/])([@#])([\w.-]{1,80})")
_SPECIAL = {"here": "<!here>", "channel": "<!channel>", "everyone": "<!everyone>"}


def to_mrkdwn(typed: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """`users` and `channels` give the id of a name. Code stays as it was typed, but escaped."""
    parts = _CODE.split(typed.strip("\n"))
    for number in range(0, len(parts), 2):
        parts[number] = _prose(parts[number], users, channels)
    for number in range(1, len(parts), 2):
        parts[number] = _escape(parts[number])
    return "".join(parts)


def _prose(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    out: list[str] = []
    end = 0
    for found in _URL.finditer(text):
        url = found[0].rstrip(_TRAILING)
        out += [_mentions(text[end : found.start()], users, channels), f"<{_escape(url)}>"]
        end = found.start() + len(url)
    return "".join([*out, _mentions(text[end:], users, channels)])


def _mentions(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    out: list[str] = []
    end = 0
    for found in _MENTION.finditer(text):
        name = found[2].rstrip(".-")
        if token := _token(found[1], name, users, channels):
            out += [_escape(text[end : found.start()]), token]
            end = found.start() + 1 + len(name)
    return "".join([*out, _escape(text[end:])])


def _token(
    mark: str, name: str, users: Mapping[str, str], channels: Mapping[str, str]
) -> str | None:
    if mark == "#":
        return f"<#{channels[name]}|{name}>" if name in channels else None
    return f"<@{users[name]}>" if name in users else _SPECIAL.get(name)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
