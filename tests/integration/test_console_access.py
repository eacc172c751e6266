import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from copilot.clock import ReplayClock
from copilot.console.security import SECURITY_HEADERS
from copilot.db import Database
from tests.console_world import build_world, world_clock
from tests.console_world.client import Visitor
from tests.console_world.one_database import ON_BOTH
from tests.console_world.one_database import database_url as database_url

OPEN = {"/login", "/static"}
NUMBERS = {
    "incident_id": "1",
    "suggestion_id": "1",
    "claim_id": "1",
    "comment_id": "1",
    "follow_up_id": "1",
    "number": "1",
}


@pytest.fixture
def visitor(db: Database) -> Visitor:
    return Visitor(db, world_clock())


def routes_of(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, those of included routers too."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from routes_of(router.routes)
        else:
            yield route


def guarded_calls(web: FastAPI) -> list[tuple[str, str]]:
    """Method and path of everything that must not answer a stranger."""
    calls = []
    for route in routes_of(list(web.routes)):
        assert isinstance(route, Route | APIRoute | Mount), f"unknown kind of route: {route}"
        if route.path in OPEN:
            continue
        assert not isinstance(route, Mount), f"a mount nobody guards: {route.path}"
        path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: NUMBERS[found[1]], route.path)
        calls += [(method, path) for method in sorted(route.methods or ()) if method != "HEAD"]
    return calls


@ON_BOTH
def test_every_route_asks_who_you_are(db: Database, visitor: Visitor) -> None:
    build_world(db)
    calls = guarded_calls(visitor.web)
    assert len(calls) >= 15
    for method, path in calls:
        answer = visitor.http.request(method, path)
        if method == "GET":
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login"), path
        else:
            assert answer.status_code in {401, 403}, (method, path)


def test_every_post_needs_the_form_token_of_its_session(db: Database, visitor: Visitor) -> None:
    build_world(db)
    visitor.signs_in()
    posts = [path for method, path in guarded_calls(visitor.web) if method == "POST"]
    assert len(posts) >= 7
    for path in [*posts, "/login"]:
        for form in ({}, {"form_token": ""}, {"form_token": "x" * 32}, {"form_token": "é"}):
            answer = visitor.http.post(path, data=form)
            assert answer.status_code == 403, (path, form)
            assert "Nothing was changed" in answer.text


def test_a_form_of_another_session_is_not_accepted(db: Database, visitor: Visitor) -> None:
    visitor.signs_in()
    stranger = Visitor(db, world_clock()).signs_in("eve")
    answer = visitor.http.post("/logout", data={"form_token": stranger.token_at("/")})
    assert answer.status_code == 403
    visitor.sees("/")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver:8081"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_sent_from_elsewhere_is_not_accepted(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    visitor.signs_in()
    assert visitor.sends("/logout", headers=headers).status_code == 403
    visitor.sees("/")


def test_a_form_of_our_own_is_accepted(visitor: Visitor) -> None:
    visitor.signs_in()
    headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert visitor.sends("/logout", headers=headers).status_code == 303
    assert visitor.http.get("/").status_code == 303


def test_looking_at_a_login_link_does_not_use_it_up(visitor: Visitor) -> None:
    token = visitor.login.issue()
    assert "Who are you?" in visitor.sees(f"/login?token={token}")
    assert "Who are you?" in visitor.sees(f"/login?token={token}")
    assert visitor.login.is_open(token)


@ON_BOTH
def test_a_login_link_works_once(db: Database, visitor: Visitor) -> None:
    token = visitor.login.issue()
    seen_at = f"/login?token={token}"
    form = {"token": token, "name": "sam", "next": "/incidents/7"}
    form_token = visitor.token_at(seen_at)
    answer = visitor.http.post("/login", data={**form, "form_token": form_token})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/incidents/7"
    visitor.http.cookies.clear()
    form_token = visitor.token_at(f"/login?token={visitor.login.issue()}")
    answer = visitor.http.post("/login", data={**form, "form_token": form_token})
    assert "no longer works" in answer.text
    assert visitor.http.get("/").status_code == 303


def test_a_nameless_person_does_not_come_in_and_keeps_the_link(visitor: Visitor) -> None:
    token = visitor.login.issue()
    answer = visitor.sends(
        "/login", {"token": token, "name": " \u200b "}, seen_at=f"/login?token={token}"
    )
    assert answer.status_code == 400
    assert "Please give a name" in answer.text
    assert visitor.login.is_open(token)


def test_after_signing_in_nobody_is_led_elsewhere(visitor: Visitor) -> None:
    token = visitor.login.issue()
    form = {"token": token, "name": "sam", "next": "//evil.example/"}
    answer = visitor.sends("/login", form, seen_at=f"/login?token={token}")
    assert answer.headers["location"] == "/"


def test_a_used_or_invented_link_says_what_to_do(visitor: Visitor) -> None:
    shown = visitor.sees("/login?token=invented")
    assert "no longer works" in shown
    assert "incident-copilot serve" in shown


def test_the_session_cookie_is_out_of_reach(visitor: Visitor) -> None:
    token = visitor.login.issue()
    answer = visitor.sends(
        "/login", {"token": token, "name": "sam"}, seen_at=f"/login?token={token}"
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_cookie_signed_with_another_key_is_worthless(db: Database, visitor: Visitor) -> None:
    visitor.signs_in()
    other = Visitor(db, world_clock(), secret_key="another key of the same length..")
    other.http.cookies.update(visitor.http.cookies)
    assert other.http.get("/").status_code == 303


def test_every_answer_carries_the_security_headers(db: Database, visitor: Visitor) -> None:
    visitor.signs_in()
    for path in ("/", "/login", "/nowhere", "/incidents/9", "/static/console.css"):
        headers = visitor.http.get(path).headers
        for name, value in SECURITY_HEADERS.items():
            if name != "Cache-Control":
                assert headers[name] == value, (path, name)
        assert "'unsafe" not in headers["content-security-policy"]


def test_pages_say_their_character_set_and_stay_in_no_cache(visitor: Visitor) -> None:
    visitor.signs_in()
    headers = visitor.http.get("/").headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"


def test_style_sheets_and_scripts_are_kept_until_they_change(visitor: Visitor) -> None:
    visitor.signs_in()
    shown = visitor.http.get("/").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', shown))
    assert {address.rpartition("/")[2] for address in addresses} >= {"console.css", "ticks.js"}
    for address in addresses:
        headers = visitor.http.get(address).headers
        assert headers["cache-control"] == "public, max-age=31536000, immutable", address
    css = next(address for address in addresses if address.endswith("console.css"))
    mark = css.split("/")[2]
    for other in ("/static/console.css", css.replace(mark, "v-before")):
        answer = visitor.http.get(other)
        assert answer.status_code == 200, other
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache", other
    missing = visitor.http.get(f"/static/{mark}/nowhere.css")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/incidents/999",
        "/incidents/abc",
        "/incidents/-1",
        f"/incidents/{2**63}",
        f"/incidents/{'9' * 400}",
        "/incidents/1/episodes/1",
        "/incidents/999/review",
        "/incidents/999/review.md",
        "/incidents/999/suggestions",
        "/incidents/999/latest",
        "/static/../app.py",
    ],
)
def test_what_is_not_there_is_said_in_plain_words(visitor: Visitor, path: str) -> None:
    visitor.signs_in()
    shown = visitor.sees(path, status=404)
    assert "Not here" in shown
    assert "Nothing was changed" in shown


def test_programs_get_errors_as_json(visitor: Visitor) -> None:
    visitor.signs_in()
    answer = visitor.http.get("/incidents/999", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert "There is no incident 999" in answer.json()["detail"]


def test_a_failure_of_ours_says_what_is_safe_and_nothing_else(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    class BrokenClock(ReplayClock):
        def __init__(self) -> None:
            super().__init__(world_clock().now())

        def now(self):  # type: ignore[no-untyped-def]
            raise RuntimeError("secret inner detail")

    incident_id = build_world(db, reviewed=False).incident_id
    visitor = Visitor(db, BrokenClock(), failures_raise=False).signs_in()
    answer = visitor.http.get(f"/incidents/{incident_id}")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret inner detail" not in answer.text
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
    assert "secret inner detail" in caplog.text
