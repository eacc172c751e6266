"""Drafts a review by asking a model, part by part of the conversation and then section by section.

The built-in engine drafts as well. What it wrote joins what the model wrote where that says
something else, so that nothing said in a channel can talk a review empty, and it stands alone for
what the model did not answer. Every sentence passes the checks by code once here, where a bad one
costs no further question, and once more where the review is saved.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from copilot.llm.asking import Asking, Asks
from copilot.llm.drafter_joining import Joined
from copilot.llm.drafter_memory import Memory
from copilot.llm.drafter_parts import Cut, cut_into_parts
from copilot.llm.drafter_prompting import PARTS_VERSION
from copilot.llm.drafter_reading import read_parts
from copilot.llm.drafter_sections import Written, is_as_shipped, write_sections
from copilot.llm.drafter_sitting import ENGINE, Sitting
from copilot.llm.proposer import ms_since
from copilot.ports import Draft, DraftedClaim, Drafter, DraftRequest, EngineRun
from copilot.suggestions.token_budgets import TokenBudgets

LONGEST = timedelta(minutes=3)
"""Of one `draft`, all its questions: with what a judge takes well below the ten minutes after which
another worker would take whoever drafts for dead."""


class ModelDrafter:
    """The port `Drafter`: never raises for a model that fails, `local` then writes what is left."""

    def __init__(
        self,
        endpoint: Asks,
        local: Drafter,
        budgets: TokenBudgets,
        *,
        reads_private: bool,
        deadline: timedelta,
        longest: timedelta = LONGEST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asking = Asking(endpoint, budgets)
        self._local = local
        self._reads_private = reads_private
        self._deadline = deadline
        self._longest = longest
        self._monotonic = monotonic
        self._last_cut: tuple[int, Cut] | None = None

    def draft(self, request: DraftRequest) -> Draft:
        """The built-in engine's alone where there is nothing to read, or nothing it may read; that
        is no failure and nobody is told.
        """
        began_s = time.perf_counter()
        local = self._local.draft(replace(request, memory=_part_of(request.memory, "local")))
        local_ms = ms_since(began_s)
        if not request.messages or (request.is_private and not self._reads_private):
            return replace(local, memory={"local": dict(local.memory)})
        sitting = Sitting(
            self._asking,
            request,
            ZoneInfo(request.facts.time_zone),
            deadline=self._deadline,
            longest=self._longest,
            monotonic=self._monotonic,
        )
        cut = self._cut_of(request)
        memory = Memory.of(_part_of(request.memory, "model"), PARTS_VERSION)
        notes = read_parts(sitting, memory, cut.parts)
        written = write_sections(sitting, notes, request.sections)
        if sitting.trouble:
            self._asking.fell_back()
        numbers = tuple(message.number for message in request.messages)
        local_run = EngineRun(local.engine, "ok", numbers, latency_ms=local_ms)
        # It reads everything for each section: once on record is enough, unless it stood in.
        own = (local_run,) if sitting.trouble or not request.memory else ()
        keys = [part.key for part in cut.parts]
        before = [*map(str, request.memory.get("written", ()))]
        by_model = [claim.text for claims in written.sound.values() for claim in claims]
        return Draft(
            claims=tuple(_joined(request, written, local, frozenset(before))),
            engine=ENGINE if any(map(memory.is_answered, keys)) else local.engine,
            tokens=sitting.tokens,
            runs=(*sitting.runs, *(local.runs or own)),
            fell_back_because=sitting.trouble or local.fell_back_because,
            memory={
                "local": dict(local.memory),
                "model": memory.as_json(keys),
                "written": [*before, *by_model],
            },
            left_out=(*cut.left_out, *written.left_out, *local.left_out),
        )

    def _cut_of(self, request: DraftRequest) -> Cut:
        """Choosing from thousands of messages takes seconds, and each section asks for it again."""
        episodes = hash(request.episodes)
        known = self._last_cut
        if known is None or known[0] != episodes:
            found = cut_into_parts(request.episodes)
            self._last_cut = episodes, found  # in one step: threads share a drafter
            return found
        return known[1]


def _joined(
    request: DraftRequest, written: Written, local: Draft, before: Collection[str]
) -> list[DraftedClaim]:
    """In the order of the sections. What failed its checks goes along, to be kept apart.

    A thing is said once; a section that the workspace worded itself may say it again. `before`
    are the sentences that the model wrote for earlier sections.
    """
    joined = Joined()
    joined.all.add(request.said)
    joined.models.add(claim for claim in request.said if claim.text in before)
    found: list[DraftedClaim] = []
    for wish in request.sections:
        theirs = [claim for claim in local.claims if claim.section == wish.key]
        elsewhere = joined if is_as_shipped(wish) else Joined()
        found += elsewhere.join(written.sound.get(wish.key, ()), theirs, wish.most)
        found += written.failed.get(wish.key, ())
    return found


def _part_of(memory: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = memory.get(name)
    return found if isinstance(found, Mapping) else {}
