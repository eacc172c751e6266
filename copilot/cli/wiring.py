"""Services for one command, with a database that is ready."""

from copilot.bootstrap import Services, build_services
from copilot.cli.output import notes
from copilot.clock import Clock
from copilot.errors import BadInputError
from copilot.migrating import is_current, upgrade
from copilot.settings import Settings, read_settings


def open_services(settings: Settings | None = None, clock: Clock | None = None) -> Services:
    """Build services, name the database, and see that its tables are those of this release.

    A SQLite file is brought up to date by itself; on a server that is `migrate`'s job,
    because several processes start at once there. Raises BadInputError if it was not run.
    """
    settings = settings or read_settings()
    services = build_services(settings, clock)
    notes.print(f"[dim]database {services.database_name}[/dim]")
    if settings.sqlite_path is not None:
        upgrade(services.engine)
    elif not is_current(services.engine):
        raise BadInputError(
            "The database's tables are not those of this release; nothing was changed. "
            "Run `incident-copilot migrate` first."
        )
    return services
