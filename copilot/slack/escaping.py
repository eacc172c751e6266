"""Text that came from people or engines, made harmless and short enough for Slack."""

import re
from typing import Any

# Controls that could turn the line around or hide in it; natural right-to-left letters stay, and
# so do the joiners that some scripts and emoji are written with.
_TRICKS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>|]{1,2990}")
_CUT_IN_TWO = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)$")
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """One line without invisible tricks."""
    visible = _LONE_SURROGATES.sub("\ufffd", _TRICKS.sub("", text))
    return " ".join(visible.split())


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, the cut marked."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + _ELLIPSIS


def escape(text: str) -> str:
    """Exactly the three characters through which a mention or a link could fire."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip_escaped(text: str, limit: int) -> str:
    """The same for text that is escaped, and may hold our own links: none is cut in two."""
    if len(text) <= limit:
        return text
    return _CUT_IN_TWO.sub("", text[: limit - 1]).rstrip() + _ELLIPSIS


def safe(text: str, limit: int) -> str:
    """Clean, clipped to `limit` characters as read, and escaped for mrkdwn.

    Escaping makes it up to five times longer; callers choose limits with that in mind.
    """
    return escape(clip(clean(text), limit))


def safe_within(text: str, limit: int) -> str:
    """Clean and escaped, and at most `limit` characters as sent; no entity is cut in two."""
    escaped = [escape(character) for character in clean(text)]
    if sum(map(len, escaped)) <= limit:
        return "".join(escaped)
    kept, length = [], len(_ELLIPSIS)
    for part in escaped:
        length += len(part)
        if length > limit:
            break
        kept.append(part)
    return "".join(kept).rstrip() + _ELLIPSIS


def mrkdwn(text: str) -> dict[str, Any]:
    """A text object of our own markup around escaped text.

    `verbatim` keeps Slack from turning bare addresses and #names in it into links.
    """
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int = 3000) -> dict[str, Any]:
    """A text object that Slack never reads as markup."""
    whole = _LONE_SURROGATES.sub("\ufffd", text)
    return {"type": "plain_text", "text": clip(whole, limit) or " ", "emoji": False}


def is_web_address(url: str) -> bool:
    return _WEB_ADDRESS.fullmatch(url) is not None
