"""Asks the second judge again about a sentence that it refused and that changed since: it got
other sources, or a person put little of it otherwise.

The sentence stays apart until the answer is there. A judge that says nothing lifts nothing; where
none is configured any more, or it may not read the channel, the checks by code decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.privacy import is_private
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, enqueue
from copilot.ports import (
    DraftedClaim,
    Judge,
    Judged,
    Judgement,
    JudgeRequest,
    Support,
    WindowMessage,
)
from copilot.reviews import ledger
from copilot.reviews.checking import check_again, checker_of
from copilot.reviews.models import Claim
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.time_zones import zone_of
from copilot.reviews.versions import lock_incident, sign_off_of, standing_claims
from copilot.reviews.vocabulary import JUDGE_AGAIN
from copilot.suggestions.leases import WALL_CLOCK
from copilot.suggestions.runs import run_row, storable

NO_ANSWER = "a second reading did not find it in its sources, and gave no answer to the new ones"
NOT_FOUND = "a second reading did not find it in its sources, the new ones included"
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the judge is shown; a sentence that changed since is not decided by the answer."""

    request: JudgeRequest
    claims: Mapping[int, object]
    """By id, what it said and cited."""


def ask_again(
    session: Session, incident: Incident, claim: Claim, lease_clock: Clock = WALL_CLOCK
) -> None:
    """Have a worker do it, as a part of the review's own job: one at a time for an incident."""
    claim.judged = JUDGE_AGAIN
    if incident.review_due_at is None:
        incident.review_due_at = lease_clock.now()
    enqueue(session, Job.DRAFT_REVIEW, incident.id)


def is_any_to_judge(session: Session, incident_id: int) -> bool:
    if sign_off_of(session, incident_id) is not None:
        return False
    return session.scalar(_to_judge(incident_id).limit(1)) is not None


def judge_again(
    db: Database, incident_id: int, judge: Judge | None, clock: Clock, *, is_last: bool
) -> bool:
    """Outside any transaction, as engines are asked. False where the judge has to be asked once
    more; `is_last` if that will not be done: the sentence then stays apart."""
    started_at = clock.now()
    with db.reading() as session:
        asked = _asked(session, incident_id)
    if not asked.claims:
        return True
    judged = judge.judge(asked.request) if judge is not None else None
    with db.transaction() as session:
        incident = lock_incident(session, incident_id)
        if sign_off_of(session, incident_id) is not None:
            return True
        if judged is not None:
            _record(session, asked, judged, started_at)
        return _decide(session, incident, asked, judged, clock.now(), is_last=is_last)


def _to_judge(incident_id: int) -> Select[Claim]:
    return standing_claims(incident_id).where(Claim.judged == JUDGE_AGAIN)


def _asked(session: Session, incident_id: int) -> _Asked:
    incident = get_incident(session, incident_id)
    rows = session.scalars(_to_judge(incident_id)).all()
    sources = sources_of(session, incident, [row.id for row in rows])
    messages: dict[int, WindowMessage] = {
        source.message.number: source.message for row in rows for source in sources[row.id]
    }
    return _Asked(
        JudgeRequest(
            claims=tuple(
                DraftedClaim(row.section, row.text, tuple(s.quote for s in sources[row.id]))
                for row in rows
            ),
            messages=dict(sorted(messages.items())),
            time_zone=zone_of(session, incident).key,
            team_id=incident.team_id,
            incident_id=incident_id,
            is_private=is_private(session, incident_id),
        ),
        {row.id: _shown(row, sources[row.id]) for row in rows},
    )


def _shown(row: Claim, sources: Sequence[Source]) -> object:
    cited = [(s.citation.event_id, s.citation.revision_id, s.citation.quote) for s in sources]
    return row.text, cited


def _record(session: Session, asked: _Asked, judged: Judged, started_at: datetime) -> None:
    messages = tuple(asked.request.messages.values())
    session.add_all(
        run_row(asked.request.incident_id, "judge", messages, run, started_at)
        for run in judged.runs
    )


def _decide(
    session: Session,
    incident: Incident,
    asked: _Asked,
    judged: Judged | None,
    now: datetime,
    *,
    is_last: bool,
) -> bool:
    is_read = judged is not None and bool(judged.runs)
    said: Sequence[Judgement | None] = judged.judgements if judged is not None else ()
    found = dict(zip(asked.claims, said, strict=False))
    rows = session.scalars(_to_judge(incident.id)).all()
    sources = sources_of(session, incident, [row.id for row in rows])
    checker = checker_of(session, incident)
    is_answered = True
    for row in rows:
        if _shown(row, sources[row.id]) != asked.claims.get(row.id):
            continue  # it reads otherwise by now, so it is asked about in the next pass
        judgement = found.get(row.id)
        if judgement is None and is_read and not is_last and checker.is_for_the_judge(row):
            is_answered = False
            continue
        _settle(row, judgement, is_read=is_read)
        was_supported = row.is_supported
        check_again(session, incident, row)
        if row.is_supported and not was_supported:
            ledger.note_drafted(session, incident, [row] if row.drafted_text else [], now)
    return is_answered


def _settle(row: Claim, judgement: Judgement | None, *, is_read: bool) -> None:
    """Note the verdict; the checks by code come on top."""
    if judgement is not None:
        row.judged = judgement.support.value
        if judgement.support == Support.NONE:
            row.failed_check = _one_line(judgement.why) or NOT_FOUND
    elif is_read:
        row.judged, row.failed_check = Support.NONE.value, NO_ANSWER
    else:
        row.judged = None


def _one_line(text: str) -> str:
    return " ".join(str(storable(text)).split())[:_LONGEST_REASON]
