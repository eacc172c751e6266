"""One queue a channel: whoever posts takes a slot first, and a refusal holds everybody back."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from copilot.workspaces.models import Channel

POST_SPACING = timedelta(seconds=1)
"""Slack takes one message a second in a channel; of more, some may never be shown."""


def claim_post_slot(
    session: Session, team_id: str, channel_id: str, wall_now: datetime
) -> datetime | None:
    """None: the slot is yours, post now. Else the earliest instant at which to try again.

    One UPDATE both asks and takes. Redrawing a message (`chat.update`) needs no slot. A channel
    that nobody told us of has no row, and so no queue.
    """
    taken = session.execute(
        update(Channel)
        .where(
            *_is(team_id, channel_id),
            or_(Channel.next_post_at.is_(None), Channel.next_post_at <= wall_now),
        )
        .values(next_post_at=wall_now + POST_SPACING)
        .returning(Channel.id)
    ).one_or_none()
    if taken is not None:
        return None
    return session.scalar(select(Channel.next_post_at).where(*_is(team_id, channel_id)))


def hold_posting(session: Session, team_id: str, channel_id: str, until: datetime) -> None:
    """Slack asked to wait: nothing is posted to the channel before `until`."""
    session.execute(
        update(Channel)
        .where(
            *_is(team_id, channel_id),
            or_(Channel.next_post_at.is_(None), Channel.next_post_at < until),
        )
        .values(next_post_at=until)
    )


def _is(team_id: str, channel_id: str) -> tuple[ColumnElement[bool], ...]:
    return Channel.team_id == team_id, Channel.channel_id == channel_id
