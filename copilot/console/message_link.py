"""Which message somebody means who pastes a link to it. Pure."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from copilot.errors import BadInputError
from copilot.timeline.permalinks import is_stamp

_IN_SLACK = re.compile(r"/archives/([A-Z0-9]{2,32})/p(\d{10})(\d{6})/?", re.ASCII)
_LONGEST = 2_000
_NO_LINK = (
    "That is no link to a message, so nothing was saved. In Slack, “Copy link” in the menu of a "
    "message gives one."
)


def stamps_in(named: Sequence[str], channel_id: str) -> list[str]:
    """Of several, each in one of the ways of `stamp_in`; fields that were left empty are none."""
    return [stamp_in(one, channel_id) for one in named if one.strip()]


def stamp_in(pasted: str, channel_id: str) -> str:
    """The stamp of a message of `channel_id`.

    Takes a permalink of Slack, the address of a message in this console, or the stamp itself.
    Raises BadInputError for anything else, and for a message of another channel.
    """
    text = pasted.strip().strip("<>")[:_LONGEST]
    if is_stamp(text) and "." in text:
        return text
    try:
        address = urlsplit(text)
    except ValueError:
        raise BadInputError(_NO_LINK) from None
    found = _IN_SLACK.fullmatch(address.path)
    if found:
        if found[1] != channel_id:
            raise BadInputError(
                "That message is of another channel, so nothing was saved. A review rests on "
                "messages of its own incident."
            )
        return f"{found[2]}.{found[3]}"
    at = parse_qs(address.query).get("at", [""])[0]
    if address.path.startswith("/incidents/") and is_stamp(at):
        return at
    raise BadInputError(_NO_LINK)
