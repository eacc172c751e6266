"""How many messages the local proposer reads a second, against one search for cue words in each."""

from collections.abc import Callable
from dataclasses import replace

from copilot.local.proposer import LocalProposer
from copilot.ports import Window
from tests.benchmarks.measuring import Measurement, interleaved
from tests.evals.corpora import windows_of, written
from tests.evals.cue_regex import CueRegexProposer

_ROUNDS, _PER_ROUND = 12, 50


def measure(share: float) -> list[Measurement]:
    """Per new message, in windows as the product makes them: eight new ones and what was before."""
    windows = [window for each in written() for window in windows_of(each)]
    local, cues = LocalProposer(), CueRegexProposer()
    taken = interleaved(
        {"local": local.propose, "cues": cues.propose},
        make=_maker(windows),
        rounds=max(3, int(_ROUNDS * share)),
        per_round=_PER_ROUND,
    )
    new = sum(message.is_new for window in windows for message in window.messages) / len(windows)
    return [
        Measurement(
            "local proposer, a new message",
            taken["local"].cpu_us / new,
            "cue regex on the same",
            taken["cues"].cpu_us / new,
        )
    ]


def _maker(windows: list[Window]) -> Callable[[int], Window]:
    """Windows with words that never came before, so that nothing is known from last time."""

    def make(number: int) -> Window:
        window = windows[number * 7 % len(windows)]
        messages = (
            replace(message, text=f"{message.text} ({number})") for message in window.messages
        )
        return replace(window, messages=tuple(messages))

    return make
