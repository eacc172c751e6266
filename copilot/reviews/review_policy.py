"""How a workspace wants its reviews. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.ports import SectionWish
from copilot.reviews.models import Section

TITLES: Mapping[Section, str] = {
    Section.SUMMARY: "Summary",
    Section.IMPACT: "Impact",
    Section.KEY_MOMENTS: "Key moments",
    Section.DETECTION: "Detection",
    Section.RESPONSE: "Response",
    Section.CONTRIBUTING_FACTORS: "Contributing factors",
    Section.WENT_WELL: "What went well",
    Section.WAS_HARD: "What was hard",
    Section.FOLLOW_UPS: "Follow-ups",
    Section.OPEN_QUESTIONS: "Open questions",
}
_ASKS: Mapping[Section, str] = {
    Section.SUMMARY: "What was wrong and how it ended.",
    Section.IMPACT: "Who or what was hit, how badly, for how long.",
    Section.KEY_MOMENTS: "The turns of the incident, in time order.",
    Section.DETECTION: "How it was noticed, and by whom.",
    Section.RESPONSE: "What people did and decided.",
    Section.CONTRIBUTING_FACTORS: "What people said brought it about or made it worse.",
    Section.WENT_WELL: "What people said helped.",
    Section.WAS_HARD: "What people said got in the way.",
    Section.FOLLOW_UPS: "Work agreed for after the incident.",
    Section.OPEN_QUESTIONS: "What was asked or left unknown.",
}
SHIPPED = tuple(SectionWish(section.value, TITLES[section], _ASKS[section]) for section in Section)


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    sections: tuple[SectionWish, ...] = SHIPPED
    debt_cap_minutes: float = 10.0
    """Reading left for each reviewer from which on no further section is drafted (design.md, 6)."""
    seeded_share: float = 0.0
    """Altered claims shown for each real one, to each reviewer; 0 shows none."""
    time_zone: str = "UTC"
    """IANA name; clock times of reviews are written in it."""
