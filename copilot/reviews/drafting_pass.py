"""One worker's pass over a review: section by section, until all are drafted or people are behind.

The drafter works outside any transaction. Each section is saved by itself, under the incident's
lock: whatever was saved, signed or drafted by somebody else meanwhile stands.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import CopilotError
from copilot.incidents.models import Incident
from copilot.ports import (
    Draft,
    DraftedClaim,
    Drafter,
    DraftRequest,
    EngineRun,
    Judge,
    Quote,
    SectionWish,
)
from copilot.reviews.claim_views import text_of
from copilot.reviews.debt import may_draft_on
from copilot.reviews.drafted_claims import Basis, CheckedSection, basis_of, check_section
from copilot.reviews.material import read_material
from copilot.reviews.models import Claim, Review
from copilot.reviews.policies import policy_of
from copilot.reviews.redrafting import is_touched, let_in, withdraw_dropped_sections
from copilot.reviews.sections import stored, template_of
from copilot.reviews.sources import sources_of
from copilot.reviews.versions import (
    lock_incident,
    newest_review,
    refuse_if_signed,
    sign_off_of,
    standing_claims,
)
from copilot.suggestions.models import ModelRun
from copilot.suggestions.runs import run_row, storable

_ENGINE_LETTERS = 64


@dataclass(slots=True)
class _Pass:
    """Where it is. `review_id` is None until the first section of a new version is saved."""

    basis: Basis
    sections: tuple[SectionWish, ...]
    left: list[SectionWish]
    seen_version: int
    started_at: datetime
    review_id: int | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)
    run_id: int | None = None
    """The record of an engine that keeps none of its own."""


def draft_sections(
    db: Database,
    incident_id: int,
    drafter: Drafter,
    judge: Judge | None,
    clock: Clock,
    *,
    is_new: bool,
    longest_s: float = math.inf,
) -> int:
    """Begin a version, or go on with the newest; returns the id of the one that stands then.

    After `longest_s` no further section is begun; those left are the next pass's.

    Raises NotFoundError, BadInputError for a signed review, and what the drafter raises, after
    recording the failure.
    """
    work = _start(db, incident_id, clock.now(), is_new=is_new)
    began_s = time.perf_counter()
    while work.left:
        wish = work.left[0]
        started_s = time.perf_counter()
        try:
            draft = drafter.draft(_request(db, work, wish))
        except CopilotError as error:
            _record_failure(db, work, type(drafter).__name__, started_s, error)
            raise
        known = frozenset(each.key for each in work.sections)
        checked = check_section(draft.claims, wish, known, work.basis, judge)
        latency_ms = (time.perf_counter() - started_s) * 1000
        with db.transaction() as session:
            _record(session, work, draft, checked, wish, latency_ms)
            goes_on = _save(session, work, draft, checked, wish, clock.now())
        if not goes_on or time.perf_counter() - began_s >= longest_s:
            break
        work.memory = draft.memory
        work.left = work.left[1:]
    return _standing(db, incident_id)


def _start(db: Database, incident_id: int, now: datetime, *, is_new: bool) -> _Pass:
    with db.reading() as session:
        material = read_material(session, incident_id)
        refuse_if_signed(session, incident_id)
        newest = newest_review(session, incident_id)
        wanted = policy_of(session, material.team_id).sections
    basis = basis_of(incident_id, material)
    seen = newest.version if newest else 0
    if is_new or newest is None:
        return _Pass(basis, wanted, list(wanted), seen, now)
    sections = template_of(newest)
    left = [wish for wish in sections if wish.key in newest.sections_left]
    return _Pass(basis, sections, left, seen, now, newest.id, newest.drafter_memory)


def _request(db: Database, work: _Pass, wish: SectionWish) -> DraftRequest:
    material = work.basis.material
    with db.reading() as session:
        said = _said(session, work)
    return DraftRequest(
        facts=material.facts,
        episodes=material.episodes,
        follow_ups=material.follow_ups,
        sections=(wish,),
        names=material.names,
        said=said,
        memory=work.memory,
        team_id=material.team_id,
        incident_id=work.basis.incident_id,
        is_private=material.is_private,
    )


def _said(session: Session, work: _Pass) -> tuple[DraftedClaim, ...]:
    """What stands and will: of sections drafted already, and whatever people touched.

    Of what said what a deleted message said, no model hears.
    """
    left = {wish.key for wish in work.left}
    rows = [
        row
        for row in session.scalars(standing_claims(work.basis.incident_id))
        if row.is_supported and (row.section not in left or is_touched(row))
    ]
    incident = session.get_one(Incident, work.basis.incident_id)
    sources = sources_of(session, incident, [row.id for row in rows])
    numbers = {message.event_id: number for number, message in work.basis.messages.items()}
    heard = (row for row in rows if text_of(row, sources[row.id]) == row.text)
    return tuple(_as_drafted(row, sources[row.id], numbers) for row in heard)


def _as_drafted(row: Claim, sources: Sequence[Any], numbers: Mapping[int, int]) -> DraftedClaim:
    cited = [source.citation for source in sources if source.citation.event_id in numbers]
    quotes = tuple(Quote(numbers[citation.event_id], citation.quote) for citation in cited)
    return DraftedClaim(row.section, row.text, quotes)


def _save(
    session: Session,
    work: _Pass,
    draft: Draft,
    checked: CheckedSection,
    wish: SectionWish,
    now: datetime,
) -> bool:
    """Let the section in; False where somebody was first, or people have enough to check."""
    incident = lock_incident(session, work.basis.incident_id)
    if sign_off_of(session, incident.id) is not None:
        return False
    review = _version_to_write(session, work, incident, draft)
    if review is None or wish.key not in review.sections_left:
        return False
    let_in(session, incident, review, wish.key, checked.claims, now)
    review.sections_left = [key for key in review.sections_left if key != wish.key]
    # What a drafter keeps in mind holds what people said; it is gone once it is of no use.
    review.drafter_memory = dict(storable(dict(draft.memory))) if review.sections_left else {}
    review.engine = _engines(review.engine, draft.engine)
    review.fell_back_because = review.fell_back_because or draft.fell_back_because
    more = [storable(each) for each in (*draft.left_out, *checked.left_out)]
    review.left_out = list(dict.fromkeys([*review.left_out, *more]))
    policy = policy_of(session, incident.team_id)
    may_go_on = may_draft_on(session, incident, policy, now)  # asked after the last one, too
    is_behind = bool(review.sections_left) and not may_go_on
    review.waits_for_people = is_behind
    return not is_behind


def _version_to_write(
    session: Session, work: _Pass, incident: Incident, draft: Draft
) -> Review | None:
    """Ours, begun if need be; None if another worker began one since."""
    newest = newest_review(session, incident.id)
    if work.review_id is not None:
        return newest if newest is not None and newest.id == work.review_id else None
    if newest is not None and newest.version > work.seen_version:
        return None
    material = work.basis.material
    review = Review(
        incident_id=incident.id,
        version=work.seen_version + 1,
        engine=draft.engine[:_ENGINE_LETTERS],
        drafted_at=work.started_at,
        events_read=len(material.messages),
        events_left_out=material.left_out,
        left_out=list(material.left_out_words),
        sections=stored(work.sections),
        sections_left=[wish.key for wish in work.sections],
    )
    # Its times are by these clocks from now on, whatever the workspace chooses for others.
    incident.time_zone = incident.time_zone or material.facts.time_zone
    session.add(review)
    session.flush()
    work.review_id = review.id
    withdraw_dropped_sections(session, incident, review, review.sections_left)
    return review


def _engines(before: str, now: str) -> str:
    """Both, where an engine gave up in the middle and another wrote the rest."""
    known = before.split(" + ")
    return (before if now in known else f"{before} + {now}")[:_ENGINE_LETTERS]


def _record(
    session: Session,
    work: _Pass,
    draft: Draft,
    checked: CheckedSection,
    wish: SectionWish,
    latency_ms: float,
) -> None:
    """What was read and said, whether or not it is let in."""
    output: list[Any] = [storable(asdict(claim)) for claim in draft.claims[:200]]
    rows = [_row(work, "draft", run) for run in draft.runs]
    if checked.judged is not None:
        rows += [_row(work, "judge", run) for run in checked.judged.runs]
    session.add_all(rows)
    if draft.runs:
        rows[len(draft.runs) - 1].output = output
        return
    known = session.get(ModelRun, work.run_id) if work.run_id is not None else None
    if known is not None and known.engine == draft.engine[:_ENGINE_LETTERS]:
        known.output = [*known.output, *output]
        known.latency_ms += latency_ms
        known.tokens += draft.tokens
        return
    every = tuple(work.basis.messages)
    run = EngineRun(draft.engine, "ok", every, latency_ms, output_tokens=draft.tokens)
    row = _row(work, "draft", run)
    row.output, row.details = output, {"first_section": wish.key}
    session.add(row)
    session.flush()
    work.run_id = row.id


def _row(work: _Pass, purpose: str, run: EngineRun) -> ModelRun:
    messages = work.basis.material.messages
    return run_row(work.basis.incident_id, purpose, messages, run, work.started_at)


def _record_failure(
    db: Database, work: _Pass, engine: str, started_s: float, error: CopilotError
) -> None:
    latency_ms = (time.perf_counter() - started_s) * 1000
    run = EngineRun(engine, f"failed: {error}", tuple(work.basis.messages), latency_ms)
    with db.transaction() as session:
        session.add(_row(work, "draft", run))


def _standing(db: Database, incident_id: int) -> int:
    with db.reading() as session:
        newest = newest_review(session, incident_id)
    if newest is None:
        raise CopilotError(f"Nothing was drafted for incident {incident_id}.")
    return newest.id
