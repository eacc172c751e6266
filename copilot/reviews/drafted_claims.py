"""What a drafter wrote, checked: by code, then by the second judge if there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from zoneinfo import ZoneInfo

from copilot.ports import (
    DraftedClaim,
    Judge,
    Judged,
    Judgement,
    JudgeRequest,
    SectionWish,
    Support,
    WindowMessage,
)
from copilot.reviews.checking import JUDGED_UNSUPPORTED, NO_SECTION
from copilot.reviews.citations import Check, check_claim, is_verbatim
from copilot.reviews.material import Material
from copilot.reviews.versions import CheckedClaim, Cited
from copilot.suggestions.runs import storable

MOST_CLAIMS = 200
"""Of one answer. More would be no review; a drafter gone wild is cut off."""
_MOST_CITATIONS = 20
_MOST_KEPT_APART = 20
"""Sentences of a section that failed a check; a page of them helps nobody."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What sentences are held against."""

    incident_id: int
    material: Material
    messages: Mapping[int, WindowMessage]
    """By number."""
    zone: tzinfo


def basis_of(incident_id: int, material: Material) -> Basis:
    zone = ZoneInfo(material.facts.time_zone)
    return Basis(incident_id, material, material.by_number, zone)


@dataclass(frozen=True, slots=True)
class CheckedSection:
    claims: tuple[CheckedClaim, ...]
    judged: Judged | None = None
    left_out: tuple[str, ...] = ()


def check_section(
    drafted: Sequence[DraftedClaim],
    wish: SectionWish,
    known: frozenset[str],
    basis: Basis,
    judge: Judge | None,
) -> CheckedSection:
    """Those of `drafted` that belong to the section. `known` are the keys of all sections; what
    belongs to none of them is kept apart here. A judge is shown the cited messages.
    """
    own = [
        claim
        for claim in drafted[:MOST_CLAIMS]
        if claim.section == wish.key or claim.section not in known
    ]
    checks = [_check(claim, wish, basis) for claim in own]
    judged, by_place = _judge(own, checks, basis, judge)
    claims = [
        _checked(claim, check, wish, basis, by_place.get(place))
        for place, (claim, check) in enumerate(zip(own, checks, strict=True))
    ]
    if judged is not None and judged.runs:
        claims = [_heard(claim) for claim in claims]
    return _fitting(claims, wish, judged)


def _check(claim: DraftedClaim, wish: SectionWish, basis: Basis) -> Check:
    if claim.section != wish.key:
        return Check(NO_SECTION)
    return check_claim(
        claim.text,
        claim.citations[:_MOST_CITATIONS],
        basis.messages,
        basis.material.names,
        zone=basis.zone,
    )


def _judge(
    claims: Sequence[DraftedClaim],
    checks: Sequence[Check],
    basis: Basis,
    judge: Judge | None,
) -> tuple[Judged | None, dict[int, Judgement]]:
    """What it says, by the place of the claim; of those only that passed by code."""
    passed = [place for place, check in enumerate(checks) if check.is_supported]
    if judge is None or not passed:
        return None, {}
    shown = tuple(claims[place] for place in passed)
    cited = {quote.number for claim in shown for quote in claim.citations}
    judged = judge.judge(
        JudgeRequest(
            claims=shown,
            messages={number: basis.messages[number] for number in sorted(cited)},
            time_zone=basis.material.facts.time_zone,
            team_id=basis.material.team_id,
            incident_id=basis.incident_id,
            is_private=basis.material.is_private,
        )
    )
    said = zip(passed, judged.judgements, strict=False)
    return judged, {place: judgement for place, judgement in said if judgement is not None}


def _checked(
    claim: DraftedClaim,
    check: Check,
    wish: SectionWish,
    basis: Basis,
    judgement: Judgement | None,
) -> CheckedClaim:
    checked = CheckedClaim(
        wish.key, storable(claim.text), tuple(_resolved(claim, basis.messages)), check
    )
    if judgement is None:
        return checked
    if judgement.support == Support.NONE:
        check = Check(_one_line(judgement.why) or JUDGED_UNSUPPORTED)
    return replace(checked, check=check, judged=judgement.support.value)


def _heard(claim: CheckedClaim) -> CheckedClaim:
    """Of a judge that was asked: what passed by code and got no answer says so."""
    return replace(claim, is_unanswered=claim.check.is_supported and claim.judged is None)


def _resolved(claim: DraftedClaim, messages: Mapping[int, WindowMessage]) -> list[Cited]:
    return [
        Cited(message.event_id, message.revision_id, quote.text)
        for quote in claim.citations[:_MOST_CITATIONS]
        if (message := messages.get(quote.number)) and is_verbatim(quote.text, message.text)
    ]


def _fitting(
    claims: Sequence[CheckedClaim], wish: SectionWish, judged: Judged | None
) -> CheckedSection:
    """As many as the template wants, and a few of what failed; what is cut is counted."""
    sound = [claim for claim in claims if claim.check.is_supported]
    failed = [claim for claim in claims if not claim.check.is_supported]
    kept = {id(claim) for claim in (*sound[: wish.most], *failed[:_MOST_KEPT_APART])}
    more = max(0, len(sound) - wish.most)
    noun = "sentence" if more == 1 else "sentences"
    left_out = (f"{more} {noun} of {wish.title}",) if more else ()
    return CheckedSection(tuple(one for one in claims if id(one) in kept), judged, left_out)


def _one_line(text: str) -> str:
    return " ".join(str(storable(text)).split())[:300]
