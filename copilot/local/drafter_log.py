"""Who keeps a log of an incident rather than talks about it: each line of theirs is a moment."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from statistics import mean

from copilot.ports import WindowMessage
from copilot.reviews.cues import Cue
from copilot.reviews.salience import Sentence

_FEWEST_LINES = 4
_MOSTLY = 0.8
_USUAL_WORDS = 4
_PAUSE = timedelta(minutes=2)
_COMMON = 0.3
_TALK = re.compile(
    r"\?|\b(?:i|i['’]\w+|you|your|lol|hm+|ok|okay|yeah|yep|ah|oh|thanks?|sorry|guess|lmk|btw"
    r"|ich|mir|euch|danke|moin|je|j'ai|moi|merci|salut|gracias|hola|eu|vou|obrigad[oa])\b"
    r"|:[a-z_+-]+:",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"\b(?:pod|container|node|server|instance|service|process|host|job|worker|replica|cluster)s?"
    r" (?:(?:has|have|had|is|are|keeps?|kept) )?(?:restart|reboot|crash|recover|start)(?:ed|ing"
    r"|s)\b"
    r"|\b(?:gets?|got|getting) (?:killed|deleted|terminated|evicted|stopped)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\bwill\b|\bdid(?: not|n['’]t)\b"
    r"|\b(?:plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|about|going|hop(?:es|ed|ing)) to\b",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"^(?:(?:[a-z][\w-]* ){0,8}(?:team|engineers?)|we|they)?\s*"
    r"(?:\w+ly |have |has |then |had )?(?!need|fail|not(?:ed|ic)|discover|identif|learn|reali[sz]"
    r"|report|receiv|observ|detect|crash"
    r"|stopp|seem|happen|occurr|caused|appear|experienc|exhaust)"
    r"(?:[a-z]{2,}ed|began|begin|ran|set|put|took|sent|made|built|started|restart|switch\w*)\b",
    re.IGNORECASE,
)


_OPENED_BY = re.compile(
    r"^(?:un(?!do|cordon|pause|block|lock|install|mute)\w+|[a-z]\w+)ed\s+(?!the\b|an?\b|all\b"
    r"|some\b)"
    r"(?:(?!(?:to|for|with|by|in|on|from|and|of|at|as|via|into|that|which)\b)[\w-]+\s+){1,4}?"
    r"(?:(?:is|are|was|were|has|have|had|will)\b|(?:report|show|fail|reduce|cause|say|start|stop"
    r"|appear"
    r"|remain|break|return)s?\b|(?:initiat|start|appli|appear|report|fail|deploy|stopp|show|caus"
    r"|reduc"
    r"|complet|finish|return|begi|bega|happen|trigger|creat|add|remov|delet)\w*\b)",
    re.IGNORECASE,
)
"""`Malformed route applied`, `Downgraded plugin reports …`: the first word tells which one."""
_PASSIVE = re.compile(
    r"\b(?:applied|deployed|initiated|started|completed|finished)\b", re.IGNORECASE
)
_LABEL = re.compile(r"^([\w./+-]+(?: [\w./+-]+)?)\s*(?:[-–—|:]\s+)")
_SHARED = 0.5


def shared_labels(messages: Sequence[WindowMessage]) -> dict[str | None, str]:
    """By author what most of their lines open with, as `Denver - ` of a cut `17:50 Denver - `."""
    by_author: dict[str | None, Counter[str]] = defaultdict(Counter)
    lines: Counter[str | None] = Counter()
    for message in messages:
        if not message.is_bot:
            lines[message.author_id] += 1
            if opening := _LABEL.match(message.text):
                by_author[message.author_id][opening[0]] += 1
    found = {}
    for author, labels in by_author.items():
        label, times = labels.most_common(1)[0]
        if times >= max(_FEWEST_LINES, _SHARED * lines[author]):
            found[author] = label
    return found


def log_keepers(messages: Sequence[WindowMessage]) -> frozenset[str | None]:
    """Ids of people who write whole lines, one at a time, and neither ask nor chat."""
    by_author: dict[str | None, list[WindowMessage]] = defaultdict(list)
    for message in messages:
        if not message.is_bot:
            by_author[message.author_id].append(message)
    return frozenset(author for author, lines in by_author.items() if _is_log(lines))


def _is_log(lines: Sequence[WindowMessage]) -> bool:
    if len(lines) < _FEWEST_LINES:
        return False
    plain = sum(not _TALK.search(line.text) for line in lines)
    usual = mean(len(line.text.split()) for line in lines)
    pause = (lines[-1].occurred_at - lines[0].occurred_at) / (len(lines) - 1)
    return plain >= _MOSTLY * len(lines) and usual >= _USUAL_WORDS and pause >= _PAUSE


def common_stems(lines: Sequence[Sentence]) -> frozenset[str]:
    """What stands in so many lines that it tells none of them from the others."""
    counts = Counter(stem for line in lines for stem in line.bare_stems)
    often = max(_FEWEST_LINES, _COMMON * len(lines))
    return frozenset(stem for stem, count in counts.items() if count >= often)


def is_deed(sentence: Sentence) -> bool:
    """In a log: somebody did it, rather than it happened."""
    if _BY_ITSELF.search(sentence.text):
        return False
    if sentence.cues & {Cue.STATUS, Cue.DETECTED, Cue.END} or _NOT_DONE.search(sentence.text):
        return False
    if _OPENED_BY.match(sentence.text) and not _PASSIVE.search(sentence.text):
        return False
    return Cue.ACTION in sentence.cues or opens_with_deed(sentence)


def opens_with_deed(sentence: Sentence) -> bool:
    """`Restarted the pod`, `The team bumped the version`."""
    text = sentence.text
    return _DEED.match(text) is not None and not _OPENED_BY.match(text)
