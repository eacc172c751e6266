"""An incident whose review somebody bad has drafted, and the paths by which it can be read."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from typer.testing import CliRunner

from copilot.cli import app
from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.errors import CopilotError
from copilot.ports import Draft, DraftedClaim, DraftRequest, Quote
from copilot.reviews.reading import current_review
from copilot.reviews.review_policy import SHIPPED
from copilot.reviews.views import ReviewView
from tests.console_world.client import Visitor
from tests.engines import shared_engine
from tests.fakes.channel_story import START
from tests.fakes.drafter import ScriptedDrafter
from tests.fakes.model_answers import ReadLine
from tests.fakes.wrong_claims import CONVERSATION, WRONG, WrongClaim

KEYS = [wish.key for wish in SHIPPED]
Publishes = Callable[["Place"], str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident with its draft lies."""

    path: Path
    incident_id: int
    stamps: Sequence[str]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @contextmanager
    def opened(self) -> Iterator[Database]:
        engine = shared_engine(self.url)
        yield Database(engine, lambda _: None)
        engine.dispose()

    def copied_to(self, path: Path) -> "Place":
        for left_over in path.parent.glob(f"{path.name}*"):
            left_over.unlink()
        shutil.copy(self.path, path)
        return replace(self, path=path)

    def view(self) -> ReviewView:
        with self.opened() as db, db.reading() as session:
            found = current_review(session, self.incident_id)
        assert found is not None
        return found

    def command(self, *arguments: str, **environment: str) -> str:
        settings = {"COPILOT_DATABASE_URL": self.url, "COLUMNS": "400", **environment}
        done = CliRunner(env=settings).invoke(app, arguments)
        assert done.exit_code == 0, (done.stderr, done.exception)
        return done.stdout

    def cited_by(self, one: WrongClaim) -> list[str]:
        """Stamps of what it cites; of a guess of somebody's where it cites nothing."""
        numbers = [number for number, _ in one.cites if number <= len(self.stamps)]
        return [self.stamps[number - 1] for number in numbers or [4]]

    def acts(self, *acts: Callable[[Session], object]) -> None:
        """One after the other, each in a transaction of its own, whether or not it is refused."""
        with self.opened() as db:
            for act in acts:
                with suppress(CopilotError), db.transaction() as session:
                    act(session)


def as_claims() -> list[DraftedClaim]:
    """All that is wrong, spread over the sections, and twice a section that is none."""
    return [
        DraftedClaim(_section(at), one.text, tuple(Quote(*each) for each in one.cites))
        for at, one in enumerate(WRONG.values())
    ] + [DraftedClaim("blame", "The failover worked, ana", (Quote(6, CONVERSATION[5][1]),))]


def _section(at: int) -> str:
    return KEYS[at % len(KEYS)]


def notes_of_everything(_: Sequence[ReadLine]) -> list[dict[str, Any]]:
    """As the part of a model: what is wrong, ten thousand times, and each twice in one section."""
    notes = [
        {
            "section": _section(at),
            "text": one.text,
            "evidence": [{"message": number, "quote": quote} for number, quote in one.cites],
        }
        for at, one in enumerate(WRONG.values())
    ]
    return (notes * 10_000)[:10_000]


class WrongDrafter(ScriptedDrafter):
    """What is wrong, and one good sentence a section, so that there is something to publish."""

    def draft(self, request: DraftRequest) -> Draft:
        (wish,) = request.sections
        number = KEYS.index(wish.key) % 3
        quote = (1, 6, 9)[number]
        text = ("Rolling back deploy 4812 on db-3", "The failover worked", "Restarted checkout")
        good = DraftedClaim(wish.key, text[number], (Quote(quote, CONVERSATION[quote - 1][1]),))
        return Draft((*as_claims(), good), engine="scripted-1")


def console_page(place: Place) -> str:
    """What stands in the sections; what is kept apart has a place of its own below."""
    with place.opened() as db:
        sam = Visitor(db, ReplayClock(START)).signs_in("sam")
        page = sam.sees(f"/incidents/{place.incident_id}/review")
    sections = re.findall(r'<section class="section" id="section-.*?</section>', page, re.DOTALL)
    assert sections
    return unescape(" ".join(sections))


def of_the_console(name: str) -> Publishes:
    def publishes(place: Place) -> str:
        with place.opened() as db:
            sam = Visitor(db, ReplayClock(START)).signs_in("sam")
            return sam.sees(f"/incidents/{place.incident_id}/{name}")

    return publishes


def command_markdown(place: Place) -> str:
    return place.command("review", "export", str(place.incident_id))


def command_html(place: Place) -> str:
    return place.command("review", "export", str(place.incident_id), "--format", "html")


def command_json(place: Place) -> str:
    found = place.command("review", "export", str(place.incident_id), "--format", "json")
    return published_json(json.loads(found))


def console_json(place: Place) -> str:
    return published_json(json.loads(of_the_console("review.json")(place)))


def published_json(found: dict[str, Any]) -> str:
    """Without what it lists as unsupported, which says why beside each."""
    assert all(each["why"] for each in found.pop("unsupported", []))
    return json.dumps(found, ensure_ascii=False)


PATHS: Mapping[str, Publishes] = {
    "console": console_page,
    "console html": of_the_console("review.html"),
    "console markdown": of_the_console("review.md"),
    "console json": console_json,
    "command markdown": command_markdown,
    "command html": command_html,
    "command json": command_json,
}
