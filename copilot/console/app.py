"""Adds the console to the web application."""

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from copilot.clock import Clock
from copilot.console import sessions
from copilot.console.errors import add_error_pages
from copilot.console.login import LoginLinks
from copilot.console.pages.follow_ups import follow_up_pages
from copilot.console.pages.gap import gap_pages
from copilot.console.pages.incidents import incident_pages
from copilot.console.pages.milestones import milestone_pages
from copilot.console.pages.noise import noise_pages
from copilot.console.pages.review import review_pages
from copilot.console.pages.review_settings import review_settings_pages
from copilot.console.pages.signing_in import signing_in_pages
from copilot.console.pages.suggestions import suggestion_pages
from copilot.console.pages.timeline import timeline_pages
from copilot.console.security import SecurityHeaders
from copilot.console.static_files import ConsoleFiles
from copilot.db import Database


def add_console(
    web: FastAPI,
    *,
    db: Database,
    clock: Clock,
    login: LoginLinks,
    secret_key: str,
    is_https: bool = False,
) -> None:
    """Routes, sessions, headers and error pages. Whoever serves `web` restricts host names.

    With `is_https` browsers send the session over HTTPS only.
    """
    web.include_router(signing_in_pages(login, db), include_in_schema=False)
    for router in (
        incident_pages(db, clock),
        timeline_pages(db, clock),
        milestone_pages(db, clock),
        suggestion_pages(db, clock),
        follow_up_pages(db, clock),
        review_pages(db, clock),
        noise_pages(db, clock),
        gap_pages(db, clock),
        review_settings_pages(db, clock),
    ):
        web.include_router(router, include_in_schema=False)
    web.mount("/static", ConsoleFiles(), name="static")
    add_error_pages(web)
    web.add_middleware(
        SessionMiddleware,
        secret_key=secret_key,
        session_cookie=sessions.COOKIE,
        max_age=sessions.LIFETIME_S,
        same_site="lax",
        https_only=is_https,
    )
    web.add_middleware(SecurityHeaders)
