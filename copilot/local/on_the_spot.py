"""Tells work that is done on the spot from work to follow up: `roll back`, `look at the logs`."""

import re
from collections.abc import Iterable

from copilot.local.lexicon import LATER

_VERB = (
    r"roll(?:back)?|revert|restart|reboot|redeploy|failover|fail over|scale (?:up|down|out|in)"
    r"|drain"
    r"|cordon|uncordon|kill|bounce|flush|reset|reload|retry|stop|abort|pause|unblock|look|watch"
    r"|wait"
    r"|check|ping|paste|tail|grep|debug|dig|hold (?:off|on)|hop|jump"
)
_OPENS = re.compile(
    rf"^(?:(?:to|please|just|quickly|go|try to|let's) )*(?:{_VERB})\b", re.IGNORECASE
)
_LASTING = re.compile(
    r"\b(?:why|how|whether|root cause|so that|once|future|next time|prevent\w*|every|always"
    r"|regular\w*|automat\w*|alerts?|alarms?|runbooks?|docs?|document\w*|tests?|monitor\w*"
    r"|dashboards?|until|policy|quotas?|thresholds?|backups?|other)\b",
    re.IGNORECASE,
)
"""Work that outlives the moment, whatever verb it opens with."""
_MARKED = re.compile(r"\b(?:action(?: items?)?|todo|to-do|ai|follow[ -]?up)\s*[:-]", re.IGNORECASE)


def is_on_the_spot(title: str, quotes: Iterable[str]) -> bool:
    """Done now or never. What is said to come later, or marked as work to do, is not."""
    if not _OPENS.match(title) or _LASTING.search(title) or LATER.search(title):
        return False
    return not any(LATER.search(quote) or _MARKED.search(quote) for quote in quotes)
