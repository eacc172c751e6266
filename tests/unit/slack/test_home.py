from datetime import UTC, datetime, timedelta

import pytest

from copilot.slack.follow_up_list import FollowUpItem
from copilot.slack.home import Home, HomeIncident, MyFollowUp, home_view
from copilot.suggestions.noise_overview import NoiseOverview
from copilot.suggestions.vocabulary import Reason
from tests.scenarios.block_reading import words_of
from tests.unit.slack.block_kit import view_problems
from tests.unit.slack.cards_made import NASTY_TEXTS

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
LINK = "http://127.0.0.1:8080/incidents/1"


def an_incident(number: int = 1, text: str = "checkout errors", link: str = LINK) -> HomeIncident:
    return HomeIncident(
        id=number,
        title=text,
        channel_name=text,
        channel_link=link,
        severity="sev2",
        status=text or "monitoring",
        tempo=text or "calm",
        declared_at=NOW - timedelta(minutes=49),
        suggestions=2,
        claims=1,
        timeline_link=link,
        suggestions_link=link,
        review_link=link,
        quiet_until=NOW + timedelta(minutes=5),
        quiet_by=text,
    )


def mine(number: int = 1, text: str = "check the backups", link: str = LINK) -> MyFollowUp:
    item = FollowUpItem(number, 1, text, text, text)
    return MyFollowUp(item, text, link)


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_home_takes_any_text_and_address(text: str) -> None:
    home = Home(
        follow_ups=[mine(text=text, link=text)],
        incidents=[an_incident(text=text, link=text), an_incident(2, text=text)],
        reviews=[an_incident(3, text=text, link=text)],
        noise=NoiseOverview(1, 2, {text: 3}, 4, 5),
        said="done",
    )
    assert view_problems(home_view(home, NOW)) == []


def test_the_fullest_home_stays_within_slacks_limits() -> None:
    home = Home(
        follow_ups=[mine(number, "&" * 400) for number in range(20)],
        incidents=[an_incident(number, "&" * 400) for number in range(10)],
        reviews=[an_incident(100 + number, "&" * 400) for number in range(5)],
        more_follow_ups=10**6,
        more_incidents=10**6,
        more_reviews=10**6,
        noise=NoiseOverview(10**6, 10**6, dict.fromkeys(Reason, 10**6), 10**6, 10**6),
        said="x" * 500,
    )
    view = home_view(home, NOW)
    assert view_problems(view) == []
    assert "and 1000000 more in the console" in words_of(view)


def test_an_empty_home_says_what_to_do() -> None:
    view = home_view(Home(noise=NoiseOverview()), NOW)
    assert view_problems(view) == []
    shown = words_of(view)
    assert "Nothing is waiting for you" in shown
    assert "No incident is open" in shown
    assert "Nothing came up" in shown


def test_a_share_is_told_only_of_enough_decisions() -> None:
    few = home_view(Home(noise=NoiseOverview(shown=9, decided=9, wanted=8)), NOW)
    assert "8 of 9 (a share needs 10)" in str(few)
    enough = home_view(Home(noise=NoiseOverview(shown=10, decided=10, wanted=9)), NOW)
    assert "90 % of 10 decided" in str(enough)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_words(reason: Reason) -> None:
    home = Home(noise=NoiseOverview(kept_back={reason: 1}))
    assert f"Kept back because: {reason.value} 1" not in words_of(home_view(home, NOW))


def test_what_was_kept_back_is_told_with_the_reason() -> None:
    noise = NoiseOverview(kept_back={Reason.HECTIC: 4, Reason.BELOW_THRESHOLD: 2})
    assert "the channel was hectic 4 · not sure enough 2" in str(home_view(Home(noise=noise), NOW))
