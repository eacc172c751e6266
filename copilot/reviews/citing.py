"""People add sources: to a sentence that lacks one, or to a sentence of their own."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from copilot.errors import BadInputError
from copilot.incidents.models import Incident
from copilot.incidents.queries import span_of
from copilot.ports import Support
from copilot.reviews import ledger
from copilot.reviews.acting import bring_back, hold_claim, record, refuse_if_proposed, tidy
from copilot.reviews.checking import (
    check_again,
    checker_of,
    is_same_words,
    look_again,
    says_again,
    without_gone,
)
from copilot.reviews.citations import MOST_CITED_BY_PERSONS, is_verbatim
from copilot.reviews.judging_again import ask_again
from copilot.reviews.models import Citation, Claim, ClaimState
from copilot.reviews.reviewers import Reviewer
from copilot.reviews.sections import template_of
from copilot.reviews.sources import sources_of
from copilot.reviews.versions import (
    Cited,
    add_row,
    lock_unsigned,
    require_review,
    standing_claims,
)
from copilot.reviews.vocabulary import JUDGE_AGAIN, ActKind
from copilot.reviews.words import content_stems
from copilot.timeline.models import SPOKEN_KINDS, Revision, TimelineEvent
from copilot.timeline.mrkdwn import to_plain
from copilot.timeline.reading import MOST_READ, latest_revision_ids, within
from copilot.workspaces.directory import names_of

MOST_SOURCES = MOST_CITED_BY_PERSONS
_SHORT = 200
"""Letters of a message that is quoted as a whole."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def cite(
    session: Session,
    claim_id: int,
    *,
    message_ts: str,
    quote: str | None = None,
    by: Reviewer,
    now: datetime,
) -> Claim:
    """Have the claim rest on one more message, and check it again.

    Sources that do not say any more what is quoted of them make way, and with them that somebody
    verified it. Without a `quote` it is the
    part of the message that says most of what the claim says. Raises BadInputError.
    """
    held = hold_claim(session, claim_id)
    refuse_if_proposed(held)
    bring_back(session, held)
    claim = held.claim
    cited = find_source(session, held.incident, message_ts, claim.text, quote)
    known = {(source.citation.event_id, source.citation.quote) for source in held.sources}
    if (cited.event_id, cited.quote) in known:
        raise BadInputError("The sentence quotes that already. Nothing was changed.")
    standing = without_gone(look_again(held.sources))
    if len(standing) >= MOST_SOURCES:
        raise BadInputError(f"A sentence rests on {MOST_SOURCES} messages at most.")
    gone = [source for source in held.sources if not source.still_says_it]
    for source in gone:
        session.delete(source.citation)
    session.add(
        Citation(
            claim_id=claim.id,
            event_id=cited.event_id,
            revision_id=cited.revision_id,
            quote=cited.quote,
            position=1 + max((source.citation.position for source in standing), default=-1),
        )
    )
    session.flush()
    if claim.judged in (Support.NONE, JUDGE_AGAIN):
        ask_again(session, held.incident, claim)
    else:
        claim.judged = None  # it was judged beside other sources
    was_supported = claim.is_supported
    check_again(session, held.incident, claim)
    if claim.is_supported and not was_supported and claim.drafted_text:
        ledger.note_drafted(session, held.incident, [claim], now)  # it waits for a person from now
    if gone and claim.state == ClaimState.VERIFIED:
        # Who verified it read what is no longer there, and not what stands there now.
        claim.state, claim.checked_by, claim.checked_at = ClaimState.UNVERIFIED, None, None
        record(session, held.incident, claim, ActKind.UNDONE, by, now)
    record(session, held.incident, claim, ActKind.CITED, by, now)
    return claim


def add_claim(
    session: Session,
    incident_id: int,
    *,
    section: str,
    text: str,
    message_ts: str | Sequence[str],
    by: Reviewer,
    now: datetime,
) -> Claim:
    """A sentence of a person's own, with the messages it rests on; checked like any other.

    One that its sources do not carry is kept apart, with the reason. Raises BadInputError, and
    NotFoundError before the first draft.
    """
    incident = lock_unsigned(session, incident_id)
    review = require_review(session, incident_id)
    if section not in {wish.key for wish in template_of(review)}:
        raise BadInputError("The review has no such section. Nothing was saved.")
    claim = new_claim(session, incident, review.id, section, text, message_ts, by, now)
    record(session, incident, claim, ActKind.ADDED, by, now, added=True)
    return claim


def new_claim(
    session: Session,
    incident: Incident,
    review_id: int,
    section: str,
    text: str,
    message_ts: str | Sequence[str],
    by: Reviewer,
    now: datetime,
) -> Claim:
    """The row of a person's own sentence, checked."""
    line = tidy(text)
    stamps = [message_ts] if isinstance(message_ts, str) else list(dict.fromkeys(message_ts))
    if not stamps:
        raise BadInputError("Say which message the sentence rests on. Nothing was saved.")
    if len(stamps) > MOST_SOURCES:
        raise BadInputError(
            f"A sentence rests on {MOST_SOURCES} messages at most, and this one names "
            f"{len(stamps)}. Nothing was saved: untick some."
        )
    cited = [find_source(session, incident, ts, line) for ts in stamps]
    last = session.scalar(select(func.max(Claim.position)).where(Claim.review_id == review_id))
    row = Claim(
        review_id=review_id,
        section=section,
        position=0 if last is None else last + 1,
        text=line,
        drafted_text="",
        is_supported=False,
        state=ClaimState.EDITED,
        checked_by=by.signature,
        checked_at=now,
    )
    refused = _refused_alike(session, incident, row)
    add_row(session, row, cited)
    if refused is not None:
        known = {
            s.citation.event_id for s in sources_of(session, incident, [refused.id])[refused.id]
        }
        is_same = is_same_words(line, refused.text)
        if is_same and known.issuperset(each.event_id for each in cited):
            row.judged, row.failed_check = refused.judged, refused.failed_check
        else:
            ask_again(session, incident, row)
    check_again(session, incident, row)
    return row


def _refused_alike(session: Session, incident: Incident, row: Claim) -> Claim | None:
    """A standing sentence that the second judge refused and that `row` says again."""
    checker = checker_of(session, incident)
    if not checker.is_machines(row.text):
        return None
    refused = [
        one
        for one in session.scalars(standing_claims(incident.id))
        if checker.is_for_the_judge(one)
    ]
    same = (one for one in refused if is_same_words(row.text, one.text))
    alike = (one for one in refused if says_again(row.text, one.text))
    return next(chain(same, alike), None)


def find_source(
    session: Session, incident: Incident, message_ts: str, claim: str, quote: str | None = None
) -> Cited:
    """Raises BadInputError for what nobody said in the incident, or not in these words."""
    event = session.scalar(
        select(TimelineEvent).where(
            *within(span_of(incident)),
            TimelineEvent.message_ts == message_ts,
            TimelineEvent.kind.in_(SPOKEN_KINDS),
            TimelineEvent.deleted_at.is_(None),
        )
    )
    revision_id = latest_revision_ids(session, [event.id]).get(event.id) if event else None
    if event is None or revision_id is None:
        raise BadInputError("That message is not part of this incident. Nothing was saved.")
    revision = session.get_one(Revision, revision_id)
    text = to_plain(revision.text, names_of(session, incident.team_id))[:MOST_READ]
    wanted = " ".join(quote.split()) if quote else best_quote(text, claim)
    if not wanted or not is_verbatim(wanted, text):
        raise BadInputError("The message does not say that word for word. Nothing was saved.")
    return Cited(event.id, revision_id, wanted)


def best_quote(text: str, claim: str) -> str:
    """All of a short message; of a long one the sentence that says most of what `claim` says."""
    if len(text) <= _SHORT:
        return text.strip()
    wanted = content_stems(claim)
    sentences = [found[0].strip() for found in _SENTENCE.finditer(text) if found[0].strip()]
    best = max(sentences, key=lambda sentence: len(wanted & content_stems(sentence)), default=text)
    return best[:MOST_READ]
