"""Where a conversation is cut, and how an episode is named."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from copilot.ports import WindowMessage
from copilot.reviews.episodes import (
    MAX_EPISODES,
    SHORTEST_LULL,
    cut_episodes,
    episodes_for_drafter,
    usual_lull,
)
from copilot.reviews.turns import is_turn
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
    assert episode.title.endswith("errors…")
    (episode,) = cut_episodes([a_message(1, "restarted " + "/var/log/checkout" * 9)])
    assert episode.title.startswith("restarted /var/log/checkout/var")


def in_thread(number: int, second: int, root: int | None) -> WindowMessage:
    """A message, or a reply to message `root` of second 0."""
    parent = a_message(root, "x", at="14:00:00").message_ts if root else None
    return a_message(number, "on it", at=f"14:00:{second}", thread_ts=parent)


class TestThreads:
    def test_people_who_answer_slowly_in_one_thread_stay_together(self) -> None:
        minutes = [0, 0.5, 1, 1.5, 2, 13, 13.5, 14]
        apart = [in_thread(n, int(m * 60), None) for n, m in enumerate(minutes, 1)]
        answered = [in_thread(n, int(m * 60), 1) for n, m in enumerate(minutes, 1)]
        assert [len(each.messages) for each in cut_episodes(apart)] == [5, 3]
        assert [len(each.messages) for each in cut_episodes(answered)] == [8]

    def test_a_long_thread_talked_in_alone_is_an_episode_of_its_own(self) -> None:
        before = [in_thread(n, n * 20, None) for n in range(1, 11)]
        thread = [in_thread(n, n * 20, 3) for n in range(11, 31)]
        thread[7] = in_thread(18, 18 * 20, None)
        after = [in_thread(n, n * 20, None) for n in range(31, 41)]
        episodes = cut_episodes([*before, *thread, *after])
        assert [len(each.messages) for each in episodes] == [10, 20, 10]

    def test_a_thread_among_other_talk_is_part_of_it(self) -> None:
        mixed = [in_thread(n, n * 20, 1 if n % 2 else None) for n in range(1, 61)]
        assert len(cut_episodes(mixed)) == 1

    def test_a_late_reply_is_where_it_was_said(self) -> None:
        talk = [in_thread(n, n * 10, None) for n in range(1, 6)]
        late = [in_thread(6, 7200, 1), in_thread(7, 7210, None)]
        assert [len(each.messages) for each in cut_episodes([*talk, *late])] == [5, 2]

    def test_a_conversation_that_is_all_one_thread_is_not_cut_by_it(self) -> None:
        assert len(cut_episodes([in_thread(n, n * 20, 1) for n in range(1, 41)])) == 1


def test_the_command_passing_on_is_a_turn_and_another_role_is_none() -> None:
    assert is_turn("handed_over", {"old": "U1", "new": "U2"})
    assert is_turn("role_assigned", {"role": "commander", "new": "U2"})
    assert not is_turn("role_assigned", {"role": "scribe", "new": "U2"})
    assert not is_turn("message", {})


def test_of_very_many_turns_and_lulls_both_are_heard() -> None:
    seconds = [lull * 10_000 + step * 10 for lull in range(100) for step in range(20)]
    messages = [a_message(n, "x", at=f"0:0:{second}") for n, second in enumerate(seconds, 1)]
    turns = [message.occurred_at for message in messages[5::10]]
    episodes = cut_episodes(messages, turns)
    assert len(episodes) == MAX_EPISODES
    opened_by_turn = sum(episode.starts_at in turns for episode in episodes)
    assert opened_by_turn == 20


def test_a_long_talk_without_a_lull_is_cut_at_its_pauses() -> None:
    seconds = [n * 10 + (200 if n >= 400 else 0) for n in range(1_000)]
    messages = [a_message(n, "still failing", at=f"0:0:{s}") for n, s in enumerate(seconds, 1)]
    episodes = cut_episodes(messages)
    assert episodes[0].messages[0].number == 1
    assert 401 in [episode.messages[0].number for episode in episodes]
    assert max(len(episode.messages) for episode in episodes) <= 250


def test_files_without_a_word_make_an_episode_without_a_title() -> None:
    (episode,) = cut_episodes([a_message(1, ""), a_message(2, " ")])
    assert episode.title == ""


MESSAGES = st.lists(
    st.tuples(st.integers(0, 90_000), st.sampled_from([None, 1, 2]), st.sampled_from("abc")),
    max_size=150,
)


@given(MESSAGES, st.lists(st.integers(0, 90_000), max_size=60), st.randoms())
def test_any_timeline_is_divided_the_same_way_into_few_stretches_of_time(
    said: list[tuple[int, int | None, str]], changed: list[int], shuffled: Any
) -> None:
    messages = [
        replace(in_thread(n, second, root if n > 2 else None), author_name=who)
        for n, (second, root, who) in enumerate(said, 1)
    ]
    turns: list[datetime] = [STARTED_AT + timedelta(seconds=second) for second in changed]
    episodes = cut_episodes(messages, turns)
    flat = [message for episode in episodes for message in episode.messages]
    assert flat == sorted(messages, key=lambda m: (m.occurred_at, m.number))
    assert len(episodes) <= MAX_EPISODES
    assert [episode.number for episode in episodes] == list(range(1, len(episodes) + 1))
    for episode in episodes:
        spoke = {message.author_name for message in episode.messages}
        assert set(episode.people) == spoke
        assert set(episode.key_moments) <= set(episode.messages)
        assert episode.starts_at == episode.messages[0].occurred_at
        assert episode.ends_at == episode.messages[-1].occurred_at
    mixed = list(messages)
    shuffled.shuffle(mixed)
    assert cut_episodes(mixed, list(reversed(turns))) == episodes
    bare = episodes_for_drafter(messages, turns)
    assert [each.messages for each in bare] == [each.messages for each in episodes]


def test_ten_times_as_many_messages_cost_about_ten_times_as_much() -> None:
    def calls(count: int) -> int:
        """Counted rather than timed, so that a busy machine tells the same."""
        messages = [
            in_thread(n, n * 7 + 900 * (n // 50), 1 if n % 5 else None) for n in range(count)
        ]
        made = 0

        def note(_frame: Any, _event: str, _argument: Any) -> None:
            nonlocal made
            made += 1

        sys.setprofile(note)
        try:
            episodes_for_drafter(messages, [messages[count // 2].occurred_at])
        finally:
            sys.setprofile(None)
        return made

    assert calls(8_000) < 13 * calls(800)


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
    assert len(episodes_for_drafter(messages)) <= MAX_EPISODES


def test_of_very_many_lulls_the_longest_cut() -> None:
    seconds = [lull * 1_000 + step * 10 for lull in range(100) for step in range(20)]
    messages = [a_message(n, "x", at=f"0:0:{second}") for n, second in enumerate(seconds, 1)]
    assert len(cut_episodes(messages)) == 40
