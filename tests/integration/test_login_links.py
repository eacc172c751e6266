import threading
from datetime import timedelta

import pytest

from copilot.clock import ReplayClock
from copilot.console.login import LIFETIME, LoginLinks, SlackUser
from copilot.db import Database

DANA = SlackUser("T0HARBOUR", "U0DAN")


@pytest.fixture
def links(db: Database, clock: ReplayClock) -> LoginLinks:
    return LoginLinks(db, "k" * 32, clock=clock)


def test_a_link_lets_one_person_in_once(links: LoginLinks) -> None:
    token = links.issue()
    assert links.is_open(token)
    assert links.redeem(token)
    assert not links.redeem(token)
    assert not links.is_open(token)


def test_asking_whether_a_link_is_open_does_not_use_it_up(links: LoginLinks) -> None:
    token = links.issue()
    assert links.is_open(token)
    assert links.is_open(token)
    assert links.redeem(token)


def test_a_link_says_whom_slack_vouched_for_and_where_it_leads(links: LoginLinks) -> None:
    token = links.issue(DANA, "/incidents/7/review")
    invitation = links.redeem(token)
    assert invitation is not None
    assert invitation.user == DANA
    assert links.path_of(token) == "/incidents/7/review"
    own = links.redeem(links.issue())
    assert own is not None
    assert own.user is None


def test_a_link_expires_and_is_forgotten(
    db: Database, links: LoginLinks, clock: ReplayClock
) -> None:
    early, late = links.issue(), links.issue()
    clock.advance_to(clock.now() + LIFETIME - timedelta(seconds=1))
    assert links.redeem(early)
    clock.advance_to(clock.now() + timedelta(seconds=1))
    assert not links.is_open(late)
    assert not links.redeem(late)
    assert not links.redeem(early)


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 5000, "é\ud800", "W10.aaaa"])
def test_an_invented_or_empty_token_opens_nothing(links: LoginLinks, token: str) -> None:
    assert not links.redeem(token)
    assert links.read(token) is None
    assert links.path_of(token) is None


def test_a_link_works_in_every_process_with_the_key_and_once_in_all(
    db: Database, links: LoginLinks, clock: ReplayClock
) -> None:
    another = LoginLinks(db, "k" * 32, clock=clock)
    stranger = LoginLinks(db, clock=clock)
    token = links.issue(DANA)
    assert not stranger.redeem(token)
    assert another.redeem(token)
    assert not links.redeem(token)


def test_every_link_is_another(links: LoginLinks) -> None:
    assert len({links.issue() for _ in range(200)}) == 200


def test_of_many_who_redeem_at_once_one_comes_in(links: LoginLinks) -> None:
    for _ in range(5):
        token = links.issue()
        start = threading.Barrier(8)
        came_in: list[bool] = []

        def redeem(
            token: str = token, start: threading.Barrier = start, came_in: list[bool] = came_in
        ) -> None:
            start.wait()
            came_in.append(links.redeem(token) is not None)

        threads = [threading.Thread(target=redeem) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(came_in) == 1
