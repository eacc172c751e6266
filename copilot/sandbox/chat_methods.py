"""Web API methods with which the app talks: chat.*."""

from typing import Any

from copilot.errors import NotFoundError
from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.blocks import problems, with_ids
from copilot.sandbox.channels import Body, SandboxChannel
from copilot.sandbox.workspace import SandboxWorkspace

_MAX_TEXT = 40_000
_MAX_UPDATE_TEXT = 4_000
_MAX_ATTACHMENTS = 100


def post_message(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    fields: Body = {**workspace.bot_fields(), **_content(arguments, _MAX_TEXT)}
    if not (fields["text"] or fields.get("blocks") or fields.get("attachments")):
        raise ApiError("no_text")
    if metadata := _metadata(arguments):
        fields["metadata"] = metadata
    if thread_ts := arguments.text("thread_ts"):
        if channel.get(thread_ts) is None:
            raise ApiError("thread_not_found")
        fields["thread_ts"] = thread_ts
        if arguments.flag("reply_broadcast"):
            fields["subtype"] = "thread_broadcast"
    body = workspace.post_as_app(channel.id, fields)
    return {"channel": channel.id, "ts": body["ts"], "message": body}


def update(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True)
    ts = arguments.required("ts")
    before = channel.get(ts)
    if before is None:
        raise ApiError("message_not_found")
    if before.get("bot_id") != workspace.bot_id:
        raise ApiError("cant_update_message")
    content = _content(arguments, _MAX_UPDATE_TEXT)
    if not any(arguments.has(name) for name in ("text", "blocks", "attachments")):
        raise ApiError("no_text")
    # What is not named stays as it was; an empty list takes it away.
    fields = {name: value for name, value in content.items() if arguments.has(name)}
    if arguments.has("metadata"):
        fields["metadata"] = _metadata(arguments)
    body = workspace.amend(channel.id, ts, fields, workspace.bot_user_id, in_background=True)
    return {"channel": channel.id, "ts": ts, "text": body["text"], "message": body}


def delete(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True)
    ts = arguments.required("ts")
    body = channel.get(ts)
    if body is None:
        raise ApiError("message_not_found")
    if body.get("bot_id") != workspace.bot_id:
        raise ApiError("cant_delete_message")
    workspace.erase(channel.id, ts, in_background=True)
    return {"channel": channel.id, "ts": ts}


def post_ephemeral(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments, must_be_in=True, must_be_open=True)
    user_id = arguments.required("user")
    if user_id not in channel.member_ids:
        raise ApiError("user_not_in_channel")
    content = _content(arguments, _MAX_TEXT)
    if not (content["text"] or content.get("blocks") or content.get("attachments")):
        raise ApiError("no_text")
    fields = {"type": "message", **workspace.bot_fields(), **content}
    if thread_ts := arguments.text("thread_ts"):
        fields["thread_ts"] = thread_ts
    answer = workspace.answer_privately(user_id, channel.id, fields)
    return {"message_ts": answer.ts}


def get_permalink(workspace: SandboxWorkspace, arguments: Arguments) -> dict[str, Any]:
    channel = a_channel(workspace, arguments)
    try:
        link = workspace.permalink(channel.id, arguments.required("message_ts"))
    except NotFoundError:
        raise ApiError("message_not_found") from None
    return {"channel": channel.id, "permalink": link}


def a_channel(
    workspace: SandboxWorkspace,
    arguments: Arguments,
    *,
    must_be_in: bool = False,
    must_be_open: bool = False,
) -> SandboxChannel:
    """The channel that `channel` names by id (or by #name, as chat.postMessage allows)."""
    wanted = arguments.required("channel")
    found = workspace.channels.get(wanted) or workspace.channel_named(wanted)
    if found is None and wanted in workspace.users and wanted != workspace.bot_user_id:
        found = workspace.open_direct(wanted)  # a person's id means the conversation with them
    is_inside = found is not None and workspace.bot_user_id in found.member_ids
    if found is None or (found.is_private and not is_inside):
        raise ApiError("channel_not_found")
    if must_be_in and not is_inside:
        raise ApiError("not_in_channel")
    if must_be_open and found.is_archived:
        raise ApiError("is_archived")
    return found


def _content(arguments: Arguments, max_text: int) -> Body:
    text = arguments.text("text")
    if len(text) > max_text:
        raise ApiError("msg_too_long")
    content: Body = {"text": text}
    blocks = arguments.objects("blocks", "invalid_blocks_format")
    if blocks is not None:
        if found := problems(blocks):
            raise ApiError("invalid_blocks", details=found)
        content["blocks"] = with_ids(blocks)
    attachments = arguments.objects("attachments", "invalid_attachments")
    if attachments is not None:
        if len(attachments) > _MAX_ATTACHMENTS:
            raise ApiError("too_many_attachments")
        content["attachments"] = attachments
    return content


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    metadata = arguments.mapping("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    if not isinstance(metadata.get("event_type"), str) or not isinstance(
        metadata.get("event_payload"), dict
    ):
        raise ApiError("invalid_metadata_schema")
    return metadata
