"""Private key blocks out of text, also where only the beginning or the end was pasted."""

import re

_REDACTED = "[redacted: private key]"
_NAME = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"
_MARKER = re.compile(rf"-----(BEGIN|END) {_NAME}-----")
# Lines of base64, of a PEM header such as `DEK-Info: …`, or JSON's spelling of a line's end.
_BREAK = r"(?:\s|\\+[nr])"
_HEADER = r"[A-Za-z][A-Za-z-]{2,20}: [^\n\\]{1,200}(?=\n|\\|\Z)"
# Atomic groups, not `(?:…)*+`: Python before 3.11.5 (Debian 12 has 3.11.2) gets the latter wrong.
_BODY = re.compile(rf"(?>(?:(?>{_BREAK}*)(?:{_HEADER}|[A-Za-z0-9+/]{{16,}}+={{0,2}}))*)")
_BODY_LINE = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}")


def without_private_keys(text: str) -> str:
    """Each block replaced as a whole; a block that was cut off as far as it reads like a key."""
    parts: list[str] = []
    position = 0
    markers = list(_MARKER.finditer(text))
    for index, marker in enumerate(markers):
        if marker.start() < position:
            continue
        following = markers[index + 1] if index + 1 < len(markers) else None
        if marker[1] == "END":
            start = max(position, _start_of_body(text, position, marker.start()))
            end = marker.end()
        else:
            start = marker.start()
            is_whole = following is not None and following[1] == "END"
            end = following.end() if following and is_whole else _end_of_body(text, marker.end())
        parts += [text[position:start], _REDACTED]
        position = end
    return "".join([*parts, text[position:]])


def _end_of_body(text: str, position: int) -> int:
    found = _BODY.match(text, position)
    return found.end() if found else position


def _start_of_body(text: str, floor: int, position: int) -> int:
    """Back over whole lines of base64 that stand above an END line."""
    start = position
    while start > floor:
        line_start = max(text.rfind("\n", floor, start - 1) + 1, floor)
        line = text[line_start:start].strip().strip("`").strip()
        if line and not _BODY_LINE.fullmatch(line):
            return start
        start = line_start
    return start
