"""What happens when somebody says yes in Slack: tokens are stored first, then we look around."""

from copilot.clock import Clock
from copilot.db import Database
from copilot.errors import CopilotError
from copilot.incidents.refilling import request_refills
from copilot.ports import WorkspaceInfo
from copilot.slack.client import build_client
from copilot.slack.installed import InstalledWorkspaces
from copilot.slack.oauth_app import Grant, OAuthApp
from copilot.slack.token_rotation import TokenRotation
from copilot.slack.who_we_are import Identity, ask_who_we_are
from copilot.timeline.coverage import RefillCause
from copilot.workspaces.connections import connect, learn_of_team
from copilot.workspaces.directory import upsert_workspace
from copilot.workspaces.installations import NewInstallation, know_bot_id, save
from copilot.workspaces.syncing import request_sync


class Installer:
    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        api_url: str,
        oauth: OAuthApp,
        rotation: TokenRotation,
        clients: InstalledWorkspaces,
    ) -> None:
        self._db = db
        self._clock = clock
        self._api_url = api_url
        self._rotation = rotation
        self._clients = clients
        self.oauth = oauth

    def install(self, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens and keep them. Raises TemporaryError or PermanentError.

        A code works once. So what it brought is stored before anything else that may fail.
        """
        grant = self.oauth.exchange(code, redirect_uri)
        installation_id = self._keep(grant)
        if grant.team_id:
            self._meet(grant, installation_id)
        self._clients.forget()
        return grant

    def _keep(self, grant: Grant) -> int:
        now = self._clock.now()
        new = NewInstallation(
            enterprise_id=grant.enterprise_id,
            team_id=grant.team_id,
            app_id=grant.app_id,
            bot_user_id=grant.bot_user_id,
            tokens=self._rotation.seal(grant.tokens),
            scopes=grant.scopes,
            installed_by=grant.installed_by,
        )
        with self._db.transaction() as session:
            installation_id = save(session, new, now)
            if grant.team_id:
                unknown = self._clients.unknown_url
                learn_of_team(session, grant.team_id, grant.enterprise_id, url=unknown, now=now)
                request_sync(session, grant.team_id, now)
                back = connect(session, team_id=grant.team_id)
            else:
                back = connect(session, enterprise_id=grant.enterprise_id)
            for team_id in back:
                request_sync(session, team_id, now)
                request_refills(session, team_id=team_id, cause=RefillCause.RECONNECTED, now=now)
        return installation_id

    def _meet(self, grant: Grant, installation_id: int) -> None:
        """Learn the workspace's address and our ids; if Slack does not say, the sync will."""
        try:
            identity = ask_who_we_are(build_client(grant.tokens.bot, self._api_url), grant.team_id)
        except CopilotError:
            identity = Identity(
                WorkspaceInfo(
                    grant.team_id, grant.name, self._clients.unknown_url, grant.bot_user_id
                ),
                None,
            )
        with self._db.transaction() as session:
            upsert_workspace(session, identity.workspace, self._clock.now())
            if identity.bot_id:
                know_bot_id(session, installation_id, identity.bot_id)
