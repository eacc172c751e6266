"""The page of follow-ups, as a browser without JavaScript uses it."""

from html import unescape

import pytest

from copilot.db import Database, open_engine
from copilot.incidents.follow_ups import follow_ups_of
from copilot.incidents.models import FollowUp
from copilot.suggestions.listing import SuggestionView, suggestions_of
from tests.console_world import World, build_world, world_clock
from tests.console_world.client import Visitor

PATH = "/incidents/1/follow-ups"


@pytest.fixture
def db(sqlite_url: str) -> Database:
    return Database(open_engine(sqlite_url), lambda _job: None)


@pytest.fixture
def world(db: Database) -> World:
    return build_world(db)


@pytest.fixture
def visitor(db: Database, world: World) -> Visitor:
    return Visitor(db, world_clock()).signs_in()


def undecided(db: Database) -> list[SuggestionView]:
    with db.reading() as session:
        found = suggestions_of(session, 1)
    return [view for view in found if view.decision is None and view.verdict != "suppress"]


def agreed(db: Database) -> dict[str, FollowUp]:
    with db.reading() as session:
        return {one.title: one for one in follow_ups_of(session, 1)}


def fields(view: SuggestionView, act: str, **more: str) -> dict[str, str]:
    given = {"title": view.title, "owner": view.owner_id or "", "due": view.due or "", **more}
    return {f"act-{view.id}": act, **{f"{name}-{view.id}": text for name, text in given.items()}}


def test_one_form_decides_on_all_of_them(db: Database, visitor: Visitor) -> None:
    first, second, third, *rest = undecided(db)
    form = {
        **fields(first, "accept", owner="U0CHO", due="by Friday"),
        **fields(second, "merge", into=f"s{first.id}"),
        **fields(third, "dismiss", reason="not_now"),
        **{key: text for view in rest for key, text in fields(view, "leave").items()},
    }
    for view in (first, second, third, *rest):
        assert view.title in unescape(visitor.sees(PATH))
    assert visitor.sends(PATH, form, seen_at=PATH).status_code == 303
    assert "1 accepted with changes, 1 merged, 1 dismissed" in visitor.sees(PATH)
    made = agreed(db)[first.title]
    assert (made.owner_id, made.due) == ("U0CHO", "by Friday")
    assert [view.id for view in undecided(db)] == [view.id for view in rest]

    visitor.sends(PATH, form, seen_at=PATH)
    shown = unescape(visitor.sees(PATH))
    assert "Nothing was changed." in shown
    assert "that stands" in shown


def test_what_could_not_be_saved_is_still_in_the_form(db: Database, visitor: Visitor) -> None:
    first, second, *_ = undecided(db)
    before = set(agreed(db))
    form = {**fields(first, "accept", title="My own words"), **fields(second, "merge")}
    answer = visitor.sends(PATH, form, seen_at=PATH)
    assert answer.status_code == 422
    assert "Choose what it is merged into. Nothing was saved." in answer.text
    assert "My own words" in answer.text
    assert set(agreed(db)) == before


def test_owner_and_day_are_changed_and_it_is_done(db: Database, visitor: Visitor) -> None:
    title, row = next(iter(agreed(db).items()))
    key = f"f{row.id}"
    form = {f"title-{key}": title, f"owner-{key}": "U0SAM", f"due-{key}": "next week"}
    visitor.sends(f"{PATH}/{row.id}/change", form, seen_at=PATH)
    assert (agreed(db)[title].owner_id, agreed(db)[title].due) == ("U0SAM", "next week")
    visitor.sends(f"{PATH}/{row.id}/change", {**form, f"owner-{key}": "U0NOBODY"}, seen_at=PATH)
    assert "must be a person of this workspace" in visitor.sees(PATH)
    visitor.sends(f"{PATH}/{row.id}/done", seen_at=PATH)
    assert agreed(db)[title].done_at is not None
    visitor.sends(f"{PATH}/{row.id}/done", seen_at=PATH)
    assert "is done already" in visitor.sees(PATH)


def test_a_made_up_field_is_refused_in_words(db: Database, visitor: Visitor) -> None:
    for form in ({"act-1": "explode"}, {"act-99999": "accept", "title-99999": "x"}):
        assert visitor.sends(PATH, form, seen_at=PATH).status_code == 422
    assert visitor.sends(f"{PATH}/999/done", seen_at=PATH).status_code == 404


def test_files_of_the_review_are_offered_to_who_may_read_it(visitor: Visitor) -> None:
    page = visitor.http.get("/incidents/1/review.html")
    assert page.headers["content-disposition"].endswith('"incident-1-review.html"')
    assert "Draft: " in page.text
    timeline = visitor.http.get("/incidents/1/timeline.csv")
    assert timeline.text.startswith("\ufeffkind,channel,message_ts")
