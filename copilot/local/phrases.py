"""Phrases with which people commit to work, ask for it, propose it or mark it.

In a pattern `do` is what is to be done, `what` the thing it is done to, `who` who shall do it.
"""

import re
from dataclasses import dataclass

from copilot.local.lexicon import ARTEFACTS

COMMITMENT, REQUEST, PROPOSAL, MARKER = "commitment", "request", "proposal", "marker"

_START = r"(?:^|[,:(]\s*|\b(?:and|so|but|then|ok|okay|also|yes|yeah|sure|thanks|right|no)[,.:]?\s+)"
_MID = r"(?:[\w'-]+ ){0,2}?"
THING = "|".join(sorted(ARTEFACTS))
_ANYONE = r"(?:some(?:one|body)|any(?:one|body)|one of (?:us|you)|whoever \w+|who ?ever)"
_DO = r"(?P<do>\S.*)"


@dataclass(frozen=True, slots=True)
class Cue:
    name: str
    kind: str
    words: frozenset[str]
    """One of these is in every statement the pattern finds; empty if that can't be said."""
    pattern: re.Pattern[str]
    needs: str = ""
    """What must follow to count: `verb`, `work`, `working`; `name`: known names before it."""


def cue(name: str, kind: str, words: str, pattern: str, needs: str = "") -> Cue:
    return Cue(name, kind, frozenset(words.split()), re.compile(pattern, re.IGNORECASE), needs)


WHO = r"(?P<who>@?[A-Za-z][\w.|-]*(?:(?:,? (?:and|&) |, ?|/)@?[A-Za-z][\w.|-]*){0,3})"

CUES = (
    cue(
        "marker",
        MARKER,
        "",
        r"^\W{0,6}(?:action(?: items?)?|a\.?i\.?|to-?do|follow-?\s?ups?|next steps?"
        r"|task)(?:(?: for |\s?\(| )(?P<who>@?[\w.|-]+)\)?(?=\s?:))?"
        rf"\s?(?:\]|\)|\*)?\s?[:\]–-]+\s*{_DO}",
    ),
    cue(
        "marker_plain",
        MARKER,
        "todo action follow followup",
        rf"^(?-i:TODO|ACTION|FOLLOW[- ]?UP)\s+{_DO}",
    ),
    cue(
        "remind",
        MARKER,
        "note remind reminder list backlog todo agenda board",
        rf"\b(?:note to self|remind me|reminder to self|(?:add|put) (?:it |this |that )?(?:to"
        rf"|on) (?:my|the|our) (?:list|backlog|todo|agenda|board))\W+(?:to )?{_DO}",
    ),
    cue(
        "nice_if_someone",
        REQUEST,
        "if",
        rf"\b(?:be|help|appreciate it|love it) ?\w{{0,10}} ?(?:nice|good|great|helpful|useful"
        rf"|cool|awesome|lovely|handy)? ?if "
        rf"(?:{_ANYONE}|you|we|they) (?:could|can|would|were to)?\s*{_DO}",
    ),
    cue(
        "nice_to",
        PROPOSAL,
        "to",
        r"\b(?:would|'d|might|could|may) (?:\w+ )?be (?:\w+ )?(?:nice|good|great|helpful|useful"
        r"|cool|awesome|lovely|handy|wise"
        rf"|better|best|worthwhile|a good idea|ideal) to\s+{_DO}",
    ),
    cue(
        "can_someone",
        REQUEST,
        "can could would will might",
        rf"\b(?:can|could|would|will|might) {_ANYONE}\s+(?:please\s+)?{_DO}",
    ),
    cue(
        "someone_should",
        REQUEST,
        "someone somebody anyone anybody one whoever",
        rf"\b{_ANYONE}\s+{_MID}(?:should|needs? to|has to|have to|must|ought to|please|to)\s+{_DO}",
    ),
    cue(
        "someone_wanted",
        REQUEST,
        "volunteer volunteers who anyone someone anybody somebody",
        rf"\b(?:any(?:one)? volunteers?|volunteers?|who (?:can|could|wants to|will"
        rf"|would like to|is able to)"
        rf"|(?:any|some)(?:one|body) (?:want to|wanna|able to|up for|willing to|free to"
        rf"|interested in))\s+(?:to |for )?{_DO}",
    ),
    cue(
        "can_you",
        REQUEST,
        "you u ya y'all",
        rf"\b(?:can|could|would|will) (?:you|u|ya|y'all)(?: guys| all| two| both)?\s+(?:please "
        rf"|maybe |also |possibly )*{_DO}",
    ),
    cue("mind_doing", REQUEST, "mind", r"\b(?:(?:do|would) you |you )?mind\s+(?P<do>\w+ing\b.*)"),
    cue(
        "make_sure",
        REQUEST,
        "make ensure don't do remember be",
        rf"{_START}(?:please |pls )?(?:make sure|ensure|don't forget|do not forget|remember"
        rf"|be sure)(?: that| to)?\s+{_DO}",
    ),
    cue(
        "please",
        REQUEST,
        "please pls plz kindly",
        r"\b(?:please|pls|plz|kindly)[, ]+(?:do |just |also |can you |could you )*(?P<do>\w.*)",
        "verb",
    ),
    cue("please_last", REQUEST, "please pls plz", r"^(?P<do>\w.*),? (?:please|pls|plz)\b", "verb"),
    cue("name_to", REQUEST, "to", rf"^{WHO}:?\s+to\s+(?P<do>\w.*)", "name"),
    cue(
        "name_should",
        REQUEST,
        "should need needs has must will is can could please",
        rf"(?:^|[,;]\s|\band )@?{WHO}\s+{_MID}(?:should|needs? to|has to|must|will|is going to"
        rf"|can you|could you|please)\s+{_DO}",
        "name",
    ),
    cue(
        "can_name",
        REQUEST,
        "can could would will",
        rf"\b(?:can|could|would|will)\s+{WHO}\s+(?:please\s+)?(?P<do>\w.*)",
        "name",
    ),
    cue("shall_we", PROPOSAL, "we", rf"\b(?:shall|should|ought|can|could) we\b{_MID}\s*{_DO}\?"),
    cue(
        "shall_i",
        COMMITMENT,
        "shall should want would do",
        rf"\b(?:shall|should|want me to|would you like me to|do you want me to)(?: i)? {_DO}\?",
    ),
    cue(
        "we_should",
        PROPOSAL,
        "we",
        rf"\bwe(?: \w+)? ?(?:\w+ly |also |still |just )?(?:should|ought to|must|'d better"
        rf"|had better)\s+{_DO}",
    ),
    cue(
        "we_need_to",
        PROPOSAL,
        "we we'll",
        rf"\bwe(?:'ll| will)? {_MID}(?:need to|have to|want to|gotta|got to|wanna)\s+{_DO}",
    ),
    cue(
        "we_need_a",
        PROPOSAL,
        "we",
        rf"\bwe {_MID}(?:need|want|lack|deserve|could use|are missing"
        rf"|'re missing)\s+(?P<do>(?:(?:a|an|some|more|better|another"
        rf"|proper|the|our|new)\b.*|(?:[\w-]+ ){{0,2}}(?:{THING})\b.*))",
    ),
    cue(
        "there_should_be",
        PROPOSAL,
        "there",
        rf"\bthere (?:really |also )?(?:should|needs to|ought to|must) (?:also )?be\s+{_DO}",
    ),
    cue("lets", PROPOSAL, "let's lets let", rf"\b(?:let's|lets|let us)\s+{_DO}"),
    cue(
        "suggest",
        PROPOSAL,
        "i i'd",
        rf"\bi(?:'d| would)? (?:\w+ly |also )?(?:suggest|propose|recommend|vote for|vote we"
        rf"|vote to|advocate)(?: that| we| to)*\s+{_DO}",
    ),
    cue("how_about", PROPOSAL, "about", r"\b(?:how|what) about\s+(?P<do>\w+ing\b.*)"),
    cue("worth", PROPOSAL, "worth worthwhile", r"\bworth(?:while)?\s+(?P<do>\w+ing\b.*)"),
    cue(
        "for_review",
        PROPOSAL,
        "for in",
        rf"^(?:one |another |thing )?(?:for|in) (?:the |our )?(?:retro|post-?mortem|review"
        rf"|follow-?up|next time|backlog)\W+{_DO}",
    ),
    cue(
        "we_will",
        COMMITMENT,
        "we we'll we're",
        rf"\bwe(?:'ll| will| are going to|'re going to| gonna|'re gonna)\s+{_DO}",
    ),
    cue("i_will", COMMITMENT, "i i'll ill", rf"(?:\bi'll|\bi will|{_START}ill|\bi shall)\s+{_DO}"),
    cue(
        "i_am_going_to",
        COMMITMENT,
        "going gonna planning intending",
        rf"(?:\bi(?:'m| am|m)|{_START})\s?(?:\w+ly |also )?(?:going to|gonna|planning to"
        rf"|planning on|intending to)\s+{_DO}",
    ),
    cue(
        "i_need_to",
        COMMITMENT,
        "i me",
        rf"\b(?:i|me) (?:\w+ly |also |still |just )?(?:need to|have to|want to|ought to|plan to"
        rf"|intend to|hope to|gotta|got to"
        rf"|was going to|promise to|should|must)\s+{_DO}",
    ),
    cue(
        "i_would_like_to",
        COMMITMENT,
        "i i'd",
        rf"\bi(?:'d| would) (?:\w+ )?(?:like|love|want|prefer) to\s+{_DO}",
    ),
    cue("let_me", COMMITMENT, "let lemme", r"\b(?:let|lemme)(?: me)?\s+(?P<do>\w.*)", "verb"),
    cue(
        "i_can",
        COMMITMENT,
        "can could happy glad able volunteer might",
        rf"\b(?:i can|i could|happy to|glad to|i'm able to|i volunteer to|i might)\s+{_DO}",
    ),
    cue(
        "will_do",
        COMMITMENT,
        "will gonna",
        rf"{_START}(?:will|gonna)\s+(?:also |then |just |be sure to )?(?P<do>\w.*)",
        "verb",
    ),
    cue(
        "i_do_later",
        COMMITMENT,
        "i",
        r"(?:^|[,.;] ?|\b(?:then|and|so|confirm|ok) )i (?P<do>[a-z]{3,} (?:the|those|these|a|an"
        r"|that|them|it|this"
        r"|up|out|our)\b.*\b(?:tonight|tomorrow|today|later|next week|on \w+day)\b.*)",
    ),
    cue(
        "i_am_doing",
        COMMITMENT,
        "i i'm",
        r"\bi(?:'m| am)\s+(?:also |still |just |now )?(?P<do>[a-z-]+ing\b.*)",
        "working",
    ),
    cue(
        "you_should",
        REQUEST,
        "you",
        rf"\byou {_MID}(?:should|need to|have to|must|might want to|may want to|ought to"
        rf"|want to)\s+{_DO}",
    ),
    cue(
        "passive",
        PROPOSAL,
        "should must ought need needs has have",
        r"(?P<what>\S.*?)\s(?:really |probably |also )*(?:should|must|ought to|needs? to|has to"
        r"|have to) (?:\w+ly |also |at least |just )*(?:be|get) "
        r"(?P<do>(?:\w+ly |re-?)?(?:\w+(?:ed|en|lt|nt|ut|it)|done|set|put)\b.*)",
    ),
    cue(
        "needs_a",
        PROPOSAL,
        "need needs",
        r"(?P<what>\S.*?)\s(?:does |really |still |also |probably )*(?:need"
        r"|needs)\s+(?P<do>(?:(?:a|an|some|more|better|another"
        r"|proper|further|its own)\b.*|\w+(?:ing|ed)\b.*))",
    ),
    cue(
        "it_should",
        PROPOSAL,
        "should ought has needs must",
        r"(?:^|, )(?P<what>(?:[\w'./-]+ ){1,7}?)(?:still |really |probably |also )*"
        rf"(?:should|ought to|has to|needs to|must)\s+{_DO}",
    ),
    cue(
        "elided_should",
        PROPOSAL,
        "should need needs gotta have must",
        rf"{_START}(?:really |probably |definitely |maybe |still |also )?(?:should|need to"
        rf"|needs to|gotta|have to|must)\s+"
        rf"(?:\w+ly |also |still |at least )?(?P<do>\w.*)",
        "work",
    ),
    cue(
        "gap",
        PROPOSAL,
        "no wish why have",
        r"\b(?:wish we had|why (?:don't|do) we (?:not )?have|we (?:don't|do not"
        r"|still don't) have|there(?:'s| is| was) no|had no|no)\s+"
        r"(?P<do>(?:[\w-]+ ){0,3}(?:alert|alerts|alerting|alarm|monitor|monitoring|runbook"
        r"|playbook|dashboard|test|tests|docs|documentation|metric|metrics)\b.*)",
    ),
    cue(
        "maybe",
        PROPOSAL,
        "maybe perhaps",
        r"^(?:maybe|perhaps|or maybe)\s+(?:also |just |we )?(?P<do>\w.*)",
        "work",
    ),
    cue("imperative", REQUEST, "", r"^(?:and |then |also |so |do )?(?P<do>\w.*)", "work"),
)
