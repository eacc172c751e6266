"""Every shape that Slack is known to send is answered in time, and kept or dropped on purpose."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import ReplayClock
from tests.fakes.raised import Raised, listening_for_raised
from tests.fakes.table_contents import Contents, changed_tables, contents, restore
from tests.scenarios.slack_world import SlackWorld, open_slack_world

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "slack_payloads"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []
SLACKS_PATIENCE_S = 3.0
SAID_AT, EDITED_AT, SENT_AT = "1772632800.000100", "1772632805.000000", "1772632809.000200"

pytestmark = pytest.mark.skipif(not FILES, reason="the folder of example payloads is not here")


class Stored:
    def __init__(self, *tables: str) -> None:
        self.tables = set(tables)


class Dropped:
    def __init__(self, why: str) -> None:
        self.why = why
        self.tables = set[str]()


WORDS = Stored("timeline_event", "revision")
MARK = Stored("timeline_event")
CHANNEL, MEMBER = Stored("channel"), Stored("member")
NO_REQUEST = Dropped("an answer of the Web API, which Slack never sends as a request")
NO_DIALOGS = Dropped("we open modals, never a dialog of the old kind")
NOT_OURS = Dropped("a blank name: no command, button or modal of ours")
SAID_ELSEWHERE = Dropped("the same words arrive as a message event")
NOT_ASKED_FOR = Dropped("we subscribe to no such event, and may get it all the same")

# What each becomes in the channel of an incident. A new file needs a line here.
EXPECTED: Mapping[str, Stored | Dropped] = {
    "api__auth.test": NO_REQUEST,
    "api__conversations.list": NO_REQUEST,
    "api__users.list": NO_REQUEST,
    "api__views.open": NO_REQUEST,
    "app-backend__dialogs__DialogCancellationPayload": NO_DIALOGS,
    "app-backend__dialogs__DialogSubmissionPayload": NO_DIALOGS,
    "app-backend__dialogs__DialogSuggestionPayload": NO_DIALOGS,
    "app-backend__interactive-components__AttachmentActionPayload": NOT_OURS,
    "app-backend__interactive-components__BlockActionPayload": NOT_OURS,
    "app-backend__interactive-components__MessageShortcutPayload": NOT_OURS,
    "app-backend__slash-commands__SlashCommandPayload": NOT_OURS,
    "app-backend__views__ViewClosedPayload": NOT_OURS,
    "app-backend__views__ViewSubmissionPayload": NOT_OURS,
    "events__AppHomeOpenedPayload": NOT_ASKED_FOR,
    "events__AppMentionPayload": SAID_ELSEWHERE,
    "events__AppRateLimitedPayload": NOT_ASKED_FOR,
    "events__AppRequestedPayload": NOT_ASKED_FOR,
    "events__AppUninstalledPayload": NOT_ASKED_FOR,
    "events__CallRejectedPayload": NOT_ASKED_FOR,
    "events__ChannelArchivePayload": NOT_ASKED_FOR,
    "events__ChannelCreatedPayload": NOT_ASKED_FOR,
    "events__ChannelDeletedPayload": NOT_ASKED_FOR,
    "events__ChannelHistoryChangedPayload": NOT_ASKED_FOR,
    "events__ChannelIdChangedPayload": NOT_ASKED_FOR,
    "events__ChannelLeftPayload": NOT_ASKED_FOR,
    "events__ChannelRenamePayload": CHANNEL,
    "events__ChannelSharedPayload": NOT_ASKED_FOR,
    "events__ChannelUnarchivePayload": NOT_ASKED_FOR,
    "events__ChannelUnsharedPayload": NOT_ASKED_FOR,
    "events__DndUpdatedPayload": NOT_ASKED_FOR,
    "events__DndUpdatedUserPayload": NOT_ASKED_FOR,
    "events__EmailDomainChangedPayload": NOT_ASKED_FOR,
    "events__EmojiChangedPayload": NOT_ASKED_FOR,
    "events__FileChangePayload": NOT_ASKED_FOR,
    "events__FileCreatedPayload": NOT_ASKED_FOR,
    "events__FileDeletedPayload": NOT_ASKED_FOR,
    "events__FilePublicPayload": NOT_ASKED_FOR,
    "events__FileSharedPayload": NOT_ASKED_FOR,
    "events__FileUnsharedPayload": NOT_ASKED_FOR,
    "events__GoodbyePayload": NOT_ASKED_FOR,
    "events__GridMigrationFinishedPayload": NOT_ASKED_FOR,
    "events__GridMigrationStartedPayload": NOT_ASKED_FOR,
    "events__GroupArchivePayload": NOT_ASKED_FOR,
    "events__GroupClosePayload": NOT_ASKED_FOR,
    "events__GroupDeletedPayload": NOT_ASKED_FOR,
    "events__GroupHistoryChangedPayload": NOT_ASKED_FOR,
    "events__GroupLeftPayload": NOT_ASKED_FOR,
    "events__GroupOpenPayload": NOT_ASKED_FOR,
    "events__GroupRenamePayload": CHANNEL,
    "events__GroupUnarchivePayload": NOT_ASKED_FOR,
    "events__ImClosePayload": NOT_ASKED_FOR,
    "events__ImCreatedPayload": NOT_ASKED_FOR,
    "events__ImHistoryChangedPayload": NOT_ASKED_FOR,
    "events__ImOpenPayload": NOT_ASKED_FOR,
    "events__InviteRequestedPayload": NOT_ASKED_FOR,
    "events__LinkSharedPayload": NOT_ASKED_FOR,
    "events__MemberJoinedChannelPayload": Dropped("only our own joining matters"),
    "events__MemberLeftChannelPayload": NOT_ASKED_FOR,
    "events__MessageBotPayload": WORDS,
    "events__MessageChangedPayload": WORDS,
    "events__MessageChannelArchivePayload": WORDS,
    "events__MessageChannelJoinPayload": WORDS,
    "events__MessageChannelLeavePayload": WORDS,
    "events__MessageChannelNamePayload": WORDS,
    "events__MessageChannelPostingPermissionsPayload": WORDS,
    "events__MessageChannelPurposePayload": WORDS,
    "events__MessageChannelTopicPayload": WORDS,
    "events__MessageChannelUnarchivePayload": WORDS,
    "events__MessageDeletedPayload": WORDS,
    "events__MessageEkmAccessDeniedPayload": WORDS,
    "events__MessageFileSharePayload": WORDS,
    "events__MessageGroupTopicPayload": WORDS,
    "events__MessageMePayload": WORDS,
    "events__MessagePayload": WORDS,
    "events__MessageRepliedPayload": Dropped("the reply itself arrives as a message of its own"),
    "events__MessageThreadBroadcastPayload": WORDS,
    "events__PinAddedPayload": MARK,
    "events__PinRemovedPayload": MARK,
    "events__ReactionAddedPayload": MARK,
    "events__ReactionRemovedPayload": MARK,
    "events__ResourcesAddedPayload": NOT_ASKED_FOR,
    "events__ResourcesRemovedPayload": NOT_ASKED_FOR,
    "events__ScopeDeniedPayload": NOT_ASKED_FOR,
    "events__ScopeGrantedPayload": NOT_ASKED_FOR,
    "events__StarAddedPayload": NOT_ASKED_FOR,
    "events__StarRemovedPayload": NOT_ASKED_FOR,
    "events__SubteamCreatedPayload": NOT_ASKED_FOR,
    "events__SubteamMembersChangedPayload": NOT_ASKED_FOR,
    "events__SubteamSelfAddedPayload": NOT_ASKED_FOR,
    "events__SubteamSelfRemovedPayload": NOT_ASKED_FOR,
    "events__SubteamUpdatedPayload": NOT_ASKED_FOR,
    "events__TeamAccessGrantedPayload": NOT_ASKED_FOR,
    "events__TeamAccessRevokedPayload": NOT_ASKED_FOR,
    "events__TeamDomainChangePayload": NOT_ASKED_FOR,
    "events__TeamJoinPayload": MEMBER,
    "events__TeamRenamePayload": NOT_ASKED_FOR,
    "events__TokensRevokedPayload": NOT_ASKED_FOR,
    "events__UserChangePayload": MEMBER,
    "events__UserHuddleChangedPayload": NOT_ASKED_FOR,
    "events__UserProfileChangedPayload": NOT_ASKED_FOR,
    "events__UserResourceDeniedPayload": NOT_ASKED_FOR,
    "events__UserResourceGrantedPayload": NOT_ASKED_FOR,
    "events__UserResourceRemovedPayload": NOT_ASKED_FOR,
    "events__UserStatusChangedPayload": NOT_ASKED_FOR,
    "events__WorkflowDeletedPayload": NOT_ASKED_FOR,
    "events__WorkflowPublishedPayload": NOT_ASKED_FOR,
    "events__WorkflowStepDeletedPayload": NOT_ASKED_FOR,
    "events__WorkflowStepExecutePayload": NOT_ASKED_FOR,
    "events__WorkflowUnpublishedPayload": NOT_ASKED_FOR,
}


@pytest.fixture(scope="module")
def world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackWorld]:
    path = tmp_path_factory.mktemp("payloads") / "copilot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    clock = ReplayClock(datetime(2026, 3, 4, 14, 0, tzinfo=UTC))
    with open_slack_world(f"sqlite:///{path}", clock) as world:
        world.command("declare checkout errors")
        yield world


@pytest.fixture(scope="module")
def before(world: SlackWorld) -> Contents:
    return contents(world.engine)


@pytest.fixture
def raised() -> Iterator[Raised]:
    with listening_for_raised() as raised:
        yield raised


def test_each_payload_is_expected_to_be_kept_or_dropped() -> None:
    assert {path.stem for path in FILES} == set(EXPECTED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_with_blanks_is_answered_and_changes_nothing(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    """As it is in the folder: it names no workspace, no channel and often not even its kind."""
    answered_in_time(world, json.loads(path.read_text()))
    assert changed_tables(before, contents(world.engine)) == set()
    assert raised.words() == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_from_the_incident_channel_is_stored_or_dropped_on_purpose(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    answered_in_time(world, filled_in(json.loads(path.read_text()), world))
    changed = changed_tables(before, contents(world.engine))
    restore(world.engine, before)
    assert changed == EXPECTED[path.stem].tables
    assert raised.words() == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if "app-backend" in path.name], ids=lambda path: path.stem
)
def test_one_with_the_names_of_our_own_buttons_is_answered(
    world: SlackWorld, before: Contents, raised: Raised, path: Path
) -> None:
    """The names are ours, the values are blank."""
    payload = filled_in(json.loads(path.read_text()), world)
    for action in payload.get("actions", ()):
        action["action_id"] = "suggestion_accept"
    if isinstance(payload.get("view"), dict):
        payload["view"]["callback_id"] = "suggestion_edited"
    if "command" in payload:
        payload["command"] = "/incident"
    answered_in_time(world, payload)
    restore(world.engine, before)
    assert raised.words() == []


def answered_in_time(world: SlackWorld, payload: dict[str, Any]) -> None:
    began_s = time.monotonic()
    status = deliver(world, payload)
    assert 200 <= status < 300
    assert time.monotonic() - began_s < SLACKS_PATIENCE_S


def deliver(world: SlackWorld, payload: dict[str, Any]) -> int:
    if "command" in payload:
        return world.slack.form({key: str(value) for key, value in payload.items()}).status
    if "event" in payload or payload.get("type") is None:
        return world.slack.json(payload).status
    return world.slack.interaction(payload).status


def filled_in(payload: dict[str, Any], world: SlackWorld) -> dict[str, Any]:
    """The payload with what was blanked said again: who, where and when."""
    known = {
        "team_id": world.workspace.team_id,
        "team": world.workspace.team_id,
        "channel": world.channel(),
        "channel_id": world.channel(),
        "user": world.person("ana"),
        "user_id": world.person("ana"),
        "ts": SAID_AT,
        "thread_ts": SAID_AT,
        "message_ts": SAID_AT,
        "deleted_ts": SAID_AT,
        "event_ts": SENT_AT,
        "reaction": "eyes",
        "text": "replica lag is at 210 s",
    }
    ids = {"channel": world.channel(), "user": world.person("ana"), "team": world.workspace.team_id}

    def fill(value: Any, key: str) -> Any:
        if isinstance(value, list):
            return [fill(one, key) for one in value]
        if isinstance(value, dict):
            inner = {name: fill(one, name) for name, one in value.items()}
            if key in ids and "id" in inner:
                inner["id"] = ids[key]
                inner["name"] = "renamed"
            if key == "edited":
                inner["ts"] = EDITED_AT
            return inner
        return known[key] if key in known and isinstance(value, str) else value

    found: dict[str, Any] = fill(payload, "")
    if "event" in found:
        found["type"] = "event_callback"
    return found
