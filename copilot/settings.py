"""Every environment variable, typed, with a default or a clear error."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from copilot.errors import BadInputError

_SAID_BY_REACTION = ("key_moment", "follow_up", "ignored")
_REACTION = re.compile(r"[\w'+-]{1,100}")


class Settings(BaseSettings):
    """Read once, by `bootstrap`; features are handed what they need."""

    model_config = SettingsConfigDict(
        env_prefix="COPILOT_",
        env_ignore_empty=True,  # docker compose hands on what is not set as an empty text
        extra="ignore",
        populate_by_name=True,
    )

    data_dir: Path = Field(
        default=Path.home() / ".incident-copilot",
        description="Folder for the default SQLite database; named on start.",
    )
    database_url: str | None = Field(
        default=None, description="sqlite:///PATH or postgresql://…; default: a file in data_dir."
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Broker for separate workers; without it a worker runs inside the web process.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port; 0 takes a free one.")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]+",
        description="Address under which people reach the console, for links.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs console sessions; without it sessions end when the process does.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, validation_alias="SLACK_BOT_TOKEN", description="xoxb-… of the installed app."
    )
    slack_client_id: str | None = Field(
        default=None,
        validation_alias="SLACK_CLIENT_ID",
        description="Of the app; with SLACK_CLIENT_SECRET many workspaces can install it.",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_CLIENT_SECRET",
        description="Proves to Slack that an installation is ours to finish.",
    )
    token_keys: SecretStr | None = Field(
        default=None,
        description="Encrypt the tokens of installations: the first one does, all of them decrypt.",
    )
    keep_after_uninstall_days: int = Field(
        default=14,
        ge=0,
        le=36500,
        description="After the app was removed from a workspace, how long its data is kept.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Proves that a request came from Slack.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_APP_TOKEN",
        description="xapp-… of the app; with it Slack is reached by Socket Mode, not over HTTP.",
    )
    slack_sockets: int = Field(
        default=2, ge=1, le=10, description="How many sockets Socket Mode keeps open."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Another Slack: GovSlack, or the sandbox.",
    )

    llm_base_url: str | None = Field(
        default=None,
        validation_alias="OPENAI_BASE_URL",
        pattern=r"^https?://[^/\s]+",
        description="An OpenAI-compatible endpoint; default: OpenAI's own, once there is a key.",
    )
    llm_api_key: SecretStr | None = Field(
        default=None, validation_alias="OPENAI_API_KEY", description="Key for that endpoint."
    )
    llm_model: str | None = Field(
        default=None,
        description="Model to ask; without it nothing leaves this machine but to Slack.",
    )
    llm_deadline_s: float = Field(
        default=30.0, gt=0, le=90, description="Seconds a call of the model may take in all."
    )
    llm_tokens_per_incident: int = Field(
        default=100_000, ge=0, description="Most tokens that a model may use on one incident."
    )
    llm_tokens_per_hour: int = Field(
        default=200_000, ge=0, description="The same for a workspace in an hour."
    )
    llm_tokens_per_day: int = Field(
        default=1_000_000, ge=0, description="The same for a workspace in a day."
    )
    llm_private_channels: bool = Field(
        default=False, description="Whether a model may read incidents of private channels."
    )
    llm_second_judge: bool = Field(
        default=False, description="Whether a model reads each sentence of a review once more."
    )

    reactions: str = Field(
        default="key_moment=star,pushpin follow_up=memo",
        description="What a reaction says of a message: key_moment, follow_up, ignored.",
    )

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            found = make_url(url)
        except (ArgumentError, ValueError):
            found = None
        backend = found.get_backend_name() if found else ""
        if found is None or backend not in {"sqlite", "postgresql"} or not found.database:
            raise ValueError("give sqlite:///PATH or postgresql://user:password@host/name")
        return url

    @field_validator("llm_base_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        try:
            if url is not None:
                _ = urlsplit(url).port
        except ValueError:
            raise ValueError("give an address such as http://localhost:11434/v1") from None
        return url

    @field_validator("llm_api_key")
    @classmethod
    def _can_be_sent(cls, key: SecretStr | None) -> SecretStr | None:
        # The end of a line comes along where a key is read from a file.
        bare = key.get_secret_value().strip() if key else ""
        if not (bare.isascii() and bare.isprintable()):
            raise ValueError("a key has only ASCII characters, and no line breaks")
        return SecretStr(bare) if bare else None

    @field_validator("reactions")
    @classmethod
    def _are_reactions(cls, text: str) -> str:
        read_reactions(text)
        return text

    @field_validator("slack_app_token")
    @classmethod
    def _is_an_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith("xapp-"):
            raise ValueError("an app-level token begins with xapp-; xoxb-… is SLACK_BOT_TOKEN")
        return token

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: SecretStr | None) -> SecretStr | None:
        # Anything else would quietly become the address of another kind of broker.
        if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("give redis://host:6379/0, or rediss:// for TLS")
        return url

    @property
    def reaction_meanings(self) -> dict[str, str]:
        """What each reaction says, by its name."""
        return read_reactions(self.reactions)

    @model_validator(mode="after")
    def _is_one_way_in(self) -> "Settings":
        given = self._for_many_workspaces()
        missing = [name for name, value in given.items() if value is None]
        if self.slack_client_id is None and self.slack_client_secret is None:
            return self
        if self.slack_bot_token is not None:
            raise ValueError(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: set one of them"
            )
        if missing:
            raise ValueError(
                f"{' and '.join(missing)}: needed for many workspaces, beside "
                f"{' and '.join(name for name in given if name not in missing)}"
            )
        return self

    @property
    def keep_after_uninstall(self) -> timedelta:
        return timedelta(days=self.keep_after_uninstall_days)

    def _for_many_workspaces(self) -> dict[str, object]:
        return {
            "SLACK_CLIENT_ID": self.slack_client_id,
            "SLACK_CLIENT_SECRET": self.slack_client_secret,
            "COPILOT_TOKEN_KEYS": self.token_keys,
        }

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'copilot.db'}"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None where the database is no SQLite file."""
        _, found, path = self.effective_database_url.partition("sqlite:///")
        return Path(path) if found and path else None


def read_reactions(text: str) -> dict[str, str]:
    """Reads `key_moment=star,pushpin follow_up=memo`; `off` gives no reaction a meaning.

    Raises ValueError.
    """
    meanings: dict[str, str] = {}
    for part in text.split() if text.strip() != "off" else ():
        said, _, names = part.partition("=")
        if said not in _SAID_BY_REACTION or not names:
            raise ValueError(f"{part[:40]!r}: give e.g. key_moment=star,pushpin follow_up=memo")
        for name in names.split(","):
            reaction = name.strip(":")
            if not _REACTION.fullmatch(reaction):
                raise ValueError(f"{name[:40]!r} is no reaction's name, such as star or memo")
            if meanings.setdefault(reaction, said) != said:
                raise ValueError(f"the reaction {reaction} can't mean two things")
    return meanings


def read_settings() -> Settings:
    """Settings from the environment. Raises BadInputError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            "".join(f"{_variable(str(field))}: " for field in problem["loc"][:1])
            + problem["msg"].removeprefix("Value error, ")
            for problem in error.errors()
        )
        raise BadInputError(f"Unusable setting ({problems}). See docs/settings.md.") from None


def _variable(name: str) -> str:
    """The environment variable of a field, which pydantic names by its alias if it has one."""
    return f"COPILOT_{name.upper()}" if name in Settings.model_fields else name
