"""The plainest statements of trouble: what is down, and what there is none of any more."""

import re

from copilot.reviews.words import normalised

LACKS = (
    r"\b(?:have|has|had|having|got|there_(?:is|are|was|were)|with|left_with)_no_(?:\w+_)?"
    r"(?:nodes?|pods?|hosts?|servers?|instances?|replicas?|workers?|agents?|runners?|capacity"
    r"|traffic|data|metrics|connectivity|network|connection|leader|quorum|primary|power|endpoints?"
    r"|backends?|targets?|disk_space|space|memory)(?:_(?:left|at_all|anymore|now|available|running"
    r"|any_more|up|online))?\W*$"
)
"""`We have no nodes`: what is not there at all is what is wrong. `_` stands for white space."""
_LACK = re.compile(LACKS.replace("_", r"\s+"))
_IS_DOWN = re.compile(
    r"\W*(?!(?:it|this|that|these|those|they|he|she|i|we|you|there|what|which|everything|nothing"
    r"|something|who|if|when|why|how|not|no)\b)(?:[\w./-]+ ){1,3}(?:is|are|was|were|went|goes|seems"
    r"|keeps) (?:(?!not\b|never\b)\w+ )?(?:down(?! to\b)|broken|slow|stuck|unavailable|unreachable"
    r"|unresponsive|offline|failing|crashing|dead|hanging|hung|overloaded)\b"
)


def tells_a_lack(text: str) -> bool:
    """`We have no nodes`: one telling word, and all that is wrong."""
    return _LACK.search(normalised(text).lower()) is not None


def tells_what_is_down(text: str) -> bool:
    """`Search is down`: few words, and all that is wrong."""
    return _IS_DOWN.match(normalised(text).lower()) is not None
