"""How chats shorten places, their people and their languages: `eu` for European, `de` for German.

Codes are those of ISO 3166 and ISO 639, and what regions of clouds and shops are called by.
"""

_CODES = """
europe european: eu emea
germany german: de ger
france french: fr
italy italian: it ita
spain spanish: es esp
portugal portuguese: pt
netherlands dutch: nl
belgium belgian: be
austria austrian: at
switzerland swiss: ch
poland polish: pl
czech: cz cs
denmark danish: dk da
sweden swedish: se sv
norway norwegian: no nb
finland finnish: fi
ireland irish: ie
britain british england english kingdom: uk gb en
scotland scottish: scot
america american states: us usa na amer amex
canada canadian: ca
mexico mexican: mx
brazil brazilian: br
argentina argentinian: ar
japan japanese: jp ja
china chinese: cn zh
korea korean: kr ko
india indian: in ind
singapore: sg sgp
australia australian: au aus
zealand: nz
asia asian pacific: apac ap asia
africa african: za afr mea
israel israeli: il
turkey turkish: tr
greece greek: gr el
"""
_CODES_OF = {
    word: frozenset(codes.split())
    for line in _CODES.strip().splitlines()
    for spoken, codes in [line.split(": ")]
    for word in spoken.split()
}


def codes_of(word: str) -> frozenset[str]:
    """The short forms of a place's name, in lower case; empty for another word."""
    return _CODES_OF.get(word.lower(), frozenset())
