"""Makes views of what was corrected in a signed review."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.reviews.claim_views import citation_view, text_of
from copilot.reviews.models import Amendment, Claim, SignOff
from copilot.reviews.sources import Source
from copilot.reviews.views import AmendmentView


def amendments_of(session: Session, incident_id: int) -> Sequence[Amendment]:
    """In order."""
    return session.scalars(
        select(Amendment)
        .join(SignOff, SignOff.id == Amendment.sign_off_id)
        .where(SignOff.incident_id == incident_id)
        .order_by(Amendment.number)
    ).all()


def amended_in(amendments: Sequence[Amendment]) -> dict[int, int]:
    """By signed claim, the number of the newest amendment of it, or of what corrected it."""
    first: dict[int, int] = {}
    found: dict[int, int] = {}
    for amendment in amendments:
        if amendment.claim_id is None:
            continue
        signed = first.get(amendment.claim_id, amendment.claim_id)
        found[signed] = amendment.number
        if amendment.new_claim_id is not None:
            first[amendment.new_claim_id] = signed
    return found


def amendment_views(
    amendments: Sequence[Amendment],
    amending: Mapping[int, Claim],
    standing: Sequence[Claim],
    sources: Mapping[int, Sequence[Source]],
) -> list[AmendmentView]:
    signed = {row.id: row for row in standing} | dict(amending)
    return [
        _view(each, amending.get(each.new_claim_id or 0), signed.get(each.claim_id or 0), sources)
        for each in amendments
    ]


def _view(
    amendment: Amendment,
    new: Claim | None,
    corrected: Claim | None,
    sources: Mapping[int, Sequence[Source]],
) -> AmendmentView:
    cited = sources[new.id] if new is not None else ()
    about = new or corrected
    return AmendmentView(
        number=amendment.number,
        claim_id=amendment.claim_id,
        new_claim_id=amendment.new_claim_id,
        section=about.section if about is not None else "",
        text=text_of(new, cited) if new is not None else None,
        citations=[citation_view(source) for source in cited],
        why=amendment.why,
        author=amendment.author,
        written_at=amendment.written_at,
        source_changed=any(source.is_changed for source in cited),
    )
