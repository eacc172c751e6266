"""Every Web API method that the sandbox knows and that a bot token may call."""

from collections.abc import Callable
from typing import Any

from copilot.sandbox import (
    app_methods,
    channel_methods,
    chat_methods,
    conversation_methods,
    mark_methods,
    view_methods,
)
from copilot.sandbox.api_arguments import Arguments
from copilot.sandbox.workspace import SandboxWorkspace

Method = Callable[[SandboxWorkspace, Arguments], dict[str, Any]]

METHODS: dict[str, Method] = {
    "auth.teams.list": app_methods.teams_list,
    "auth.test": app_methods.auth_test,
    "bookmarks.add": channel_methods.add_bookmark,
    "chat.delete": chat_methods.delete,
    "chat.getPermalink": chat_methods.get_permalink,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.archive": channel_methods.archive,
    "conversations.create": channel_methods.create,
    "conversations.history": conversation_methods.history,
    "conversations.info": conversation_methods.info,
    "conversations.invite": channel_methods.invite,
    "conversations.join": channel_methods.join,
    "conversations.kick": channel_methods.kick,
    "conversations.leave": channel_methods.leave,
    "conversations.list": conversation_methods.list_channels,
    "conversations.members": conversation_methods.members,
    "conversations.open": channel_methods.open_direct,
    "conversations.rename": channel_methods.rename,
    "conversations.replies": conversation_methods.replies,
    "conversations.setPurpose": channel_methods.set_purpose,
    "conversations.setTopic": channel_methods.set_topic,
    "conversations.unarchive": channel_methods.unarchive,
    "pins.add": mark_methods.add_pin,
    "pins.list": mark_methods.list_pins,
    "pins.remove": mark_methods.remove_pin,
    "reactions.add": mark_methods.add_reaction,
    "reactions.get": mark_methods.get_reactions,
    "reactions.remove": mark_methods.remove_reaction,
    "team.info": app_methods.team_info,
    "users.info": conversation_methods.user_info,
    "users.list": conversation_methods.list_users,
    "views.open": view_methods.open_view,
    "views.publish": view_methods.publish_view,
    "views.push": view_methods.push_view,
    "views.update": view_methods.update_view,
}
