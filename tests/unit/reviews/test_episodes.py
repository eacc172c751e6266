"""Where a conversation is cut, and how an episode is named."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import WindowMessage
from copilot.reviews.episodes import SHORTEST_LULL, cut_episodes, usual_lull
from tests.unit.reviews.messages import STARTED_AT, a_message


def said_at(*times: str) -> list[WindowMessage]:
    return [a_message(number, f"word number {number}", at=at) for number, at in enumerate(times, 1)]


def test_no_message_is_no_episode() -> None:
    assert cut_episodes([]) == []


def test_one_message_is_one_episode() -> None:
    (episode,) = cut_episodes([a_message(1, "checkout is failing for all customers")])
    assert episode.title == "checkout is failing for all customers"
    assert (episode.number, episode.people) == (1, ("ana",))
    assert episode.starts_at == episode.ends_at


def test_a_lull_of_ten_minutes_begins_a_new_episode() -> None:
    minutes = ["00:00", "00:30", "01:00", "10:59", "20:59", "21:00", "21:10", "21:20"]
    episodes = cut_episodes(said_at(*[f"14:{minute}" for minute in minutes]))
    assert [len(episode.messages) for episode in episodes] == [4, 4]
    assert [episode.number for episode in episodes] == [1, 2]


def test_slow_talk_stays_together() -> None:
    slow = said_at("09:00:00", "09:20:00", "09:45:00", "10:00:00", "10:25:00")
    assert usual_lull(slow) > SHORTEST_LULL
    assert len(cut_episodes(slow)) == 1


def test_a_change_of_status_begins_a_new_episode() -> None:
    messages = said_at("14:00:00", "14:01:00", "14:02:00", "14:03:00")
    episodes = cut_episodes(messages, [STARTED_AT + timedelta(minutes=2)])
    assert [len(episode.messages) for episode in episodes] == [2, 2]


def test_two_changes_at_once_cut_once() -> None:
    change = STARTED_AT + timedelta(minutes=1)
    episodes = cut_episodes(said_at("14:00:00", "14:01:00"), [change, change])
    assert [len(episode.messages) for episode in episodes] == [1, 1]


def test_the_title_is_taken_from_the_most_telling_message_and_people_from_how_much_they_said() -> (
    None
):
    messages = [
        a_message(1, "morning", author="ben", at="14:00:00"),
        a_message(2, "lol", author="ana", at="14:00:10"),
        a_message(3, "checkout is down for customers, errors at 40%", author="ana", at="14:00:20"),
    ]
    (episode,) = cut_episodes(messages)
    assert episode.title == "checkout is down for customers, errors at 40%"
    assert episode.people == ("ana", "ben")
    assert [message.number for message in episode.key_moments] == [3]


def test_a_long_title_ends_at_a_word() -> None:
    (episode,) = cut_episodes([a_message(1, "checkout errors " * 30)])
    assert len(episode.title) <= 71
    assert episode.title.endswith("…")


@given(st.lists(st.integers(min_value=0, max_value=200_000), max_size=60))
def test_every_message_is_in_exactly_one_episode_in_order(seconds: list[int]) -> None:
    messages = [
        a_message(number, "x", at=f"0:0:{second}") for number, second in enumerate(seconds, 1)
    ]
    episodes = cut_episodes(messages)
    flat = [message for episode in episodes for message in episode.messages]
    assert sorted(message.number for message in flat) == list(range(1, len(messages) + 1))
    assert [message.occurred_at for message in flat] == sorted(m.occurred_at for m in messages)
    assert len(episodes) <= 60
    assert all(episode.starts_at <= episode.ends_at for episode in episodes)


def test_ten_thousand_messages_are_cut_into_a_number_a_person_can_read() -> None:
    messages = [a_message(n, "still failing", at=f"0:0:{n * 700}") for n in range(1, 10_001)]
    assert len(cut_episodes(messages)) <= 40


def test_of_very_many_lulls_the_longest_cut() -> None:
    seconds = [lull * 1_000 + step * 10 for lull in range(100) for step in range(20)]
    messages = [a_message(n, "x", at=f"0:0:{second}") for n, second in enumerate(seconds, 1)]
    assert len(cut_episodes(messages)) == 40
