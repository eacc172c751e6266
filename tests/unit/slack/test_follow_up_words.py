import pytest

from copilot.ports import Person
from copilot.slack.follow_up_words import (
    ToAdd,
    ToComplete,
    ToList,
    Unclear,
    owner_in,
    read_follow_up,
)

PEOPLE = [Person("U0ANA", "ana"), Person("U0BEN", "ben"), Person("U0DANA", "dana k")]


@pytest.mark.parametrize("typed", ["", "list", "LIST", "show"])
def test_nothing_more_typed_lists_them(typed: str) -> None:
    assert read_follow_up(typed, PEOPLE) == ToList()


@pytest.mark.parametrize(
    ("typed", "title", "owner_id", "due"),
    [
        ("add check the backups", "check the backups", None, None),
        ("add check the backups <@U0BEN|ben> by Friday", "check the backups", "U0BEN", "by Friday"),
        ("add <@U0BEN> check the backups", "check the backups", "U0BEN", None),
        ("add check the backups by Friday @ana", "check the backups", "U0ANA", "by Friday"),
        ("add check the backups @dana.k.", "check the backups", "U0DANA", None),
        ("add move it to next week", "move it to next week", None, None),
        ("new mail root@db-3 to ops", "mail root@db-3 to ops", None, None),
    ],
)
def test_title_owner_and_due_are_told_apart(
    typed: str, title: str, owner_id: str | None, due: str | None
) -> None:
    assert read_follow_up(typed, PEOPLE) == ToAdd(title, owner_id, due)


def test_a_name_nobody_has_is_said_not_dropped() -> None:
    found = read_follow_up("add check the backups @nobody", PEOPLE)
    assert isinstance(found, ToAdd)
    assert found.unknown_owner == "nobody"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("done 3", 3), ("done #3", 3), ("close 12", 12), ("done", None), ("done x", None)],
)
def test_done_takes_the_number_of_the_list(typed: str, number: int | None) -> None:
    assert read_follow_up(typed, PEOPLE) == ToComplete(number)


def test_another_word_is_unclear() -> None:
    assert read_follow_up("remove 3", PEOPLE) == Unclear("remove")


@pytest.mark.parametrize(
    ("text", "owner_id"),
    [
        ("<@U0BEN> can you check the backups?", "U0BEN"),
        ("<@U0ANA> <@U0BEN> who checks the backups?", None),
        ("I'll check the backups", "U0ANA"),
        ("somebody should check the backups", None),
        ("<@U0XYZ> will check", None),
    ],
)
def test_a_message_names_its_owner_only_if_it_is_clear(text: str, owner_id: str | None) -> None:
    assert owner_in(text, "U0ANA", PEOPLE) == owner_id
