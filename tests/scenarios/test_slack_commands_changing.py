"""`/incident status | severity | rename | resolve | reopen`: told old → new, recorded once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from copilot.incidents.models import Severity, Status
from copilot.timeline.models import EventKind
from tests.scenarios.block_reading import words_of
from tests.scenarios.slack_world import SlackWorld


def changes_of(world: SlackWorld, kind: EventKind) -> list[tuple[str | None, str]]:
    return [(event.author_id, event.text) for event in world.events() if event.kind == kind]


def test_status_tells_how_it_stands(world: SlackWorld) -> None:
    world.command("declare checkout errors sev2")
    world.works()
    world.says("dana", "todo: Add an alert on replica lag above 30 s")
    world.works()
    world.clock.advance_to(world.clock.now() + timedelta(minutes=70))
    shown = world.command("status")
    assert "*checkout errors* · SEV2 · investigating · calm" in shown
    assert "1 h 10 min ago · no commander yet" in shown
    assert "No open follow-ups" in shown
    assert "1 to decide on: `/incident suggestions`" in shown
    world.command("followup add Add an alert on replica lag above 30 s @dana")
    world.command("role commander me", by="ben")
    shown = world.command("status")
    assert "1 follow-up: Add an alert on replica lag above 30 s (dana)" in shown
    assert "commander ben" in shown


def test_status_is_changed_once_with_who_when_and_why(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    shown = world.command("STATUS  Monitoring, replica &lt;caught&gt; up", by="ben")
    assert "*checkout errors*: investigating → monitoring." in shown
    assert "/incident resolve" in shown
    assert "monitoring already" in world.command("status mon")
    assert world.incident().mitigated_at is not None
    assert changes_of(world, EventKind.STATUS_CHANGED) == [
        (world.person("ben"), "Status investigating → monitoring: replica <caught> up")
    ]
    shown = world.command("status purple")
    assert "“purple” is no status, so nothing was changed." in shown
    assert "`monitoring`" in shown
    world.works()
    (headline,) = world.headlines()
    assert "monitoring" in words_of(headline)
    assert world.cards() == []


def test_severity_is_shown_and_changed(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    assert "no severity yet" in world.command("severity")
    assert "no severity yet → SEV2" in world.command("severity 2")
    assert "SEV2 → SEV1" in world.command("severity SEV-1 all regions")
    assert "SEV1 already" in world.command("severity p1")
    assert "“terrible” is no severity, so nothing was changed." in world.command(
        "severity terrible"
    )
    assert world.incident().severity == Severity.SEV1
    assert [text for _, text in changes_of(world, EventKind.SEVERITY_CHANGED)] == [
        "Severity not set → SEV2",
        "Severity SEV2 → SEV1: all regions",
    ]


def test_it_is_renamed_for_all_to_see(world: SlackWorld) -> None:
    world.command("declare checkout errors sev2")
    shown = world.command("rename „Zahlung &amp; Kasse“", by="dana")
    assert shown == "“checkout errors” → *Zahlung &amp; Kasse*."
    assert "It is called *Zahlung &amp; Kasse* already." in world.command(
        "rename Zahlung &amp; Kasse"
    )
    assert "gets another title by" in world.command("rename")
    assert "holds 200 characters, and this has 3000" in world.command("rename " + "x" * 3000)
    assert "A title says in a few words" in world.command("rename \u200b\u202e")
    assert changes_of(world, EventKind.TITLE_CHANGED) == [
        (world.person("dana"), "Title checkout errors → Zahlung & Kasse")
    ]
    world.works()
    (headline,) = world.headlines()
    assert "*Zahlung &amp; Kasse* · SEV2" in words_of(headline)


def test_resolving_says_what_is_next_and_can_be_taken_back(world: SlackWorld) -> None:
    world.command("declare checkout errors")
    assert "*checkout errors* is open: investigating." in world.command("reopen")
    shown = world.command("resolve rolled back 4812")
    assert "is resolved" in shown
    for command in ("suggestions", "review", "reopen"):
        assert f"/incident {command}" in shown
    assert "resolved already" in world.command("resolve")
    assert world.incident().status == Status.RESOLVED
    assert "resolved" in world.command("status")
    shown = world.command("reopen errors are back", by="ben")
    assert "*checkout errors* is open again: resolved → investigating." in shown
    assert world.incident().resolved_at is None
    assert [text for _, text in changes_of(world, EventKind.STATUS_CHANGED)] == [
        "Status investigating → resolved: rolled back 4812",
        "Status resolved → investigating: errors are back",
    ]
    world.command("resolve")
    world.command("declare payments down")
    first = world.incident().id
    assert "*payments down* is open: investigating." in world.command("reopen")
    assert world.incident().id == first


def test_of_two_who_change_it_at_once_each_is_told_what_it_was(
    world_on_both: SlackWorld,
) -> None:
    world = world_on_both
    world.command("declare checkout errors")
    wishes = [("ana", "severity 1"), ("ben", "severity 1"), ("dana", "resolve"), ("ana", "resolve")]
    channel = world.channel()

    def types(wish: tuple[str, str]) -> str:
        by, text = wish
        answer = world.workspace.command(world.person(by), channel, "/incident", text)
        assert isinstance(answer.body, dict), answer
        return words_of(answer.body)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(types, wishes))
    assert sorted("already" in words for words in told[:2]) == [False, True]
    assert sorted("already" in words for words in told[2:]) == [False, True]
    assert len(changes_of(world, EventKind.SEVERITY_CHANGED)) == 1
    assert len(changes_of(world, EventKind.STATUS_CHANGED)) == 1
