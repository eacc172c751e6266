"""When somebody said the work would be done, in their own words."""

import re
from datetime import date, datetime, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
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
    r"|(?:(?:by|before|until|on) )?\d{4}-\d\d-\d\d"
    r"|(?:by|before|until|on) the \d{1,2}(?:st|nd|rd|th)"
    rf"|(?:for|before|by|at|in|until) {_DAY}'s(?: [a-z-]{{2,20}}){{0,2}}"
    r" (?:meeting|review|call|standup|retro|sync|demo|release)"
    r"|(?:with)?in (?:the next |a |an |one |two |three |four |a few |a couple of |\d{1,3} ?)"
    r"(?:more )?(?:hours?|days?|weeks?|months?|sprints?|h\b|d\b|w\b)"
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


_OFFERED = re.compile(
    rf"[\s.,;!?]*(?P<when>today|tonight|tomorrow|next week|{_DAY}|eod|eow|end of (?:the )?week)"
    r"(?:'s| is| would be| will be| works)(?: totally| just| perfectly| early| soon)?"
    r" ?(?:fine|ok|okay|good|enough|great|plenty|for me)?\b",
    re.IGNORECASE,
)


def due_in(text: str) -> str | None:
    """The first phrase that says when, or None."""
    for found in _DUE.finditer(text):
        if text[: found.start()].count('"') % 2 == 0:  # else somebody's words are quoted
            return found[0].strip()[:60]
    return None


def due_offered(text_after: str) -> str | None:
    """When the work is wanted, as told right after it was asked for: "Tomorrow is fine"."""
    found = _OFFERED.match(text_after)
    return found["when"] if found else None


def without_due(text: str) -> str:
    """The text without a closing phrase of time, which is told apart as the due."""
    phrases = list(_DUE.finditer(text))
    if not phrases or text[phrases[-1].end() :].strip(" .,!;:)"):
        return text
    before = text[: phrases[-1].start()]
    if before.rstrip().endswith((" to", " for", " of")):
        return text  # "move it to next week": the time is the work
    return re.sub(r"\s+(?:by|on|before|at|in|sometime|and)$", "", before.rstrip(" ,;:(-"))


def due_date(phrase: str, said_at: datetime) -> date | None:
    """The last day that a phrase of time means, said then; None where it names no day.

    Weeks end on Friday: who says "this week" means work days.
    """
    words = " ".join(phrase.casefold().split())
    today = said_at.date()
    for pattern, day in _NAMED_DAYS:
        if found := pattern.search(words):
            return day(found, today)
    return None


def due_holds(due: str, text: str, said_at: datetime) -> bool:
    """Whether `due` is a time that stands in `text`, said then, and was ahead of it.

    `due` may be the words said or the day that they mean, as `2026-03-06`.
    """
    day = due_date(due, said_at)
    if day is not None and day < said_at.date():
        return False
    if _ISO.fullmatch(due.strip()):
        phrases = (found[0] for found in _DUE.finditer(text))
        return due.strip() in text or any(due_date(one, said_at) == day for one in phrases)
    core = _PREPOSITION.sub("", " ".join(due.casefold().split()))
    is_time = day is not None or _DUE.search(f"by {core}") or _DUE.search(due)
    return bool(core and is_time and core in " ".join(text.casefold().split()))


_PREPOSITION = re.compile(r"^(?:(?:by|before|until|till|on|at|for|in|around|the) )+")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_COUNTS = {"a": 1, "an": 1, "one": 1, "the next ": 1, "two": 2, "three": 3, "four": 4}


def _iso_day(found: re.Match[str], _today: date) -> date | None:
    try:
        return date.fromisoformat(found[0])
    except ValueError:
        return None


def _weekday(found: re.Match[str], today: date) -> date:
    """The next such day; one named on the day itself is a week away."""
    ahead = (_DAYS.index(found["day"][:3]) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _end_of_week(found: re.Match[str], today: date) -> date:
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return friday + timedelta(weeks=1) if found[0].startswith("next") else friday


def _end_of_month(found: re.Match[str], today: date) -> date:
    first = today.replace(day=1)
    for _ in range(2 if found[0].startswith("next") else 1):
        first = (first + timedelta(days=32)).replace(day=1)
    return first - timedelta(days=1)


def _day_of_month(found: re.Match[str], today: date) -> date | None:
    """`March 14`: this year's, or next year's where it is long past."""
    try:
        day = date(today.year, _MONTHS.index(found["month"][:3]) + 1, int(found["number"]))
        return day.replace(year=today.year + 1) if (today - day).days > 180 else day
    except ValueError:
        return None


def _after_days(found: re.Match[str], today: date) -> date:
    count = _COUNTS.get(found["count"]) or int(found["count"])
    return today + timedelta(days=count * (7 if found["unit"] == "week" else 1))


_NAMED_DAYS = (
    (_ISO, _iso_day),
    (
        re.compile(rf"\b(?P<month>{_MONTH}) (?P<number>\d{{1,2}})(?:st|nd|rd|th)?\b"),
        _day_of_month,
    ),
    (
        re.compile(
            r"\bin (?P<count>a|an|one|two|three|four|\d{1,2}) (?P<unit>day|week)s?\b",
        ),
        _after_days,
    ),
    (re.compile(r"\btomorrow\b"), lambda _, today: today + timedelta(days=1)),
    (
        re.compile(
            r"\b(?:today|tonight|eod|end of (?:the )?day|this (?:afternoon|evening|morning)"
            r"|before the day is (?:over|out))\b"
        ),
        lambda _, today: today,
    ),
    (re.compile(rf"\b(?P<day>{_DAY})\b(?:'s)?"), _weekday),
    (re.compile(r"\b(?:next week|this week|eow|end of (?:the |this )?week)\b"), _end_of_week),
    (re.compile(r"\b(?:next month|this month|end of (?:the |this )?month)\b"), _end_of_month),
)
