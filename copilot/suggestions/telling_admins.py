"""Tells a few admins in private what the copilot changed by itself; the notice's row is the queue.

Each is told once, however often it takes, and only those who may read the channel that it is about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import PermanentError, TemporaryError
from copilot.jobs import Job, enqueue
from copilot.ports import AdminNote, Messenger
from copilot.suggestions.learned_models import AdminNotice
from copilot.suggestions.leases import is_over
from copilot.suggestions.models import NoisePolicyVersion
from copilot.workspaces.directory import channel_name
from copilot.workspaces.membership import may_read
from copilot.workspaces.models import Member
from copilot.workspaces.retrying import MAX_ATTEMPTS, POSTING_LEASE, back_off

_MUTED = "muted:"
MOST_ADMINS = 3
"""Enough that one of them looks, few enough that not everybody has to."""


@dataclass(frozen=True, slots=True)
class Notice:
    subject: str
    """E.g. `muted:7`; one of a subject is all there ever is."""
    kind: str
    words: str
    """The statistics that led to it, in words."""
    channel_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    team_id: str
    user_ids: tuple[str, ...]
    """Of who is still to be told."""
    note: AdminNote
    attempts: int


def tell_admins(session: Session, team_id: str, notice: Notice, now: datetime) -> None:
    """Have them told once this transaction has committed."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values: dict[str, Any] = {
        "team_id": team_id,
        "subject": notice.subject,
        "channel_id": notice.channel_id,
        "facts": {"kind": notice.kind, "words": notice.words},
        "created_at": now,
        "attempts": 0,
        "told": [],
    }
    insert = dialect.insert(AdminNotice).values(values).on_conflict_do_nothing()
    notice_id = session.execute(insert.returning(AdminNotice.id)).scalar_one_or_none()
    if notice_id is not None:
        enqueue(session, Job.TELL_ADMINS, notice_id)


def notices_to_tell(session: Session, wall_now: datetime) -> list[int]:
    query = select(AdminNotice.id).where(
        AdminNotice.told_at.is_(None), is_over(AdminNotice.due_at, wall_now)
    )
    return list(session.scalars(query.order_by(AdminNotice.id)))


def deliver_notice(
    db: Database,
    notice_id: int,
    messenger: Messenger,
    *,
    console_url: str | None,
    clock: Clock,
    lease_clock: Clock,
) -> None:
    """Tell each admin who was not told yet. Raises TemporaryError when Slack can't now."""
    claim = _claim(db, notice_id, console_url, lease_clock.now())
    if claim is None:
        return
    failures = [] if claim.user_ids else ["no admin is known who may read the channel"]
    for user_id in claim.user_ids:
        try:
            messenger.tell_admin(claim.team_id, user_id, claim.note)
        except TemporaryError as error:
            if claim.attempts < MAX_ATTEMPTS:
                _put_off(db, notice_id, claim.attempts, error, lease_clock.now())
                raise
            failures.append(str(error))
        except PermanentError as error:
            failures.append(str(error))
        else:
            _note_told(db, notice_id, user_id)
    _end(db, notice_id, failures, clock.now())


def _claim(
    db: Database, notice_id: int, console_url: str | None, wall_now: datetime
) -> _Claim | None:
    with db.transaction() as session:
        notice = session.scalars(
            update(AdminNotice)
            .where(
                AdminNotice.id == notice_id,
                AdminNotice.told_at.is_(None),
                is_over(AdminNotice.due_at, wall_now),
            )
            .values(due_at=wall_now + POSTING_LEASE, attempts=AdminNotice.attempts + 1)
            .returning(AdminNotice),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if notice is None:
            return None
        admins = [each for each in _admins(session, notice) if each not in notice.told]
        left = MOST_ADMINS - len(notice.told)
        # Where nobody may be told of this one, the others are not to go with it.
        if admins and (taken := _take_along(session, notice, wall_now)):
            notice.facts = {**notice.facts, "more": notice.facts.get("more", 0) + taken}
        return _Claim(
            notice.team_id,
            tuple(admins[: max(0, left)]),
            _note(session, notice, console_url),
            notice.attempts,
        )


def _note(session: Session, notice: AdminNotice, console_url: str | None) -> AdminNote:
    channel = notice.channel_id
    return AdminNote(
        subject=notice.subject,
        kind=notice.facts["kind"],
        words=notice.facts["words"],
        channel=channel_name(session, notice.team_id, channel) if channel else None,
        undo_url=f"{console_url}noise" if console_url else None,
        more=notice.facts.get("more", 0),
    )


def _take_along(session: Session, notice: AdminNotice, wall_now: datetime) -> int:
    """Mutes nobody was told of yet are counted in this message, not told in one each."""
    if not notice.subject.startswith(_MUTED):
        return 0
    others = session.scalars(
        select(AdminNotice)
        .where(
            AdminNotice.team_id == notice.team_id,
            AdminNotice.id != notice.id,
            AdminNotice.subject.startswith(_MUTED),
            AdminNotice.told_at.is_(None),
            AdminNotice.due_at.is_(None),
        )
        # Another worker may hold one of them, and want this one.
        .with_for_update(skip_locked=True)
    ).all()
    for other in others:
        other.told_at, other.failure = wall_now, f"told of together with {notice.subject}"
    return len(others)


def _admins(session: Session, notice: AdminNotice) -> list[str]:
    """Who may change the policy and read the channel; first who changed it before."""
    query = select(Member.user_id).where(
        Member.team_id == notice.team_id,
        Member.is_admin.is_(True),
        Member.is_bot.is_(False),
        Member.is_deactivated.is_(False),
    )
    setters = select(NoisePolicyVersion.set_by, NoisePolicyVersion.version).where(
        NoisePolicyVersion.team_id == notice.team_id
    )
    last_set = dict(list(session.execute(setters.order_by(NoisePolicyVersion.version))))
    admins = sorted(session.scalars(query), key=lambda each: (-last_set.get(each, 0), each))
    channel = notice.channel_id
    if channel is None:
        return admins
    return [each for each in admins if may_read(session, notice.team_id, channel, each)]


def _note_told(db: Database, notice_id: int, user_id: str) -> None:
    with db.transaction() as session:
        notice = session.get_one(AdminNotice, notice_id, with_for_update=True)
        notice.told = [*notice.told, user_id]


def _put_off(
    db: Database, notice_id: int, attempts: int, error: TemporaryError, wall_now: datetime
) -> None:
    with db.transaction() as session:
        notice = session.get_one(AdminNotice, notice_id, with_for_update=True)
        notice.due_at = wall_now + back_off(attempts, error.retry_after_s)
        notice.failure = str(error)


def _end(db: Database, notice_id: int, failures: list[str], now: datetime) -> None:
    with db.transaction() as session:
        notice = session.get_one(AdminNotice, notice_id, with_for_update=True)
        notice.told_at = now
        notice.failure = "; ".join(failures) or None
