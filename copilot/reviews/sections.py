"""The sections of a version: those of the template it was drafted by. No database."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from copilot.ports import SectionWish
from copilot.reviews.models import Review
from copilot.reviews.review_policy import SHIPPED


def template_of(review: Review) -> tuple[SectionWish, ...]:
    """As it was when the version was begun; a workspace may have another by now."""
    return tuple(SectionWish(**wish) for wish in review.sections) or SHIPPED


def stored(sections: Sequence[SectionWish]) -> list[Any]:
    return [asdict(wish) for wish in sections]


def title_of(key: str, sections: Sequence[SectionWish]) -> str:
    """Also of a section that the template has no more."""
    known = {wish.key: wish.title for wish in (*SHIPPED, *sections)}
    return known.get(key) or key.removeprefix("own_").replace("_", " ").capitalize()
