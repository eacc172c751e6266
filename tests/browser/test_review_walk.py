"""From the import of a real incident to a signed review, with keys alone."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from copilot.archive.importing import import_slack_export
from copilot.clock import SystemClock
from copilot.db import Database, open_engine
from copilot.jobs import Job, QueuedJob
from copilot.local.drafter import LocalDrafter
from copilot.local.proposer import LocalProposer
from copilot.reviews.debt import debt_of
from copilot.reviews.drafting import draft_review
from copilot.suggestions.consideration import propose_now
from tests.browser.conftest import Console, Desk, at_desk, serve
from tests.console_world import World, world_clock

EXPORT = Path(__file__).parents[3] / "shared" / "data" / "slack_exports" / "k8s-2019-02-05.zip"
_MOST_CLAIMS = 120


@dataclass
class Walk:
    desk: Desk
    jobs: list[QueuedJob]
    imported_at: float
    minutes_to_read: float = 0.0

    def works(self) -> None:
        """What the worker does between two keys: draft what people made room for."""
        while self.jobs:
            queued = self.jobs.pop(0)
            if queued.job == Job.DRAFT_REVIEW:
                console = self.desk.console
                draft_review(console.db, console.world.incident_id, LocalDrafter(), SystemClock())


@pytest.fixture
def walk(browser: Browser, sqlite_url: str) -> Iterator[Walk]:
    if not EXPORT.exists():
        pytest.skip(f"{EXPORT.name} is not here")
    jobs: list[QueuedJob] = []
    engine = open_engine(sqlite_url)
    db = Database(engine, jobs.append)
    imported_at = time.perf_counter()
    now = SystemClock().now()
    (incident,) = import_slack_export(db, EXPORT, title="Prow is down", now=now).incidents
    propose_now(db, incident.id, LocalProposer(), SystemClock())
    jobs.clear()
    for console in serve(db, World(incident.id, {}), world_clock()):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        for desk in at_desk(context, _by_the_clock(console), "sam"):
            yield Walk(desk, jobs, imported_at)
    engine.dispose()


def _by_the_clock(console: Console) -> Console:
    """Acts happen now, as drafts do."""
    console.clock.advance_to(SystemClock().now())
    return console


def tabs_to(page: Page, name: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent").strip().startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} can't be reached with Tab")


def checked(page: Page) -> tuple[int, int]:
    found = re.match(r"(\d+) of (\d+) sentence", page.locator("#progress").inner_text())
    assert found
    return int(found[1]), int(found[2])


def drafts(walk: Walk) -> None:
    page = walk.desk.opens(f"/incidents/{walk.desk.console.world.incident_id}/review")
    expect(page.get_by_text("There is no review yet")).to_be_visible()
    tabs_to(page, "Draft the review")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A draft is being written")).to_be_visible()
    walk.works()
    expect(page.locator(".claim.is-open")).to_be_visible(timeout=30_000)


def checks_everything(walk: Walk) -> None:
    """V on each; more is drafted as there is room, and the page takes it in by itself."""
    page, console = walk.desk.page, walk.desk.console
    counted: set[str] = set()
    for _ in range(_MOST_CLAIMS):
        _by_the_clock(console)
        done, total = checked(page)
        with console.db.reading() as session:
            debt = debt_of(session, console.world.incident_id, console.clock.now())
        if debt.claims == 0 and "wait" not in page.locator("#notices").inner_text():
            return
        if done == total:  # what the worker wrote is not on the page yet
            expect(page.locator("#progress")).not_to_have_text(
                re.compile(f"{done} of {total} "), timeout=20_000
            )
            page.keyboard.press("n")
        claim = page.locator(".claim.is-open a.text").inner_text()
        if claim not in counted:
            counted.add(claim)
            walk.minutes_to_read += debt.minutes / max(1, debt.claims)
        page.keyboard.press("v")
        expect(page.locator("#progress")).to_contain_text(f"{done + 1} of ")
        walk.works()
    raise AssertionError("there is always one more claim")


def signs(walk: Walk) -> None:
    page = walk.desk.page
    page.keyboard.press("f")
    page.wait_for_url("**/review/sign")
    expect(page.get_by_role("heading", name="Sign off as sam")).to_be_visible()
    tabs_to(page, "Sign as sam")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed by sam")).to_be_visible()


def test_a_reviewer_goes_from_import_to_signature_with_keys_alone(walk: Walk) -> None:
    drafts(walk)
    page = walk.desk.page
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - paragraph: /0 of \\d+ sentences checked · \\d+ min of reading left · you 0/
        - progressbar
        - heading "Summary" [level=2]
        - complementary "Sources of the open sentence":
          - heading /Sources? as/ [level=2]
        """
    )
    checks_everything(walk)
    signs(walk)
    took = time.perf_counter() - walk.imported_at
    done, total = checked(page)
    assert done == total > 10
    print(  # noqa: T201 - shown with -s
        f"\n{total} claims, import to signature {took:.0f} s by machine; a person has "
        f"{walk.minutes_to_read:.0f} min to read"
    )
