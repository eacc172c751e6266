"""Only stretches worth a model's reading are sent, with what it takes to understand them."""

from dataclasses import replace

from copilot.llm.routing import AFTER, BEFORE, MOST_CHARACTERS, Routed, routed
from copilot.ports import WindowMessage
from tests.unit.llm.windows import chat, message, reply_to, window


def length(one: WindowMessage) -> int:
    return len(one.text)


def numbers(found: Routed) -> list[int]:
    return [one.number for one in found.messages]


def test_where_nothing_is_worth_it_nothing_is_sent() -> None:
    assert numbers(routed(window(chat("hello", "hi")), (), length)) == []


def test_a_hit_brings_what_was_said_around_it() -> None:
    found = routed(window([message(n, "words") for n in range(1, 21)]), {10}, length)
    assert numbers(found) == list(range(10 - BEFORE, 10 + AFTER + 1))


def test_stretches_that_meet_become_one() -> None:
    found = routed(window([message(n, "words") for n in range(1, 21)]), {8, 12}, length)
    assert numbers(found) == list(range(8 - BEFORE, 12 + AFTER + 1))


def test_a_reply_brings_its_thread_and_not_the_channel() -> None:
    parent = message(1, "who can page on lag?")
    between = [message(n, "words") for n in range(2, 10)]
    reply = reply_to(parent, message(10, "I can"))
    found = routed(window([parent, *between, reply]), {10}, length)
    assert numbers(found) == [1, 10]


def test_what_was_all_seen_before_is_not_sent_again() -> None:
    seen = [replace(one, is_new=False) for one in chat("todo: page", "ok")]
    assert numbers(routed(window([*seen, *[message(9, "hm")]]), {1}, length)) == [1, 2, 9]
    assert numbers(routed(window(seen), {1}, length)) == []


def test_what_a_person_marked_is_sent_while_it_is_news() -> None:
    lines = [message(n, "words") for n in range(1, 12)]
    lines[5] = replace(lines[5], is_key_moment=True)
    assert 6 in numbers(routed(window(lines), (), length))


def test_of_too_much_the_newest_is_sent_and_the_rest_is_named() -> None:
    lines = [message(n, "x" * (MOST_CHARACTERS // 12)) for n in range(1, 41)]
    found = routed(window(lines), {4, 20, 37}, length)
    assert 37 in numbers(found)
    assert 4 not in numbers(found)
    assert found.left_out == (4,)
    assert sum(map(length, found.messages)) <= MOST_CHARACTERS
