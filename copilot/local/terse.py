"""Phrases in which people leave out who, or half of the grammar, as they do when in a hurry."""

from copilot.local.phrases import COMMITMENT, PROPOSAL, THING, cue

_LEAD = r"(?:^|[,.;:(]\s+|\b(?:and|so|ok|okay|then|but|yes|yeah|sure|also|plus)[,.:]?\s+)"
_MORE = r"(?:also |still |just |then |now |really |definitely |probably )*"

TERSE = (
    cue(
        "i_do",
        COMMITMENT,
        "i",
        rf"{_LEAD}i {_MORE}(?P<do>[a-z-]{{3,}}\b.*)",
        "base",
    ),
    cue(
        "doing",
        COMMITMENT,
        "",
        rf"{_LEAD}{_MORE}(?P<do>[a-z-]{{3,}}ing (?!is\b|was\b|and\b|are\b|by\b)\w.*)",
        "working",
    ),
    cue(
        "need_thing",
        PROPOSAL,
        "need needs",
        rf"{_LEAD}{_MORE}needs?\s+(?!to\b|be\b|it\b|that\b|this\b|any\b|help\b)(?P<do>\S.*)",
    ),
    cue(
        "also_thing",
        PROPOSAL,
        "and also plus please another",
        r"^(?:and|also|plus|oh,? and|please|another thing:|one more:?)\s+(?:also |then |maybe "
        rf"|please )*(?P<do>(?:an?|some|more|better|proper)\s+(?:[\w-]+ ){{0,3}}(?:{THING})\b"
        r"(?! (?:is|are|was|were|has|have|shows?|says?|looks?|went|now|again)\b).*)",
    ),
    cue(
        "thing_would_help",
        PROPOSAL,
        "would 'd might could",
        r"^(?:and |also |plus |i think |maybe )*(?P<do>(?!(?:that|it|this|what|i|you|but|well"
        r"|so|not|which|there|if)\b)(?:[\w'/.-]+ ){1,9}?)(?:would|might|could)"
        r"(?: really| also| already)* (?:be (?:nice|good|great|useful|helpful|handy|worth it"
        r"|the real fix|a good idea)|help)\b",
    ),
    cue(
        "nice_if",
        PROPOSAL,
        "if",
        r"\bbe (?:\w+ )?(?:nice|good|great|helpful|useful|cool|lovely|handy) if\s+"
        r"(?P<do>(?!some|any|you|we|they)\S.*)",
    ),
    cue(
        "want_to_do",
        COMMITMENT,
        "i'd",
        rf"{_LEAD}i(?:'d| would) (?:be happy|be glad) to\s+(?P<do>\S.*)",
    ),
)
