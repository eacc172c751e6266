"""The words of the pages around an installation."""

from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address of the way back holds a code; it goes nowhere from here.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Step:
    words: str
    command: str


@dataclass(frozen=True, slots=True)
class InstallPage:
    title: str
    paragraphs: tuple[str, ...]
    leads_on: str | None = None
    """Words of the link that sets out for Slack."""
    steps: tuple[Step, ...] = ()
    status: int = 200

    def response(self, assets: str) -> HTMLResponse:
        """`assets` is the address of the style sheet and the icon."""
        html = _TEMPLATES.get_template("install.html").render(page=self, assets=assets)
        return HTMLResponse(html, status_code=self.status, headers=_HEADERS)


_AGAIN = "Start again"

WELCOME = InstallPage(
    "Add Incident Copilot to Slack",
    (
        "It keeps the timeline of an incident, says little, and drafts a review whose every "
        "sentence leads to the messages behind it.",
        "It reads only channels that it is invited to, and keeps only those in which an incident "
        "was declared. Slack asks you on the next page whether you agree.",
    ),
    leads_on="Continue to Slack",
)
CANCELLED = InstallPage(
    "Nothing was installed",
    ("You, or Slack on behalf of an admin, said no. Nothing was changed.",),
    leads_on=_AGAIN,
)
NOT_OURS = InstallPage(
    "This link does not work here",
    (
        "It belongs to an installation that was begun in another browser, was used before, or is "
        "older than ten minutes. Nothing was changed.",
    ),
    leads_on=_AGAIN,
    status=400,
)
TOO_MANY = InstallPage(
    "Too many people are installing just now",
    ("Nothing was changed. Try again in ten minutes.",),
    leads_on=_AGAIN,
    status=503,
)
CODE_REFUSED = InstallPage(
    "Slack did not take the code it sent along",
    ("It is too old, or was used before. Nothing was changed.",),
    leads_on=_AGAIN,
    status=400,
)
NO_ANSWER = InstallPage(
    "Slack does not answer",
    (
        "Whether it counts the app as installed is not known; here nothing was changed, and "
        "doing it twice does no harm. Wait a minute, then start again.",
    ),
    leads_on=_AGAIN,
    status=502,
)
NOT_STORED = InstallPage(
    "The database does not answer",
    (
        "Slack has said yes, but it could not be written down. Nothing was changed here, and "
        "doing it twice does no harm. Wait a minute, then start again.",
    ),
    leads_on=_AGAIN,
    status=503,
)


def refused(why: str) -> InstallPage:
    """Slack refuses for a reason that only the operator can mend."""
    return InstallPage(
        "Slack refused",
        (
            why,
            "Nothing was changed. Show this page to whoever runs Incident Copilot: "
            "SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and the redirect address of the app have to fit "
            "together.",
        ),
        leads_on=_AGAIN,
        status=502,
    )


def installed(name: str, *, is_organisation: bool) -> InstallPage:
    where = f"Installed in {name}" if name else "What to do next"
    if is_organisation:
        return InstallPage(
            where,
            (
                "It is installed for the whole organisation, but in no workspace yet: an admin "
                "of the organisation chooses them in Slack, under Manage apps.",
            ),
            steps=_STEPS,
        )
    return InstallPage(where, ("You can close this page and go on in Slack.",), steps=_STEPS)


_STEPS = (
    Step("Invite it to a channel where incidents are discussed:", "/invite @incident-copilot"),
    Step("When something breaks, declare it there:", "/incident declare Checkout errors sev2"),
)
