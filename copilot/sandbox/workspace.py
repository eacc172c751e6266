"""The pretend workspace: what people can do in it, with the app's answers shown to them."""

import secrets
from dataclasses import replace

from copilot.sandbox.changes import Change, ChangeKind
from copilot.sandbox.events import rate_limited
from copilot.sandbox.outlet import SocketAddresses
from copilot.sandbox.playback import Playback
from copilot.sandbox.view_acts import ViewActs

DEFAULT_PEOPLE = (("ana", "Ana Costa"), ("ben", "Ben Okafor"), ("dana", "Dana Levi"))
ADMINS = ("ana",)
OWNERS = ("dana",)
COMMAND_HINTS = (
    ("declare [title] [sev]", "start an incident here; without a title, with a form"),
    ("status [status]", "how it stands, or a new status"),
    ("severity [SEV1-4]", "show or change the severity"),
    ("rename title", "give the incident another title"),
    ("role commander|comms|scribe @person", "who does what"),
    ("handover [@person]", "give the command away"),
    ("catchup [30m]", "what happened, in short"),
    ("timeline", "all that happened"),
    ("note text", "write something down"),
    ("followup add|list|done", "follow-ups of the incident"),
    ("suggestions", "follow-ups found, to decide on"),
    ("held", "what was kept back, and why"),
    ("quiet [30m]", "nothing unasked for a while"),
    ("noise", "how much is said at all (admins)"),
    ("resolve", "say that the incident is over"),
    ("reopen", "it is not over after all"),
    ("review", "draft the post-incident review"),
    ("help", "all commands"),
)


class SandboxWorkspace(ViewActs):
    """Everything a person does here goes to the connected app as Slack would send it."""

    command_hints: tuple[tuple[str, str], ...] = COMMAND_HINTS
    """What the page offers after `/incident`."""
    shortcuts: tuple[tuple[str, str], ...] = ()
    """The app's shortcuts on messages: callback id and name, as its manifest lists them."""
    playback: Playback | None = None
    sockets: SocketAddresses | None = None
    """Set while Socket Mode is on."""

    def populate(self) -> None:
        """A few people and channels to start with: ana is an admin, dana the owner."""
        for name, real_name in DEFAULT_PEOPLE:
            user = self.add_user(name, real_name)
            self.put_user(replace(user, is_admin=name in ADMINS, is_owner=name in OWNERS))
        for channel in ("general", "incidents"):
            self.add_channel(channel)

    def neighbour(self, team_id: str, name: str) -> "SandboxWorkspace":
        """Another workspace into which the same app may be installed; nobody is in it yet."""
        found = SandboxWorkspace(
            self.clock, name=name, team_id=team_id, signing_secret=self.signing_secret
        )
        found.grants.belong_with(self.grants)
        return found

    def playback_changed(self) -> None:
        """Tell the page that what plays has moved on."""
        with self.changing(Change(ChangeKind.PLAYBACK)):
            pass

    def socket_url(self) -> str | None:
        """Where the app may open one socket, or None while Socket Mode is off."""
        return self.sockets.issue_url() if self.sockets is not None else None

    def uninstall(self) -> None:
        """Somebody takes the app out of the workspace; it hears of it once more."""
        with self.lock:
            self.grants.revoke_all()
        self.tell_always({"type": "app_uninstalled"})
        self.tell_always(
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot_user_id]}}
        )

    def tell_rate_limited(self) -> None:
        """Tell the app that events of this minute were held back, too many having been sent."""
        minute_s = int(self.now().timestamp()) // 60 * 60
        self.outlet.send_body(rate_limited(self.team_id, self.app_id, minute_s))

    def new_event_id(self) -> str:
        return f"Ev{secrets.token_hex(5).upper()}"
