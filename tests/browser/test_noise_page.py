"""Tuning how much is said, in a real browser: with the mouse, with keys, on a phone."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from copilot.clock import ReplayClock
from copilot.db import Database, open_engine
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.policies import policies_in_force, set_policies
from tests.browser.conftest import Console, Desk, serve
from tests.console_world import TEAM, World
from tests.console_world.talkative import RESPONDER, build_history


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> tuple[Path, datetime]:
    """Two incidents with suggestions and decisions, played once for all tests here."""
    path = tmp_path_factory.mktemp("played") / "played.db"
    shutil.copy(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    now = build_history(Database(engine, lambda _job: None), incidents=2, suggested=12)
    engine.dispose()
    return path, now


@pytest.fixture
def console(tmp_path: Path, played: tuple[Path, datetime]) -> Iterator[Console]:
    path = tmp_path / "noise.db"
    shutil.copy(played[0], path)
    engine = open_engine(f"sqlite:///{path}")
    db = Database(engine, lambda _job: None)
    yield from serve(db, World(1, {}), ReplayClock(played[1]))
    engine.dispose()


def base_of(desk: Desk) -> NoisePolicy:
    with desk.console.db.reading() as session:
        return policies_in_force(session, TEAM).policies.base


def conclusion(page: Page) -> Locator:
    return page.locator("#replay-sum")


def saves(page: Page, reason: str) -> None:
    page.get_by_label("Why, for those who wonder later").fill(reason)
    page.get_by_role("button", name="Save for the whole workspace").click()


def test_the_replay_follows_the_numbers_and_a_save_can_be_undone(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="How much is said").click()
    expect(conclusion(page)).to_have_text("Nothing would have been different.")
    page.get_by_label("to post while calm").fill("0.99")
    page.get_by_label("while busy").fill("0.99")
    expect(conclusion(page)).not_to_have_text("Nothing would have been different.")
    expect(page.locator(".lane").first).to_be_visible()
    expect(page.locator("#replay-status")).not_to_be_empty()
    assert base_of(desk).threshold_when_calm == 0.75
    saves(page, "too many cards")
    expect(page.locator(".told")).to_contain_text("Saved. It holds for what is found from now on.")
    assert base_of(desk).threshold_when_calm == 0.99
    history = page.locator("#history .version").first
    expect(history).to_contain_text("sure enough to post while calm 0.75 → 0.99")
    history.get_by_text("Undo…").click()
    expect(history).to_contain_text("This puts back: sure enough to post while calm 0.99 → 0.75")
    history.get_by_role("button", name="Put back").click()
    expect(page.locator(".told")).to_contain_text("Put back.")
    assert base_of(desk).threshold_when_calm == 0.75


def test_a_preset_fills_in_its_numbers_and_is_marked(desk: Desk) -> None:
    page = desk.opens("/noise")
    quiet = page.get_by_role("button", name="Quiet", exact=True)
    expect(page.get_by_role("button", name="Balanced")).to_have_attribute("aria-pressed", "true")
    quiet.click()
    expect(page.get_by_label("one post in")).to_have_value("30")
    expect(quiet).to_have_attribute("aria-pressed", "true")
    page.get_by_label("one post in").fill("31")
    expect(quiet).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#preset-words")).to_have_text("Numbers of your own.")
    assert "reason" not in page.url


def test_what_cannot_be_used_is_told_beside_it_at_once(desk: Desk) -> None:
    page = desk.opens("/noise")
    busy = page.get_by_label("while busy")
    busy.fill("0.6")
    expect(page.locator("#fault-threshold_when_busy")).to_contain_text("can't take less")
    expect(busy).to_have_attribute("aria-invalid", "true")
    busy.fill("0.9")
    expect(page.locator("#fault-threshold_when_busy")).to_be_empty()
    expect(busy).not_to_have_attribute("aria-invalid", "true")


def test_it_can_be_done_with_keys_alone(desk: Desk) -> None:
    page = desk.opens("/noise")
    page.get_by_role("button", name="Talkative").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("to post while calm")).to_have_value("0.65")
    expect(page.get_by_role("button", name="Talkative")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_label("for a digest")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.6")
    expect(page.locator("#preset-words")).to_have_text("Numbers of your own.")
    page.get_by_label("Why, for those").focus()
    page.keyboard.type("we like to hear more")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("Saved.")
    assert base_of(desk).digest_threshold == 0.6


def test_somebody_elses_change_is_met_and_nothing_typed_is_lost(desk: Desk) -> None:
    page = desk.opens("/noise")
    page.get_by_label("one post in").fill("45")
    with desk.console.db.transaction() as session:
        other = PolicySet(NoisePolicy(most_in_one_post=2))
        now = desk.console.clock.now()
        set_policies(session, TEAM, other, reason="cards were long", by=RESPONDER, now=now)
    saves(page, "posts come too fast")
    expect(page.get_by_role("alert")).to_contain_text("ben changed this while you were at it")
    expect(page.get_by_label("one post in")).to_have_value("45")
    expect(page.get_by_label("items in a post")).to_have_value("2")
    expect(page.get_by_label("Why, for those")).to_have_value("posts come too fast")
    page.get_by_role("button", name="Save for the whole workspace").click()
    expect(page.locator(".told")).to_contain_text("Saved.")
    assert base_of(desk).most_in_one_post == 2
    desk.complaints[:] = [line for line in desk.complaints if "409" not in line]


def test_when_the_console_is_gone_the_numbers_stay_and_it_says_so(desk: Desk) -> None:
    page = desk.opens("/noise")
    page.route("**/noise/replay?**", lambda route: route.abort())
    page.get_by_label("one post in").fill("45")
    expect(page.locator("#replay-status")).to_contain_text("can't be reached")
    expect(page.get_by_label("one post in")).to_have_value("45")
    desk.complaints.clear()  # the browser reports the broken connection


def test_without_javascript_a_button_replays_and_a_form_saves(plain: Desk) -> None:
    page = plain.opens("/noise")
    page.get_by_role("button", name="Quiet", exact=True).click()
    expect(page.get_by_label("one post in")).to_have_value("30")
    page.get_by_label("to post while calm").fill("0.95")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page).to_have_url(re.compile("threshold_when_calm=0.95"))
    assert "form_token" not in page.url
    expect(conclusion(page)).not_to_have_text("Nothing would have been different.")
    saves(page, "calm nights")
    expect(page.locator(".told")).to_contain_text("Saved.")
    history = page.locator("#history .version").first
    history.get_by_text("Undo…").click()
    history.get_by_role("button", name="Put back").click()
    expect(page.locator(".told")).to_contain_text("Put back.")


@pytest.mark.parametrize("path", ["/noise?preset=quiet", "/noise/why"])
def test_nothing_is_wider_than_a_phone(phone: Desk, path: str) -> None:
    page = phone.opens(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_screen_reader_hears_what_the_page_is(desk: Desk) -> None:
    page = desk.opens("/noise?preset=quiet")
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - heading "How much is said" [level=1]
      - navigation "For which incidents":
        - link "Whole workspace"
        - link "SEV1"
      - 'form "How much is said: Whole workspace"':
        - group "Fill in a preset":
          - button "Quiet" [pressed]
          - button "Balanced"
        - group "How sure it must be":
          - spinbutton "to post while calm": "0.85"
          - spinbutton "while busy": "0.95"
        - group "What is suggested":
          - checkbox "Promises" [checked]
      - region "What it would have done":
        - heading "What it would have done" [level=2]
        - table:
          - rowgroup
          - rowgroup:
            - row /posted at once \\d+ \\d+/
      - textbox "Why, for those who wonder later"
      - button "Save for the whole workspace"
    """)
