"""How much the machine wrote and how much of it people checked: all incidents, or one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from fastapi import APIRouter, Request
from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.clock import Clock
from copilot.console.addresses import IncidentId
from copilot.console.gap_pictures import (
    debt_picture,
    kinds_picture,
    times_picture,
    weeks_picture,
    words_picture,
)
from copilot.console.incident_header import read_header
from copilot.console.rendering import page
from copilot.console.sessions import SignedIn
from copilot.console.visibility import incident_router, visible_to
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.incidents.queries import get_incident
from copilot.reviews.debt import debt_of
from copilot.reviews.gap_export import rows_of
from copilot.reviews.gap_reading import with_any_before
from copilot.reviews.gap_reports import Ledger, read_ledger, read_ledger_since
from copilot.reviews.gap_wording import (
    LABELS,
    debt_sentence,
    interval_words,
    suggestions_sentence,
    time_sentence,
    value_words,
    words_sentence,
)
from copilot.reviews.models import LedgerEntry
from copilot.reviews.policies import policy_of
from copilot.reviews.velocity_gap import Gap
from copilot.reviews.versions import newest_review
from copilot.reviews.weeks import span_of_week, week_of, weeks_until

_WEEKS = 8
_MOST_INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class Number:
    """A metric as the table has it."""

    label: str
    value: str
    interval: str
    of: int | None


@dataclass(frozen=True, slots=True)
class IncidentGap:
    incident_id: int
    title: str
    declared_at: datetime
    gap: Gap
    sentence: str


def gap_pages(db: Database, clock: Clock) -> APIRouter:
    router = APIRouter()

    @router.get("/gap")
    def all_incidents(request: Request, viewer: SignedIn) -> Response:
        now = clock.now()
        with db.reading() as session:
            ids = visible_to(session, viewer).ids
            weeks_shown = weeks_until(now, _WEEKS)
            since, _ = span_of_week(weeks_shown[0])
            ledger = read_ledger_since(session, ids, since, now)
            incidents = _incidents(session, ids, ledger, since)
        weeks = [(week, ledger.gap(week)) for week in weeks_shown]
        this_week = week_of(now)
        return page(
            request,
            "gap.html",
            ledger=ledger,
            total=len(ids),
            week=this_week,
            words=weeks_picture(weeks),
            words_said=words_sentence(weeks[-1][1], " this week"),
            times=times_picture(ledger, span_of_week(this_week)),
            times_said=time_sentence(weeks[-1][1]),
            kinds=kinds_picture(ledger.shown),
            kinds_said=suggestions_sentence(ledger.shown, f" in {_WEEKS} weeks"),
            numbers=numbers(weeks[-1][1]),
            numbers_of_all=numbers(ledger.gap()),
            weeks=_WEEKS,
            incidents=incidents,
        )

    router.include_router(_of_one_incident(db, clock))
    return router


def _of_one_incident(db: Database, clock: Clock) -> APIRouter:
    router = incident_router(db)

    @router.get("/incidents/{incident_id}/gap")
    def one_incident(request: Request, _viewer: SignedIn, incident_id: IncidentId) -> Response:
        now = clock.now()
        with db.reading() as session:
            header = read_header(session, incident_id, now)
            ledger = read_ledger(session, [incident_id], now)
            debt = debt_of(session, incident_id, now)
            cap = policy_of(session, get_incident(session, incident_id).team_id).debt_cap_minutes
            review = newest_review(session, incident_id)
            waits = review is not None and review.waits_for_people
        gap = ledger.gap()
        return page(
            request,
            "incident_gap.html",
            header=header,
            tab="gap",
            ledger=ledger,
            words=words_picture(ledger),
            words_said=words_sentence(gap),
            debt=debt_picture(ledger, cap),
            debt_said=debt_sentence(debt.minutes_each, debt.reviewers, cap, waits),
            cap=f"{cap:g}",
            times=times_picture(ledger),
            times_said=time_sentence(gap),
            kinds=kinds_picture(ledger.shown),
            kinds_said=suggestions_sentence(ledger.shown),
            numbers=numbers(gap),
        )

    return router


def numbers(gap: Gap) -> Sequence[Number]:
    return [
        Number(LABELS[row[0]], value_words(row), interval_words(row), row[4])
        for row in rows_of(gap)
    ]


def _incidents(
    session: Session, ids: Collection[int], ledger: Ledger, since: datetime
) -> Sequence[IncidentGap]:
    """Those with anything written, the newest first."""
    is_written = exists().where(LedgerEntry.incident_id == Incident.id)
    found = session.execute(
        select(Incident.id, Incident.title, Incident.declared_at)
        .where(is_written)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    newest = list(islice((one for one in found if one.id in ids), _MOST_INCIDENTS))
    recent = ledger.by_incident()
    # What has nothing from before was read whole already.
    older = with_any_before(session, [one.id for one in newest], since)
    unread = {one.id for one in newest} - recent.keys()
    ledgers = recent | ledger.whole_of(session, older | unread).by_incident()
    gaps = [(one, ledgers[one.id].gap()) for one in newest]
    return [
        IncidentGap(one.id, one.title, one.declared_at, gap, words_sentence(gap))
        for one, gap in gaps
    ]
