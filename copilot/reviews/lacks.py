"""Words that carry a “not” without being one: `empty`, `refused`, `all green`, `w/o`.

Read generously: a sentence that says “not” is only refused where nothing like it is to be found.
"""

import re
from functools import lru_cache

NEGATION = re.compile(
    r"(?<![\w-])(?:not|never|no|none|nobody|nothing|neither|nor|cannot|without|nowhere|hardly|nope|nah)\b"
    r"|n't\b|\b(?:cant|wont|dont|didnt|doesnt|isnt|wasnt|arent|werent|couldnt|shouldnt|wouldnt"
    r"|hasnt|havent|hadnt|aint|w/o)(?![\w/])",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(
    r"(?<![\w-])(?:not only|no problem|no worries|no doubt|why not|whether or not|not sure"
    r"|not certain|not yet clear|nothing but|not (?:least|merely|just|simply|quite|even|to mention)"
    r"|no(?:t|thing|body)?(?: \w+ing)? (?:before|until|earlier than|later than|longer than"
    r"|sooner than)"
    r"|not \w{3,9} before (?=\d)"
    r"|not(?= (?:\w+ ){1,3}until (?:\w+day|\d|noon))"
    r"|not(?= (?:\w+ ){1,8}(?:before|earlier than) (?:\w+day|\d|noon))"
    r"|no (?:more|less|fewer|higher|lower|longer|later|earlier|worse|greater) than"
    r"|nothing (?:else|other) than"
    r"|(?:not|never) (?:exceed\w*"
    r"|\w+ (?:above|over|beyond|past|below|under|higher|lower|further|more|longer)))\b",
    re.IGNORECASE,
)
"""It limits or makes sure: `not before ten`, `no more than 200`."""
_OWN_WORDS = re.compile(
    r"\b(?:instead|only|rather than|except|other than|apart from|unlike|against|too late|ruled out"
    r"|doubt\w*|object\w*|oppos\w*|refus\w*|den(?:y|ies|ied)|declin\w*|avoid\w*|wrong"
    r"|fail\w*|prevent\w*|un\w{3,}|miss\w*|suspend\w*|halt\w*|paus\w*|stop\w*)\b",
    re.IGNORECASE,
)
"""Words in which people retell what has none of the kind."""
_LACK = re.compile(
    r"\b(?:fail(?!(?:ing|ed|s)?[ -]?over)\w*|unable|broken?|refus\w*|miss(?:ing|ed|es)?|lack\w*"
    r"|gone|lost|loss|los(?:es|ing|e)|non-?\w+|den(?:y|ies|ied)|reject\w*|dead|died|dark|empt\w+"
    r"|zero|nil|nada|null|blank|false|off|offline|silen\w+|ignor\w*|exclud\w*|hidden|instead|muted?|silenced|snoozed"
    r"|too late|only(?! (?:\d|one|two|three|a|an|after|when|if|partition)\b)"
    r"|avoid\w*|stop(?:s|ped)?|prevent\w*|removed"
    r"|(?:taken?|taking|going) (?:\w+ )?out"
    r"|(?:is|was|were|are|left|locked|shut|ran|run|running|cut|timed?|timing) outs?|timeouts?"
    r"|out of"
    r"|declin\w*|cleared|expired|lapsed?|40[1-9]|\w+-free|free of|hung|stuck|jammed|frozen"
    r"|rather than|skip\w*"
    r"|object\w*|oppos\w*|against|forb[ia]\w*|ban(?:s|ned)?|prohibit\w*|revok\w*|takes? away"
    r"|took away|abolish\w*|absen\w*|omit\w*|forg[oe]t\w*|except|other than|apart from|too \w+ to"
    r"|unlike|ruled out|doubt\w*|(?:is|are|was|were|got|disk|now|all|be) full|100 ?%(?=\W|$)"
    r"|exhausted"
    r"|on hold|paused|postponed|put off|abandon\w*|disabled|supposed to|meant to"
    r"|should(?:'ve| have)|blocked|shut|closed|ceased"
    r"|suspended|halted|NXDOMAIN|NotReady|untouched|left behind|cancel\w*|abort\w*|gave up|given up"
    r"|wrong|in(?:valid|active|complete|correct|accessible|visible|sufficient)|impossible|irrelevant"
    r"|stale|dis(?:agree|connect|miss|regard|card|appear)\w*"
    r"|un(?!der|it|til|ion|ique|less|to\b|ix)\w{3,})(?!\w)"
    r"|(?<![\d.,])0(?![\d.,:])"
    r"|\blast (?:[\w-]+ ){0,4}(?:came|seen|heard|arriv\w+|receiv\w+|success\w*|ran|run|worked"
    r"|used|changed)",
    re.IGNORECASE,
)
"""A thing that is away, over, held back or otherwise than it was to be."""
_LASTING = re.compile(
    r"\b(?:still|stays?|stayed|remain\w*|unchanged|same|stable|steady|flat|stuck|waiting|pending"
    r"|hold|tbd|todo|to do|to be done|keeps?|kept|again|persist\w*|continu\w*|tomorrow|tmrw|later"
    r"|before|another|want to|will|\w+'ll|eta|need to|needs|next|as before|permanent\w*|always"
    r"|going to|should)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:chang|stop|end|fix|recover|resolv|go|gone|mov|improv|help|clear|heal|finish|complet|start"
    r"|done|do|approv|drop|fall|fell|disappear|better|less|made|make|solv|cur|effect|difference|work"
    r"|leav|left|touch|grow|grew|rise|increas|happen|reach|exist|begin|begun|ready|put|back|over)",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:errors?|exceptions?|crash\w*|down|outdated|old|late|[45]\d\d|[45]xx|mis\w{3,}"
    r"|hang\w*|block\w*|too|slow\w*|fatal|critical|bad\w*|invalid\w*|problems?|issues?|bugs?"
    r"|stall\w*|panic\w*|exit(?:s|ed)? [1-9]\w*|behind|corrupt\w*|spinn\w+|crit|reset|\?\?+)\b",
    re.IGNORECASE,
)
"""It suggests that something did not work: `exception` for “could not be opened”."""
_WORKING = re.compile(
    r"(?:works?|work(?:ed|ing)|respon[ds]|answer|repl(?:y|ied|ies)|reach|load|connect|availab"
    r"|succe|us(?:e|ed|able|ing)$|access|open|log|sign|find|found|get|got|receiv|arriv|go$|come$"
    r"|came$|complet|finish|pass|process|deliver|send|pay|order|check|cope|serv|boot|enough"
    r"|resolv|renew|able|place|write|read|save|handle|see$|hear|sync|normal|right$|correct|valid"
    r"|healthy|return|fit|match|join|print|render|display|show|start|run$|build|compil|keep$)",
    re.IGNORECASE,
)
_HARM = re.compile(
    r"(?:affect|harm|hit|hurt|impact|problem|notic|los[tes]|damage|concern|reproduc|suffer|wrong"
    r"|troubl|objec|complain|error|issue|fail|alarm|alert|miss|slow|corrupt|worse|regress|abnormal"
    r"|unusual|suspicious|amiss|odd|fault|symptom|misled|astray|delay|interrupt|outage|degrad|risk"
    r"|danger|down$|broken?$|broke$|charge|victim|leak|involve|blame|cause|defect|disturb|expos"
    r"|compromis|breach|oppos|return|recur|reappear|mind$|veto|disagree|further|more$|else$|other$|anything|bad|slip|late$)",
    re.IGNORECASE,
)
_WELL = re.compile(
    r"\b(?:works?|working|worked|fine|ok|okay|safe|good|healthy|flat|normal|unaffected|green|happy"
    r"|clean|clear|intact|all (?:\w+ )?(?:up|good|back|there|well|done|right)|lgtm|go ahead|go for"
    r" it|sure|agreed?|yes|yep|yeah|approved?|np|succe\w*|pass(?:es|ed)?|right|correct|stable"
    r"|(?:runs|resolves|loads|builds|starts) (?:fine )?(?:for me|here)|still running"
    r"|(?:as|is) planned"
    r"|on (?:time|schedule|track)|steady"
    r"|usual|always|recovered|resolved|match\w*|readable|alive|present|accounted for"
    r"|sounds good)\b|\+1|[👍✅]",
    re.IGNORECASE,
)
_UNTIL_NOW = re.compile(
    r"\b(?:yet|still|so far|until|by then|by now|as yet|at first|initially|without|before)\b", re.I
)
_TO_COME = re.compile(
    r"\b(?:need to|needs|todo|to do|tbd|to be|will|should|waiting|pending|going to|\w*'ll|eta|left"
    r"|tomorrow|before|want|wait|better|rather|until|till"
    r"|next|later|soon|once|when|after|planned|plan|expect\w*|\w{3,}ing|since|first|finally|now)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:know\w*|knew|sa(?:y|id)|tell|told|sure|certain|clear|explain\w*|underst\w+|decid\w*"
    r"|confirm\w*|establish\w*|determin\w*|settl\w*|answer\w*|agree\w*|identif\w*|found|find|see|idea|explanation|judg\w*|notic\w*|reali[sz]\w*|aware|predict\w*|assess\w*)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\?|\b(?:maybe|might|perhaps|possibly|probably|prob|guess\w*|think|idk|dunno|no idea|unsure"
    r"|unclear|unknown|not sure|not certain|no clue|oh|oops|beats me|can'?t (?:tell|say)"
    r"|wonder\w*|suspect\w*|looking|checking|investigating|hm+|theory|could be)\b",
    re.IGNORECASE,
)


_NEVER = re.compile(
    r"\b(?:zero|un\w{3,}ed|untouched|forg[oe]t\w*|ever|always|all along|since|lack\w*|still|absent"
    r"|only|nowhere|postpon\w*|delayed|last|first time|missed|missing|skipp?\w*|ignor\w*)\b"
    r"|(?<![\d.,])0(?![\d.,:])",
    re.IGNORECASE,
)


def carries_never(text: str) -> bool:
    """A `never` is too strong for what merely failed once."""
    return negates(text) or _NEVER.search(text) is not None


def is_lack(word: str) -> bool:
    return _LACK.fullmatch(word) is not None


def is_harm(word: str) -> bool:
    return _HARM.match(word) is not None


def is_trouble(text: str) -> bool:
    return _TROUBLE.search(text) is not None


def is_well(text: str) -> bool:
    return _WELL.search(text) is not None


@lru_cache(maxsize=8192)
def negates(text: str) -> bool:
    return NEGATION.search(without_limits(text)) is not None


@lru_cache(maxsize=8192)
def without_limits(text: str) -> str:
    return _NO_NEGATION.sub(lambda found: " " * len(found[0]), text)


@lru_cache(maxsize=8192)
def lacks_in(text: str) -> tuple[str, ...]:
    """What in it may stand for a “not”, in lower case."""
    return tuple(found[0].lower() for found in _LACK.finditer(text))


def suggests_not(head: str, part: str, text: str) -> bool:
    """Whether `text` carries without a “not” that `head` is not so: `all green`, no trouble."""
    if _HARM.match(head) and _WELL.search(text):
        return True
    if _WORKING.match(head) and _TROUBLE.search(text):
        return True
    if _UNKNOWN.match(head) and _OPEN.search(text):
        return True
    if _ENDING.match(head) and _LASTING.search(text):
        return True
    return bool(_UNTIL_NOW.search(part) and (_TO_COME.search(text) or _LASTING.search(text)))


@lru_cache(maxsize=8192)
def negatives_of(text: str) -> int:
    """How many of its words say “not” or tell of a lack or of trouble."""
    nots = len(NEGATION.findall(text))
    rest = NEGATION.sub(" ", text)
    lacks = sum(1 for _ in _LACK.finditer(rest)) + sum(1 for _ in _TROUBLE.finditer(rest))
    return nots + lacks


def own_lacks_of(text: str) -> int:
    """How many lacks it tells that a source would have to name, too."""
    return sum(1 for _ in _LACK.finditer(_OWN_WORDS.sub(" ", NEGATION.sub(" ", text))))
