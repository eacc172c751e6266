"""What a person counts to a follow-up brings its quotes along."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.suggestions.models import Evidence


def add_evidence(session: Session, from_id: int, to_id: int) -> None:
    """The quotes of one suggestion to those of another, each message once."""
    rows = session.scalars(
        select(Evidence).where(Evidence.suggestion_id.in_([from_id, to_id])).order_by(Evidence.id)
    ).all()
    quoted = {row.event_id for row in rows if row.suggestion_id == to_id}
    for row in rows:
        if row.event_id not in quoted:
            session.add(
                Evidence(
                    suggestion_id=to_id,
                    event_id=row.event_id,
                    revision_id=row.revision_id,
                    quote=row.quote,
                    position=len(quoted),
                )
            )
            quoted.add(row.event_id)
