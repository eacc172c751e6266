"""Takes back what was cleared when its moment has passed before it was posted."""

from datetime import datetime

from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.suggestions.attention import hand_back_share
from copilot.suggestions.models import Delivery, Pacing, Suggestion
from copilot.suggestions.noise_gate import judge
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.pacing import hand_back_budget, interval_of, state_of
from copilot.suggestions.quiet import quiet_in
from copilot.suggestions.standing import as_proposed, stamp
from copilot.suggestions.tempo import TempoReading
from copilot.suggestions.vocabulary import Tempo
from copilot.suggestions.wording import clock_time


def why_not_now(
    pacing: Pacing, policy: NoisePolicy, reading: TempoReading, now: datetime, *, is_untried: bool
) -> str | None:
    """The moment may have passed since it was cleared, and the policy may be another one.

    Only what was not tried yet can meet the budget: of the rest Slack may have a post already.
    """
    if (quiet := quiet_in(pacing, now)) is not None:
        return f"quiet until {clock_time(quiet.until)}"
    if (hours_end_at := policy.quiet_until(now)) is not None:
        return f"quiet hours until {clock_time(hours_end_at)}"
    if reading.tempo is Tempo.HECTIC:
        return f"hectic: {reading.messages_per_min:g} msg/min ≥ {reading.hectic_at:g}"
    if is_untried and pacing.last_post_at is not None:
        next_at = pacing.last_post_at + interval_of(policy, pacing)
        if now < next_at:
            return f"budget: next at {clock_time(next_at)}"
    return None


def hand_back(
    session: Session,
    delivery: Delivery,
    why: str,
    pacing: Pacing,
    policy: NoisePolicy,
    now: datetime,
) -> None:
    """Nothing was posted, so nothing was spent: of the incident or of anybody in it."""
    end(delivery, why, now)
    hand_back_budget(pacing, policy, now)
    hand_back_share(session, delivery.id)
    session.flush()


def judge_again(
    session: Session,
    incident: Incident,
    pacing: Pacing,
    policy: NoisePolicy,
    rows: list[Suggestion],
    reading: TempoReading,
    now: datetime,
) -> None:
    """What did not get its post waits for the digest."""
    state = state_of(session, incident, pacing, reading, now, policy)
    for row in rows:
        row.delivery_id = None
        if row.decision is None:
            verdict = judge(as_proposed(row, ()), state, policy, now)
            stamp(session, row, verdict, now)


def end(delivery: Delivery, failure: str, now: datetime) -> None:
    delivery.given_up_at, delivery.failure, delivery.leased_until = now, failure, None
