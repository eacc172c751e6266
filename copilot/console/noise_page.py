"""The noise page as a response: for admins with form and replay, for others to read."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from copilot.console import noise_words
from copilot.console.noise_access import NoiseAccess
from copilot.console.noise_form import NUMBERS, fields_of
from copilot.console.noise_held import read_held
from copilot.console.noise_history import read_history
from copilot.console.noise_learned import read_learned
from copilot.console.noise_replay import FEW_DECIDED, Recorded, replay_view
from copilot.console.noise_scope import Scope
from copilot.console.noise_view import Notice, PolicyForm, read_in_force
from copilot.console.rendering import page
from copilot.console.zone_names import zone_names
from copilot.incidents.models import Severity
from copilot.suggestions.backtest_words import caveat, conclusion
from copilot.suggestions.held_lately import LATELY
from copilot.suggestions.noise_policy import (
    HIGHEST_THRESHOLD,
    LARGEST_POST,
    LONGEST_INTERVAL,
    LONGEST_REASON,
    LOWEST_THRESHOLD,
    MOST_MINUTES_WAITING,
    MOST_POSTS_A_PERSON,
    PRESETS,
    SHORTEST_INTERVAL,
    policy_json,
)
from copilot.suggestions.precision import precision_by_kind
from copilot.workspaces.directory import names_of

_MINUTE = timedelta(minutes=1)
_WISHED = timedelta(days=90)
_LIMITS = {
    "threshold": (f"{LOWEST_THRESHOLD:g}", f"{HIGHEST_THRESHOLD:g}"),
    "minutes": (SHORTEST_INTERVAL // _MINUTE, LONGEST_INTERVAL // _MINUTE),
    "per_person": MOST_POSTS_A_PERSON,
    "waiting": MOST_MINUTES_WAITING,
    "items": LARGEST_POST,
    "reason": LONGEST_REASON,
}


def noise_page(
    request: Request,
    session: Session,
    access: NoiseAccess,
    form: PolicyForm,
    recorded: Recorded,
    now: datetime,
    *,
    notice: Notice | None = None,
    status_code: int = 200,
    is_part: bool = False,
) -> Response:
    """With `is_part` only what changes with the numbers."""
    replay = None
    if form.is_sound:
        history = recorded.read(session, access.team_id, now)
        replay = replay_view(history, form.policies, access.incidents)
    around: dict[str, Any] = {} if is_part else _around(session, access, form, now)
    return page(
        request,
        "noise_part.html" if is_part else "noise.html",
        status_code=status_code,
        access=access,
        form=form,
        notice=notice,
        replay=replay,
        conclusion=conclusion(replay.total) if replay else "",
        caveat=caveat(replay.total) if replay else "",
        few_decided=FEW_DECIDED,
        presets={
            preset: {name: fields_of(policy).texts[name] for name in NUMBERS}
            for preset, policy in PRESETS.items()
        },
        preset_words=noise_words.PRESET_WORDS,
        **around,
    )


def readers_page(request: Request, session: Session, access: NoiseAccess) -> Response:
    """The policy in words, for who may not change it; of channels those that they may read."""
    in_force = read_in_force(session, access)
    scopes = [
        Scope(),
        *(Scope(severity=each.value) for each in Severity),
        *(Scope(channel_id=each, channel=access.channels[each]) for each in access.channels),
    ]
    return page(
        request,
        "noise_reading.html",
        access=access,
        in_force=in_force,
        everywhere=noise_words.policy_words(policy_json(in_force.policies.base)),
        differing=[
            (scope, noise_words.policy_words(scope.override_in(in_force.policies)))
            for scope in scopes
            if scope.is_part and scope.override_in(in_force.policies)
        ],
    )


def _around(
    session: Session, access: NoiseAccess, form: PolicyForm, now: datetime
) -> dict[str, Any]:
    in_force = read_in_force(session, access)
    before = form.scope.policy_in(in_force.policies)
    return {
        "in_force": in_force,
        "channel_names": sorted(access.channels.values()),
        "zones": zone_names(),
        "kinds": noise_words.KINDS,
        "muted_before": before.muted,
        "limits": _LIMITS,
        "held": read_held(session, access.team_id, access.incidents, now),
        "held_days": LATELY.days,
        "reason_words": noise_words.REASON_WORDS,
        "history": read_history(
            session, access.team_id, names_of(session, access.team_id), access.channels
        ),
        "learned": read_learned(session, access),
        "wished": precision_by_kind(session, access.team_id, now - _WISHED, form.scope.channel_id),
        "wished_days": _WISHED.days,
    }
