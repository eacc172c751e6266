"""Web API methods about the app itself: auth.*, apps.*, oauth.v2.*, team.info."""

import base64
import binascii
from typing import Any

from copilot.sandbox.api_arguments import ApiError, Arguments
from copilot.sandbox.grants import Granted, GrantError
from copilot.sandbox.workspace import SandboxWorkspace

Credentials = tuple[str, str]


def auth_test(workspace: SandboxWorkspace, _: Arguments) -> dict[str, Any]:
    answer = {
        "url": workspace.url,
        "team": workspace.name,
        "user": workspace.users[workspace.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": workspace.grants.is_org_install,
    }
    return {**answer, "enterprise_id": workspace.enterprise_id} if workspace.enterprise else answer


def teams_list(workspace: SandboxWorkspace, _: Arguments) -> dict[str, Any]:
    return {"teams": [{"id": workspace.team_id, "name": workspace.name}]}


def team_info(workspace: SandboxWorkspace, _: Arguments) -> dict[str, Any]:
    team = {
        "id": workspace.team_id,
        "name": workspace.name,
        "url": workspace.url,
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {"image_default": True},
        "avatar_base_url": f"{workspace.url}avatars/",
        "is_verified": False,
    }
    if workspace.enterprise_id is not None:
        team["enterprise_id"] = workspace.enterprise_id
        team["enterprise_name"] = workspace.enterprise_name
    return {"team": team}


def revoke(workspace: SandboxWorkspace, token: str) -> dict[str, Any]:
    """Give up the token that the call was made with."""
    with workspace.lock:
        is_revoked = workspace.grants.revoke(token)
    if is_revoked:
        workspace.tell_always(
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot_user_id]}},
            in_background=True,
        )
    return {"revoked": is_revoked}


def uninstall(workspace: SandboxWorkspace, credentials: Credentials) -> dict[str, Any]:
    _check_credentials(workspace, credentials)
    workspace.uninstall()
    return {}


def open_connection(workspace: SandboxWorkspace) -> dict[str, Any]:
    """An address for one socket."""
    if (url := workspace.socket_url()) is None:
        raise ApiError("socket_mode_not_enabled")
    return {"url": url}


def give_tokens(
    workspace: SandboxWorkspace, arguments: Arguments, credentials: Credentials
) -> dict[str, Any]:
    """`oauth.v2.access`: a code, or a refresh token, for an access token."""
    _check_credentials(workspace, credentials)
    kind = arguments.text("grant_type") or "authorization_code"
    with workspace.lock:
        try:
            if kind == "refresh_token":
                granted = workspace.grants.refresh(arguments.required("refresh_token"))
            elif kind == "authorization_code":
                uri = arguments.text("redirect_uri")
                granted = workspace.grants.redeem(arguments.text("code"), uri)
            else:
                raise ApiError("invalid_grant_type")
        except GrantError as error:
            raise ApiError(str(error)) from None
    return _granted_fields(workspace, granted)


def credentials_of(header: str, arguments: Arguments) -> Credentials:
    """The app's id and secret, from basic authentication or from the arguments."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return arguments.text("client_id"), arguments.text("client_secret")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret


def _check_credentials(workspace: SandboxWorkspace, credentials: Credentials) -> None:
    if credentials[0] != workspace.grants.client_id:
        raise ApiError("invalid_client_id")
    if credentials[1] != workspace.grants.client_secret:
        raise ApiError("bad_client_secret")


def _granted_fields(workspace: SandboxWorkspace, granted: Granted) -> dict[str, Any]:
    grants = workspace.grants
    team = {"id": workspace.team_id, "name": workspace.name}
    answer: dict[str, Any] = {
        "access_token": granted.access_token,
        "token_type": "bot",
        "scope": ",".join(grants.scopes),
        "bot_user_id": workspace.bot_user_id,
        "app_id": workspace.app_id,
        "team": None if grants.is_org_install else team,
        "enterprise": workspace.enterprise,
        "is_enterprise_install": grants.is_org_install,
        "authed_user": {"id": granted.user_id},
    }
    if granted.refresh_token is not None:
        answer["refresh_token"] = granted.refresh_token
        answer["expires_in"] = granted.expires_in_s
    return answer
