"""What people and the app do to channels, messages and views: state, payload and event."""

from collections.abc import Iterator
from typing import Any

import pytest

from copilot.clock import ReplayClock
from copilot.errors import BadInputError
from tests.scenarios.sandbox_slack import PretendSlack, a_pretend_slack


@pytest.fixture
def slack(clock: ReplayClock) -> Iterator[PretendSlack]:
    with a_pretend_slack(clock) as slack:
        yield slack


CHECKS: dict[str, Any] = {
    "type": "checkboxes",
    "action_id": "chosen",
    "options": [
        {"text": {"type": "plain_text", "text": f"Item {n}"}, "value": str(n)} for n in (1, 2, 3)
    ],
}
CARD: list[dict[str, Any]] = [
    {"type": "actions", "block_id": "items", "elements": [CHECKS]},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "accept",
                "text": {"type": "plain_text", "text": "Accept"},
            },
            {
                "type": "button",
                "action_id": "source",
                "url": "https://example.com/1",
                "text": {"type": "plain_text", "text": "Source"},
            },
        ],
    },
]


def test_a_channel_is_renamed_archived_and_opened_again(slack: PretendSlack) -> None:
    created = slack.client.conversations_create(name="inc-7")["channel"]["id"]
    slack.client.conversations_rename(channel=created, name="inc-7-checkout")
    slack.client.conversations_setPurpose(channel=created, purpose="Find out why")
    shown = slack.client.conversations_info(channel=created)["channel"]
    assert (shown["name"], shown["previous_names"]) == ("inc-7-checkout", ["inc-7"])
    slack.client.conversations_archive(channel=created)
    assert slack.refusal("chat.postMessage", channel=created, text="late") == "is_archived"
    assert slack.refusal("conversations.archive", channel=created) == "already_archived"
    slack.client.conversations_unarchive(channel=created)
    slack.client.chat_postMessage(channel=created, text="on we go")
    assert slack.told.kinds() == [
        "channel_rename",
        "message/channel_name",
        "message/channel_purpose",
        "channel_archive",
        "message/channel_archive",
        "channel_unarchive",
        "message/channel_unarchive",
        "message",
    ]


def test_only_who_made_a_channel_may_rename_it(slack: PretendSlack) -> None:
    made = slack.workspace.create_channel(slack.person("ana"), "ops", has_bot=True)
    assert slack.refusal("conversations.rename", channel=made, name="ops-2") == "not_authorized"
    slack.workspace.rename(slack.person("ana"), made, "ops-2")
    with pytest.raises(BadInputError, match="already a channel"):
        slack.workspace.rename(slack.person("ana"), made, "general")


def test_a_public_channel_becomes_private_and_keeps_its_id(slack: PretendSlack) -> None:
    slack.workspace.convert_to_private(slack.person("ana"), slack.channel)
    shown = slack.client.conversations_info(channel=slack.channel)["channel"]
    assert shown["is_private"]
    assert slack.told.kinds() == ["message/channel_convert_to_private"]


def test_who_comes_and_goes_is_told(slack: PretendSlack) -> None:
    ben = slack.person("ben")
    incidents = slack.workspace.channel_named("incidents")
    assert incidents is not None
    slack.client.conversations_kick(channel=incidents.id, user=ben)
    assert slack.refusal("conversations.kick", channel=incidents.id, user=ben) == "not_in_channel"
    slack.workspace.join(ben, incidents.id)
    assert slack.told.kinds() == [
        "member_left_channel",
        "message/channel_leave",
        "member_joined_channel",
        "message/channel_join",
    ]
    slack.told.events.clear()
    slack.workspace.remove_bot(ben, incidents.id)
    slack.workspace.say(ben, incidents.id, "without the app")
    assert slack.told.kinds() == ["channel_left"]
    slack.workspace.invite_bot(ben, incidents.id)
    joined = slack.told.events[1]
    assert (joined["type"], joined["inviter"]) == ("member_joined_channel", ben)


def test_inviting_is_all_or_nothing_unless_forced(slack: PretendSlack) -> None:
    created = slack.client.conversations_create(name="inc-8")["channel"]["id"]
    ana, ben = slack.person("ana"), slack.person("ben")
    slack.client.conversations_invite(channel=created, users=ana)
    both = {"channel": created, "users": f"{ana},{ben}"}
    assert slack.refusal("conversations.invite", **both) == "already_in_channel"
    assert ben not in slack.workspace.channel(created).member_ids
    slack.client.conversations_invite(**both, force=True)
    assert ben in slack.workspace.channel(created).member_ids


def test_a_message_to_a_person_opens_their_conversation(slack: PretendSlack) -> None:
    ana = slack.person("ana")
    opened = slack.client.conversations_open(users=ana)["channel"]["id"]
    posted = slack.client.chat_postMessage(channel=ana, text="only for you")
    assert posted["channel"] == opened
    slack.workspace.say(ana, opened, "thanks")
    assert [event["channel_type"] for event in slack.told.events] == ["im", "im"]
    listed = slack.client.conversations_list(types="im")["channels"]
    assert [(one["id"], one["user"]) for one in listed] == [(opened, ana)]


def test_pins_and_reactions_can_be_read_and_taken_back(slack: PretendSlack) -> None:
    ts = slack.workspace.say(slack.person("ana"), slack.channel, "rollback done")
    where = {"channel": slack.channel, "timestamp": ts}
    slack.client.pins_add(**where)
    slack.client.reactions_add(**where, name="star")
    (pinned,) = slack.client.pins_list(channel=slack.channel)["items"]
    assert pinned["message"]["ts"] == ts
    assert pinned["message"]["permalink"].endswith(ts.replace(".", ""))
    (reaction,) = slack.client.reactions_get(channel=slack.channel, timestamp=ts)["message"][
        "reactions"
    ]
    assert (reaction["name"], reaction["count"]) == ("star", 1)
    slack.client.pins_remove(**where)
    slack.client.reactions_remove(**where, name="star")
    assert slack.refusal("pins.remove", **where) == "no_pin"
    assert slack.refusal("reactions.remove", **where, name="star") == "no_reaction"
    assert slack.told.kinds()[1:] == [
        "pin_added",
        "reaction_added",
        "pin_removed",
        "reaction_removed",
    ]


def test_what_one_person_ticked_goes_with_their_button(slack: PretendSlack) -> None:
    ts = slack.client.chat_postMessage(channel=slack.channel, text="Two", blocks=CARD)["ts"]
    ana, ben = slack.person("ana"), slack.person("ben")
    slack.workspace.click(ana, slack.channel, ts, "chosen", value=["2", "3"])
    slack.workspace.click(ana, slack.channel, ts, "accept")
    slack.workspace.click(ben, slack.channel, ts, "accept")
    ticked, hers, his = slack.told.interactions
    assert [one["value"] for one in ticked["actions"][0]["selected_options"]] == ["2", "3"]
    chosen = hers["state"]["values"]["items"]["chosen"]["selected_options"]
    assert [one["value"] for one in chosen] == ["2", "3"]
    assert his["state"]["values"]["items"]["chosen"]["selected_options"] == []


def test_opening_a_link_button_tells_the_app(slack: PretendSlack) -> None:
    ts = slack.client.chat_postMessage(channel=slack.channel, text="Two", blocks=CARD)["ts"]
    slack.workspace.click(slack.person("ana"), slack.channel, ts, "source")
    (action,) = slack.told.interactions[0]["actions"]
    assert (action["action_id"], action["url"]) == ("source", "https://example.com/1")


def test_shortcuts_say_where_they_were_chosen(slack: PretendSlack) -> None:
    ts = slack.workspace.say(slack.person("ana"), slack.channel, "failing over")
    slack.workspace.use_message_shortcut(slack.person("ben"), slack.channel, ts, "note_it")
    slack.workspace.use_global_shortcut(slack.person("ben"), slack.channel, "declare")
    on_message, anywhere = slack.told.interactions
    assert (on_message["type"], on_message["callback_id"]) == ("message_action", "note_it")
    assert (on_message["message_ts"], on_message["message"]["text"]) == (ts, "failing over")
    assert (anywhere["type"], "channel" in anywhere) == ("shortcut", False)


def test_a_home_is_published_for_one_person_and_used(slack: PretendSlack) -> None:
    ana = slack.person("ana")
    slack.workspace.open_home(ana)
    first = slack.client.views_publish(user_id=ana, view={"type": "home", "blocks": CARD})["view"]
    slack.workspace.open_home(ana)
    slack.workspace.click_in_home(ana, "accept")
    opened = [event for event in slack.told.events if event["type"] == "app_home_opened"]
    assert ["view" in event for event in opened] == [False, True]
    assert opened[1]["tab"] == "home"
    clicked = slack.told.interactions[0]
    assert (clicked["view"]["id"], clicked["view"]["type"]) == (first["id"], "home")
    assert slack.workspace.home(slack.person("ben")) is None
    stale = {"user_id": ana, "view": {"type": "home", "blocks": []}, "hash": "1.old"}
    assert slack.refusal("views.publish", **stale) == "hash_conflict"
