"""What a model is asked to fill in, and what that means as candidates. Pure."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from copilot.llm.spotlighting import as_stored
from copilot.ports import Candidate, Quote, WindowMessage
from copilot.suggestions.evidence import told_title

PROBABILITIES: Mapping[str, float] = {"certain": 0.6, "likely": 0.52, "possible": 0.3}
"""What a model's word for its certainty is taken for until a workspace's decisions say better.

Models are overconfident when asked how sure they are, and their numbers change with the wording
of the prompt (Xiong et al., arXiv 2306.13063), so a word is asked for, not a number. These are
our own modest guesses: *certain* and *likely* reach a digest, *possible* waits for the review, and
none reaches the bar at which any of the presets lets a suggestion interrupt (0.65 at the lowest).
What the built-in engine finds as well keeps that engine's calibrated probability, if it is
higher.
"""


class Cited(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message: int
    quote: str


class FoundWork(BaseModel):
    """Flat and without defaults: strict schemas want every field, and few levels."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["commitment", "request", "proposal"]
    title: str
    owner: str | None
    due: str | None
    is_done: bool
    certainty: Literal["certain", "likely", "possible"]
    evidence: list[Cited]


class FoundFollowUps(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[FoundWork]


def to_candidate(
    found: FoundWork,
    people: Mapping[str, str],
    messages: Mapping[int, WindowMessage],
    engine: str,
) -> Candidate:
    """Nothing is judged here: what the model made up is dropped, and noted, by the checks.

    `people`: user ids by p-number. An owner that is none of these is passed on as the model wrote
    it, in a form that no user id has, for the same reason.
    """
    return Candidate(
        kind=found.kind,
        title=found.title,
        owner_id=None if found.owner is None else _owner(found.owner, people),
        due=found.due or None,
        confidence=PROBABILITIES[_certainty(found)],
        evidence=tuple(_quote(cited, messages) for cited in found.evidence),
        is_done=found.is_done,
        engine=engine,
    )


def _certainty(found: FoundWork) -> str:
    """A title with a link, a call or a trick in it loses them, and a model that wrote what it was
    told not to write has perhaps obeyed somebody else: that is nothing to show unasked.
    """
    plain = " ".join(found.title.split())
    return found.certainty if told_title(plain) == plain else "possible"


def _owner(said: str, people: Mapping[str, str]) -> str:
    return people.get(said.strip().lower()) or f"not listed: {said}"


def _quote(cited: Cited, messages: Mapping[int, WindowMessage]) -> Quote:
    message = messages.get(cited.message)
    text = as_stored(cited.quote, message.text) if message else cited.quote
    return Quote(cited.message, text)
