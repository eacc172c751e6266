"""Writes spelled-out amounts in figures, so that `two and a half hours` and `2.5 h` are one."""

import re
from functools import lru_cache

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: at for at, word in enumerate(_ONES)}
_VALUES |= {word: 10 * at for at, word in enumerate(_TENS, 2)}
_COUNTED = "|".join(word for word in _VALUES if word != "one")
_TENS_AND_ONE = re.compile(rf"\b({'|'.join(_TENS)})[-\s]({'|'.join(_ONES[1:10])})\b", re.I)
_FOLD_SPELLED = re.compile(rf"\b({'|'.join(_ONES[2:13])})-?fold\b", re.I)
_HYPHENED = re.compile(
    rf"\b({'|'.join(_ONES[2:])}|{'|'.join(_TENS)})-(?=(?:second|minute|hour|day|week|month|year)s?\b|odd\b|some\b)",
    re.I,
)
_COMMA = re.compile(
    r"(?<![\d.,])(\d{1,3}),(\d{1,2})(?=\s?(?:[kM]\b|%|[GMKT]i?B\b|ms\b|s\b|min\b|h\b))"
)
"""A comma as others write a decimal point: `26,4k`."""
_HUNDRED_AND = re.compile(
    r"(?<![\w.,-])(?:(\d{1,2})|an?|one)\s+hundred(?:\s+and)?\s+(\d{1,2})(?![\d.,]*\d)", re.I
)
_SPELLED = re.compile(rf"(?<![\w-])({_COUNTED})(?![\w-]|\s+(?:in|of)\s+(?:a|the)\s+time)", re.I)
_UNIT = r"(second|minute|hour|day|week|month|year)s?"
_AFTER_A_SECOND = (
    r"(?=\s*(?:$|[.,;:)])|\s+(?:after|later|before|ago|or|of|until|passed|long|delay)\b)"
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALED = re.compile(
    r"(?<![\w.,:-])(?:(?P<digits>\d{1,9}(?:,\d{3}){0,4}(?:\.\d{1,9})?)\s?|(?:an?|one)\s+)"
    r"(?P<scale>hundred|thousand|million|billion|dozen|k|M|bn|mn)(?![\w/])"
)
_LETTERS = {"k": 1_000, "M": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "dozen": 12}
_REPLACED = (
    (re.compile(rf"\b(?:an?|one|1)\s+{_UNIT}\s+and\s+a\s+half\b", re.I), r"1.5 \1s"),
    (re.compile(rf"(?<![\w.])(\d{{1,6}})\s+and\s+a\s+half\s+{_UNIT}", re.I), r"\1.5 \2s"),
    (re.compile(r"\b(?:3|three)[\s-]quarters\s+of\s+an\s+hour\b", re.I), "45 minutes"),
    (re.compile(r"\b(?:a\s+)?quarter\s+of\s+an\s+hour\b|\bquarter\s+hour\b", re.I), "15 minutes"),
    (
        re.compile(r"(?<![\w.,])(\d{1,4})\s+and\s+a\s+quarter\s+(?=[a-z]{3,10})", re.I),
        r"\1.25 ",
    ),
    (re.compile(r"\b(?:an?|one|1) hour and (?:3|three) quarters\b", re.I), "1.75 hours"),
    (re.compile(r"\b(?:an?|one|1) hour and a quarter\b", re.I), "1.25 hours"),
    (re.compile(r"\bhalf\s+an?\s+hour\b|\bhalf[\s-]hour\b", re.I), "0.5 hours"),
    (re.compile(r"\bhalf\s+a\s+minute\b", re.I), "30 seconds"),
    (re.compile(r"\bhalf\s+a\s+day\b", re.I), "12 hours"),
    (
        re.compile(
            r"(?<![\w.,])(\d{1,6}) (euros?|dollars?|pounds?) and (\d\d) (?:cents?|pence)\b", re.I
        ),
        r"\1.\3 \2",
    ),
    (re.compile(r"\b(?:2|two)[\s-]thirds\s+of\s+an\s+hour\b", re.I), "40 minutes"),
    (re.compile(r"\b(?:a|1|one)[\s-]third\s+of\s+an\s+hour\b", re.I), "20 minutes"),
    (re.compile(r"(?<![\w.])(\d{1,3}) minutes? (\d{1,2})(?=[.,;)]|$)"), r"\1 minutes \2 seconds"),
    (re.compile(r"\ba fortnight\b", re.I), "2 weeks"),
    (re.compile(r"\bhalf\s+a\s+dozen\b|\bhalf-dozen\b", re.I), "6"),
    (
        re.compile(r"(?<![\w.])(\d{1,6})\s+and\s+a\s+half\s+(?=thousand|million|billion)", re.I),
        r"\1.5 ",
    ),
    (re.compile(rf"(?<!than )\b(?:an?|one)\s+(?:a\s+)?second{_AFTER_A_SECOND}", re.I), "1 second"),
    (re.compile(r"\b(?:an?|one)\s+(minute|hour|day|week|month|year)\b", re.I), r"1 \1"),
    (re.compile(r"(?<![\w.])(\d{1,3})(?:st|nd|rd|th)[\s-]percentile\b", re.I), r"p\1"),
)
_RATE_UNITS = {"s": "s", "m": "min", "h": "h", "d": "day"}
_RATE = re.compile(
    r"(?:/|\b(?:per|each|every)\s+)(s|sec|second|m|min|minute|h|hr|hour|day)\b(?!/)", re.I
)
_DEGREES = re.compile(r"(?<=\d)(?:\s?°\s?[CF]?|\s?[CF])(?!\w)")
_JOINED = re.compile(
    r"(?<![\w.:])(?:(?P<h>\d{1,3})h(?P<m>\d{1,2})(?:m(?:ins?)?)?|(?P<min>\d{1,4})m(?P<s>\d{1,2})s)\b"
)
_ISH = re.compile(r"(?<=\d)(?:\s?-?ish|-odd|\s?\+)(?![\w+])")
_A_MINUTE = re.compile(
    r"(?<![\w.])(\d[\d.,]{0,12}(?:\s(?!(?:of|in|after|for|within|over|and|to|roughly|about|nearly|around|almost|half|just|than)\b)[A-Za-z]{1,12}){0,2})\s+an?\s+(sec|second|min|minute|hour|day)\b"
    r"(?!\s+(?:after|later|before|ago|earlier))",
    re.I,
)
_FOLD = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d)?)(?:x\b|-fold\b|fold\b)")
_PER = re.compile(r"\brps\b|\bqps\b", re.I)


_PER_CENT = re.compile(r"\bper cent\b", re.IGNORECASE)
_OF_A_MILLION = re.compile(r"\b(half|(?:a )?quarter of) a million\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def in_figures(text: str) -> str:
    """`text` with spelled amounts as figures, and rates as `/s`, `/min`, `/h` and `/day`."""
    text = _DEGREES.sub(" degrees", text)
    text = _PER_CENT.sub("percent", text)
    text = _OF_A_MILLION.sub(
        lambda found: "500,000" if found[1].lower() == "half" else "250,000", text
    )
    text = _JOINED.sub(
        lambda found: (
            f"{found['h']} h {found['m']} min"
            if found["h"]
            else f"{found['min']} min {found['s']} s"
        ),
        text,
    )
    text = _ISH.sub(" or so", text)
    text = _COMMA.sub(r"\1.\2", _TENS_AND_ONE.sub(_tens_and_one, text))
    text = _FOLD_SPELLED.sub(lambda found: f"{_VALUES[found[1].lower()]} times", text)
    text = _HYPHENED.sub(lambda found: f"{_VALUES[found[1].lower()]} ", text)
    text = _SPELLED.sub(lambda found: str(_VALUES[found[1].lower()]), text)
    text = _HUNDRED_AND.sub(lambda found: str(100 * int(found[1] or 1) + int(found[2])), text)
    text = _RATE.sub(lambda found: f" /{_RATE_UNITS[found[1][0].lower()]} ", text)
    text = _A_MINUTE.sub(lambda found: f"{found[1]} /{_RATE_UNITS[found[2][0].lower()]} ", text)
    text = _PER.sub("req /s ", text)
    text = _FOLD.sub(r"\1 times", text)
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return _SCALED.sub(_scaled, _SCALED.sub(_scaled, text))  # `three hundred million`


def _tens_and_one(found: re.Match[str]) -> str:
    return str(_VALUES[found[1].lower()] + _VALUES[found[2].lower()])


def _scaled(found: re.Match[str]) -> str:
    digits, scale = found["digits"], found["scale"]
    if digits is None and scale in {"k", "M", "bn", "mn"}:
        return found[0]
    factor = _SCALES.get(scale.lower()) or _LETTERS[scale]
    value = float((digits or "1").replace(",", "")) * factor
    return f"{value:.6f}".rstrip("0").rstrip(".")
