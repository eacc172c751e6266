"""What speaks for and against a statement: names of observations, each with a number.

The weights of these are learned (`confidence`); this module only observes.
"""

import re

from copilot.local.cues import CueMatch
from copilot.local.lexicon import (
    ARTEFACTS,
    IMMEDIATE_VERBS,
    LATER,
    NOW,
    TODAY,
    VAGUE_VERBS,
    WORK_VERBS,
    base_form,
    content_stems,
    words_of,
)
from copilot.local.phrases import COMMITMENT
from copilot.local.statements import URL, Statement
from copilot.ports import WindowMessage

_PRONOUN_OBJECT = re.compile(
    r"^(?:\w+ (?:up |out |on |at |into |with |for |over )?)?"
    r"(?:it|them|so|something|stuff|things?|(?:that|this|these|those)(?: one)?(?=$|[,.;:!?)]"
    r"| (?:down|up|on|to|for|in|into|with|at|by|and"
    r"|after|before|later|today|tomorrow|now|then|as|when|once|if|from|out|over|too|first"
    r"|tonight|next|this)\b)|one)\b",
    re.I,
)
_CONDITION = re.compile(
    r"(?:^|[,;(] ?|\b(?:and|but|so|or|then|well) )(?:if|unless|in case|assuming|suppose)\b", re.I
)
_CONDITION_AFTER = re.compile(
    r"\b(?:if|unless|in case|otherwise|or else|as long as|only when)\b", re.I
)
_NEGATED = re.compile(
    r"\b(?:not|never|no need|don't|doesn't|won't|can't|cannot|couldn't|wouldn't|shouldn't|isn't"
    r"|nothing|nobody|no one|dont|wont|cant)\b",
    re.I,
)
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|might|may|guess|possibly|probably|think|wonder|suppose|seems?|not sure"
    r"|dunno|could)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:should(?:n't)? (?:not )?have|could have|would have|ought (?:not )?to have|had to"
    r"|was going to|were going to|used to|(?:was|were|is|are) supposed to|supposed to be"
    r"|decided to|never|already|yesterday|"
    r"last (?:week|night|time|month|year)|ago|did|didn't|was|were|wasn't|would've|should've)\b",
    re.I,
)
_WH = re.compile(
    r"^(?:why|what|how|where|when|which|who|whose|is|are|was|were|do|does|did|has|have|had|am"
    r"|isn't|doesn't|any|whats|hows)\b",
    re.I,
)
_LAUGH = re.compile(
    r"(?:\blol\b|\blmao\b|\bha(?:ha)+\b|\bhehe\b|\brofl\b|[:;]-?[)PpD](?!\w)|/s\b|:(?:joy"
    r"|laughing|sweat_smile|upside_down_face|stuck_out_tongue|wink|thisisfine\w*):)",
    re.I,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|you're|you'll|yours|yourself|u|ur)\b", re.I)
_REFERENCE = re.compile(r"(?:#\d{2,}|\b[A-Z][A-Z0-9]{1,9}-\d+|\b(?:bug|issue|pr|ticket|lp) ?#?\d+)")
_CODE = re.compile(r"`[^`]+`|[\w.-]+/[\w./-]+|--\w+|[=<>|$\\]{1,2}|\w+\(\)|\w_\w")
_GENERIC = re.compile(
    r"\b(?:you can|one can|people|users?|anyone who|everyone|they|he|she)\b", re.I
)
_REPORTED = re.compile(
    r"\b(?:said|says|told|asked|asks|wrote|the docs? says?|according to)\b|^[\"“']", re.I
)
_PURPOSE = re.compile(
    r"\b(?:so (?:that )?(?:we|it|this|that|i|they)|to (?:prevent|avoid|catch|make sure|detect"
    r"|ensure)|next time|in future|happen(?:s|ing)? again|again)\b",
    re.I,
)
_UPDATE = re.compile(
    r"^(?:status |customer )?update ?(?:#?\d+)?\b ?[:–-]|\bnext update (?:in|at)\b", re.I
)
"""What is told to those outside is worded as a plan, but nobody takes work on with it."""
_MOMENT = re.compile(
    r"\b(?:\d+|an?|one|two|three|five|ten|fifteen|a few|a couple(?: of)?|another|some)(?: more)?"
    r" ?(?:s|secs?|seconds?|m|mins?|minutes?|moments?)\b|\b(?:meanwhile|in the meantime|until then"
    r"|for now|right away|straight away|immediately|while we|so we can see|and see\b)",
    re.I,
)
_ASIDE = re.compile(
    r"^(?:and |ok |so |oh )*(?:also|plus|btw|by the way|one (?:more|other)|another|separately|aside"
    r"|unrelated|independent|for later|later|long(?:er)? term|lesson|next time|in future|at least"
    r"|still|seriously|note|independently|after (?:this|that))\b",
    re.I,
)
_OPERATED = re.compile(
    r"\b(?:pods?|nodes?|instances?|servers?|hosts?|box|prox(?:y|ies)|workers?|traffic|pool|replica"
    r"|primary|standby|cluster|containers?|deployments?|rollout|rollback|revert|banner|gateway"
    r"|consumers?|job|jobs|queue|query|queries|process|connection|connections|cache|vm|region|zone"
    r"|logs?|graphs?|traces?|dashboards?|status page|bridge|call)\b",
    re.I,
)
"""What hands are laid on during an incident."""
_CONSIDER = re.compile(r"^(?:consider|think about|look at|start|stop|keep) (?=\w+ing\b)", re.I)
_PAGING_ON = re.compile(r"^pag(?:e|ing) (?:on|for|when|if|at|us (?:on|for|when|if))\b", re.I)
_WHAT_PRONOUN = re.compile(
    r"^(?:but |and |so |i think )?(?:it|this|that|they|he|she|which|everything|something|there"
    r"|i\b.*|you\b.*)$",
    re.I,
)
_WEAK = re.compile(r"\b(?:could|might|may|would|wanna|want|like|love|hope)\b", re.I)
_THANKS = re.compile(r"\b(?:thanks|thank you|thx|ty|cheers|welcome|good luck|congrats)\b", re.I)
_WORK_PAIR = re.compile(
    r"^(?:find out|work on|look into|do (?:some|a|the|more|an)|make (?:a|an)"
    r"|have (?:a|an|some|more|the)|come up|keep track|follow up|write up|spin up|page on)$"
)


def features_of(
    text: str, match: CueMatch, statement: Statement, message: WindowMessage
) -> dict[str, float]:
    features = {"bias": 1.0, f"cue:{match.cue.name}": 1.0, f"kind:{match.cue.kind}": 1.0}
    features |= _verb_features(match)
    features |= _thing_features(match)
    features |= _time_features(text, match)
    flags = {
        "question": statement.is_question,
        "wh": bool(_WH.match(text)),
        "condition": bool(_CONDITION.search(match.before + " ") or _CONDITION.match(text)),
        "condition_after": bool(_CONDITION_AFTER.search(match.do)),
        "alternative": bool(re.search(r"\bor\b", match.do, re.I)),
        "negated": bool(
            _NEGATED.search(
                match.before[-40:] + " " + match.what[-60:] + " " + " ".join(match.do.split()[:3])
            )
        ),
        "hedged": bool(_HEDGED.search(match.before)),
        "past": bool(_PAST.search(text)),
        "laugh": bool(_LAUGH.search(message.text)),
        "you_after": bool(_SECOND_PERSON.search(match.do)),
        "you_before": bool(_SECOND_PERSON.search(match.before)),
        "reference": bool(_REFERENCE.search(text)),
        "url": bool(URL.search(message.text)),
        "code": bool(_CODE.search(match.do)),
        "generic": bool(_GENERIC.search(text)),
        "reported": bool(_REPORTED.search(text)),
        "purpose": bool(_PURPOSE.search(match.do)),
        "thanks": bool(_THANKS.search(text)),
        "perfect": bool(re.match(r"have (?:\w+ed|been|had|gotten|done)\b", match.do, re.I)),
        "shouting": text.count("!") > 1 or "??" in text,
        "update": bool(_UPDATE.search(message.text[:300])),
        "moment": bool(_MOMENT.search(text)),
        "aside": bool(_ASIDE.match(text)),
        "operated": bool(_OPERATED.search(f"{match.what} {match.do}")),
        "weak": bool(_WEAK.search(_cue_text(text, match))),
        "now_said": bool(re.search(r"\bnow\b", text, re.I)),
        "what_pronoun": bool(_WHAT_PRONOUN.match(match.what)),
        "short": len(message.text) < 30,
        "alone": len(message.text) - len(text) < 4,
    }
    features |= {name: 1.0 for name, value in flags.items() if value}
    return features


def _cue_text(text: str, match: CueMatch) -> str:
    """The words of the phrase itself: `could we`, `i might`."""
    return text[len(match.before) : text.find(match.do, len(match.before))]


def _verb_features(match: CueMatch) -> dict[str, float]:
    if _PAGING_ON.match(match.do):
        return {"verb:work": 1.0}
    words = words_of(_CONSIDER.sub("", match.do))
    first = words[0].lower() if words else ""
    base = base_form(first) or first
    pair = " ".join(words[:2]).lower()
    if _WORK_PAIR.match(pair) or (base == "set" and "up" in words[:5]):
        return {"verb:work": 1.0}
    if pair.startswith("log in"):
        return {"verb:immediate": 1.0}
    if base == "page":
        return {"verb:immediate": 1.0}
    if base in WORK_VERBS:
        return {"verb:work": 1.0}
    if base in IMMEDIATE_VERBS:
        return {"verb:immediate": 1.0}
    if base in VAGUE_VERBS:
        return {"verb:vague": 1.0}
    return {"verb:other": 1.0}


def _thing_features(match: CueMatch) -> dict[str, float]:
    stems = content_stems(match.what + " " + match.do)
    words = words_of(match.what + " " + match.do)
    features = {"length": min(len(words), 25) / 10}
    rest = words_of(match.do)[1:]
    if any(word.lower() in ARTEFACTS for word in (rest + words_of(match.what))):
        features["artefact"] = 1.0
    if not match.what and (_PRONOUN_OBJECT.match(match.do) or not rest):
        features["pronoun"] = 1.0
    features["content"] = min(len(stems), 6) / 3
    if len(stems) <= 1:
        features["bare"] = 1.0
    if len(words) > 30:
        features["long"] = 1.0
    return features


def _time_features(text: str, match: CueMatch) -> dict[str, float]:
    features = {}
    if LATER.search(match.do) or LATER.search(match.before):
        features["later"] = 1.0
    if TODAY.search(text):
        features["today"] = 1.0
    if NOW.search(match.do):
        features["now"] = 1.0
    if features.get("later") and match.cue.kind == COMMITMENT:
        features["promised_later"] = 1.0
    return features
