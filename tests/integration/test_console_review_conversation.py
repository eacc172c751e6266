"""Any message of an incident can be reached from its review, and cited, however many there are."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from copilot.console.review_sources import STRETCH
from copilot.db import Database
from copilot.incidents.queries import get_incident, span_of
from copilot.timeline.models import EventKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.reading import within
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from tests.console_world import CHANNEL, STARTS_AT, TEAM, World
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.integration.review_visits import claim_with
from tests.integration.review_visits import database_url as database_url
from tests.integration.review_visits import review as review
from tests.integration.review_visits import sam as sam
from tests.integration.review_visits import world as world

TICK = re.compile(r'form="add-form" name="message" value="([\d.]+)"')


@pytest.fixture
def stamps(db: Database, world: World) -> set[str]:
    """All that was said, a good deal more than the page shows at a time."""
    with db.transaction() as session:
        for number in range(2 * STRETCH):
            ts = instant_to_ts(STARTS_AT + timedelta(minutes=1, milliseconds=7 * number))
            event = {"type": "message", "user": "U0ANA", "text": f"line {number}", "ts": ts}
            record(session, to_records(TEAM, event, CHANNEL), STARTS_AT)
    with db.reading() as session:
        span = span_of(get_incident(session, world.incident_id))
        spoken = (EventKind.MESSAGE, EventKind.BOT_MESSAGE)
        found = session.scalars(
            select(TimelineEvent.message_ts).where(
                *within(span), TimelineEvent.kind.in_(spoken), TimelineEvent.deleted_at.is_(None)
            )
        )
        return {stamp for stamp in found if stamp}


def onward(page: str, label: str, attribute: str = "data-go") -> str | None:
    """Where a button of the conversation leads; None where there is none."""
    found = re.search(rf'{attribute}="([^"]+)"[^>]*>{label}</button>', page)
    return unescape(found[1]) if found else None


@ON_BOTH
@pytest.mark.parametrize("words", ["0 lag", None])
def test_all_of_the_conversation_can_be_ticked(
    db: Database, sam: Visitor, review: str, stamps: set[str], words: str | None
) -> None:
    page = sam.sees(f"{review}?claim={claim_with(sam, review, words)}" if words else review)
    whole = onward(page, "Whole conversation")
    assert whole is not None
    page = sam.sees(whole)
    assert re.search(r"lines \d+ to \d+ of \d+", page)
    if start := onward(page, "Beginning"):
        page = sam.sees(start)
    while earlier := onward(page, "Earlier messages"):
        page = sam.sees(earlier)
    seen = set(TICK.findall(page))
    while later := onward(page, "Later messages"):
        page = sam.sees(later)
        seen |= set(TICK.findall(page))
    assert seen == stamps
    back = onward(page, "Back to the sources")
    assert back is not None
    assert "Sources of the open sentence" in sam.sees(back)


def test_the_form_goes_along_without_a_script(sam: Visitor, review: str, stamps: set[str]) -> None:
    first, *_, last = sorted(stamps)
    page = sam.sees(f"{review}?start=0")
    form = {"text": "<b>It was slow", "section": "impact", "message": ["", first]}
    for _ in range(20):
        later = onward(page, "Later messages", "formaction")
        if later is None:
            break
        answer = sam.sends(later, form)
        assert answer.status_code == 200
        page = answer.text
        assert f'name="message" value="{first}" checked' in page
        assert ">&lt;b&gt;It was slow</textarea>" in page
    assert f'name="message" value="{last}"' in page
    assert '<option value="impact" selected>' in page


def test_an_empty_form_leads_to_the_address(sam: Visitor, review: str, stamps: set[str]) -> None:
    assert stamps
    for answer in (
        sam.sends(f"{review}/conversation?&start=100", {"text": " ", "message": [""]}),
        sam.http.get(f"{review}/conversation?&start=100"),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{review}?&start=100"


@pytest.mark.parametrize("start", ["-2", "x", str(2**40)])
def test_a_start_that_is_none_is_refused(sam: Visitor, review: str, start: str) -> None:
    sam.sees(f"{review}?start={start}", status=400)


def test_beyond_the_end_stands_the_last_stretch(
    sam: Visitor, review: str, stamps: set[str]
) -> None:
    assert max(stamps) in TICK.findall(sam.sees(f"{review}?start=99999"))
