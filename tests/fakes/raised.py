"""Hears every error and every traceback that anything logs, the web server's own included."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

# uvicorn's loggers hand nothing on to the root.
_LOGGERS = ("", "uvicorn", "uvicorn.error", "uvicorn.asgi")


class Raised(logging.Handler):
    """Nothing should be in `records` after a request that is merely odd."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self.records.append(record)

    def words(self) -> list[str]:
        return [logging.Formatter("%(name)s: %(message)s").format(one) for one in self.records]


@contextmanager
def listening_for_raised() -> Iterator[Raised]:
    raised = Raised()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(raised)
    try:
        yield raised
    finally:
        for logger in loggers:
            logger.removeHandler(raised)
