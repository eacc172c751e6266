"""For modules whose tests run on SQLite, and on PostgreSQL where they say so.

Whoever marks them sees to it that each statement the module sends is sent to PostgreSQL by some
test, and so is whatever happens at once. `make thorough` runs all on both.
"""

import os

import pytest

_BOTH = ["sqlite_url", "postgres_url"]

ON_BOTH = pytest.mark.parametrize("database_url", _BOTH, indirect=True)


@pytest.fixture(params=_BOTH if os.environ.get("COPILOT_TEST_DATABASES") == "both" else _BOTH[:1])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url
