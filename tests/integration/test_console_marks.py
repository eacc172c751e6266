"""What people marked and wrote down, on the pages of the console."""

from datetime import timedelta
from html import unescape

from sqlalchemy import select

from copilot.db import Database, open_engine
from copilot.incidents.marked import mark_by_hand
from copilot.incidents.models import Incident
from copilot.incidents.notes import write_note
from copilot.timeline.marks import Place
from copilot.timeline.models import EventKind, MarkKind, TimelineEvent
from copilot.timeline.permalinks import instant_to_ts
from tests.console_world import CHANNEL, STARTS_AT, TEAM, build_world, world_clock
from tests.console_world.client import Visitor


def test_marks_and_notes_stand_in_the_timeline_and_can_be_linked_to(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    db = Database(engine, lambda _: None)
    world = build_world(db)
    ts, noted_at = world.stamps["09:51:02"], STARTS_AT + timedelta(minutes=12)
    with db.transaction() as session:
        incident = session.get_one(Incident, world.incident_id)
        place = Place(TEAM, CHANNEL, ts)
        mark_by_hand(session, place, MarkKind.KEY_MOMENT, by="U0BEN", now=noted_at)
        write_note(session, incident, "told <b>support</b>", by="U0ANA", now=noted_at)
        note = session.scalars(
            select(TimelineEvent).where(TimelineEvent.kind == EventKind.NOTE)
        ).one()
    sam = Visitor(db, world_clock()).signs_in("sam")
    # The link of a record opens the part of the timeline that it stands in.
    page = sam.sees(f"/incidents/{world.incident_id}?at={instant_to_ts(noted_at)}")
    assert f'id="r-{note.id}"' in page
    assert "ana noted: told <b>support</b>" in unescape(page)
    assert "<b>support" not in page
    line = page[page.index(f'id="m-{ts}"') :]
    assert "◆ key moment" in line[: line.index("</article>")]
    assert "told <b>support</b>" in unescape(sam.sees(f"/incidents/{world.incident_id}/review"))
    engine.dispose()
