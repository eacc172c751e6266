"""Words that nothing in can fire, hide or dress up, wherever they are shown. Pure.

Escaping belongs to the edges; here links, mentions, markup and tricks with characters are taken
out of titles, so that what is left says the same to a person, to Slack and to a tracker.
"""

import re
import unicodedata
from itertools import groupby

MOST_MARKS = 2
"""Combining marks that stay on one letter; Vietnamese and Hebrew need two, floods use hundreds."""

# Letters of no category of their own that show as nothing, and variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f]")
_MORE_SELECTORS = re.compile("[\U000e0000-\U000e0fff]")
_STROKES = re.compile("[\u0334-\u0338\u20d2\u20d3\u20d8-\u20e5]")
_LATIN = re.compile("[A-Za-z]")
_MIXED = re.compile("[\u0370-\u03ff\u0400-\u04ff]")
# Letters of other alphabets that look like Latin ones (Unicode's confusables, the plain cases).
_LOOKS_LIKE = str.maketrans(
    "АВСЕНІЈКМОРЅТХУасеіјорѕухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ",
    "ABCEHIJKMOPSTXYaceijopsyxhdqwABEZHIKMNOPTYXaikvoptux",
)

_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,2000}\)")
_SLACK_LINK = re.compile(r"<(?:https?|mailto|slack|ftp|tel)[^<>|]{0,2000}\|([^<>]{0,300})>")
_NAMED = re.compile(r"<[@#]\w{1,30}\|([^<>]{0,100})>")
_ANGLED = re.compile(r"<[^<>]{0,300}>|&lt;.{0,300}?&gt;")
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:[\\/]{2,}\S*"
    r"|\b(?:javascript|vbscript|data|mailto|tel|sms|file|blob):[^\s,;]\S*"
    # From the start of a word only: tried from each letter of it, a long one takes seconds.
    r"|\bwww\.\S+|(?<!\S)\S+@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<![\w.])//\S+"
    r"|(?<![\w/.-])(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?::\d{1,5})?[/?][^\s]*",
    re.IGNORECASE,
)
_FILE_PATH = re.compile(
    r"[\w-]{1,80}\.(?:py|go|rs|js|ts|java|rb|sh|cc?|h|ya?ml|json|md|sql)/?$", re.IGNORECASE
)
_CALL_TO_ALL = re.compile(r"(?<!@)@+(?:here|channel|everyone|group)\b", re.IGNORECASE)
_AT = re.compile(r"@+")
_EMOJI_CODE = re.compile(r":[a-z][a-z0-9_+-]{1,40}:", re.IGNORECASE)
_MARKUP = re.compile(
    r"!(?=\[)|`+|\*+|~+(?!\d)|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|^\s*(?:#+|>+|[-•])\s+|&gt;|&lt;|[<>]"
)
_ENTITY = re.compile(r"&amp;")
# Most text ends here; what it could fire or hide needs another character.
_ONLY_WORDS = re.compile(r"[A-Za-z0-9 ,.'-]*")
_EMPTY_PAIR = re.compile(r"\(\s*\)|\[\s*\]|\"\s*\"|“\s*”")


def plain_words(text: str) -> str:
    """One line of words: no links, mentions, markup, controls or letters that play another."""
    if _ONLY_WORDS.fullmatch(text) and "www." not in text.lower() and "()" not in text:
        return " ".join(text.split()).strip(" ,;|")
    text = visible(unicodedata.normalize("NFKC", text))
    text = without_addresses(_without_links(text))
    text = _CALL_TO_ALL.sub(" ", text)
    text = _EMOJI_CODE.sub(" ", _AT.sub("", text))
    text = _ENTITY.sub("&", _MARKUP.sub("", text))
    text = _EMPTY_PAIR.sub(" ", _unmasked(text))
    return " ".join(text.split()).strip(" ,;|")


def visible(text: str) -> str:
    """One line without characters that show as nothing, turn the line around or pile up."""
    if text.isascii() and text.isprintable():
        return text
    text = _STROKES.sub("", _MORE_SELECTORS.sub("", _BLANK.sub("", text)))
    text = unicodedata.normalize("NFC", "".join(_shown(character) for character in text))
    runs = groupby(text, key=lambda one: unicodedata.category(one) in ("Mn", "Me"))
    return "".join("".join(run)[: MOST_MARKS if is_mark else None] for is_mark, run in runs)


def without_addresses(text: str, instead: str = " ") -> str:
    """Web and mail addresses replaced; a bare host name is talk and stays, a file name too."""
    text = text.replace("[.]", ".").replace("\u3002", ". ")

    def replaced(found: re.Match[str]) -> str:
        return found[0] if _FILE_PATH.fullmatch(found[0]) else instead

    return _ADDRESS.sub(replaced, text)


def without_calls(text: str) -> str:
    """`@here` and its like lose the sign that would call everybody."""
    return _CALL_TO_ALL.sub(lambda found: " " + found[0].lstrip("@"), text)


def _without_links(text: str) -> str:
    """What a link or a named mention says stays, where it leads goes."""
    for pattern in (_MARKDOWN_LINK, _SLACK_LINK, _NAMED):
        text = pattern.sub(r"\1", text)
    return _ANGLED.sub(" ", text)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\n\r\x0b\x0c":
        return " "
    return "" if category[0] == "C" else character


def _unmasked(text: str) -> str:
    """Words that mix alphabets become Latin ones; words of one alphabet stay."""
    if not _MIXED.search(text) or not _LATIN.search(text):
        return text
    return " ".join(
        word.translate(_LOOKS_LIKE) if _MIXED.search(word) and _LATIN.search(word) else word
        for word in text.split(" ")
    )
