import pytest

from copilot.errors import BadInputError
from copilot.settings import Settings, read_reactions, read_settings
from copilot.timeline.marks import DEFAULT_MEANINGS
from copilot.timeline.models import MarkKind


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("COPILOT_REACTIONS", raising=False)
    return monkeypatch


def test_the_default_is_what_listeners_go_by_without_settings() -> None:
    assert Settings.model_fields["reactions"].default is not None
    assert read_reactions(Settings.model_fields["reactions"].default) == dict(DEFAULT_MEANINGS)


def test_each_kind_of_mark_can_be_given_reactions() -> None:
    for kind in MarkKind:
        assert read_reactions(f"{kind}=eyes,:+1:") == {"eyes": kind, "+1": kind}
    assert read_reactions("off") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("star", "give e.g."),
        ("keymoment=star", "give e.g."),
        ("key_moment=", "give e.g."),
        ("key_moment=a|b", "no reaction's name"),
        ("key_moment=star follow_up=star", "two things"),
    ],
)
def test_a_wrong_setting_names_the_variable_and_shows_a_right_one(
    environment: pytest.MonkeyPatch, text: str, said: str
) -> None:
    environment.setenv("COPILOT_REACTIONS", text)
    with pytest.raises(BadInputError, match=f"COPILOT_REACTIONS.*{said}"):
        read_settings()
