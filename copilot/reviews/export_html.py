"""Writes a review as one HTML file that needs nothing else: no script, no font, no picture.

The template escapes all it is given; the only addresses in it are permalinks that code made.
"""

from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from copilot.reviews import export_words as words
from copilot.reviews.milestones import Milestones
from copilot.reviews.views import ReviewView
from copilot.reviews.vocabulary import MilestoneKind


def to_html(view: ReviewView, milestones: Milestones | None = None) -> str:
    export = words.export_of(view, milestones)
    numbers: dict[tuple[str, str], int] = {}
    return _template().render(
        export=export,
        view=view,
        incident=view.incident,
        zone=view.incident.time_zone,
        kinds=list(MilestoneKind),
        words=words,
        numbered=lambda citations: words.numbered(citations, numbers),
        address=_address,
    )


def _address(permalink: str | None) -> str | None:
    """None for what is no web address; the template then writes no link."""
    if permalink is None:
        return None
    try:
        parts = urlsplit(permalink)
    except ValueError:
        return None
    return permalink if parts.scheme in ("https", "http") and parts.netloc else None


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("copilot.reviews", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("review.html")
