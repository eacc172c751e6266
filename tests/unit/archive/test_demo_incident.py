"""The bundled demo incident keeps what the sandbox, the evals and its readers rely on."""

import json
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import copilot.sandbox
from copilot.timeline.permalinks import ts_to_instant
from copilot.timeline.redaction import redact
from copilot.timeline.slack_export import open_export
from copilot.timeline.slack_messages import Deletion, SourceMessage, to_records

DEMO = Path(copilot.sandbox.__file__).parent / "demo_incident"


@cache
def objects() -> list[dict[str, Any]]:
    with open_export(DEMO) as export:
        return list(export.messages(export.channel("inc-checkout-errors")))


def messages() -> dict[str, dict[str, Any]]:
    """What was posted, by stamp; edits and deletions are about these."""
    return {each["ts"]: each for each in objects() if "hidden" not in each}


def beside(name: str) -> Any:
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


def of_subtype(subtype: str) -> list[dict[str, Any]]:
    return [each for each in objects() if each.get("subtype") == subtype]


def test_it_is_one_channel_of_one_workspace() -> None:
    with open_export(DEMO) as export:
        assert [channel.name for channel in export.channels] == ["inc-checkout-errors"]
        assert export.team_id == "T0FERNCART"
        assert export.workspace_url == "https://ferncart.slack.com/"


def test_its_size_is_that_of_a_real_incident() -> None:
    assert 140 <= len(messages()) <= 175
    first, last = (ts_to_instant(objects()[place]["ts"]) for place in (0, -1))
    assert timedelta(hours=1, minutes=45) <= last - first <= timedelta(hours=2, minutes=15)
    speakers = Counter(each["user"] for each in messages().values() if "user" in each)
    assert 7 <= len(speakers) <= 9
    assert min(speakers.values()) >= 5


def test_stamps_are_exact_and_unique() -> None:
    stamps = [each["ts"] for each in objects()]
    assert len(set(stamps)) == len(stamps)
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)
    assert sum(ts.endswith("00") for ts in stamps) >= 10, "trailing zeros must survive"


def test_it_has_a_hectic_middle_and_quiet_stretches() -> None:
    instants = [ts_to_instant(each["ts"]) for each in objects()]
    per_minute = Counter(instant.replace(second=0, microsecond=0) for instant in instants)
    assert sum(count >= 8 for count in per_minute.values()) >= 4
    lulls = [later - earlier for earlier, later in pairwise(instants)]
    long = [lull for lull in lulls if lull >= timedelta(minutes=6)]
    assert len(long) >= 3
    assert max(long) <= timedelta(minutes=12)


def test_threads_are_whole() -> None:
    replies = [m for m in messages().values() if m.get("thread_ts", m["ts"]) != m["ts"]]
    by_parent = Counter(reply["thread_ts"] for reply in replies)
    assert len(by_parent) >= 3
    for parent_ts, count in by_parent.items():
        parent = messages()[parent_ts]
        said = [{"user": r["user"], "ts": r["ts"]} for r in replies if r["thread_ts"] == parent_ts]
        assert parent["thread_ts"] == parent_ts
        assert parent["reply_count"] == count
        assert parent["replies"] == said
        assert all(reply["ts"] > parent_ts for reply in said)
    assert len(of_subtype("thread_broadcast")) == 1


def test_every_kind_of_thing_happens() -> None:
    kinds = Counter(each.get("subtype", "message") for each in objects())
    assert kinds["bot_message"] >= 3
    assert {"channel_join", "channel_topic", "file_share", "me_message"} <= kinds.keys()
    assert any("Resolved" in bot["attachments"][0]["title"] for bot in of_subtype("bot_message"))
    assert any("```" in each.get("text", "") and "\n" in each["text"] for each in objects())
    assert sum("reactions" in each for each in objects()) >= 10


def test_people_are_those_of_the_workspace() -> None:
    with open_export(DEMO) as export:
        known = {user["id"] for user in export.users}
    spoken = {each["user"] for each in messages().values() if "user" in each}
    reacted = {
        user
        for each in messages().values()
        for reaction in each.get("reactions", ())
        for user in reaction["users"]
    }
    assert spoken | reacted | {command["user"] for command in beside("commands.json")} <= known


def test_the_edit_and_the_deletion_are_about_messages_that_are_there() -> None:
    (edit,) = of_subtype("message_changed")
    (deletion,) = of_subtype("message_deleted")
    assert messages()[edit["message"]["ts"]]["text"] == edit["previous_message"]["text"]
    assert edit["message"]["text"] != edit["previous_message"]["text"]
    assert deletion["deleted_ts"] in messages()
    kinds = [type(record) for each in (edit, deletion) for record in to_records("T", each, "C0")]
    assert kinds == [SourceMessage, SourceMessage, SourceMessage, Deletion]


def test_the_pasted_secret_is_deleted_and_would_be_redacted() -> None:
    (deletion,) = of_subtype("message_deleted")
    secret = messages()[deletion["deleted_ts"]]["text"]
    assert "Not-A-Real-Passw0rd" in secret
    assert "Not-A-Real-Passw0rd" not in redact(secret)
    told = [ts for ts, each in messages().items() if "Not-A-Real-Passw0rd" in each["text"]]
    assert told == [deletion["deleted_ts"]]


def test_commands_tell_the_incidents_course() -> None:
    commands = beside("commands.json")
    first, last = (ts_to_instant(objects()[place]["ts"]) for place in (0, -1))
    instants = [datetime.fromisoformat(command["at"]) for command in commands]
    assert instants == sorted(instants)
    assert first < instants[0]
    assert instants[-1] < last
    assert {(c["command"], c["channel"]) for c in commands} == {("/incident", "C0INCCHKOUT")}
    assert [command["text"] for command in commands] == [
        "declare Checkout errors sev3",
        "severity sev2",
        "status identified",
        "status monitoring",
        "status resolved",
        "review",
    ]


def test_what_is_expected_is_there() -> None:
    expected = beside("expected.json")
    follow_ups = expected["follow_ups"]
    assert 6 <= len(follow_ups) <= 7
    assert any(len(each["message_ts"]) == 2 for each in follow_ups), "one is stated twice"
    assert {each["is_done_before_the_end"] for each in follow_ups} == {True, False}
    with open_export(DEMO) as export:
        people = {user["id"] for user in export.users}
    for each in follow_ups:
        stated, done = each["message_ts"], each["done_ts"]
        assert set(stated) | set(done) <= messages().keys()
        assert bool(done) == each["is_done_before_the_end"]
        assert all(max(stated) < ts for ts in done)
        assert each["owner"] is None or each["owner"] in people
    stated_ts = {ts for each in follow_ups for ts in each["message_ts"]}
    for kind in ("immediate_actions", "not_follow_ups"):
        assert set(expected[kind]) <= messages().keys() - stated_ts
