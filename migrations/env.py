"""Runs the migrations on the connection that the caller hands over."""

from alembic import context
from sqlalchemy import Connection, text

from copilot.db import Base
from copilot.incidents import models as _incidents  # noqa: F401 - registers its tables
from copilot.reviews import models as _reviews  # noqa: F401 - the same
from copilot.suggestions import learned_models as _learned  # noqa: F401 - the same
from copilot.suggestions import models as _suggestions  # noqa: F401 - the same
from copilot.timeline import models as _timeline  # noqa: F401 - the same
from copilot.workspaces import models as _workspaces  # noqa: F401 - the same

connection: Connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # A migration that waits for a lock must not stop the product while it waits.
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '5s'"))
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
