"""When somebody said the work would be done, in their own words."""

import re

_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DUE = re.compile(
    rf"\b(?:(?:(?:before|by|at|until|till|on) (?:the )?)?(?:end of|eod|eow)(?: (?:the |this "
    rf"|next )?"
    rf"(?:day|today|tomorrow|week|month|quarter|sprint|monday|friday))?"
    rf"|(?:by |before |until |till |for )?(?:later )?(?:today|tonight"
    rf"|tomorrow)(?: (?:morning|afternoon|evening|night))?"
    rf"|(?:by |before |until |till |on |later |early |in )?(?:the )?(?:this|next"
    rf"|the coming) (?:week(?:end)?|month|quarter|sprint|year"
    rf"|release|afternoon|evening|morning|{_DAY}|{_MONTH})"
    rf"|(?:by|before|until|till|on|next|this|come) {_DAY}(?: (?:morning|afternoon|evening|night))?"
    rf"|(?:by|before|until|on) {_MONTH} \d{{1,2}}(?:st|nd|rd|th)?"
    r"|(?:by|before|until|on) \d{4}-\d\d-\d\d"
    r"|(?:by|at|before|around) (?:\d{1,2}:\d\d|\d{1,2} ?(?:am|pm|utc))(?: ?(?:utc|am|pm))?"
    r"|(?:over|after) the weekend|first thing(?: tomorrow| monday)?(?: morning)?|in the morning"
    r"|after (?:this|that|the|lunch|dinner|work)(?: (?:incident|outage|meeting|call|release"
    r"|deploy|rollout|freeze"
    r"|weekend|standup|retro))?"
    r"|once (?:this|that|things?|it|everything|the dust|we|i)(?:'s| is| has| are|'re"
    r"|'m)? [a-z]+(?: down| over| back)?"
    r"|when (?:this|things|the dust|everything)(?:'s| is| has)? [a-z]+(?: down| over)?"
    r"|later (?:this week|on)|later(?= *$|[.,;!])|before the (?:day|week|month) is (?:over|out)"
    r"|in q[1-4]|asap)(?![\w-])",
    re.IGNORECASE,
)


def due_in(text: str) -> str | None:
    """The first phrase that says when, or None."""
    found = _DUE.search(text)
    return found[0].strip()[:60] if found else None


def without_due(text: str) -> str:
    """The text without a closing phrase of time, which is told apart as the due."""
    phrases = list(_DUE.finditer(text))
    if not phrases or text[phrases[-1].end() :].strip(" .,!;:)"):
        return text
    before = text[: phrases[-1].start()]
    if before.rstrip().endswith((" to", " for", " of")):
        return text  # "move it to next week": the time is the work
    return re.sub(r"\s+(?:by|on|before|at|in|sometime|and)$", "", before.rstrip(" ,;:(-"))
