"""Pages on which the app is installed: out to Slack for consent, and back."""

import logging
import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote, unquote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from copilot.clock import SystemClock
from copilot.db import Database
from copilot.errors import BadInputError, NotFoundError, PermanentError, TemporaryError
from copilot.slack import install_pages as pages
from copilot.slack.client import slack_error_code
from copilot.slack.install_pages import InstallPage
from copilot.slack.installer import Installer
from copilot.slack.manifest import BOT_SCOPES, REDIRECT_PATH
from copilot.workspaces.install_attempts import LIFETIME, begin_attempt, finish_attempt

_STATE_COOKIE = "copilot_install"
_DONE_COOKIE = "copilot_installed"
_DONE_FOR_S = 300
_MAX_CODE = 1000
_MAX_NAME = 200
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")
_STALE_CODES = frozenset({"code_already_used", "invalid_code", "oauth_authorization_url_mismatch"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InstallRoutes:
    db: Database
    installer: Installer
    public_url: str
    """Where Slack sends people back to; ends without a slash."""
    assets: str

    def welcome(self) -> Response:
        return pages.WELCOME.response(self.assets)

    def start(self) -> Response:
        state = secrets.token_urlsafe(32)
        try:
            with self.db.transaction() as session:
                # By the wall clock: it is people who take ten minutes, not an incident.
                begin_attempt(session, state, SystemClock().now())
        except BadInputError:
            return self._page(pages.TOO_MANY)
        away = self.installer.oauth.authorize_url(
            state=state, redirect_uri=self._redirect_uri, scopes=",".join(BOT_SCOPES)
        )
        response = RedirectResponse(away, status_code=302, headers={"Cache-Control": "no-store"})
        # Lax: it has to come along when Slack's page leads back here.
        self._set_cookie(response, _STATE_COOKIE, state, int(LIFETIME.total_seconds()))
        return response

    def come_back(self, request: Request) -> Response:
        """Only from the browser that set out, once, within ten minutes."""
        asked = request.query_params
        if not self._is_way_back(asked.get("state", ""), request.cookies.get(_STATE_COOKIE, "")):
            # The cookie stays: this may have been a stranger's address, the right one yet to come.
            return pages.NOT_OURS.response(self.assets)
        if (why := asked.get("error")) is not None:
            said_no = why == "access_denied" or _ERROR_CODE.fullmatch(why) is None
            return self._page(pages.CANCELLED if said_no else pages.refused(f"Slack says {why}."))
        code = asked.get("code", "")
        if not code or len(code) > _MAX_CODE:
            return self._page(pages.CODE_REFUSED)
        return self._install(code)

    def done(self, request: Request) -> Response:
        kind, _, name = unquote(request.cookies.get(_DONE_COOKIE, "")).partition(":")
        page = pages.installed(name, is_organisation=kind == "organisation")
        return page.response(self.assets)

    @property
    def _redirect_uri(self) -> str:
        return f"{self.public_url}/{REDIRECT_PATH}"

    def _is_way_back(self, state: str, cookie: str) -> bool:
        if not state or not secrets.compare_digest(state.encode(), cookie.encode()):
            return False
        try:
            with self.db.transaction() as session:
                finish_attempt(session, state, SystemClock().now())
        except NotFoundError:
            return False
        return True

    def _install(self, code: str) -> Response:
        try:
            grant = self.installer.install(code, self._redirect_uri)
        except TemporaryError as error:
            _log.warning("an installation came to nothing: %s", error)
            return self._page(pages.NO_ANSWER)
        except PermanentError as error:
            _log.warning("an installation came to nothing: %s", error)
            is_stale = slack_error_code(error) in _STALE_CODES
            return self._page(pages.CODE_REFUSED if is_stale else pages.refused(str(error)))
        except SQLAlchemyError as error:
            _log.error("an installation was not stored: %s", type(error).__name__)
            return self._page(pages.NOT_STORED)
        _log.info("installed in %s", grant.team_id or grant.enterprise_id)
        # Away from the address with the code in it, so that reloading the page does no harm.
        response = RedirectResponse("/slack/installed", status_code=303)
        kind = "workspace" if grant.team_id else "organisation"
        self._set_cookie(
            response, _DONE_COOKIE, quote(f"{kind}:{grant.name[:_MAX_NAME]}"), _DONE_FOR_S
        )
        response.delete_cookie(_STATE_COOKIE, path="/slack")
        return response

    def _set_cookie(self, response: Response, name: str, value: str, max_age_s: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/slack",
            secure=self.public_url.startswith("https://"),
            httponly=True,
            samesite="lax",
        )

    def _page(self, page: InstallPage) -> Response:
        response = page.response(self.assets)
        response.delete_cookie(_STATE_COOKIE, path="/slack")
        return response


def add_install_pages(
    web: FastAPI, *, db: Database, installer: Installer, public_url: str, assets: str
) -> None:
    """Serve the pages; `public_url` is this process as browsers reach it."""
    routes = InstallRoutes(db, installer, public_url.rstrip("/"), assets)
    router = APIRouter(include_in_schema=False)
    router.get("/slack/install")(routes.welcome)
    router.get("/slack/install/start")(routes.start)
    router.get(f"/{REDIRECT_PATH}")(routes.come_back)
    router.get("/slack/installed")(routes.done)
    web.include_router(router)
