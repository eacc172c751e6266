"""Cuts a phrase of chat down to its first thought: words are left out, none are changed."""

import re

from copilot.incidents.due import without_due
from copilot.local.lexicon import words_of
from copilot.suggestions.harmless import plain_words

MAX_TITLE = 90

_CLAUSE = re.compile(
    r"(?:\s*[,;:(–—-]\s*|\s+)(?:because|since|so that|so (?:we|you|i|they|it|no|nobody)\b|as (?:it"
    r"|we|i|they|this|that)\b|but|although|though|cause|cuz|bc"
    r"|which|where (?:we|i|it)|if|unless|otherwise|or else|in case|until then|while (?:i|we|you|it)"
    r"|when(?:ever)? (?:i|we|you|things|it|this|that|there)\b|whenever|before i|once (?:we|i|it)"
    r"|instead of me|thanks|thx|cheers|please|pls|right\?|ok\?|and (?:then )?(?:i|we|you|they"
    r"|see|it|that|this)\b|maybe\b|promised?\b|i promise|(?:i |i'll |we )?(?:will|can|gonna) do\b"
    r"|no (?:rush|hurry)|wdyt"
    r"|does that|is that ok|sounds good|like an? (?:adult|grown-?up|normal|sane|idiot|pro)\b"
    r"|i'?ll\b|i will\b|we'?ll\b|i am\b|i'm\b|we're\b|don't\b|not (?:the|a|now|today)\b)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"\s*(?:,|;|:\)|;\)|:\(|\()\s*(?:(?:i|we|you|they|it|that|this|he|she|there|the|our|my"
    r"|\d\w*|what|so|also|just|only|not|or|and then|clearly|obviously|needs?|can|could|will|want"
    r"|got)\b"
    r"(?=.*\b(?:is|are|was|were|would|will|'ll|should|could|can|has|have|had|'s|'re|don't"
    r"|didn't|might|may|want|think|guess|needs?|hotfix|workaround|nobody|nothing|for now)\b).*"
    r"|.*\?$)",
    re.IGNORECASE,
)
_NEXT_SENTENCE = re.compile(
    r"\s*[,;]\s*(?:we|i|you|they|he|she|it|this|that|there|someone|somebody|nobody)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",\s*(?:(?:do|does|did|is|are|has|have|was|were|can|could|would|should|must)(?:n't)?"
    r" (?:we|it|you|they|there)|right|no|ok|eh|yeah)\W*$",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:please|pls|plz|kindly|really|probably|definitely|certainly|actually|basically|just"
    r"|maybe|perhaps|hopefully|lol|haha|imo|imho|tbh|fwiw|btw|fyi|seriously|also|kinda|sort of"
    r"|i think|i guess|i suppose|i'd say|at least|for real|of course|obviously|quickly)\b[, ]*",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"[\s,]+(?:at some point|some ?day|some ?time|sometime soon|eventually|anyway|anyways|somehow"
    r"|shortly|soon(?:ish)?|later|now|instead|too|as well|then|though|first|again sometime"
    r"|right away|for (?:me|us|now)|if possible|or (?:so|something|similar|whatever)"
    r"|and (?:so on|stuff|such|all)|etc|man|guys|folks|mate|ok|okay|asap|a bit)$",
    re.IGNORECASE,
)
_SMILEY = re.compile(r"(?:[:;]-?[)(PpDd/|](?!\w)|\bxD\b|\(\s*\)|\^\^|\\o/|<3)")
_SENTENCE = re.compile(
    r"\s*(?:\.{2,}|…)\s*|(?<!\bi\.e)(?<!\be\.g)(?<!\bvs)(?<!\betc)(?<=[\w)\]\"'])[.!?]+(?=\s|$)"
)
_HANGING = re.compile(
    r"(?:[\s,]+(?:to (?:reflect|ensure|avoid|prevent|show|say|make sure)|and|or|to"
    r"|the|a|an|of|for|with|in|on|at|as|by|from|but|so|it's|before|after"
    r"|until|see|via|per|about|into|than|i\.e|e\.g|vs))+$",
    re.IGNORECASE,
)
_LATE_CLAUSE = re.compile(
    r",? (?:to (?:reflect|make sure|ensure|avoid|prevent|help|be able)\b|in order to|so as to"
    r"|that\b|which\b|where\b|when\b|because\b|and\b|with\b|for\b|as\b|instead of\b"
    r"|rather than\b)|, |: "
)
_EMPTY = re.compile(r"\(\s*\)")
_EDGES = " ,.;:!?-–—|("


def polished(phrase: str) -> str:
    """The first thought of a phrase, on one line, without links, mentions, time and filling."""
    text = _SMILEY.sub(" … ", phrase[:1000])
    text = plain_words(text.replace("…", " .. "))
    text = next((part for part in _SENTENCE.split(text) if part.strip(_EDGES)), "")
    text = _TAG.sub("", first_thought(text))
    text = _EMPTY.sub(" ", _FILLER.sub("", text)).strip(_EDGES)
    before = ""
    while text != before:
        before = text
        text = _TRAILER.sub("", without_due(text)).strip(_EDGES)
    text = _HANGING.sub("", _balanced(_shortened(text))).strip(_EDGES)
    return " ".join(text.split())


def first_thought(text: str) -> str:
    for pattern in (_NEXT_SENTENCE, _CLAUSE, _COMMENT):
        found = pattern.search(text, 8)
        if found and len(words_of(text[: found.start()])) >= 2:
            text = text[: found.start()]
    return text


def _shortened(text: str) -> str:
    """At most MAX_TITLE characters, and no half clause where it begins in time."""
    if len(text) <= MAX_TITLE:
        return text
    ends = [
        found.start()
        for found in _LATE_CLAUSE.finditer(text)
        if len(words_of(text[: found.start()])) >= 4 and found.start() <= MAX_TITLE
    ]
    if ends:
        return text[: ends[-1]]
    return text[: MAX_TITLE + 1].rsplit(" ", 1)[0][:MAX_TITLE]


def _balanced(text: str) -> str:
    if text.count("(") > text.count(")") and text.rfind("(") > len(text) // 2:
        text = text[: text.rfind("(")]  # cut short within it
    for opening, closing in (("(", ")"), ("[", "]")):
        if text.count(opening) != text.count(closing):
            text = text.replace(opening, "").replace(closing, "")
    return text.replace('"', "") if text.count('"') % 2 else text
