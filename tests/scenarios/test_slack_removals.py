"""Stories of removing the app, of installing it again, and of whole organisations."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.workspaces.models import Workspace
from tests.scenarios.install_world import (
    OTHER_TEAM,
    InstallWorld,
    installations,
    open_install_world,
    person,
    workspace,
)


@pytest.fixture
def world(sqlite_url: str, clock: ReplayClock) -> Iterator[InstallWorld]:
    with open_install_world(sqlite_url, clock) as world:
        yield world


@pytest.fixture
def world_on_both(database_url: str, clock: ReplayClock) -> Iterator[InstallWorld]:
    with open_install_world(database_url, clock) as world:
        yield world


def test_removing_the_app_stops_everything_and_keeps_the_data(
    world_on_both: InstallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world, acme = world_on_both, world_on_both.acme
    world.install(acme)
    world.install(world.other)
    world.command(acme, "declare Checkout errors sev2")
    world.works()
    world.says(acme, "before")
    world.works()
    acme.uninstall()
    world.works()
    assert workspace(world, acme.team_id).disconnected_at is not None
    assert installations(world)[0].bot_token == ""

    caplog.clear()
    for n in range(3):
        world.says(acme, f"after {n}")
    world.works()
    assert all(delivery.is_ok for delivery in world.senders[0].deliveries)
    assert world.recorded(acme.team_id) == ["before"]
    dropped = [record for record in caplog.records if "dropped" in record.message]
    assert len(dropped) == 1, "once a minute, not once an event"
    assert "not installed in this workspace any more" in world.command(acme, "status")
    assert "no incident" in world.command(world.other, "status"), "the other one goes on"

    world.clock.advance_to(world.clock.now() + timedelta(days=14))
    world.sweeps()
    assert world.recorded(acme.team_id) == []
    with world.db.reading() as session:
        assert list(session.scalars(select(Workspace.team_id))) == [OTHER_TEAM]


def test_jobs_of_a_workspace_that_left_say_what_to_do(world: InstallWorld) -> None:
    world.install(world.acme)
    world.works()
    world.acme.uninstall()
    client = world.services.slack_clients.of(world.acme.team_id)
    assert client.token is None
    with pytest.raises(Exception, match=r"not installed .* /slack/install"):
        world.services.reader.workspace(world.acme.team_id)


def test_installing_again_goes_on_where_it_stopped_and_reads_what_was_missed(
    world: InstallWorld,
) -> None:
    acme = world.acme
    world.install(acme)
    world.command(acme, "declare Checkout errors sev2")
    world.works()
    world.says(acme, "before")
    acme.uninstall()
    world.works()
    world.says(acme, "while it was away")
    for _ in range(3):
        world.clock.advance_to(world.clock.now() + timedelta(minutes=20))
        world.sweeps()
    world.install(acme)
    assert workspace(world, acme.team_id).disconnected_at is None
    world.works()
    world.says(acme, "afterwards")
    world.works()
    assert world.recorded(acme.team_id) == ["before", "while it was away", "afterwards"]
    assert "Checkout errors" in world.command(acme, "status")
    world.clock.advance_to(world.clock.now() + timedelta(days=20))
    world.sweeps()
    assert len(world.recorded(acme.team_id)) == 3


def test_word_of_the_removal_that_comes_late_does_not_end_the_new_installation(
    world: InstallWorld,
) -> None:
    acme = world.acme
    world.install(acme)
    removed = world.senders[0].envelope(
        {"type": "app_uninstalled", "event_ts": f"{world.clock.now().timestamp():.6f}"}
    )
    world.clock.advance_to(world.clock.now() + timedelta(minutes=5))
    world.install(acme)
    assert world.senders[0].deliver(removed).is_ok
    assert workspace(world, acme.team_id).disconnected_at is None
    assert world.services.slack_clients.of(acme.team_id).auth_test()["ok"]


def test_revoking_a_persons_token_changes_nothing(world: InstallWorld) -> None:
    world.install(world.acme)
    world.acme.tell_always({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert workspace(world, world.acme.team_id).disconnected_at is None


@pytest.fixture
def organisation(world: InstallWorld) -> InstallWorld:
    """Both workspaces belong to one organisation, which installs the app for all."""
    for each in (world.acme, world.other):
        each.enterprise_id = "E0ORG"
    world.acme.grants.is_org_install = True
    world.other.grants = world.acme.grants
    return world


def test_an_organisation_installs_for_all_its_workspaces(organisation: InstallWorld) -> None:
    world, acme, other = organisation, organisation.acme, organisation.other
    page = world.install(acme)
    assert "Acme Enterprise" in page.text
    assert "chooses them in Slack" in page.text
    assert [(row.enterprise_id, row.team_id) for row in installations(world)] == [("E0ORG", "")]
    for each, title in ((acme, "Checkout errors"), (other, "Login is slow")):
        world.command(each, f"declare {title} sev2")
    world.works()
    world.says(acme, "the carts are empty")
    world.says(other, "logins take a minute")
    world.works()
    assert world.recorded(acme.team_id) == ["the carts are empty"]
    assert world.recorded(OTHER_TEAM) == ["logins take a minute"]
    assert "Login" not in world.command(acme, "status")
    for each in (acme, other):
        assert workspace(world, each.team_id).enterprise_id == "E0ORG"
        assert person(each, "ana")


def test_an_organisations_admin_takes_a_workspace_out_and_puts_it_back(
    organisation: InstallWorld,
) -> None:
    world, acme, other = organisation, organisation.acme, organisation.other
    world.install(acme)
    for each in (acme, other):
        world.command(each, "declare Something sev2")
    world.works()
    acme.tell_always({"type": "team_access_revoked", "team_ids": [OTHER_TEAM]})
    assert "not installed" in world.command(other, "status")
    assert "Something" in world.command(acme, "status")
    acme.tell_always({"type": "team_access_granted", "team_ids": [OTHER_TEAM]})
    world.works()
    assert "Something" in world.command(other, "status")


def test_an_organisation_that_removes_the_app_cuts_off_all_its_workspaces(
    organisation: InstallWorld,
) -> None:
    world = organisation
    world.install(world.acme)
    for each in (world.acme, world.other):
        world.command(each, "declare Something sev2")
    world.works()
    world.acme.uninstall()
    for each in (world.acme, world.other):
        assert workspace(world, each.team_id).disconnected_at is not None
        assert "not installed" in world.command(each, "status")
