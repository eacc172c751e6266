"""The sets that proposers are measured on, by the names under which they are printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from copilot.ports import Proposer
from tests.evals import aids, corpora, exports, training
from tests.evals.corpora import Conversation
from tests.evals.replaying import replay
from tests.evals.scoring import Run, Score, score_labelled, score_marked, score_mixed


@dataclass(frozen=True, slots=True)
class ChatSet:
    name: str
    conversations: Sequence[Conversation]
    is_trained_on: bool = False

    @property
    def is_marked(self) -> bool:
        """Only what people marked is known; the rest is neither right nor wrong."""
        return self.name.startswith("marked")


@cache
def all_sets() -> tuple[ChatSet, ...]:
    """Those that weights are trained on are the very conversations of `training`."""
    trained = {
        corpus: [c for c in training.conversations() if c.corpus == corpus]
        for corpus in ("labelled", "written", "noise", "marked")
    }
    hidden = {corpus: [_hidden(c) for c in trained[corpus]] for corpus in ("labelled", "marked")}
    return (
        ChatSet("labelled", trained["labelled"], is_trained_on=True),
        ChatSet("labelled, no markers", hidden["labelled"], is_trained_on=True),
        ChatSet("written", trained["written"], is_trained_on=True),
        ChatSet("noise", trained["noise"], is_trained_on=True),
        ChatSet("marked", trained["marked"], is_trained_on=True),
        ChatSet("marked, no markers", hidden["marked"], is_trained_on=True),
        ChatSet("written, held out", corpora.held_out()),
        ChatSet("k8s, labelled by us", exports.kubernetes()),
        ChatSet("demo incident", exports.demo()),
        ChatSet("e-mail sentences", aids.sentences()),
        ChatSet("post-mortem timelines", aids.timelines()),
    )


_seen_as: dict[Conversation, Conversation] = {}


def _hidden(conversation: Conversation) -> Conversation:
    hidden = corpora.without_markers(conversation)
    _seen_as[hidden] = conversation
    return hidden


def original(conversation: Conversation) -> Conversation:
    """The conversation itself of one whose marker lines are hidden."""
    return _seen_as.get(conversation, conversation)


def scores_of(
    replays: Callable[[Conversation], Run],
    thresholds: Sequence[float],
    chosen: Sequence[str] = (),
) -> dict[str, list[Score]]:
    """Every set (or those chosen), every threshold, and the mix of them that is like incidents."""
    runs: dict[str, list[Run]] = {}
    scores: dict[str, list[Score]] = {}
    for chats in all_sets():
        if (chosen and chats.name not in chosen) or not chats.conversations:
            continue
        runs[chats.name] = [replays(c) for c in chats.conversations]
        score = score_marked if chats.is_marked else score_labelled
        scores[chats.name] = [score(chats.name, runs[chats.name], t) for t in thresholds]
    for name, talk in (
        ("mixed to 2.5 %", ("labelled", "written")),
        ("mixed, held out", ("written, held out", "k8s, labelled by us", "demo incident")),
    ):
        if {*talk, "noise"} <= runs.keys():
            said = [run for part in talk for run in runs[part]]
            scores[name] = [score_mixed(name, said, runs["noise"], t) for t in thresholds]
    return scores


def run_of(conversation: Conversation, proposer: Proposer) -> Run:
    return conversation, replay(conversation, proposer)
