"""Settings come from the environment, and say which variable is wrong."""

import re
from pathlib import Path

import pytest

from copilot.errors import BadInputError
from copilot.settings import Settings, read_settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
COMPOSE = DOCS.parents[1] / "docker-compose.yml"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in _variables():
        monkeypatch.delenv(variable, raising=False)


def _variables() -> set[str]:
    return {
        str(field.validation_alias or f"COPILOT_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }


def test_every_setting_is_in_the_docs_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", DOCS.read_text(), re.MULTILINE))
    assert documented == _variables()


def test_compose_hands_every_setting_on() -> None:
    handed_on = set(re.findall(r"^    ([A-Z_]+): ", COMPOSE.read_text(), re.MULTILINE))
    own = {"COPILOT_DATA_DIR", "COPILOT_HOST", "COPILOT_PORT"}  # decided by the container itself
    assert _variables() - handed_on == own


@pytest.mark.parametrize("variable", sorted(_variables()))
def test_an_empty_variable_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    unset = read_settings()
    monkeypatch.setenv(variable, "")
    assert read_settings() == unset


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COPILOT_PORT", "70000"),
        ("COPILOT_PORT", "http"),
        ("COPILOT_PUBLIC_URL", "example.com"),
        ("COPILOT_DATABASE_URL", "copilot.db"),
        ("COPILOT_DATABASE_URL", "sqlite:///"),
        ("COPILOT_DATABASE_URL", "mysql://host/name"),
        ("COPILOT_DATABASE_URL", "postgresql://user@host:port/name"),
        ("COPILOT_REDIS_URL", "localhost"),
        ("OPENAI_BASE_URL", "localhost:11434/v1"),
        ("OPENAI_BASE_URL", "http://localhost:v1"),
        ("OPENAI_BASE_URL", "http://[::1/v1"),
        ("OPENAI_API_KEY", "sk-one\nsk-two"),
        ("OPENAI_API_KEY", "sk-ключ"),
    ],
)
def test_an_unusable_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadInputError, match=variable):
        read_settings()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///notes.db", "notes.db"),
        ("sqlite:////var/lib/notes.db", "/var/lib/notes.db"),
        ("postgresql://user:password@host/name", None),
    ],
)
def test_only_a_sqlite_file_has_a_path(
    monkeypatch: pytest.MonkeyPatch, url: str, path: str | None
) -> None:
    monkeypatch.setenv("COPILOT_DATABASE_URL", url)
    assert read_settings().sqlite_path == (Path(path) if path else None)


def test_the_end_of_a_line_is_no_part_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one\r\n")
    key = read_settings().llm_api_key
    assert key is not None
    assert key.get_secret_value() == "sk-one"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-one")
    monkeypatch.setenv("COPILOT_REDIS_URL", "redis://:two@localhost/0")
    shown = repr(read_settings())
    assert "xoxb-one" not in shown
    assert "two@" not in shown


def test_a_password_in_an_unusable_address_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COPILOT_DATABASE_URL", "mysql://user:hunter2@host/name")
    monkeypatch.setenv("COPILOT_REDIS_URL", "http://:hunter2@host/0")
    with pytest.raises(BadInputError) as caught:
        read_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET and COPILOT_TOKEN_KEYS"),
        ({"SLACK_CLIENT_SECRET": "sesame", "COPILOT_TOKEN_KEYS": "k"}, "SLACK_CLIENT_ID"),
        (
            {
                "SLACK_CLIENT_ID": "1.2",
                "SLACK_CLIENT_SECRET": "sesame",
                "COPILOT_TOKEN_KEYS": "k",
                "SLACK_BOT_TOKEN": "xoxb-1",
            },
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many",
        ),
    ],
)
def test_one_way_to_be_installed_is_set_and_set_wholly(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(BadInputError, match=named) as caught:
        read_settings()
    assert "sesame" not in str(caught.value)
