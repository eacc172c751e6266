"""The words of a Slack message, wherever Slack put them: text, attachments or blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNFURLED = ("from_url", "original_url", "is_msg_unfurl", "is_app_unfurl", "app_unfurl_url")
_MAX_DEPTH = 6


def clean(text: str) -> str:
    """Without what a database can't store: NUL, which PostgreSQL refuses, and lone surrogates."""
    return _UNSTORABLE.sub("\ufffd", text)


def text_of(message: Mapping[str, Any]) -> str:
    """What the message says. Bots often speak in attachments or blocks and leave `text` empty.

    Previews of links are no one's words and are left out.
    """
    text = message.get("text")
    parts = [text] if isinstance(text, str) and text.strip() else []
    is_bot = bool(message.get("bot_id")) or message.get("subtype") == "bot_message"
    if is_bot or not parts:
        parts += _attachment_parts(message)
    if not parts:
        parts += _block_parts(message.get("blocks"), 0)
    return clean("\n".join(parts))


def _attachment_parts(message: Mapping[str, Any]) -> Iterator[str]:
    attachments = message.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else []:
        if isinstance(attachment, Mapping) and not any(attachment.get(key) for key in _UNFURLED):
            yield from _one_attachment(attachment)


def _one_attachment(attachment: Mapping[str, Any]) -> Iterator[str]:
    spoken = [attachment.get(key) for key in ("pretext", "title", "text")]
    fields = attachment.get("fields")
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, Mapping):
            named = (field.get("title"), field.get("value"))
            spoken.append(": ".join(part for part in named if isinstance(part, str) and part))
    parts = [part for part in spoken if isinstance(part, str) and part.strip()]
    parts = parts or list(_block_parts(attachment.get("blocks"), 0))
    fallback = attachment.get("fallback")
    if not parts and isinstance(fallback, str) and fallback.strip():
        parts = [fallback]
    yield from parts


def _block_parts(value: object, depth: int) -> Iterator[str]:
    """Texts in the order they are shown; one line for each block that holds some."""
    if depth > _MAX_DEPTH or not isinstance(value, list):
        return
    for block in value:
        if isinstance(block, Mapping):
            line = "".join(_block_texts(block, depth))
            if line.strip():
                yield line


def _block_texts(block: Mapping[str, Any], depth: int) -> Iterator[str]:
    text = block.get("text")
    if isinstance(text, Mapping):
        text = text.get("text")
    if isinstance(text, str):
        yield text
    elif isinstance(block.get("url"), str):
        yield block["url"]
    elif block.get("type") == "user" and isinstance(block.get("user_id"), str):
        yield f"<@{block['user_id']}>"
    for key in ("fields", "elements"):
        yield ("" if block.get("type") == "rich_text_section" else "\n").join(
            _block_parts(block.get(key), depth + 1)
        )
