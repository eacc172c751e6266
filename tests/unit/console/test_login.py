import threading

from copilot.console.login import LoginLinks


class Watch:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_link_lets_one_person_in_once() -> None:
    links = LoginLinks()
    token = links.issue()
    assert links.is_open(token)
    assert links.redeem(token)
    assert not links.redeem(token)
    assert not links.is_open(token)


def test_asking_whether_a_link_is_open_does_not_use_it_up() -> None:
    links = LoginLinks()
    token = links.issue()
    assert links.is_open(token)
    assert links.is_open(token)
    assert links.redeem(token)


def test_a_link_expires() -> None:
    watch = Watch()
    links = LoginLinks(lifetime_s=60, monotonic=watch)
    early, late = links.issue(), links.issue()
    watch.now_s = 59.9
    assert links.redeem(early)
    watch.now_s = 60.0
    assert not links.is_open(late)
    assert not links.redeem(late)


def test_an_invented_or_empty_token_opens_nothing() -> None:
    links = LoginLinks()
    links.issue()
    assert not links.redeem("")
    assert not links.redeem("x" * 43)


def test_every_link_is_another() -> None:
    links = LoginLinks()
    assert len({links.issue() for _ in range(200)}) == 200


def test_of_many_who_redeem_at_once_one_comes_in() -> None:
    links = LoginLinks()
    for _ in range(50):
        token = links.issue()
        start = threading.Barrier(8)
        came_in: list[bool] = []

        def redeem(
            token: str = token, start: threading.Barrier = start, came_in: list[bool] = came_in
        ) -> None:
            start.wait()
            came_in.append(links.redeem(token))

        threads = [threading.Thread(target=redeem) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(came_in) == 1
