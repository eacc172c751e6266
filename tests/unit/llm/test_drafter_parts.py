"""An incident cut into parts that fit a question; what does not fit is counted."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from copilot.llm.drafter_parts import Cut, Part, cut_into_parts
from copilot.ports import EpisodeMessages, WindowMessage
from tests.unit.llm.windows import message


def an_episode(number: int, first: int, *lengths: int) -> EpisodeMessages:
    said = tuple(message(first + at, "x" * length) for at, length in enumerate(lengths))
    return EpisodeMessages(number, said[0].occurred_at, said[-1].occurred_at, said)


def numbers(cut: Cut) -> list[list[int]]:
    return [list(part.numbers) for part in cut.parts]


def test_small_episodes_go_together() -> None:
    episodes = [an_episode(1, 1, 100, 100), an_episode(2, 3, 100), an_episode(3, 4, 100)]
    assert numbers(cut_into_parts(episodes)) == [[1, 2, 3, 4]]


def test_an_episode_is_not_cut_where_it_fits_the_next_question() -> None:
    episodes = [an_episode(1, 1, 500, 500), an_episode(2, 3, 500)]
    assert numbers(cut_into_parts(episodes, most_in_part=1_200)) == [[1, 2], [3]]


def test_a_long_episode_is_cut_and_nothing_of_it_lost() -> None:
    cut = cut_into_parts([an_episode(1, 1, *[300] * 10)], most_in_part=1_000)
    assert [number for part in numbers(cut) for number in part] == list(range(1, 11))
    assert max(len(part) for part in numbers(cut)) == 3
    assert cut.left_out == ()


def test_what_does_not_fit_is_counted_and_what_people_marked_stays() -> None:
    episode = an_episode(4, 1, *[500] * 20)
    marked = replace(episode.messages[7], is_key_moment=True)
    liked = replace(episode.messages[3], reactions=("eyes",))
    said = (*episode.messages[:3], liked, *episode.messages[4:7], marked, *episode.messages[8:])
    cut = cut_into_parts([replace(episode, messages=said)], most_read=2_000)
    assert {4, 8} <= set(cut.parts[0].numbers)
    assert cut.left_out == ("17 of 20 messages of episode 4, which only the built-in engine read",)


def test_a_part_keeps_its_key_until_a_word_in_it_changes() -> None:
    one, two = message(1, "lag"), message(2, "fixed")
    part = Part((one, two))
    assert part.key == Part((replace(one, number=7), two)).key
    assert part.key != Part((replace(one, revision_id=99), two)).key
    assert part.key != Part((one,)).key


def test_what_is_said_later_leaves_earlier_parts_as_they_were() -> None:
    before = cut_into_parts([an_episode(1, 1, *[300] * 10)], most_in_part=1_000)
    after = cut_into_parts([an_episode(1, 1, *[300] * 14)], most_in_part=1_000)
    assert [part.key for part in before.parts[:3]] == [part.key for part in after.parts[:3]]


@given(
    st.lists(st.lists(st.integers(1, 3_000), min_size=1, max_size=12), max_size=8),
    st.integers(1_300, 20_000),
    st.integers(1_300, 60_000),
)
def test_every_message_is_in_one_part_or_counted(
    lengths: list[list[int]], most_in_part: int, most_read: int
) -> None:
    episodes: list[EpisodeMessages] = []
    said: list[WindowMessage] = []
    for at, each in enumerate(lengths, 1):
        episodes.append(an_episode(at, len(said) + 1, *each))
        said += episodes[-1].messages
    cut = cut_into_parts(episodes, most_in_part=most_in_part, most_read=most_read)
    shown = [number for part in numbers(cut) for number in part]
    assert shown == sorted(set(shown))
    assert all(part.messages for part in cut.parts)
    counted = sum(int(words.split()[0]) for words in cut.left_out)
    assert len(cut.left_out) <= 4
    assert len(shown) + counted == len(said)
