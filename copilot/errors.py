"""Errors that callers are meant to handle; each message says what happened and what to do."""


class CopilotError(Exception):
    """Base of every error whose message is fit to be shown to a person."""


class BadInputError(CopilotError):
    """Somebody gave something we can't use; nothing was stored."""


class NotFoundError(CopilotError):
    """The thing named does not exist, or the asker may not see it."""


class AlreadyDecidedError(CopilotError):
    """Another person was first; what they decided stands."""


class TemporaryError(CopilotError):
    """The outside failed in a way that may pass: try again later."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentError(CopilotError):
    """The outside refused, and would refuse again."""
