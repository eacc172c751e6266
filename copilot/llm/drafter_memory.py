"""What a model noted of each part of an incident, kept so that the next section need not pay again.

Claims are kept with the messages they rest on by event and revision: numbers are those of one
request, and a message that was edited since no longer carries what was noted of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from copilot.ports import DraftedClaim, Quote, WindowMessage

MOST_TRIES = 2
"""Of one part: a model that refuses to answer about it twice is not asked for each section."""


class KeptQuote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event: int
    revision: int
    text: str


class KeptClaim(BaseModel):
    model_config = ConfigDict(extra="forbid")

    section: str
    text: str
    quotes: list[KeptQuote]


class KeptPart(BaseModel):
    model_config = ConfigDict(extra="forbid")

    claims: list[KeptClaim] | None = None
    """None where the model gave no answer about it."""
    tries: int = 0
    why: str = ""
    """In words, why it gave none."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: dict[str, KeptPart]


@dataclass(slots=True)
class Memory:
    """By the keys of parts."""

    prompt_version: str
    parts: dict[str, KeptPart] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any], prompt_version: str) -> "Memory":
        """Empty where another program, or another version of the prompt, wrote it."""
        if stored.get("prompt") != prompt_version:
            return cls(prompt_version)
        try:
            return cls(prompt_version, _Kept(parts=stored.get("parts", {})).parts)
        except ValidationError:
            return cls(prompt_version)

    def as_json(self, keys: Sequence[str]) -> dict[str, Any]:
        """What is still of use for parts of these keys."""
        kept = {key: self.parts[key].model_dump() for key in keys if key in self.parts}
        return {"prompt": self.prompt_version, "parts": kept}

    def is_answered(self, key: str) -> bool:
        return key in self.parts and self.parts[key].claims is not None

    def given_up_because(self, key: str) -> str | None:
        """None while it may still be asked about."""
        part = self.parts.get(key, KeptPart())
        return part.why if part.tries >= MOST_TRIES else None

    def failed(self, key: str, why: str) -> None:
        part = self.parts.setdefault(key, KeptPart())
        part.tries, part.why = part.tries + 1, why

    def keep(
        self, key: str, claims: Sequence[DraftedClaim], messages: Mapping[int, WindowMessage]
    ) -> None:
        self.parts[key] = KeptPart(claims=[_kept(claim, messages) for claim in claims])

    def claims_of(self, key: str, messages: Mapping[int, WindowMessage]) -> list[DraftedClaim]:
        """With the numbers of this request; without those that rest on what changed since."""
        part = self.parts.get(key, KeptPart())
        numbers = {(one.event_id, one.revision_id): number for number, one in messages.items()}
        found = []
        for claim in part.claims or ():
            at = [numbers.get((quote.event, quote.revision)) for quote in claim.quotes]
            quotes = [
                Quote(number, quote.text)
                for number, quote in zip(at, claim.quotes, strict=True)
                if number is not None
            ]
            if quotes and len(quotes) == len(claim.quotes):
                found.append(DraftedClaim(claim.section, claim.text, tuple(quotes)))
        return found


def _kept(claim: DraftedClaim, messages: Mapping[int, WindowMessage]) -> KeptClaim:
    quotes = []
    for quote in claim.citations:
        message = messages[quote.number]
        quotes.append(
            KeptQuote(event=message.event_id, revision=message.revision_id, text=quote.text)
        )
    return KeptClaim(section=claim.section, text=claim.text, quotes=quotes)
