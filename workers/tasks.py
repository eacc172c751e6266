"""One thin function per job: it looks the row up and hands it to the feature."""

from collections.abc import Callable, Mapping

from copilot.bootstrap import Services
from copilot.incidents.channel_reading import refill_channel
from copilot.incidents.drawing import draw_headline
from copilot.incidents.headline import headline_changed, without_a_name
from copilot.jobs import Job
from copilot.reviews.briefing import brief_commander
from copilot.reviews.drafting import draft_requested_review
from copilot.reviews.source_notices import tell_reviewer
from copilot.suggestions.conclusions import learn
from copilot.suggestions.consideration import consider_incident
from copilot.suggestions.delivery import post_delivery
from copilot.suggestions.digest import release_digest
from copilot.suggestions.fallback import tell_fallback
from copilot.suggestions.redrawing import update_card
from copilot.suggestions.telling_admins import deliver_notice
from copilot.workspaces.forgetting import forget_disconnected
from copilot.workspaces.syncing import sync_directory

Task = Callable[[Services, int], None]


def _consider_incident(services: Services, incident_id: int) -> None:
    consider_incident(
        services.db,
        incident_id,
        services.proposer,
        services.clock,
        meanings=services.settings.reaction_meanings,
    )


def _release_digest(services: Services, incident_id: int) -> None:
    awaits_unheard = services.proposer.debounce is not None
    release_digest(services.db, incident_id, services.clock, awaits_unheard=awaits_unheard)


def _post_delivery(services: Services, delivery_id: int) -> None:
    post_delivery(
        services.db, delivery_id, services.messenger, services.clock, services.lease_clock
    )


def _update_card(services: Services, delivery_id: int) -> None:
    update_card(services.db, delivery_id, services.messenger, services.lease_clock)


def _refill_channel(services: Services, refill_id: int) -> None:
    meanings = services.settings.reaction_meanings
    refill_channel(services.db, refill_id, services.reader, services.clock, meanings)


def _draw_headline(services: Services, incident_id: int) -> None:
    draw_headline(
        services.db,
        incident_id,
        services.messenger,
        console_url=services.console_url,
        clock=services.clock,
        lease_clock=services.lease_clock,
    )


def _brief_commander(services: Services, handover_id: int) -> None:
    brief_commander(
        services.db,
        handover_id,
        services.messenger,
        console_url=services.console_url,
        clock=services.clock,
        lease_clock=services.lease_clock,
    )


def _tell_fallback(services: Services, incident_id: int) -> None:
    tell_fallback(
        services.db, incident_id, services.messenger, services.clock, services.lease_clock
    )


def _sync_directory(services: Services, workspace_id: int) -> None:
    with services.db.reading() as session:
        unnamed = without_a_name(session, workspace_id)
    sync_directory(services.db, workspace_id, services.reader, services.clock)
    with services.db.transaction() as session:
        for incident_id in unnamed:
            headline_changed(session, incident_id)


def _refresh_token(services: Services, installation_id: int) -> None:
    if services.installed is not None:
        services.installed.refresh_token(installation_id)


def _forget_workspace(services: Services, workspace_id: int) -> None:
    keep = services.settings.keep_after_uninstall
    forget_disconnected(services.db, workspace_id, keep, services.clock)


def _learn(services: Services, workspace_id: int) -> None:
    learn(services.db, workspace_id, services.clock)


def _tell_admins(services: Services, notice_id: int) -> None:
    deliver_notice(
        services.db,
        notice_id,
        services.messenger,
        console_url=services.console_url,
        clock=services.clock,
        lease_clock=services.lease_clock,
    )


def _tell_reviewer(services: Services, notice_id: int) -> None:
    tell_reviewer(
        services.db,
        notice_id,
        services.messenger,
        console_url=services.console_url,
        clock=services.clock,
        lease_clock=services.lease_clock,
    )


def _draft_review(services: Services, incident_id: int) -> None:
    draft_requested_review(
        services.db, incident_id, services.drafter, services.clock, judge=services.judge
    )


TASKS: Mapping[Job, Task] = {
    Job.CONSIDER_INCIDENT: _consider_incident,
    Job.RELEASE_DIGEST: _release_digest,
    Job.POST_DELIVERY: _post_delivery,
    Job.UPDATE_CARD: _update_card,
    Job.TELL_FALLBACK: _tell_fallback,
    Job.REFILL_CHANNEL: _refill_channel,
    Job.DRAW_HEADLINE: _draw_headline,
    Job.BRIEF_COMMANDER: _brief_commander,
    Job.SYNC_DIRECTORY: _sync_directory,
    Job.REFRESH_TOKEN: _refresh_token,
    Job.FORGET_WORKSPACE: _forget_workspace,
    Job.LEARN: _learn,
    Job.TELL_ADMINS: _tell_admins,
    Job.TELL_REVIEWER: _tell_reviewer,
    Job.DRAFT_REVIEW: _draft_review,
}
