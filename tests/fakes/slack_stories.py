"""Builders of Slack's events, and of whole stories of one thread as Slack would tell them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

TEAM, CHANNEL = "T0ACME", "C0INCIDENT"
FIRST_TS = "1700000000.000100"
REPLY_TS = "1700000060.000200"

Event = dict[str, Any]


def a_message(text: str = "db-3 is out of disk", **more: Any) -> Event:
    return {
        "type": "message",
        "channel": CHANNEL,
        "user": "U0ANA",
        "ts": FIRST_TS,
        "event_ts": more.get("ts", FIRST_TS),
        "text": text,
        **more,
    }


def edited(message: Event, text: str, edited_ts: str) -> Event:
    """The message as it reads after an edit."""
    return {**message, "text": text, "edited": {"user": message.get("user"), "ts": edited_ts}}


def a_change(message: Event, previous: Event | None, sent_ts: str) -> Event:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": CHANNEL,
        "ts": sent_ts,
        "event_ts": sent_ts,
        "message": _inner(message),
    }
    return event if previous is None else {**event, "previous_message": _inner(previous)}


def a_deletion(message_ts: str, previous: Event | None, sent_ts: str) -> Event:
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": CHANNEL,
        "ts": sent_ts,
        "event_ts": sent_ts,
        "deleted_ts": message_ts,
    }
    return event if previous is None else {**event, "previous_message": _inner(previous)}


def a_reaction(
    target_ts: str, sent_ts: str, *, user: str = "U0BEN", name: str = "eyes", added: bool = True
) -> Event:
    return {
        "type": "reaction_added" if added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": CHANNEL, "ts": target_ts},
        "item_user": "U0ANA",
        "event_ts": sent_ts,
    }


def a_pin(target_ts: str, sent_ts: str, *, added: bool = True) -> Event:
    return {
        "type": "pin_added" if added else "pin_removed",
        "user": "U0BEN",
        "channel_id": CHANNEL,
        "item": {"type": "message", "channel": CHANNEL, "message": {"ts": target_ts}},
        "event_ts": sent_ts,
    }


def _inner(message: Event) -> Event:
    return {key: value for key, value in message.items() if key not in ("channel", "event_ts")}


@dataclass
class Story:
    """Everything Slack would send about one message, with its texts in the order people saw."""

    events: list[Event] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_deleted: bool = False


TEXTS = st.sampled_from(["disk full", "disk full!", "password=hunter2hunter2", "rolled back", "ok"])


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A message that is edited, unfurled, marked, replied to and perhaps deleted."""
    ts = draw(st.sampled_from([FIRST_TS, REPLY_TS]))
    message = a_message(draw(TEXTS), ts=ts)
    if ts == REPLY_TS:
        message["thread_ts"] = FIRST_TS
    story = Story([message], [message["text"]])
    for step in range(draw(st.integers(0, 5))):
        # Two steps a second: Slack's stamps of edits resolve no more.
        second, half = divmod(step, 2)
        sent_ts = f"{1700000100 + second}.{half * 5 + 1}00000"
        message = draw(st.sampled_from(STEPS))(draw, story, message, sent_ts)
    if draw(st.booleans()):
        previous = draw(st.sampled_from([message, None]))
        story.events.append(a_deletion(ts, previous, "1700000200.000900"))
        story.is_deleted = True
    return story


def _edit(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    changed = edited(message, draw(TEXTS), sent_ts.split(".")[0] + ".000000")
    story.events.append(a_change(changed, message, sent_ts))
    if changed["text"] != story.texts[-1]:
        story.texts.append(changed["text"])
    return changed


def _unfurl(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    preview = {"from_url": "https://example.com/", "text": "A preview that nobody said"}
    changed = {**message, "attachments": [preview]}
    previous = draw(st.sampled_from([message, None]))
    story.events.append(a_change(changed, previous, sent_ts))
    return changed


def _react(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    added = draw(st.booleans())
    story.events.append(a_reaction(message["ts"], sent_ts, added=added))
    if added:
        return {**message, "reactions": [{"name": "eyes", "users": ["U0BEN"], "count": 1}]}
    return message


def _pin(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    story.events.append(a_pin(message["ts"], sent_ts, added=draw(st.booleans())))
    return message


def _fetch(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    """Somebody reads the channel's history meanwhile."""
    story.events.append({**message})
    return message


def _withhold(draw: st.DrawFn, story: Story, message: Event, sent_ts: str) -> Event:
    """The workspace's keys are away while somebody reads the history."""
    text = "Your admins have suspended everyone's access to this content."
    story.events.append({**message, "subtype": "ekm_access_denied", "text": text})
    return message


STEPS = [_edit, _edit, _unfurl, _react, _pin, _fetch, _withhold]


@st.composite
def deliveries(draw: st.DrawFn, story: Story) -> Sequence[Event]:
    """The story's events in any order, each once or more often."""
    again = draw(st.lists(st.sampled_from(story.events), max_size=4))
    return draw(st.permutations([*story.events, *again]))


@st.composite
def conversations(draw: st.DrawFn) -> list[Event]:
    """All that Slack tells of a channel, in order: messages and threads that people change."""
    parents = [f"{1700000000 + number}.000100" for number in range(draw(st.integers(1, 3)))]
    told: list[Event] = []
    for number, ts in enumerate(parents):
        told += _life_of(draw, a_message(draw(TEXTS), ts=ts))
        for reply in range(draw(st.integers(0, 2))):
            reply_ts = f"{1700000060 + 10 * number + reply}.000200"
            message = a_message(draw(TEXTS), ts=reply_ts, thread_ts=ts, user="U0BEN")
            if draw(st.booleans()):
                message["subtype"] = "thread_broadcast"
            told += _life_of(draw, message)
    return told


def _life_of(draw: st.DrawFn, message: Event) -> list[Event]:
    story = Story([message], [message["text"]])
    for step in range(draw(st.integers(0, 3))):
        second, half = divmod(step, 2)
        sent_ts = f"{1700000100 + second}.{half * 5 + 1}00000"
        message = draw(st.sampled_from(STEPS))(draw, story, message, sent_ts)
    if draw(st.integers(0, 3)) == 0:
        previous = draw(st.sampled_from([message, None]))
        story.events.append(a_deletion(message["ts"], previous, "1700000200.000900"))
    return story.events
