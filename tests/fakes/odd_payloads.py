"""Real payloads with something wrong somewhere."""

import random
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

ODD_VALUES: Sequence[Any] = (
    None, True, 0, -1, 7, 1e308, float("nan"), float("inf"), 10**30, "", " ", "\x00", "\ud800",
    "0", "1772632800.000100", "9" * 300, "é" * 300, "<!channel>", "message", "event_callback",
    "block_actions", [], [None], [[]], {}, {"id": None}, {"type": []}, {"ts": {}}, [{"type": 7}],
)  # fmt: skip
_DEEDS = ("replace", "replace", "drop", "wrap")


def odd(payload: dict[str, Any], seed: int) -> dict[str, Any]:
    """The payload with one to four of its values replaced, dropped or wrapped."""
    chance = random.Random(seed)  # noqa: S311 - the same each time
    found = deepcopy(payload)
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(_places(found, chance.randint(0, 3)))
        deed = chance.choice(_DEEDS)
        if deed == "replace":
            holder[key] = deepcopy(chance.choice(ODD_VALUES))
        elif deed == "wrap":
            holder[key] = [holder[key]]
        elif isinstance(holder, dict):
            del holder[key]
    return found


def _places(value: Any, depth: int) -> list[tuple[Any, Any]]:
    """Holders and keys so many levels below, or above where there are none."""
    keys = list(value if isinstance(value, dict) else range(len(value)))
    below = [value[key] for key in keys if isinstance(value[key], dict | list) and value[key]]
    if depth and below:
        return [place for one in below for place in _places(one, depth - 1)]
    return [(value, key) for key in keys] or [({"": None}, "")]
