"""Puts a tag in the place of pasted logs, code and data, and shortens what is long. Pure.

They cost more tokens than all the talk around them, and names and numbers in them invite a model
to invent. The tag says how much there was, and its hash that two pastes are the same.
"""

import hashlib
import re

MOST_CHARACTERS = 1_200
"""Of one message; the follow-up stands in its first paragraphs or it is no chat."""

_FENCED = re.compile(r"```(.*?)(?:```|\Z)", re.DOTALL)
_SHORT_CODE = 120
_FEWEST_LINES = 4
_LONG_RUN = re.compile(r"\S{160,}")
_LOG_LINE = re.compile(
    r"""\s*(?:
      \[?\d{4}-\d\d-\d\d[T\s]            # an ISO date
    | \[?\d{1,2}:\d\d:\d\d               # a time of day
    | [A-Z][a-z]{2}\s{1,2}\d{1,2}\s\d\d: # syslog
    | [IWEF]\d{4}\s                      # klog
    | \[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b
    | (?:at\s\S{1,200}\(|File\s"|Traceback\b|Caused\sby:|goroutine\s\d|panic:)
    | [\w./-]{1,60}[=:]\s?\S{1,80}\s*$   # key=value alone on its line
    | ["'{}\[\]]                         # pieces of JSON
    | \|\s                               # a table
    | [\w-]{1,60}(?:\s{2,}\S{1,80}){2,}  # columns
    )""",
    re.VERBOSE,
)


def fold(text: str) -> str:
    """The text as a model gets it; what is left of it is verbatim."""
    folded = _fold_logs(_FENCED.sub(_fold_code, text))
    folded = _LONG_RUN.sub(_fold_run, folded)
    if len(folded) <= MOST_CHARACTERS:
        return folded
    cut = folded[:MOST_CHARACTERS].rstrip()
    return f"{cut} [cut: {len(folded) - len(cut)} more characters]"


def _fold_code(found: re.Match[str]) -> str:
    code = found[1].strip("\n")
    if len(code) <= _SHORT_CODE and code.count("\n") < _FEWEST_LINES:
        return found[0]
    return _tag("code", code)


def _fold_logs(text: str) -> str:
    kept: list[str] = []
    run: list[str] = []
    for line in [*text.split("\n"), None]:
        if line is not None and _LOG_LINE.match(line):
            run.append(line)
            continue
        kept += [_tag("log", "\n".join(run))] if len(run) >= _FEWEST_LINES else run
        run = []
        if line is not None:
            kept.append(line)
    return "\n".join(kept)


def _fold_run(found: re.Match[str]) -> str:
    return f"[data: {len(found[0])} characters, sha256 {_hash(found[0])}]"


def _tag(what: str, text: str) -> str:
    lines = text.count("\n") + 1
    return f"[{what}: {lines} line{'s' if lines > 1 else ''}, sha256 {_hash(text)}]"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
