"""The baseline to beat: a list of cue words, one suggestion for every message with one."""

import re

from copilot.ports import Candidate, Proposal, Quote, Window

CUE_WORDS = re.compile(
    r"\b(?:should|need to|needs to|have to|todo|will|i'll|we'll|let's|going to|follow[- ]?up"
    r"|ticket|action|tomorrow|someone)\b",
    re.IGNORECASE,
)


class CueRegexProposer:
    """As people first build it. It knows no confidence: every hit counts the same."""

    @property
    def debounce(self) -> None:
        """It costs nothing."""

    def propose(self, window: Window) -> Proposal:
        return Proposal(
            tuple(
                Candidate(
                    kind="proposal",
                    title=message.text[:80],
                    owner_id=message.author_id,
                    due=None,
                    confidence=1.0,
                    evidence=(Quote(message.number, message.text),),
                )
                for message in window.messages
                if message.is_new and not message.is_bot and CUE_WORDS.search(message.text)
            ),
            engine="cue-regex",
        )
