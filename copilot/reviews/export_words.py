"""What every export says of a review beside its sentences: how far it is, who signed it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from copilot.reviews.milestones import Milestone, Milestones, Records, Told, milestones
from copilot.reviews.models import ClaimState
from copilot.reviews.views import (
    AmendmentView,
    CitationView,
    ClaimView,
    ReviewedIncident,
    ReviewView,
)

NOT_IN_TIMELINE = "not in the timeline"
_SAID = {ClaimState.VERIFIED: "verified", ClaimState.EDITED: "edited"}


@dataclass(frozen=True, slots=True)
class Export:
    """A review with what stands around it."""

    view: ReviewView
    milestones: Milestones

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.view.incident.time_zone)

    def day(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%Y-%m-%d}"

    def day_and_time(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def exact(self, instant: datetime) -> str:
        """With the date where it is not the day of the declaration."""
        at = instant.astimezone(self.zone)
        is_that_day = at.date() == self.view.incident.declared_at.astimezone(self.zone).date()
        return f"{at:%H:%M:%S}" if is_that_day else f"{at:%Y-%m-%d %H:%M:%S}"


def export_of(view: ReviewView, found: Milestones | None = None) -> Export:
    """Without milestones given, those are told that the incident's own record has."""
    return Export(view, found if found is not None else _recorded(view.incident))


def standing(export: Export) -> str:
    """The first thing a reader has to know: whether somebody answers for it."""
    view = export.view
    if view.signed is not None:
        at = export.day_and_time(view.signed.at)
        zone = view.incident.time_zone
        return f"Signed by {view.signed.by}, {at} {zone}, version {view.signed.version}"
    total = len(view.claims)
    return f"Draft: {view.checked} of {count(total, 'sentence')} checked"


def provenance(export: Export) -> str:
    """From what it was made, and what is not in it."""
    view = export.view
    parts = [f"Drafted from {count(view.events_read, 'message')}"]
    if view.events_left_out:
        parts.append(f"; {view.events_left_out} did not fit and were not read")
    if view.left_out:
        parts.append(f" ({'; '.join(view.left_out)})")
    parts.append(".")
    if view.found_next_to_nothing:
        parts.append(" The built-in engine found next to nothing in them; it reads English.")
    if view.gaps:
        stretches = count(len(view.gaps), "stretch", "stretches")
        parts.append(f" Not in the timeline: {stretches} ({'; '.join(view.gaps)}).")
    return "".join(parts)


def left_out(view: ReviewView) -> str:
    """What is kept apart is counted; empty where nothing is."""
    wrong, apart = len(view.rejected), len(view.unsupported)
    parts = []
    if apart:
        parts.append(
            f"{count(apart, 'sentence')} whose sources do not carry what was written "
            f"{'is' if apart == 1 else 'are'} left out"
        )
    if wrong:
        told = ", too" if apart else f" {'is' if wrong == 1 else 'are'} left out"
        parts.append(f"{count(wrong, 'sentence')} that a person marked wrong{told}")
    if not parts:
        return ""
    them = "it" if wrong + apart == 1 else "them"
    return f"{'; '.join(parts)}. The console shows {them} with the reason."


def checker(export: Export, claim: ClaimView) -> str:
    """Who answers for the sentence, e.g. `verified by Ana Roe, 2026-03-05 10:12`."""
    if not claim.is_checked or not claim.checked_by:
        return "not checked yet"
    said = f"{_SAID[claim.state]} by {claim.checked_by}"
    return f"{said}, {export.day_and_time(claim.checked_at)}" if claim.checked_at else said


def caveats(view: ReviewView, claim: ClaimView) -> list[str]:
    found = []
    if claim.source_changed:
        found.append("a source was edited or deleted since")
    elif not claim.supported:
        found.append("its sources do not carry it any more")
    if claim.amended_in is not None:
        verb = "struck" if is_struck(view, claim) else "put otherwise"
        found.append(f"{verb} by amendment {claim.amended_in}")
    return found


def is_struck(view: ReviewView, claim: ClaimView) -> bool:
    """Whether nothing of the sentence holds any more, by its newest amendment."""
    newest = (each for each in view.amendments if each.number == claim.amended_in)
    return any(each.text is None for each in newest)


def amendments_of(view: ReviewView, claim_id: int) -> list[AmendmentView]:
    """What corrects the sentence, and what corrects that, in order."""
    ids, found = {claim_id}, []
    for each in view.amendments:
        if each.claim_id in ids:
            found.append(each)
            if each.new_claim_id is not None:
                ids.add(each.new_claim_id)
    return found


def additions(view: ReviewView) -> list[AmendmentView]:
    """Amendments that correct none of the signed sentences, with what corrects those."""
    shown = {a.number for claim in view.claims for a in amendments_of(view, claim.id)}
    return [each for each in view.amendments if each.number not in shown]


def amendment_words(export: Export, each: AmendmentView) -> str:
    """Who amended it, when and why."""
    at = export.day_and_time(each.written_at)
    note = "; a source was edited or deleted since" if each.source_changed else ""
    return f"{each.author}, {at}: {each.why}{note}"


def milestone_words(milestone: Milestone) -> str:
    """What made it the milestone."""
    who = f", {milestone.person}" if milestone.person else ""
    why = f": {milestone.why}" if milestone.why else ""
    return f"{milestone.rule}{who}{why}"


def numbered(citations: Iterable[CitationView], numbers: dict[tuple[str, str], int]) -> list[int]:
    """The numbers of these sources in the document; new ones are given the next."""
    return [
        numbers.setdefault((each.message_ts, each.quote), len(numbers) + 1) for each in citations
    ]


def length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    minutes = seconds // 60  # as the console and Slack count them
    if 0 <= seconds < 60:
        return f"{seconds} s"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _recorded(incident: ReviewedIncident) -> Milestones:
    def told(at: datetime | None) -> Told | None:
        return Told(0, at) if at is not None else None

    return milestones(
        Records(
            declared=told(incident.declared_at),
            mitigated=told(incident.mitigated_at),
            resolved=told(incident.resolved_at),
        )
    )
