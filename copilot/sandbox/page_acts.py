"""What people do on the sandbox's page, as JSON posts."""

import re
from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from copilot.errors import BadInputError
from copilot.sandbox.composing import to_mrkdwn
from copilot.sandbox.outlet import Answer
from copilot.sandbox.workspace import SandboxWorkspace

_MAX_TEXT = 40_000
_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")
Entered = dict[str, dict[str, Any]]


class _Act(BaseModel):
    model_config = ConfigDict(extra="forbid")

    viewer: str


class _OnChannel(_Act):
    channel: str


class _OnMessage(_OnChannel):
    ts: str


class Say(_OnChannel):
    text: str = Field(max_length=_MAX_TEXT)
    thread_ts: str | None = None
    is_broadcast: bool = False


class Edit(_OnMessage):
    text: str = Field(max_length=_MAX_TEXT)


class React(_OnMessage):
    name: str


class Click(_OnMessage):
    action_id: str
    block_id: str
    value: Any = None
    values: Entered = {}


class Shortcut(_OnMessage):
    callback_id: str


class ChannelAct(_OnChannel):
    action: Literal[
        "topic",
        "rename",
        "private",
        "archive",
        "unarchive",
        "join",
        "leave",
        "add_app",
        "remove_app",
    ]
    text: str = Field(default="", max_length=250)


class ClickInView(_Act):
    action_id: str
    block_id: str
    value: Any = None
    values: Entered = {}


class Submit(_Act):
    values: Entered = {}


class Control(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Literal["pause", "resume", "speed"]
    speed: float = Field(default=0, ge=0, le=100_000)


def page_acts(workspace: SandboxWorkspace) -> APIRouter:
    router = APIRouter(prefix="/sandbox", include_in_schema=False)

    @router.post("/say")
    def say(act: Say) -> dict[str, Any]:
        if act.text.startswith("/") and act.thread_ts is None:
            command, _, text = act.text.strip().partition(" ")
            workspace.command(act.viewer, act.channel, command, text.strip())
            return {}
        ts = workspace.say(
            act.viewer,
            act.channel,
            _typed(workspace, act.text),
            thread_ts=act.thread_ts,
            is_broadcast=act.is_broadcast,
        )
        return {"ts": ts}

    @router.post("/edit")
    def edit(act: Edit) -> dict[str, Any]:
        if not act.text.strip():
            raise BadInputError("An empty message can't be kept; delete it instead.")
        workspace.edit(act.viewer, act.channel, act.ts, _typed(workspace, act.text))
        return {}

    @router.post("/delete")
    def delete(act: _OnMessage) -> dict[str, Any]:
        workspace.delete(act.viewer, act.channel, act.ts)
        return {}

    _add_marks(router, workspace)
    _add_interactions(router, workspace)
    _add_views(router, workspace)
    _add_channel_acts(router, workspace)
    _add_playback(router, workspace)
    return router


def _add_marks(router: APIRouter, workspace: SandboxWorkspace) -> None:
    @router.post("/react")
    def react(act: React) -> dict[str, Any]:
        """Add the reaction, or take one's own back."""
        where = (act.viewer, act.channel, act.ts, act.name)
        return {"isThere": workspace.react(*where) or not workspace.unreact(*where)}

    @router.post("/pin")
    def pin(act: _OnMessage) -> dict[str, Any]:
        where = (act.viewer, act.channel, act.ts)
        return {"isThere": workspace.pin(*where) or not workspace.unpin(*where)}

    @router.post("/dismiss")
    def dismiss(act: _OnMessage) -> dict[str, Any]:
        workspace.withdraw_answer(act.viewer, act.ts)
        return {}


def _add_interactions(router: APIRouter, workspace: SandboxWorkspace) -> None:
    @router.post("/click")
    def click(act: Click) -> dict[str, Any]:
        answer = workspace.click(
            act.viewer,
            act.channel,
            act.ts,
            act.action_id,
            block_id=act.block_id,
            value=act.value,
            values=act.values,
        )
        return _told(answer)

    @router.post("/shortcut")
    def shortcut(act: Shortcut) -> dict[str, Any]:
        return _told(
            workspace.use_message_shortcut(act.viewer, act.channel, act.ts, act.callback_id)
        )


def _add_views(router: APIRouter, workspace: SandboxWorkspace) -> None:
    @router.post("/home/open")
    def open_home(act: _Act) -> dict[str, Any]:
        workspace.open_home(act.viewer)
        return {}

    @router.post("/home/click")
    def click_in_home(act: ClickInView) -> dict[str, Any]:
        answer = workspace.click_in_home(
            act.viewer,
            act.action_id,
            block_id=act.block_id,
            value=act.value,
            values=act.values,
        )
        return _told(answer)

    @router.post("/view/click")
    def click_in_view(act: ClickInView) -> dict[str, Any]:
        answer = workspace.click_in_view(
            act.viewer,
            act.action_id,
            block_id=act.block_id,
            value=act.value,
            values=act.values,
        )
        return _told(answer)

    @router.post("/view/submit")
    def submit(act: Submit) -> dict[str, Any]:
        submission = workspace.submit_view(act.viewer, act.values)
        return {"isClosed": submission.is_closed, "errors": dict(submission.errors)}

    @router.post("/view/close")
    def close(act: _Act) -> dict[str, Any]:
        if workspace.open_view(act.viewer):
            workspace.close_view(act.viewer)
        return {}


def _add_channel_acts(router: APIRouter, workspace: SandboxWorkspace) -> None:
    @router.post("/channel")
    def change(act: ChannelAct) -> dict[str, Any]:
        where = (act.viewer, act.channel)
        if act.action == "topic":
            workspace.set_topic(*where, act.text)
        elif act.action == "rename":
            workspace.rename(*where, _channel_name(act.text))
        else:
            _CHANNEL_ACTS[act.action](workspace, *where)
        return {}


_CHANNEL_ACTS: dict[str, Callable[[SandboxWorkspace, str, str], object]] = {
    "private": SandboxWorkspace.convert_to_private,
    "archive": SandboxWorkspace.archive,
    "unarchive": SandboxWorkspace.unarchive,
    "join": SandboxWorkspace.join,
    "leave": SandboxWorkspace.leave,
    "add_app": SandboxWorkspace.invite_bot,
    "remove_app": SandboxWorkspace.remove_bot,
}


def _channel_name(typed: str) -> str:
    name = typed.strip().lower().lstrip("#").replace(" ", "-")
    if not _CHANNEL_NAME.fullmatch(name):
        raise BadInputError("A channel's name has letters, digits, - and _, at most 80 of them.")
    return name


def _add_playback(router: APIRouter, workspace: SandboxWorkspace) -> None:
    @router.post("/playback")
    def control(act: Control) -> dict[str, Any]:
        playing = workspace.playback
        if playing is None:
            raise BadInputError("Nothing is being played.")
        if act.action == "pause":
            playing.pause()
        elif act.action == "resume":
            playing.resume()
        else:
            playing.set_speed(act.speed)
        return {}


def _typed(workspace: SandboxWorkspace, text: str) -> str:
    with workspace.lock:
        users = {user.name: user.id for user in workspace.users.values()}
        users |= {user.display_name: user.id for user in workspace.users.values()}
        channels = {channel.name: channel.id for channel in workspace.channels.values()}
    return to_mrkdwn(text, users, channels)


def _told(answer: Answer) -> dict[str, Any]:
    return {"isOk": answer.is_ok}
