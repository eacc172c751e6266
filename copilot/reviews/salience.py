"""Which sentences of a conversation matter to a review, and for what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from copilot.ports import WindowMessage
from copilot.reviews.words import STOPWORDS, bare_stem, content_stems, normalised, sentences, words


class Cue(StrEnum):
    """What a sentence seems to be about."""

    ALERT = "alert"
    SYMPTOM = "symptom"
    IMPACT = "impact"
    ACTION = "action"
    PLAN = "plan"
    OUTCOME = "outcome"
    END = "end"
    """An outcome that may have been the end of the trouble."""
    CAUSE = "cause"
    GUESS = "guess"
    QUESTION = "question"
    WELL = "well"
    HARD = "hard"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verbatim slice of a message, with what it seems to be about and how much it tells."""

    message: WindowMessage
    text: str
    cues: frozenset[Cue]
    score: float

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(content_stems(self.text))

    @property
    def bare_stems(self) -> frozenset[str]:
        """Without folding synonyms: what tells two sentences apart."""
        return frozenset(bare_stem(word) for word in words(self.text) if word not in STOPWORDS)


def _cue(pattern: str) -> re.Pattern[str]:
    """A pattern in which `_` stands for white space."""
    spaced = pattern.replace("_?", r"\s*").replace("_", r"\s+")
    return re.compile(spaced, re.IGNORECASE)


_ACTIONS = (
    r"revert|restart|redeploy|deploy|scal|drain|disabl|enabl|paus|merg|suspend|flush|purg|bump|upgrad"
    r"|downgrad|patch|appl[iy]|delet|switch|block|throttl|rerout|mitigat|kill|cordon|reboot|escalat|unlock"
    r"|roll(?:ing|ed)?(?:_back|_forward|_out)|fail(?:ing|ed)?_over|manual(?:ly)?|evict|terminat|rotat|isolat"
    r"|rebuil[dt]|provision|clean(?:ing|ed)?_up|turn(?:ing|ed)?_o(?:ff|n)"
    r"|shut(?:ting)?_down|re-?updat"
)
_CUES: dict[Cue, re.Pattern[str]] = {
    Cue.ALERT: _cue(r"\b(?:alert\w*|alarm\w*|firing|triggered|paged?|pagerduty|warning|critical|monitor\w*)\b"),
    Cue.SYMPTOM: _cue(
        r"\b(?:errors?|erroring|fail(?!_?over)(?:s|ed|ing|ure|ures)?|time-?outs?|timing_out|down|outage|broken?"
        r"|not_(?:work|respond|load|reach|right)\w*|can'?t|cannot|unable|stuck|crash\w*|oom\w*|50[0-4]s?|latency"
        r"|slow\w*|lag\w*|spik\w+|degraded|unresponsive|aren't_\w+ing|isn't_\w+ing|issues?|trouble|wrong"
        r"|overloaded|desired_effect|unexpected\w*|weird|strange\w*|odd|missing|dropp(?:ed|ing)|lost|exhausted|stale|elevated|unavailable|starv\w+|stopped|worrisome)\b"
    ),
    Cue.IMPACT: _cue(
        r"\b(?:customers?|users?|people|clients?|tenants?|jobs?|orders?|checkouts?|payments?|requests?|everyone"
        r"|everything|nothing|anything|hundreds|thousands|impact\w*|affect\w+|traffic|websites?|logins?|production"
        r"|prod|commands?|builds?|uploads?|emails?|data_loss|services?)\b|\d%"
    ),
    Cue.ACTION: _cue(
        rf"^(?:{_ACTIONS}|restor|add|fix|pag|investigat|increas|reduc|creat)\w*(?:ing|ed)\b"
        rf"|\b(?:{_ACTIONS})(?:\w*ed|\w*ing|d|ied)?\b|\bmanual(?:ly)?_\w+"
    ),
    Cue.PLAN: _cue(
        r"\b(?:let'?s|we_(?:should|will|can|could|need_to|ought)|shall_we|decided|going_to|gonna|i'?ll|i_will"
        r"|we'?ll|agreed|go_ahead|plan_(?:is|was)|want_to|consider\w*|propos\w+)\b"
    ),
    Cue.OUTCOME: _cue(
        r"\b(?:fixed|fixes|resolved|back_to_normal|recover(?:ed|ing|s|y)|work(?:s|ing)_(?:again|now|fine)|all_clear"
        r"|healthy|(?:all_)?green|stable|stabili[sz]\w+|mitigated|worked|verified|concluded"
        r"|(?:things|it|everything|all|we)_should_be_(?:fine|ok|good|back)"
        r"|confirmed|(?:is|are|came)_back(?!_to_you)|cleared|no_longer|subsided|restored|as_expected|did(?:_not|n't)_help)\b"
    ),
    Cue.END: _cue(
        r"\b(?:fixed|fixes|resolved|back_to_(?:normal|their_normal)|recover(?:ed|ing)|work(?:s|ing)_(?:again|now|fine)"
        r"|all_clear|(?:is|are)_(?:healthy|stable|green)|mitigated|worked|restored|subsided|as_expected"
        r"|(?:things|it|everything|all|we)_should_be_(?:fine|ok|good|back)|incident_(?:is_)?over)\b"
    ),
    Cue.CAUSE: _cue(
        r"\b(?:root_cause|because|caus(?:ed|ing|es)|cause_of|due_to|turns?_out|which_is_why|that'?s_why|culprit"
        r"|the_(?:issue|problem|bug|cause)_(?:is|was)|bug|misconfigur\w+|regression"
        r"|bad_(?:commit|release|deploy\w*|config\w*|change)|(?:not|non-?)_?deterministic|race_condition"
        r"|introduced|triggered_by|memory_leak|ran_out|expired|latent|rate_limit\w*"
        r"|wrong_(?:\w+_)?(?:namespace|config\w*|version|cluster|order|key|region|flag|value)s?|no_limits?)\b"
    ),
    Cue.GUESS: _cue(
        r"\b(?:maybe|might|perhaps|possibl[ey]|probably|likely|suspect\w*|i'?d_guess|guess\w*|i_think|i_believe"
        r"|seems?|appears?|looks?_like|could_be|assum\w*|theory|hypothesis|apparently)\b"
    ),
    Cue.WELL: _cue(
        r"\b(?:that'?s_good|so_that'?s_good|went_well|worked_well|nice_catch|luckily|fortunately|glad"
        r"|good_(?:thing|news|that|catch)|quickly|paid_off|helped_a_lot|saved_us|great_(?:job|work|catch)"
        r"|smoothly|on_(?:its|their)_own|well_done|kudos)\b"
    ),
    Cue.HARD: _cue(
        r"\b(?:hard_to|difficult|confus\w+|unclear|not_clear|no_idea|couldn'?t_(?:find|figure|tell|see)"
        r"|can'?t_(?:tell|find|figure|see)|not_convinced|took_(?:a_while|too_long|ages|forever|us)"
        r"|wish_we|should_have_(?:\w+ed|been|had|caught|seen)|ought_not|no_(?:runbooks?|alerts?|dashboards?|docs?|access|visibility)"
        r"|nobody_knew|did(?:n'?t|_not)_(?:know|notice|page|alert)|flying_blind|out_of_date|stale_(?:docs?|runbook)"
        r"|too_(?:slow|late|noisy)|instead_of_paging)\b"
    ),
    Cue.OPEN: _cue(
        r"\bstill_(?:trying|attempting|investigating|looking|don'?t_know|unclear|no_idea|need_to_find)"
        r"|\b(?:figure|find|work)_out_(?:why|how|what)|\bnot_clear_(?:how|why|what)|\bdon'?t_know_(?:why|how|what)"
        r"|\b(?:no_idea|unclear)_(?:why|how|what)"
    ),
}  # fmt: skip
_WEIGHTS = {
    Cue.ALERT: 1.0, Cue.SYMPTOM: 1.0, Cue.IMPACT: 0.5, Cue.ACTION: 1.1, Cue.PLAN: 0.2, Cue.OUTCOME: 1.0, Cue.END: 0.4,
    Cue.CAUSE: 1.3, Cue.GUESS: 0.0, Cue.QUESTION: -0.3, Cue.WELL: 0.8, Cue.HARD: 0.8, Cue.OPEN: 0.8,
}  # fmt: skip
_JOKE = re.compile(
    r"\b(?:lol|lmao|lmfao|rofl|haha\w*|hehe\w*|jk|kidding|joking|they said|yolo|oopsie\w*|thanks obama|famous last)\b"
    r"|:(?:joy|rofl|laughing|smile\w*|grin\w*|stuck_out_tongue\w*|sweat_smile|upside_down\w*|wink|party\w*"
    r"|\w*parrot|thisisfine\w*|troll\w*|see_no_evil|clown\w*|trollface|popcorn):|/shrug|¯\\|[;:]-?[)pPD](?:\s|$)"
    r"|\bdays since\b|\bdud\b",
    re.IGNORECASE,
)
_PASTED = re.compile(
    r"^(?:/\w+|signed-off-by|labels\b|assignees\b|[$#>] |\{|\[|time=|level=|\d{4}-\d\d-\d\d[ T]|at \w+[.(]|E {2}|@@"
    r"|[\w.-]+@[\w.-]+:|kubectl |this reverts commit|cc @|/cc )|added by github|, cncf-cla"
    r"|(?:\S+=\S+\s+){3}|\|.*\|.*\||</?\w+>",
    re.IGNORECASE,
)
_MANY_WORDS = 6
_ONE_BREATH = timedelta(seconds=60)
_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LEADING = re.compile(
    r"^(?:(?:[-*•>]|\d+[.)]|ok(?:ay)?|oh|ah|yeah|yep|yup|so|but|and|hm+|hrm+|um+|well|actually|also|aside|man"
    r"|further update|update|fyi|btw|ugh|wow|alright|right|though|anyway|then|:[\w+-]+:)[\s,:;.…-]+)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\s*:[\w+-]+:)+\s*$|\s*View newer replies\.?$")
_DANGLING = re.compile(
    r"^(?:because|which|that|to|for|or|if|than|as|of|with|not anymore|it's possible i'm)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"^(?:i think )?(?:this|that|it(?!\s+(?:looks|seems|appears))|they|these|those|he|she|which)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|isn't|aren't|wasn't|weren't|hasn't|haven't)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"^(?:(?:are|is|was|were|do|does|did|have|has|can|could|should|shall|would|will)\s+"
    r"(?:you|we|they|it|there|he|she|i|anyone|someone|somebody|this|that|the)\b"
    r"|(?:what|why|how|where|who|which|when)\s+(?:is|are|was|were|do|does|did|can|could|would|should)\b"
    r"|any(?:one|body)\s)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^at least\b|\bwhich was my\b|\bit is why\b|\bi see\b", re.IGNORECASE)
_CODE = re.compile(r"`[^`]+`")
_YOU = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)


def sentences_of(message: WindowMessage) -> list[Sentence]:
    """The sentences of a message that a review might quote; pasted output is left out."""
    spoken = _CODE_BLOCK.sub("\n", message.text)
    found = []
    for raw in sentences(spoken):
        if _PASTED.search(raw) or len(raw) > 1_000:
            continue
        text = _bare(raw)
        if len(content_stems(text)) >= 2 or _is_short_deed(text):
            cues = cues_in(text, is_bot=message.is_bot)
            found.append(Sentence(message, text, cues, _score(message, text, raw, cues)))
    return found


def cues_in(text: str, *, is_bot: bool = False) -> frozenset[Cue]:
    plain = normalised(text)
    cues = {cue for cue, pattern in _CUES.items() if pattern.search(plain)}
    if plain.rstrip(" \"')").endswith("?") or _ASKS.search(plain):
        cues.add(Cue.QUESTION)
    if _NEGATED.search(plain) and "help" not in plain:
        cues -= {Cue.OUTCOME, Cue.END}
    if not is_bot:
        cues.discard(Cue.ALERT)
    if Cue.SYMPTOM not in cues and "%" not in plain and "impact" not in plain.lower():
        cues.discard(Cue.IMPACT)  # people are only affected by something that is wrong
    return frozenset(cues)


def joking_run(messages: Sequence[WindowMessage]) -> frozenset[int]:
    """Numbers of messages said in one breath with a joke, which may be part of it."""
    joking = set()
    for at, message in enumerate(messages):
        if _JOKE.search(message.text) and len(message.text) < 200:
            near = messages[max(0, at - 2) : at + 3]
            joking |= {
                other.number
                for other in near
                if other.author_id == message.author_id
                and len(other.text.split()) <= _MANY_WORDS
                and abs(other.occurred_at - message.occurred_at) <= _ONE_BREATH
            }
    return frozenset(joking)


def most_telling(messages: Sequence[WindowMessage], limit: int) -> list[Sentence]:
    """The best sentence of each message, the most telling ones, in time order."""
    best = [
        max(found, key=lambda sentence: sentence.score)
        for message in messages
        if (found := sentences_of(message))
    ]
    chosen = sorted(best, key=lambda sentence: -sentence.score)[:limit]
    return sorted(chosen, key=lambda sentence: sentence.message.number)


def _bare(raw: str) -> str:
    """Without opening fillers, closing emoji and the brackets around all of it."""
    text = _TRAILING.sub("", raw)
    text = _LEADING.sub("", text).strip()
    if text[:1] in "*_~" and text[:1] == text[-1:]:
        text = text[1:-1]
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    return text.strip()


def _is_short_deed(text: str) -> bool:
    """`rolling back`, `fixed`: one telling word or two."""
    cues = cues_in(text)
    return bool(cues & {Cue.ACTION, Cue.OUTCOME}) and bool(content_stems(text))


def _score(message: WindowMessage, text: str, raw: str, cues: frozenset[Cue]) -> float:
    stems = content_stems(text)
    score = sum(_WEIGHTS[cue] for cue in cues) + min(len(stems), 8) / 8
    score += 0.5 * min(len(message.reactions), 3)
    if re.search(r"\d", text):
        score += 0.3
    if _JOKE.search(message.text) or _JOKE.search(raw):
        score -= 2.5
    if _DANGLING.search(text):
        score -= 3.0
    elif _POINTING.search(text):
        score -= 0.5
    if _YOU.search(text):
        score -= 0.4
    if _ASIDE.search(text):
        score -= 0.7
    if sum(len(code) for code in _CODE.findall(text)) > len(text) / 2:
        score -= 1.5
    if Cue.QUESTION in cues and len(stems) < 3:
        score -= 1.0
    return score
