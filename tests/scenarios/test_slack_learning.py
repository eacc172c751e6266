"""What people do not want stops coming, an admin is told, and takes it back, through Slack."""

from datetime import timedelta

from tests.scenarios.block_reading import Body, element_of, words_of
from tests.scenarios.slack_world import SlackWorld

UNWANTED = [
    ("Page on replica lag", "Rewrite step four of the runbook", "Archive the old status topic"),
    ("Drain standby queues nightly", "Rotate the signing certificate", "Tag releases by team"),
    ("Document the failover order", "Buy a second load balancer", "Trim debug logging"),
    ("Alert on disk growth", "Move cron to the scheduler", "Rename the checkout dashboards"),
    ("Test backups each month", "Cap retries in the mailer", "Delete unused feature flags"),
    ("Shard the session store", "Teach support the new tool", "Merge both billing wikis"),
    ("Upgrade the kernel images", "Split the ingest worker", "Pin the parser version"),
]
LATER = "Add a canary to the payment deploy"
AFTER = "Write down who owns the search cluster"


def shown_after(world: SlackWorld, *titles: str) -> list[Body]:
    """Time passes, somebody promises these, and jobs run; returns all cards there are."""
    world.clock.advance_to(world.clock.now() + timedelta(minutes=61))
    for title in titles:
        world.says("dana", f"todo: {title}")
    world.works()
    return world.cards()


def sweeps(world: SlackWorld) -> None:
    world.passes(timedelta(minutes=1))


def notes_to(world: SlackWorld, name: str) -> list[Body]:
    """What the copilot wrote to this person alone, oldest first."""
    found = world.workspace.open_direct(world.person(name))
    return list(found.newest_first(None))[::-1]


def presses_undo(world: SlackWorld, name: str) -> None:
    direct = world.workspace.open_direct(world.person(name))
    (message,) = notes_to(world, name)
    block, _ = element_of(message, "mute_undo")
    answer = world.workspace.click(
        world.person(name), direct.id, message["ts"], "mute_undo", block_id=block["block_id"]
    )
    assert answer.is_ok, answer
    world.works()


def told_in_private(world: SlackWorld, name: str) -> Body:
    direct = world.workspace.open_direct(world.person(name))
    return world.workspace.private_answers(world.person(name), direct.id)[-1].body


def test_what_nobody_wants_is_muted_told_to_admins_and_heard_again_once_they_say_so(
    world: SlackWorld,
) -> None:
    world.command("declare checkout errors sev3")
    world.works()
    for titles in UNWANTED:
        card = shown_after(world, *titles)[-1]
        for title in titles:
            world.checks("ben", card, "suggestion_pick", [title], title=title)
        world.press("ben", card, "suggestion_dismiss", choose="Not a follow-up")
        world.works()
    sweeps(world)

    (note,) = notes_to(world, "ana")
    words = words_of(note)
    assert "Promises are no longer suggested in #incidents" in words
    assert "0 of 21 promises shown here were wanted (0 %, at most 15 %)" in words
    assert "still waits in the review" in words
    assert notes_to(world, "ben") == []  # no admin
    assert len(notes_to(world, "dana")) == 1

    before = len(world.cards())
    assert len(shown_after(world, LATER)) == before
    assert "muted here" in world.command("held")

    presses_undo(world, "ana")
    (undone,) = notes_to(world, "ana")
    assert "Undone by ana" in words_of(undone)
    presses_undo(world, "dana")
    assert "was taken back, or set anew, already" in words_of(told_in_private(world, "dana"))

    cards = shown_after(world, AFTER)
    assert len(cards) > before
    assert AFTER in words_of(cards[-1])
