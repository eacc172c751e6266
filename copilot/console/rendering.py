"""Templates: what every page knows, and how it becomes a response."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from copilot.console import sessions, static_files, words


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("copilot.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock_time=words.clock_time,
        short_time=words.short_time,
        day=words.day,
        in_zone=words.in_zone,
        day_and_time=words.day_and_time,
        duration=words.duration,
        severity_word=words.severity,
        percent=words.percent,
    )
    environment.globals.update(
        static=static_files.ADDRESS,
        scripts=static_files.SCRIPTS,
        count=words.count,
        zone=words.ZONE,
        kind_words=words.KIND_WORDS,
        why_kept=words.why_kept,
        dismiss_words=words.DISMISS_WORDS,
    )
    return environment


_ENVIRONMENT = _environment()


def page(
    request: Request, template: str, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """A page with what the layout needs; a note left by `tell_once` is shown and gone."""
    viewer = sessions.viewer_of(request)
    html = _ENVIRONMENT.get_template(template).render(
        person=viewer.name if viewer else None,
        form_token=sessions.form_token(request),
        told=sessions.take_told(request),
        **context,
    )
    return HTMLResponse(html, status_code=status_code)


def bare_page(template: str, *, status_code: int, **context: Any) -> HTMLResponse:
    """A page that needs no session, for when there may be none to read."""
    html = _ENVIRONMENT.get_template(template).render(
        person=None, form_token="", told=None, **context
    )
    return HTMLResponse(html, status_code=status_code)
