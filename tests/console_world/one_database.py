"""Pages are read on SQLite alone: what they call is tried on both, and so are a few of them."""

from tests.one_database import ON_BOTH as ON_BOTH
from tests.one_database import database_url as database_url
