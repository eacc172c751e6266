"""Message text as pieces a template escapes; nothing here ever builds HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]{1,2000})`")
_URL = re.compile(r"https?://[^\s<>\"'`]{1,2000}")


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind` is text, code (inline), block (a pasted log) or link (own workspace only)."""

    kind: str
    text: str
    is_quoted: bool = False
    """A claim or suggestion rests on these words."""


def pieces_of(plain: str, *, link_base: str = "", quotes: Sequence[str] = ()) -> list[Piece]:
    """Cut plain message text into pieces.

    Only addresses below `link_base` (permalinks of the own workspace) become links: any other
    address in a message is somebody's text, and is shown as such.
    """
    quoted = _spans_of(plain, quotes)
    found: list[Piece] = []
    for kind, start, end in _parts(plain, link_base):
        found.extend(_marked(plain, kind, start, end, quoted))
    return [piece for piece in found if piece.text]


def _parts(plain: str, link_base: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    for fence in _FENCE.finditer(plain):
        yield from _inline_parts(plain, at, fence.start(), link_base)
        start, end = fence.span(1)
        # The line breaks that set the fence apart are not part of what was pasted.
        if plain[start:end].startswith("\n"):
            start += 1
        if plain[start:end].endswith("\n"):
            end -= 1
        yield "block", start, end
        at = fence.end()
        if plain[at : at + 1] == "\n":
            at += 1
    yield from _inline_parts(plain, at, len(plain), link_base)


def _inline_parts(
    plain: str, start: int, end: int, link_base: str
) -> Iterator[tuple[str, int, int]]:
    at = start
    for code in _INLINE_CODE.finditer(plain, start, end):
        yield from _linked_parts(plain, at, code.start(), link_base)
        yield "code", *code.span(1)
        at = code.end()
    yield from _linked_parts(plain, at, end, link_base)


def _linked_parts(
    plain: str, start: int, end: int, link_base: str
) -> Iterator[tuple[str, int, int]]:
    at = start
    for url in _URL.finditer(plain, start, end):
        if not link_base or not url.group().startswith(f"{link_base}archives/"):
            continue
        yield "text", at, url.start()
        yield "link", *url.span()
        at = url.end()
    yield "text", at, end


def _spans_of(plain: str, quotes: Sequence[str]) -> list[tuple[int, int]]:
    spans = []
    for quote in quotes:
        at = plain.find(quote) if quote else -1
        if at >= 0:
            spans.append((at, at + len(quote)))
    return sorted(spans)


def _marked(
    plain: str, kind: str, start: int, end: int, quoted: Sequence[tuple[int, int]]
) -> Iterator[Piece]:
    at = start
    for quote_start, quote_end in quoted:
        from_, until = max(at, quote_start), min(end, quote_end)
        if from_ >= until:
            continue
        yield Piece(kind, plain[at:from_])
        yield Piece(kind, plain[from_:until], is_quoted=True)
        at = until
    yield Piece(kind, plain[at:end])
