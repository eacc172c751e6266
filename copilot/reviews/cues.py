"""What a sentence of an incident seems to be about."""

import re
from enum import StrEnum

from copilot.reviews.cues_abroad import cues_abroad, is_abroad
from copilot.reviews.plain_trouble import LACKS
from copilot.reviews.words import normalised


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
    FINDING = "finding"
    CAUSE = "cause"
    GUESS = "guess"
    QUESTION = "question"
    WELL = "well"
    HARD = "hard"
    OPEN = "open"
    STATUS = "status"
    """The incident itself was declared, mitigated, resolved."""
    DETECTED = "detected"
    """Somebody or something took notice."""
    DECIDED = "decided"


def _cue(pattern: str) -> re.Pattern[str]:
    """A pattern in which `_` stands for white space, for text in lower case: that is faster than
    ignoring case."""
    return re.compile(pattern.replace("_?", r"\s*").replace("_", r"\s+"))


_ACTIONS = (
    r"revert|restart|redeploy|deploy|scal|drain|disabl|enabl|paus|merg|suspend|flush|purg|bump"
    r"|upgrad"
    r"|downgrad|patch|appl[iy]|delet|switch|block|throttl|rerout|mitigat|kill|cordon|reboot"
    r"|escalat|unlock"
    r"|roll(?:ing|ed)?(?:_back|_forward|_out)|fail(?:ing|ed)?_over|manual(?:ly)?|evict"
    r"|terminat|rotat|isolat"
    r"|rebuil[dt]|provision|releas|publish|declar|migrat|clean(?:ing|ed)?_up|turn(?:ing"
    r"|ed)?_o(?:ff|n)"
    r"|shut(?:ting)?_down|re-?updat|re-?creat|re-?run|uncordon|unpaus|push|resiz|re-?sync"
)
_VICTIMS = (
    r"customers?|users?|people|clients?|tenants?|jobs?|orders?|checkouts?|payments?|requests?"
    r"|logins?"
    r"|commands?|builds?|uploads?"
)
_AFFECTED = rf"{_VICTIMS}|e?mails?|contacts?|charges?|tickets?|complaints?|messages?"
_EASES = re.compile(
    r"\b(?:waves?|attacks?|floods?|storms?|surges?|spikes?|bursts?|growth|backlog|queue|errors?"
    r"|alerts?|leaks?)\b[^,;.]{0,40}\b(?:slow(?:s|ed|ing)?(?: down| off| a bit| somewhat)*\W*$"
    r"|eas(?:es|ed|ing)\b|(?:dies|died|dying) down\b|calm(?:s|ed|ing) down\b)"
)
"""`The wave slows`: less of what is bad."""
_COUNTED = re.compile(rf"\d[\d.,]*\s?%?\s+(?:of\s+\w+\s+)?(?:{_AFFECTED})\b", re.IGNORECASE)
_SOUGHT = re.compile(
    r"\b(?:investigat\w*|find(?:ing)?|look\w* for|determin\w*|search\w* for|establish\w*"
    r"|discuss\w*) (?:\w+ )?(?:root )?cause\b"
    r"|\broot cause (?:investigat|analys|is unknown|unknown|not)",
    re.IGNORECASE,
)
"""A cause that is looked for is not known."""
_HIT = re.compile(r"\bimpact(?:s|ed|ing)?\b(?!\s*(?:[.,;]|$))|\baffect(?:s|ed|ing)\b")
_WHO = (
    r"user|customer|developer|team|people|client|engineer|colleague|responder|support|somebody"
    r"|someone|member|tenant|operator|farmer|partner"
)
_BOT_ALERT = re.compile(
    r"\d\s?%|\blimit\b|\bthreshold\b|\bfor \d+ min|\berrors?\b|\bfail|\b5xx\b", re.IGNORECASE
)
_CUES: dict[Cue, re.Pattern[str]] = {
    Cue.ALERT: _cue(
        r"\b(?:alert\w*|alarm\w*|firing|triggered|paged?|pagerduty|warning|critical|monitor\w*)\b"
    ),
    Cue.SYMPTOM: _cue(
        r"\b(?:errors?|erroring|fail(?!_?over)(?:s|ed|ing|ure|ures)?|time-?outs?|timing_out"
        r"|(?:is|are|was|were|went|goes|gone|been|still)_down(?!_to)|downtime|outage|broken?"
        r"|not_(?:work|respond|load|reach|right)\w*|can'?t|cannot|unable|stuck|crash\w*|oom\w*"
        r"|5xx|50[0-4]s?|behind|latency"
        r"|slow\w*|lag\w*|spik\w+|degraded|unresponsive|aren't_\w+ing|isn't_\w+ing|issues?"
        r"|trouble|wrong"
        r"|overloaded|overwhelm\w*|saturat\w*|starvation|unhealthy|\w*not_?ready|40[34]s?|no_data"
        r"|malformed|invalid|mismatch\w*|incompatib\w*|incorrect|desired_effect|unexpected\w*"
        r"|weird|strange\w*|odd|missing|dropp(?:ed"
        r"|ing)|lost|exhausted|stale|elevated|unavailable|starv\w+|stopped|terminated"
        rf"|worrisome)\b|{LACKS}"
    ),
    Cue.IMPACT: _cue(
        rf"\b(?:{_VICTIMS}|everyone|everything|nothing|anything|hundreds|thousands|impact\w*"
        r"|affect\w+|traffic|websites?|production|prod|data_loss|services?)\b"
    ),
    Cue.ACTION: _cue(
        rf"^(?:{_ACTIONS}|restor|add|fix|pag|investigat|increas|reduc|creat)\w*(?:ing|ed)\b"
        rf"|\b(?:{_ACTIONS})(?:\w*ed|\w*ing|d|ied)?\b|\bmanual(?:ly)?_\w+"
        r"|\b(?:was|were|been|is|are)_(?:updated|changed|created|set|added|removed|stopped"
        r"|started|moved)\b"
        r"|\btaking_\S+_out\b|\b(?:rollback|rollout|deploy|restart)_(?:is_)?(?:done|at_\d)"
        r"|\bdecision_(?:was_)?(?:made|taken)\b|\b(?:changed|set)_back\b|\b(?:finished"
        r"|completed)\b|\bwe_(?:opened|set|started|moved)\b"
    ),
    Cue.PLAN: _cue(
        r"\b(?:let'?s|we_(?:should|will|can|could|need_to|ought)|shall_we|decided|going_to"
        r"|gonna|i'?ll|i_will"
        r"|we'?ll|agreed|go_ahead|plan_(?:is|was)|want_to|consider\w*|propos\w+)\b"
    ),
    Cue.OUTCOME: _cue(
        r"\b(?:fixed|fixes_(?:it|the|this|that|things|everything|our)|resolved|back_to_normal"
        r"|recover(?:ed|ing|s|y)|work(?:s"
        r"|ing)_(?:again|now|fine)|all_clear"
        r"|healthy|(?:all_)?green|stable|stabili[sz]\w+|mitigated|worked|verified|concluded"
        r"|(?:things|it|everything|all|we)_should_be_(?:fine|ok|good|back)"
        r"|confirmed|(?:is|are|came)_back(?!_to_you)|cleared|no_longer|subsided|restored"
        r"|(?:available|accessible|reachable|online|running|operational)_again|(?:is|are|was|were"
        r"|came|come)_back_(?:up|online)|up_and_running"
        r"|as_(?:expected|intended)|did(?:_not|n't)_help|changed_nothing|no_effect"
        r"|made_no_difference)\b"
    ),
    Cue.END: _cue(
        r"\b(?:fixed|fixes_(?:it|the|this|that|things|everything|our)|resolved|back_to_(?:normal"
        r"|their_normal)|recover(?:ed|ing)|work(?:s"
        r"|ing)_(?:again|now|fine)"
        r"|all_clear|(?:is|are)_(?:healthy|stable|green)|mitigated|worked|restored|subsided"
        r"|(?:available|accessible|reachable|online|running|operational)_again|(?:is|are|was|were"
        r"|came|come)_back_(?:up|online)|up_and_running"
        r"|(?:availability|recovery)_confirmed|as_(?:expected|intended)|fine_since|closing_this"
        r"|(?:incident|outage)_(?:is_|was_|has_been_|now_)*(?:closed|repaired)"
        r"|(?:things|it|everything|all|we)_should_be_(?:fine|ok|good|back)"
        r"|incident_(?:is_)?over)\b"
    ),
    Cue.FINDING: _cue(
        r"\b(?:discover(?:ed)?|became_aware|found|identified|realis?zed|reveal\w*|explanation"
        r"|tracked_(?:it|the"
        r"|down)|narrowed"
        r"|noticed|observed|(?:then|so)_it(?:'?s|_is)|the_(?:writer|source|offender|trigger)_is"
        r"|pinpointed|traced|(?:investigation|analysis)_(?:shows?|showed)"
        r"|it_was_(?:because|due))\b"
    ),
    Cue.CAUSE: _cue(
        r"\b(?:root_cause(?!_(?:is_|was_|remains_)?(?:still_)?(?:unknown|not_))"
        r"|i'?d_guess|explanation|explains_(?:why|the|how)|indicat(?:or|es|ing|ion)_that|suspect(?:s|ed)?_(?:that|it|the|an?"
        r"|this|we|they|\w+_(?:is|was))|because|caus(?:ed|ing|es)|cause_of|due_to|turns?_out"
        r"|which_is_why"
        r"|that'?s_why|culprit"
        r"|the_(?:issue|problem|bug|cause)_(?:is|was)|bug|misconfigur\w+|regression"
        r"|bad_(?:commit|release|deploy\w*|config\w*|change)|(?:not|non-?)_?deterministic"
        r"|race_condition"
        r"|introduced|triggered_by|(?:accident|inadvertent|mistaken|unintention)\w*"
        r"|by_(?:accident|mistake)"
        r"|(?:occurred|happened|began|started|(?:right|immediately|shortly"
        r"|directly))_(?:immediately_|right"
        r"_|shortly_|directly_)?(?:following|after)_an?_(?:\S+_){0,3}(?:upgrade|update|change"
        r"|deploy\w*|release"
        r"|migration|rollout|bump|merge)"
        r"|(?:generat|produc|provok)\w+_(?:the|this|that)_(?:\S+_)?(?:spikes?|load|errors?|outage"
        r"|incident|alerts?|failures?|problems?|issues?|surge|traffic)"
        r"|(?:deleted|destroyed|removed|overwritten|wiped|dropped|overridden|revoked|evicted)_by"
        r"|memory_leak|ran_out|expired|latent|rate_limit\w*"
        r"|wrong_(?:\w+_)?(?:namespace|config\w*|version|cluster|order|key|region|flag"
        r"|value)s?|no_limits?)\b"
    ),
    Cue.GUESS: _cue(
        r"\b(?:maybe|might|perhaps|possibl[ey]|probably|likely|suspect\w*|i'?d_guess|guess\w*"
        r"|i_think|i_believe|not_sure|unsure|not_certain"
        r"|seems?|appears?|looks?_like|could_be|assum\w*|theory|hypothesis|apparently)\b"
    ),
    Cue.WELL: _cue(
        r"\b(?:that'?s_good|so_that'?s_good|went_well|worked_well|nice_catch|luckily"
        r"|fortunately|glad"
        r"|good_(?:thing|news|that|catch|find)|well_spotted|quickly_(?:found|fixed|resolved"
        r"|identified|rolled|responded|noticed|spotted"
        r"|recovered|mitigated|restored)|was_quick|paid_off|helped_a_lot|saved_us|great_(?:job"
        r"|work|catch)"
        r"|smoothly|recover\w*_on_(?:its|their)_own|well_done|kudos)\b"
    ),
    Cue.HARD: _cue(
        r"\b(?:hard_to|difficult|confus\w+|unclear|not_clear|no_idea|couldn'?t_(?:find|figure"
        r"|tell|see)"
        r"|can'?t_(?:tell|find|figure|see)|not_convinced|took_(?:a_while|too_long|ages|forever"
        r"|us)"
        r"|wish_we|should_have_(?:\w+ed|been|had|caught|seen)|ought_not|no_(?:runbooks?"
        r"|alerts?|dashboards?|docs?|access|visibility)"
        r"|there_is_no_(?:\S*-\S*|runbook\w*|alert\w*|doc\w*|way|monitoring)|muted|(?:don'?t"
        r"|didn'?t)_have_access|would(?:'?ve|_have)_been_nice|nobody_knew|did(?:n'?t"
        r"|_not)_(?:know|notice|page|alert)|flying_blind|out_of_date"
        r"|stale_(?:docs?|runbook)"
        r"|too_(?:slow|late|noisy)|instead_of_paging)\b"
    ),
    Cue.STATUS: _cue(
        r"\b(?:incident|outage|sev-?_?\d)_(?:(?:is|was|has_been|formally|now|ticket|marked_as"
        r"|repaired"
        r"|declared|and|as)_){0,3}(?:declared|resolved|repaired|closed|over|mitigated|raised"
        r"|opened)\b"
        r"|\bdeclar\w+_(?:this_)?(?:as_)?an?_(?:\w+_)?incident\b|\bincident_mitigated\b"
        r"|^\W*(?:first_detected|detected|declared|repaired|mitigated|resolved|recovered"
        r"|all_clear)\W*$"
    ),
    Cue.DETECTED: _cue(
        rf"\b(?:{_WHO})s?_(?:\S+_){{0,2}}(?:report\w*|complain\w*|notic\w+|alert\w*_us|reach\w*_out"
        r"|inform\w*_us|observ\w+|spotted|sees?|saw|(?:are|is|were)_seeing)\b"
        r"|^(?:we_|i_)?(?:noticed|detected|spotted|received|observed)\b|\bdetected_that\b"
        r"|^(?:first_)?reports_of\b"
        r"|\bfirst_detected\b"
        r"|\b(?:alerts?|alarms?|pager)_(?:\S+_)?(?:triggered|fired|firing|fires?|received"
        r"|went_off|came)\b"
        r"|\b(?:triggered|received|got)_(?:an?_|the_|\S+_){0,3}(?:alerts?|alarms?|pages?"
        r"|reports?)\b"
        r"|\b(?:critical|high[- ]priority)_(?:alert|alarm)\b|\balerted_(?:via|by|to|us)\b"
        r"|\b(?:users?|customers?|clients?)_reports?\b"
    ),
    Cue.DECIDED: _cue(
        r"\b(?:decision_(?:was_)?(?:made|taken)|decided|agreed_(?:to|that|on)|opted|approved"
        r"|go(?:ing)?_with|plan(?:ned|s)_to|chose)\b"
    ),
    Cue.OPEN: _cue(
        r"\bneed_to_talk_about\b|\bcause_(?:is_|was_|remains_)?(?:still_)?(?:not_(?:yet_)?known"
        r"|unknown)\b|\bopen_question|\bstill_(?:trying|attempting|investigating"
        r"|looking|don'?t_know|unclear|no_idea"
        r"|need_to_find)"
        r"|\b(?:figure|find|work)_out_(?:why|how|what)|\bnot_clear_(?:how|why|what)"
        r"|\bdon'?t_know_(?:why|how|what)"
        r"|\b(?:no_idea|unclear)_(?:why|how|what)"
    ),
}
_NEGATED = re.compile(
    r"\b(?:not|never|no|isn't|aren't|wasn't|weren't|hasn't|haven't)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"^(?:(?:are|is|was|were|do|does|did|have|has|can|could|should|shall|would|will)\s+"
    r"(?:you|we|they|it|there|he|she|i|anyone|someone|somebody|this|that|the)\b"
    r"|(?:what|why|how|where|who|which(?!\s+(?:is|was)\s+(?:\w+ly\s+)?(?:why|when|where|what|how"
    r"|because)\b)|when)\s+(?:is|are|was|were|do|does|did|can|could|would"
    r"|should)\b"
    r"|any(?:one|body)\s)",
    re.IGNORECASE,
)


def tells_a_deed(text: str) -> bool:
    """Whether `cues_in` would find an action or an outcome; for what is too short for more."""
    plain = normalised(text).lower()
    if _CUES[Cue.ACTION].search(plain):
        return True
    is_negated = _NEGATED.search(plain) and "help" not in plain
    return not is_negated and _CUES[Cue.OUTCOME].search(plain) is not None


def cues_in(text: str, *, is_bot: bool = False) -> frozenset[Cue]:
    plain = normalised(text).lower()
    cues = {cue for cue, pattern in _CUES.items() if pattern.search(plain)} - _unmeant(plain)
    if is_abroad(plain):
        cues = {Cue(name) for name in cues_abroad(plain, cues)}
    if plain.rstrip(" \"')").endswith("?") or _ASKS.search(plain):
        cues.add(Cue.QUESTION)
    if not is_bot:
        cues.discard(Cue.ALERT)
    if _COUNTED.search(plain) or _HIT.search(plain):
        cues.add(Cue.IMPACT)
    elif Cue.SYMPTOM not in cues:
        cues.discard(Cue.IMPACT)  # people are only affected by something that is wrong
    if is_bot and _BOT_ALERT.search(plain):
        cues.add(Cue.ALERT)
    return frozenset(cues)


def _unmeant(plain: str) -> set[Cue]:
    """What it has words of, and says that it is not."""
    unmeant = set()
    if _NEGATED.search(plain) and "help" not in plain:
        unmeant |= {Cue.OUTCOME, Cue.END}
    if _SOUGHT.search(plain):
        unmeant.add(Cue.CAUSE)
    if _EASES.search(plain):
        unmeant.add(Cue.SYMPTOM)
    return unmeant
