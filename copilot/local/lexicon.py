"""Word lists of the local proposer: what work is called, and what is done on the spot."""

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORK_VERBS = _words(
    "add adjust alert align amend announce archive arrange ask assign audit author automate"
    " backfill"
    " backport benchmark block book brief bring build bump capture catch centralise centralize"
    " clarify clean"
    " cleanup close collect commit compile complete configure consolidate contact convert"
    " coordinate"
    " cover create cut decommission dedupe define delete deprecate describe design develop disable"
    " discuss distribute document downgrade draft drive drop dup email e-mail enable encrypt ensure"
    " evaluate expand explain explore export expose extend extract figure file finalise"
    " finalize finish"
    " fix follow fork formalise formalize gather generate harden hire implement import improve"
    " increase"
    " index inform instrument integrate introduce inventory investigate invite isolate lead"
    " limit link"
    " list load lower mail maintain map mark measure merge message migrate mirror mock monitor move"
    " notify onboard open optimise optimize order organise organize outline overhaul page"
    " parallelise"
    " parametrise patch perform pin plan polish port post postmortem practice prepare present"
    " prioritise"
    " prioritize prohibit propose protect provide provision prune publish pull purchase push"
    " put raise"
    " reach rebuild recheck reconfigure record redesign redo reduce refactor refine refresh"
    " register"
    " rehearse release relocate remind remove rename reorganise reorganize replace reply report"
    " request"
    " research resend resize resolve respond restructure retest retire retrofit review revise"
    " revisit"
    " rework rewrite rotate save scan schedule script secure send separate set setup share"
    " shard ship"
    " shorten shrink simplify size speak split standardise standardize store strengthen"
    " structure study"
    " submit summarise summarize supply support switch sync tag talk teach test think throttle tidy"
    " tighten track train translate triage tune unify uninstall unpin update upgrade upload"
    " validate"
    " verify version vet visualise visualize volunteer vote wire wrap write"
    " allowlist chase chart cap decide enforce enrich estimate forbid fuzz grant graph harmonise"
    " harmonize mention modernise modernize negotiate prevent reconcile redact reject renew reopen"
    " reproduce require reserve restrict revoke sanitise sanitize sketch spec stagger swap unmute"
    " warn whitelist"
)
"""Verbs of work that ends up on a list."""

IMMEDIATE_VERBS = _words(
    "abort ack acknowledge bounce cancel check cherry-pick clear come confirm connect cordon"
    " debug deploy"
    " dial dig drain escalate fail failover flip flush give go grab hang head hold hop hotfix"
    " join jump"
    " kick kill leave let look mute paste ping poke proceed pull purge quarantine read reboot"
    " recycle redeploy reload rerun reset restart restore resume retry revert roll rollback run"
    " scale"
    " scroll see show shut silence snooze sort spin stand start stay stop take tail tell"
    " terminate toggle"
    " trigger try unblock uncordon wait watch wipe"
)
"""Verbs of what is done on the spot: operations, looking, talking."""

VAGUE_VERBS = _words(
    "afford agree assume be become believe bet call care cause change deal depend die do end"
    " expect feel"
    " forget get guess handle happen have help hope ignore know learn like live love mean mind"
    " miss need play pray prefer read remember rely say seem sleep sound suppose switch trust"
    " understand use wonder work worry"
)

ARTEFACTS = _words(
    "account alarm alarms alert alerting alerts api approval automation cert certs certificate"
    " certificates guard inventory owner owners secrets backlog backup backups"
    " blog bug"
    " bugs budget capacity changelog charter checklist chart ci cleanup code comment comments"
    " config"
    " configs configuration coverage cron cronjob customer customers dashboard dashboards default"
    " defaults deadline design diagram disk doc docs document documentation email email emails"
    " environment example examples faq feature fix flag flags followup guide handbook"
    " healthcheck hook"
    " index instructions invite issue issues jira job key keys lib library limit limits linter"
    " list log"
    " logging mail manual meeting message metric metrics migration milestone monitor monitoring"
    " monitors"
    " notes pager parts patch permission permissions pipeline plan playbook policy poll"
    " postmortem"
    " post-mortem pr process proposal prs quota quotas readme regression release report reports"
    " repo"
    " request requests retention retro review rfc rollout rotation rule rules runbook runbooks"
    " schedule"
    " schema script scripts section slo smoke spec staging statuspage suite summary support survey"
    " template templates test tests threshold thresholds ticket tickets timeout timeouts todo"
    " tool tooling"
    " training upgrade validation version wiki write-up writeup"
)
"""What follow-up work is about: things that are written, tracked, tested or alerted on."""

FUNCTION_WORDS = _words(
    "a about after again all also am an and any are as at be because been before being but by"
    " can could"
    " did do does doing down for from further get go had has have having he her here him his"
    " how i if in"
    " into is it its just let me more most my no nor not now of off on once one only or other"
    " our out"
    " over own please same she should so some such than that the their them then there these"
    " they thing"
    " things this those through to too under until up us very was we were what when where which"
    " while who"
    " why will with would you your it's that's i'll we'll i'm don't let's really probably maybe"
    " actually"
    " still stuff ok okay yes yeah sure thanks someone somebody anyone anybody something anything"
)

ADVERBS = (
    r"(?:also|just|really|probably|definitely|certainly|then|maybe|perhaps|at least|still|first"
    r"|quickly"
    r"|actually|simply|always|all|both|each|now|later|eventually|ideally|seriously|absolutely"
    r"|likely"
    r"|possibly|please|pls|finally|next|instead|rather|at some point|be able to|need to|have to"
    r"|want to"
    r"|try to|try and|start to|remember to|make sure to|go ahead and|quick|have a go at|plan to"
    r"|help"
    r"|help to|kindly|soon|either|otherwise|too|even)"
)
LEADING_ADVERBS = re.compile(rf"^(?:{ADVERBS}[\s,]+)+", re.IGNORECASE)

LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|afterwards?|eventually|soon(?:ish)?|shortly|at some point"
    r"|some ?day"
    r"|some ?time|eod|eow|end of (?:the )?(?:day|week|month|quarter|sprint)|before the end of"
    r"|(?:this|next|the coming) (?:week|weekend|month|quarter|sprint|year|release|evening|afternoon"
    r"|morning|monday|tuesday|wednesday|thursday|friday|cycle|milestone|meeting|call|time|retro)"
    r"|(?:on|by|until|till|before|next|this|come) (?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur"
    r"|sun)(?:day)?"
    r"|first thing|in the (?:morning|afternoon|evening|next (?:few )?(?:days|weeks?))"
    r"|over the weekend"
    r"|long(?:er)?[- ]term|in (?:the )?future|going forward|in (?:a|an|one|two|three"
    r"|\d+) (?:days?|weeks?|hours?)"
    r"|after (?:this|that|the|we|it|things?|work|lunch|today|dinner|all this|i)\b"
    r"|once (?:this|that|we|it|things?|the|everything|i)\b"
    r"|when (?:this|things|it|the dust|everything|i(?:'m| am| get)|we(?:'re| are| get)) \w+"
    r"|(?:by|at|around|before) (?:noon|midnight|\d{1,2}(?::\d\d)? ?(?:am|pm|utc|z)?)\b"
    r"|(?:by|before|until) \w+ \d{1,2}|for (?:the|our) (?:retro|post-?mortem|next|review|backlog)"
    r"|before the (?:day|week|month) is over|before (?:the )?(?:next|release|launch|we|it|\d)"
    r"|post-?(?:mortem|incident)|in q[1-4])\b",
    re.IGNORECASE,
)
TODAY = re.compile(r"\b(?:today|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
NOW = re.compile(
    r"\b(?:(?:right |just )now|now|immediately|asap|at once|real quick|quick(?:ly)?|a (?:sec"
    r"|second|bit|moment|min|minute)"
    r"|in (?:a|one|\d+|a few|a couple(?: of)?) (?:sec|second|min|minute|moment)s?|meanwhile"
    r"|in the meantime"
    r"|for now|atm|brb|first|again|currently)\b",
    re.IGNORECASE,
)
CONFIRMATION = re.compile(
    r"^\W*(?:@?[\w.|-]+[,:]\s*)?(?:sure|will do|yep|yes|yeah|yup|ok(?:ay)?|ack|on it|i(?:'ll"
    r"| will) (?:do|take|handle)"
    r" (?:it|that|this)|i can (?:do|take) (?:it|that|this)|happy to|no problem|np|sounds good"
    r"|you got it|got it"
    r"|consider it done|can do|will take|agreed|\+1|aye|good idea|absolutely|of course)\b",
    re.IGNORECASE,
)
COMPLETION = re.compile(
    r"\b(?:done|filed|fixed|merged|closed|opened|created|added|updated|posted|sent|written"
    r"|landed|shipped"
    r"|deployed|published|scheduled|finished|completed|uploaded|documented|raised|moved|removed)\b"
    r"|\bpr (?:is |'s )?(?:up|open|out|merged|ready)\b|\b(?:is|are) (?:up|in|out|live"
    r"|ready for review)\b"
    r"|\b(?:here(?:'s| is) (?:the|a) (?:pr|ticket|issue|patch|doc|draft))\b|:white_check_mark:",
    re.IGNORECASE,
)
NOT_COMPLETE = re.compile(
    r"\b(?:not|n't|never|will|'ll|going to|gonna|should|could|can|once|when|until|if|need(?:s"
    r"|ed)?|to be|"
    r"be|get|almost|haven|hasn|isn|yet|after|before|have you|did|has|who|is it|would)\b|\?\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A crude stem, enough to see that `filed` and `filing` are one word."""
    word = word.lower().strip("'’\"`*_.,:;!?()[]#@")
    for ending in ("'s", "ings", "ing", "edly", "ies", "ied", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]
            break
    return word


_WORD = re.compile(r"[\w][\w'./+#-]*", re.UNICODE)
_STEMMED_FUNCTION_WORDS = frozenset(stem(word) for word in FUNCTION_WORDS)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


@lru_cache(maxsize=4096)
def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(
        s
        for word in words_of(text)
        if (s := stem(word))
        and word.lower() not in FUNCTION_WORDS
        and s not in _STEMMED_FUNCTION_WORDS
    )


VERB_BASES = {stem(verb): verb for verb in sorted(WORK_VERBS | IMMEDIATE_VERBS, reverse=True)}


def base_form(word: str) -> str | None:
    """The base of an inflected verb that we know, such as `file` for `filed`."""
    lowered = word.lower()
    if lowered in WORK_VERBS or lowered in IMMEDIATE_VERBS or lowered in VAGUE_VERBS:
        return lowered
    irregular = {
        "written": "write",
        "sent": "send",
        "rewritten": "rewrite",
        "put": "put",
        "cut": "cut",
        "done": "do",
        "built": "build",
        "taken": "take",
        "made": "make",
        "split": "split",
    }
    return irregular.get(lowered) or VERB_BASES.get(stem(lowered))


COMMON_STEMS = frozenset(
    stem(word)
    for word in WORK_VERBS
    | IMMEDIATE_VERBS
    | VAGUE_VERBS
    | _words(
        "bug bugs issue ticket tickets pr patch need action thing today tomorrow week later next"
    )
)
"""Said of any work, so they don't tell which."""
