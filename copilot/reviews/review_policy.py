"""How a workspace wants its reviews: sections, what may wait unchecked, time zone. Pure.

Its JSON form is what is stored. A section that is not among `sections` is switched off.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from copilot.ports import SectionWish
from copilot.reviews.vocabulary import Section
from copilot.suggestions.harmless import visible
from copilot.suggestions.noise_policy import read_zone

MOST_OWN_SECTIONS = 5
MOST_CLAIMS = 40
LONGEST_TITLE, LONGEST_ASKS = 60, 300
LOWEST_CAP, HIGHEST_CAP = 1.0, 120.0
"""Minutes."""
HIGHEST_SEEDED_SHARE = 0.2
"""One in five: with more of them the real sentences would drown."""

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
_SHIPPED_KEYS = frozenset(wish.key for wish in SHIPPED)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LONGEST_KEY = 32


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    sections: tuple[SectionWish, ...] = SHIPPED
    debt_cap_minutes: float = 10.0
    """Reading left for each reviewer from which on no further section is drafted (design.md, 6)."""
    seeded_share: float = 0.0
    """Altered claims shown for each real one, to each reviewer; 0 shows none."""
    time_zone: str = "UTC"
    """IANA name; clock times of reviews are written in it."""

    @property
    def own_sections(self) -> tuple[SectionWish, ...]:
        """Those that the workspace thought of itself."""
        return tuple(wish for wish in self.sections if is_own(wish.key))


DEFAULT_REVIEW_POLICY = ReviewPolicy()


def is_own(key: str) -> bool:
    """Whether the section is one of the workspace's own."""
    return key not in _SHIPPED_KEYS


def key_for(title: str, taken: frozenset[str] = frozenset()) -> str:
    """A new key for a section of that title, stored beside each of its claims."""
    words = "_".join(re.findall(r"[a-z0-9]+", title.casefold()))
    stem = f"own_{words}"[: _LONGEST_KEY - 3].rstrip("_")
    names = [stem, *(f"{stem}_{number}" for number in range(2, 99))]
    return next(name for name in names if name not in taken and is_own(name))


def as_json(policy: ReviewPolicy) -> dict[str, Any]:
    return {
        "sections": [
            {"key": wish.key, "title": wish.title, "asks": wish.asks, "most": wish.most}
            for wish in policy.sections
        ],
        "debt_cap_minutes": policy.debt_cap_minutes,
        "seeded_share": policy.seeded_share,
        "time_zone": policy.time_zone,
    }


def from_json(data: Any) -> ReviewPolicy:
    """Reads what `as_json` wrote; what is left out is as shipped.

    Raises ValueError with words for whoever wrote it. What it may hold, `policy_faults` says.
    """
    if not isinstance(data, Mapping):
        raise ValueError("the policy must be an object")
    unknown = next((name for name in data if name not in _READ), None)
    if unknown is not None:
        raise ValueError(f"{str(unknown)[:40]!r} is no field; there are: {', '.join(_READ)}")
    found: dict[str, Any] = {}
    for name, value in data.items():
        try:
            found[name] = _READ[name](value)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from None
    return replace(DEFAULT_REVIEW_POLICY, **found)


def policy_faults(policy: ReviewPolicy) -> dict[str, str]:
    """What is wrong with it, by field, of a section as `sections.KEY.title`; empty if nothing."""
    faults: dict[str, str] = {}
    if not policy.sections:
        faults["sections"] = "Keep at least one section, or there is nothing to draft."
    if len(policy.own_sections) > MOST_OWN_SECTIONS:
        faults["sections"] = f"A workspace adds up to {MOST_OWN_SECTIONS} sections of its own."
    keys = [wish.key for wish in policy.sections]
    if len(set(keys)) < len(keys):
        faults["sections"] = "A section stands there twice."
    if not LOWEST_CAP <= policy.debt_cap_minutes <= HIGHEST_CAP:
        faults["debt_cap_minutes"] = f"Give minutes from {LOWEST_CAP:g} to {HIGHEST_CAP:g}."
    if not 0 <= policy.seeded_share <= HIGHEST_SEEDED_SHARE:
        faults["seeded_share"] = (
            f"Give a share from 0 (none) to {HIGHEST_SEEDED_SHARE:g} (one in five)."
        )
    if not _is_zone(policy.time_zone):
        faults["time_zone"] = "Give a time zone such as Europe/Berlin or UTC."
    return faults | _section_faults(policy)


def _section_faults(policy: ReviewPolicy) -> dict[str, str]:
    faults: dict[str, str] = {}
    titles: set[str] = set()
    for wish in policy.sections:
        title = _one_line(wish.title).casefold()
        for name, fault in _faults_of(wish, is_title_taken=title in titles).items():
            faults[f"sections.{wish.key}.{name}"] = fault
        titles.add(title)
    return faults


def _faults_of(wish: SectionWish, *, is_title_taken: bool) -> dict[str, str]:
    title, asks = _one_line(wish.title), _one_line(wish.asks)
    candidates = (
        ("key", not _KEY.fullmatch(wish.key), "A key is made of a to z, 0 to 9 and _."),
        ("title", is_title_taken, "Another section has this title."),
        (
            "title",
            len(title) > LONGEST_TITLE,
            f"Keep the title within {LONGEST_TITLE} characters.",
        ),
        ("title", not title, "Give it a title."),
        ("asks", len(asks) > LONGEST_ASKS, f"Keep this within {LONGEST_ASKS} characters."),
        (
            "asks",
            is_own(wish.key) and not asks,
            "Say what belongs in it; that is what it is written by.",
        ),
        (
            "most",
            not 1 <= wish.most <= MOST_CLAIMS,
            f"Give a whole number from 1 to {MOST_CLAIMS}.",
        ),
    )
    return {name: fault for name, is_wrong, fault in candidates if is_wrong}


def tidy(policy: ReviewPolicy) -> ReviewPolicy:
    """Titles and hints on one line each, without characters that show nothing."""
    return replace(
        policy,
        sections=tuple(
            replace(wish, title=_one_line(wish.title), asks=_one_line(wish.asks))
            for wish in policy.sections
        ),
    )


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _is_zone(name: str) -> bool:
    try:
        read_zone(name)
    except ValueError:
        return False
    return True


def _read_sections(value: Any) -> tuple[SectionWish, ...]:
    if not isinstance(value, list):
        raise ValueError("give a list of sections")
    return tuple(_read_section(each) for each in value)


def _read_section(value: Any) -> SectionWish:
    if not isinstance(value, Mapping):
        raise ValueError('give {"key": "impact", "title": "Impact", "asks": "…", "most": 20}')
    most = value.get("most", SHIPPED[0].most)
    if isinstance(most, bool) or not isinstance(most, int):
        raise ValueError("give a whole number of sentences")
    texts = [value.get(name, "") for name in ("key", "title", "asks")]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a section's key, title and asks are text")
    return SectionWish(texts[0], texts[1], texts[2], most)


def _read_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError("give a number")
    return float(value)


def _read_text(value: Any) -> str:
    """Whether it is a zone depends on the machine, and must not keep a stored policy from it."""
    if not isinstance(value, str):
        raise ValueError("give a text")
    return value


_READ: Mapping[str, Any] = {
    "sections": _read_sections,
    "debt_cap_minutes": _read_number,
    "seeded_share": _read_number,
    "time_zone": _read_text,
}
