"""Reads words the way the checks need them: plain, cut into sentences and clauses, stemmed."""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")
_CLAUSE_END = re.compile(
    r"[,;:()\"“”…]|\s[-–—]+\s|[.!?](?=\s|$)"
    r"|\b(?:but|so|because|although|though|while|whereas|which|since|unless|and|then)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u04ff][\w'\u00c0-\u024f]*|\d[\w.]*")
_ROLL_BACK = re.compile(r"\broll(?:ed|ing|s)?[\s-]+(?:it |this |that |them )?back\b", re.IGNORECASE)
_FAIL_OVER = re.compile(r"\bfail(?:ed|ing|s)?[\s-]+over\b", re.IGNORECASE)
_MOST_KEPT = 1_000
"""Letters of a text whose reading is kept for the next sentence that asks."""
_NO_APOSTROPHE = re.compile(r"'(?:s|d|ll|re|ve|m)$")


def word_set(spaced: str) -> frozenset[str]:
    """The words of a text, for lists that read better as one."""
    return frozenset(spaced.split())


STOPWORDS = word_set(
    """
    a about actually after again all also always am an and any anyone are as at back be because
    been before being between both but by can could did do does doing done down during each either
    else even ever every everyone everything few for from further get gets getting give go going
    gonna got had has have having he her here hers him his how i if in into is it its itself just
    kind let like looks lot made make makes many may maybe me might mine more most much must my
    near need new next no nobody none nor not nothing now of off oh ok okay on once one only onto
    or other our ours out over own per perhaps please probably quite rather re really right said
    same say says see seem seems seen shall she should since so some someone something sort still
    such sure take than that the their theirs them then there these they thing things this those
    though through thus to too under until up upon us use used very via want was way we well went
    were what when where whether which while who whom whose why will with within without would
    yeah yep yes yet you your yours cannot t s d ll m ve
    """
)

# Words of reporting: they say that somebody spoke, not what about, so no source need contain them.
REPORTING = word_set(
    """
    accepted according acknowledged added agreed announced answered appeared asked asks believed
    channel claimed concluded confirmed conversation decided declared described discussed engineer
    engineers explained figured follow followed found guessed happened incident mentioned message
    messages noted noticed observed offered open participant people person posted proposed
    question questioned reported reports responder responders responded reviewed showed started
    stated states suggested supposed suspected team thought time told undecided utc waiting warned
    wondered worked wrote assumed considered doubted expected hoped planned promised replied
    team's requested wanted suggestion decided yesterday today later earlier first last
    """
)

_SYNONYMS = """
fail error break outage down crash wrong bad problem issue trouble fault bug unavailable stuck wedge
rollback revert undo backout
fix resolve repair recover restore solve mitigate normal healthy good fine
customer user client people member shopper
deploy release ship bump rollout push upgrade update
slow latency lag delay timeout
restart reboot bounce recycle
alert page alarm monitor warning
look check investigate debug examine verify inspect confirm
begin start
stop end cease
find discover notice spot identify detect see observe
database db
change modify edit commit patch pr
pod container job instance
server host node machine
config configuration setting
increase grow rise climb raise more
decrease drop fall shrink reduce less fewer
remove delete drop
add create
unable can't cannot
quick fast soon
create make
request ask
schedule land place
hand manual
switch failover move
help effect work
"""

_IRREGULAR = {
    "ran": "run", "running": "run", "saw": "see", "seen": "see", "seeing": "see", "found": "find",
    "broke": "break", "broken": "break", "fell": "fall", "fallen": "fall", "rose": "rise",
    "risen": "rise", "grew": "grow", "grown": "grow", "began": "begin", "begun": "begin",
    "sent": "send", "lost": "lose", "came": "come", "gave": "give", "took": "take",
    "taken": "take", "kept": "keep", "built": "build", "thought": "think", "brought": "bring",
    "left": "leave", "wrote": "write", "written": "write", "went": "go", "gone": "go",
    "stuck": "stuck", "this": "this", "was": "be", "were": "be", "series": "series",
    "paid": "pay", "bought": "buy", "rolled": "roll", "rolling": "roll", "failure": "fail",
    "failures": "fail", "rollback": "rollback", "recovery": "recover", "investigation":
    "investigate", "configuration": "config", "configured": "config", "detection": "detect",
    "deployment": "deploy", "deployments": "deploy", "resolution": "resolve", "status": "status",
    "increasing": "increase", "processes": "process", "manually": "manual", "databases": "db",
}  # fmt: skip


def normalised(text: str) -> str:
    """One form for what people see as the same words: entities, typography, white space."""
    return _normalised(text) if len(text) <= _MOST_KEPT else _normalised.__wrapped__(text)


@lru_cache(maxsize=20_000)
def _normalised(text: str) -> str:
    plain = html.unescape(text).translate(_TYPOGRAPHY).replace("…", "...")
    return " ".join(plain.split())


def sentences(text: str) -> list[str]:
    """Verbatim slices of `text`, one a sentence or line."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def clauses(text: str) -> list[str]:
    """Rough clauses: what stands between commas, brackets and joining words."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part and part.strip()]


def words(text: str) -> list[str]:
    """Lower-case words and numbers, without possessive endings."""
    return list(_words(text) if len(text) <= _MOST_KEPT else _words.__wrapped__(text))


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(
        _NO_APOSTROPHE.sub("", word.rstrip("'")) if "'" in word else word
        for word in _WORD.findall(_two_words(text).lower())
    )


def word_count(text: str) -> int:
    return len(text.split())


def content_stems(text: str) -> set[str]:
    """Stems of the words that carry meaning, synonyms folded into one."""
    return {stem(word) for word in words(text) if word not in STOPWORDS and len(word) > 1}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A crude stem, equal for the forms and near synonyms of one word."""
    base = bare_stem(word)
    return _CANONICAL.get(base, base)


@lru_cache(maxsize=20_000)
def bare_stem(word: str) -> str:
    """A crude stem without folding synonyms."""
    lower = word.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    for suffix in ("ations", "ation", "ingly", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if lower.endswith(suffix) and len(lower) - len(suffix) >= 3:
            if suffix == "s" and lower.endswith("ss"):
                continue
            return _tidy(lower[: -len(suffix)] + ("y" if suffix == "ies" else ""))
    return _tidy(lower)


def _tidy(base: str) -> str:
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
        base = base[:-1]
    return base[:-1] if len(base) > 3 and base.endswith("e") else base


def _two_words(text: str) -> str:
    """`roll back`, `rolled back` and `roll-back` are one word to the checks."""
    text = text.replace("’", "'")
    lower = text.lower()
    if "roll" in lower:
        text = _ROLL_BACK.sub("rollback", text)
    return _FAIL_OVER.sub("failover", text) if "fail" in lower else text


def _synonym_table(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        group = line.split()
        for word in group:
            yield bare_stem(word), bare_stem(group[0])


_CANONICAL: dict[str, str] = {}
for _word, _canonical in _synonym_table(_SYNONYMS.strip().splitlines()):
    _CANONICAL.setdefault(_word, _canonical)
