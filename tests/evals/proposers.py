"""The proposers that are measured, by name. Another one is a further `Contender` in `ENGINES`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from copilot.local.confidence import shipped_weights
from copilot.ports import Proposer
from tests.evals import scripted_model, training
from tests.evals.corpora import Conversation
from tests.evals.cue_regex import CueRegexProposer
from tests.evals.hearing import Remembering
from tests.evals.sets import original

ProposerFor = Callable[[Conversation], Proposer]


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    opened: Callable[[], AbstractContextManager[ProposerFor]]
    """What it needs to run is up while it is open; a proposer is made for each conversation."""
    sets: tuple[str, ...] = ()
    """The sets it is measured on; empty for all."""
    note: str = ""
    is_slow: bool = True
    """It has weights trained first."""


@contextmanager
def _cue_regex() -> Iterator[ProposerFor]:
    yield lambda _: CueRegexProposer()


@contextmanager
def _shipped() -> Iterator[ProposerFor]:
    weights = shipped_weights()
    yield lambda conversation: Remembering(conversation, weights)


@contextmanager
def _cross_validated() -> Iterator[ProposerFor]:
    """Weights that never saw the conversation, nor were calibrated on it."""
    blind = training.blind_weights()
    everything = training.shipped()

    def proposer_for(conversation: Conversation) -> Proposer:
        fold = training.folds().get(original(conversation))
        return Remembering(conversation, everything if fold is None else blind[fold])

    yield proposer_for


CUE_REGEX = Contender("cue regex", _cue_regex, is_slow=False)
SHIPPED = Contender("local proposer, as shipped", _shipped, is_slow=False)
CROSS_VALIDATED = Contender(
    "local proposer, cross-validated",
    _cross_validated,
    note="each conversation judged by weights that saw neither it nor its labels",
)


@contextmanager
def _model_that_knows() -> Iterator[ProposerFor]:
    with scripted_model.proposers(scripted_model.knows_labels) as proposer_for:
        yield proposer_for


@contextmanager
def _model_of_cue_words() -> Iterator[ProposerFor]:
    with scripted_model.proposers(scripted_model.picks_cue_words) as proposer_for:
        yield proposer_for


INCIDENT_LIKE = (
    "labelled",
    "labelled, no markers",
    "written",
    "noise",
    "written, held out",
    "k8s, labelled by us",
    "demo incident",
)
MODEL_THAT_KNOWS = Contender(
    "model proposer, endpoint scripted with the labels",
    _model_that_knows,
    note="no model: what routing and the rest lose of a perfect one's answers",
)
MODEL_OF_CUE_WORDS = Contender(
    "model proposer, endpoint scripted with cue words",
    _model_of_cue_words,
    INCIDENT_LIKE,
    note="no model: what a poor one costs",
)
ENGINES = (CUE_REGEX, SHIPPED, CROSS_VALIDATED, MODEL_THAT_KNOWS, MODEL_OF_CUE_WORDS)
