"""How many tokens a text has, where nobody says."""

import math


def estimate_tokens(text: str) -> int:
    """Four ASCII characters make one token, as English does with the tokenizers in use; every
    other character is one, so that no language is counted too low.
    """
    plain = len(text.encode("ascii", errors="ignore"))
    return math.ceil(plain / 4) + len(text) - plain
