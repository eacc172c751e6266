"""Holds a sentence against its sources as they read now, whoever wrote it."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.ports import Quote, Support, WindowMessage
from copilot.reviews.citations import MAX_WORDS, Check, check_claim
from copilot.reviews.models import Claim, Review
from copilot.reviews.sources import Source, sources_of
from copilot.reviews.time_zones import zone_of
from copilot.reviews.versions import MAX_PERSONS_WORDS
from copilot.reviews.vocabulary import JUDGE_AGAIN
from copilot.reviews.words import content_stems, normalised
from copilot.workspaces.directory import names_of

_WORD = re.compile(r"\w+")
_NEW = 3
"""One word in so many makes a machine's sentence a person's."""

NO_SECTION = "it belongs to no section of a review"
JUDGED_UNSUPPORTED = "a second reading did not find it in its sources"
JUDGED_AGAIN = f"{JUDGED_UNSUPPORTED}; it is being read again"


@dataclass(frozen=True, slots=True)
class Checker:
    """What sentences of one incident are held against, read once for all of them."""

    names: frozenset[str]
    """Everybody in the workspace."""
    zone: tzinfo
    drafted: tuple[frozenset[str], ...] = ()
    """The words of each sentence that a machine ever drafted for this review."""

    def check(self, claim: Claim, sources: Sequence[Source]) -> Check:
        """The hard facts hold whoever wrote it; the wording only of what is still a machine's.

        What the second judge refused stays so until it is put in other words, and what belongs
        nowhere while the words are the same.
        """
        check = self.check_words(claim.text, sources, is_persons=is_in_a_persons_words(claim))
        is_nowhere = claim.failed_check == NO_SECTION and not _is_reworded(claim)
        if not check.is_supported or not (is_nowhere or self.is_for_the_judge(claim)):
            return check
        if claim.judged == JUDGE_AGAIN:
            return Check(JUDGED_AGAIN)
        return Check(claim.failed_check or JUDGED_UNSUPPORTED)

    def is_for_the_judge(self, claim: Claim) -> bool:
        """It refused the sentence, and nobody has put it in other words of their own."""
        if claim.judged not in (Support.NONE, JUDGE_AGAIN):
            return False
        return not _is_reworded(claim) or self.is_machines(claim.text)

    def check_words(
        self, text: str, sources: Sequence[Source], *, is_persons: bool = True
    ) -> Check:
        quotes = [source.quote for source in sources]
        messages = {source.message.number: source.message for source in sources}
        return self.check_quotes(text, quotes, messages, is_persons=is_persons)

    def check_quotes(
        self,
        text: str,
        quotes: Sequence[Quote],
        messages: Mapping[int, WindowMessage],
        *,
        is_persons: bool = True,
    ) -> Check:
        """The same of messages that it does not cite yet."""
        return check_claim(
            text,
            quotes,
            messages,
            self.names,
            max_words=MAX_PERSONS_WORDS if is_persons else MAX_WORDS,
            zone=self.zone,
            strict=not is_persons or self.is_machines(text),
        )

    def is_machines(self, text: str) -> bool:
        """Less than a third of its words are new beside some sentence that a machine drafted:
        whoever saves those again has put nothing otherwise."""
        own = content_stems(text)
        return any(_adds_little(own, drafted) for drafted in self.drafted)


def checker_of(session: Session, incident: Incident) -> Checker:
    names = frozenset(names_of(session, incident.team_id).values())
    texts = session.scalars(
        select(Claim.drafted_text)
        .join(Review, Review.id == Claim.review_id)
        .where(Review.incident_id == incident.id, Claim.drafted_text != "")
        .distinct()
    )
    drafted = tuple(frozenset(content_stems(text)) for text in texts)
    return Checker(names, zone_of(session, incident), drafted)


def check_against(
    session: Session, incident: Incident, claim: Claim, sources: Sequence[Source]
) -> Check:
    return checker_of(session, incident).check(claim, sources)


def check_words(
    session: Session,
    incident: Incident,
    text: str,
    sources: Sequence[Source],
    *,
    is_persons: bool = True,
) -> Check:
    return checker_of(session, incident).check_words(text, sources, is_persons=is_persons)


def check_again(session: Session, incident: Incident, claim: Claim) -> None:
    """Hold it against its sources as they were cited, and note on it what was found."""
    sources = sources_of(session, incident, [claim.id])[claim.id]
    check = check_against(session, incident, claim, sources)
    claim.is_supported, claim.failed_check = check.is_supported, check.problem
    session.flush()


def look_again(sources: Sequence[Source]) -> list[Source]:
    """Cite the newest revision, where it still contains the quote: a person has looked at it."""
    return [_renewed(source) for source in sources]


def without_gone(sources: Sequence[Source]) -> list[Source]:
    """Those that still say what is quoted."""
    return [source for source in sources if source.still_says_it]


def is_same_words(text: str, other: str) -> bool:
    """They differ in white space, case or punctuation at most."""
    return _bare(text) == _bare(other)


def says_again(text: str, other: str) -> bool:
    """Less than a third of its words are new beside the other's."""
    return _adds_little(content_stems(text), content_stems(other))


def _adds_little(own: Set[str], known: Set[str]) -> bool:
    return len(own - known) * _NEW < max(1, len(own))


def _bare(text: str) -> list[str]:
    return _WORD.findall(normalised(text).casefold())


def _renewed(source: Source) -> Source:
    if not source.is_changed or not source.still_says_it:
        return source
    source.citation.revision_id = source.latest_revision_id
    message = replace(source.message, text=source.text_now, revision_id=source.latest_revision_id)
    return replace(source, message=message, is_changed=False)


def is_in_a_persons_words(claim: Claim) -> bool:
    return claim.text != claim.drafted_text


def _is_reworded(claim: Claim) -> bool:
    return not is_same_words(claim.text, claim.drafted_text)
