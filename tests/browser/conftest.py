"""A real Chromium in front of a console that serves the invented incident."""

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from copilot.clock import ReplayClock
from copilot.console.app import add_console
from copilot.console.login import LoginLinks
from copilot.db import Database, open_engine
from tests.console_world import World, build_world, world_clock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# How fast pages are is measured by `make bench`; here a busy machine may take its time.
expect.set_options(timeout=20_000)


@dataclass
class Console:
    url: str
    login: LoginLinks
    world: World
    db: Database
    clock: ReplayClock

    def sign_in(self, page: Page, name: str = "sam") -> None:
        page.goto(f"{self.url}/login?token={self.login.issue()}")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Come in").click()
        page.wait_for_url(f"{self.url}/")


@dataclass
class Desk:
    """One person's browser window; what the browser complains about is collected."""

    console: Console
    page: Page
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        self.page.goto(f"{self.console.url}{path}")
        return self.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def console(sqlite_url: str) -> Iterator[Console]:
    engine = open_engine(sqlite_url)
    db = Database(engine, lambda _job: None)
    yield from serve(db, build_world(db), world_clock())
    engine.dispose()


def serve(db: Database, world: World, clock: ReplayClock) -> Iterator[Console]:
    """A console on a port of its own, until the test is over."""
    login = LoginLinks(db)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_console(web, db=db, clock=clock, login=login, secret_key="k" * 32)
    server = uvicorn.Server(
        uvicorn.Config(web, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Console(f"http://127.0.0.1:{port}", login, world, db, clock)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def desk(browser: Browser, console: Console) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield from at_desk(context, console)


@pytest.fixture
def phone(browser: Browser, console: Console) -> Iterator[Desk]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield from at_desk(context, console)


@pytest.fixture
def plain(browser: Browser, console: Console) -> Iterator[Desk]:
    """A browser that runs no JavaScript."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, java_script_enabled=False
    )
    yield from at_desk(context, console)


def at_desk(context: BrowserContext, console: Console, name: str = "sam") -> Iterator[Desk]:
    page = context.new_page()
    desk = Desk(console, page)
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            desk.complaints.append(line.text) if line.type in ("error", "warning") else None
        ),
    )
    console.sign_in(page, name)
    yield desk
    context.close()
    # A violated content security policy is one of these.
    assert desk.complaints == []
