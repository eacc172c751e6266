"""How long it takes to check what the machine wrote. Pure."""

WORDS_PER_MINUTE = 238.0
"""Silent reading of non-fiction in English: mean of 190 studies with 18,573 readers, most of them
between 175 and 300. Brysbaert 2019, doi:10.1016/j.jml.2019.104047."""

SECONDS_PER_SOURCE = 15.0
"""To find and read one source message. Our guess, until a workspace's own time is measured."""


def minutes_to_check(
    words: int, sources: int, seconds_per_source: float = SECONDS_PER_SOURCE
) -> float:
    return words / WORDS_PER_MINUTE + sources * seconds_per_source / 60
