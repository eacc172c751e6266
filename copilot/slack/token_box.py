"""Encrypts the tokens of installations, with keys that only the processes hold."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from copilot.errors import BadInputError, TemporaryError
from copilot.workspaces.installations import SealedTokens

_HOW = "Make one with `incident-copilot keys new`."


def new_key() -> str:
    return Fernet.generate_key().decode()


class TokenBox:
    """Seals with the first key and opens with any, so that a key can be replaced without a stop."""

    def __init__(self, keys: str) -> None:
        """`keys` as in COPILOT_TOKEN_KEYS, separated by commas. Raises BadInputError."""
        given = [key.strip() for key in keys.split(",") if key.strip()]
        if not given:
            raise BadInputError(
                f"COPILOT_TOKEN_KEYS is empty: tokens are kept encrypted only. {_HOW}"
            )
        self._box = MultiFernet([_fernet(key, number) for number, key in enumerate(given, 1)])

    def seal(self, token: str) -> str:
        return self._box.encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises TemporaryError: with the right key set again, nothing is lost."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise TemporaryError(
                "Can't read this workspace's Slack token: it was encrypted with a key that "
                "COPILOT_TOKEN_KEYS does not hold. Nothing is lost: put that key back, after the "
                "new one, and start again."
            ) from None

    def reseal(self, tokens: SealedTokens) -> SealedTokens:
        """The same tokens, sealed with the first key. Raises TemporaryError, as `open` does."""
        return SealedTokens(
            bot=self.seal(self.open(tokens.bot)),
            refresh=None if tokens.refresh is None else self.seal(self.open(tokens.refresh)),
            expires_at=tokens.expires_at,
        )


def _fernet(key: str, number: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise BadInputError(
            f"COPILOT_TOKEN_KEYS: key {number} is not a key (32 bytes in URL-safe base64). {_HOW}"
        ) from None
