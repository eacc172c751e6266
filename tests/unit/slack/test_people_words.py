import pytest

from copilot.ports import Person
from copilot.slack.people_words import Named, read_person

PEOPLE = (
    Person("U1", "ana", "Ana Costa"),
    Person("U2", "ben", "Ben Okafor"),
    Person("U3", "dana", "Dana Levi"),
    Person("U4", "dl", "Dana Lind"),
    Person("U5", "Zoë van Dam", "Zoë van Dam"),
    Person("U6", "sam", "Sam Roe"),
    Person("U7", "samr", "Sam Roe"),
)


@pytest.mark.parametrize(
    ("text", "user_id", "rest"),
    [
        ("<@U3|dana>", "U3", ""),
        ("<@U9> watch the lag", "U9", "watch the lag"),
        ("@dana, watch the lag", "U3", "watch the lag"),
        ("dana", "U3", ""),
        ("BEN: please", "U2", "please"),
        ("Dana Lind has the bridge", "U4", "has the bridge"),
        ("zoë van dam takes over", "U5", "takes over"),
        ("“ana”", "U1", ""),
        ("me", "UME", ""),
        ("ME, from now on", "UME", "from now on"),
    ],
)
def test_a_person_is_named_in_many_ways(text: str, user_id: str, rest: str) -> None:
    assert read_person(text, PEOPLE, "UME") == Named(user_id, rest)


def test_a_first_name_will_do_where_only_one_has_it() -> None:
    people = (Person("U5", "zvd", "Zoë van Dam"), *PEOPLE[:2])
    assert read_person("zoë", people, "UME").user_id == "U5"


@pytest.mark.parametrize("text", ["mallory", "@mallory please", "<!channel>", "@", "x" * 5000])
def test_who_is_nobody_is_said(text: str) -> None:
    named = read_person(text, PEOPLE, "UME")
    assert named.user_id is None
    assert named.several == ()


def test_of_several_nobody_is_guessed() -> None:
    named = read_person("Sam Roe", PEOPLE, "UME")
    assert named.user_id is None
    assert named.several == ("sam (Sam Roe)", "samr (Sam Roe)")
    assert read_person("", PEOPLE, "UME").user_id is None
