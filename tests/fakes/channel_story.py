"""An incident channel told line by line, with the quiet half of the copilot listening."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.clock import Clock, ReplayClock
from copilot.db import Database
from copilot.errors import TemporaryError
from copilot.incidents.intake import take_in
from copilot.incidents.lifecycle import declare, set_severity, set_status
from copilot.incidents.models import Severity, Status
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import MemberInfo, WorkspaceInfo
from copilot.suggestions.consideration import consider_incident, incidents_with_unconsidered
from copilot.suggestions.delivery import deliveries_to_post, post_delivery
from copilot.suggestions.digest import incidents_due_for_digest, release_digest
from copilot.suggestions.listing import SuggestionView, suggestions_of
from copilot.suggestions.redrawing import cards_to_update, update_card
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_members, upsert_workspace
from tests.fakes.messenger import FakeMessenger
from tests.fakes.proposer import FakeProposer

TEAM, CHANNEL = "T1", "C1"
PEOPLE = {"U1": "ana", "U2": "ben", "U3": "dana", "U4": "eli", "U5": "fay", "U6": "gus"}
_SWEPT = (Job.CONSIDER_INCIDENT, Job.RELEASE_DIGEST, Job.POST_DELIVERY, Job.UPDATE_CARD)
START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


class ChannelStory:
    """People talk, time passes, and jobs run as workers and the sweeper would run them."""

    def __init__(
        self,
        db: Database,
        *,
        severity: Severity | None = Severity.SEV3,
        channel: str = CHANNEL,
        beside: "ChannelStory | None" = None,
    ) -> None:
        """`beside` is another channel of the same workspace, with the same clocks and copilot."""
        self.db = db
        self.channel = channel
        self.clock: ReplayClock = beside.clock if beside else ReplayClock(START)
        self.lease_clock: ReplayClock = beside.lease_clock if beside else ReplayClock(START)
        self.slack_clock: Clock = beside.slack_clock if beside else self.clock
        """What Slack stamps messages by."""
        self.proposer: Any = beside.proposer if beside else FakeProposer()
        """Some tests put a real one in its place."""
        self.messenger: FakeMessenger = beside.messenger if beside else FakeMessenger(self.clock)
        self._said = 0
        with db.transaction() as session:
            upsert_workspace(
                session, WorkspaceInfo(TEAM, "Acme", "https://acme.slack.com/", "UBOT"), START
            )
            upsert_members(
                session,
                TEAM,
                [
                    *(MemberInfo(user, name, name.title(), False) for user, name in PEOPLE.items()),
                    MemberInfo("UALERT", "alertbot", "Alerts", True),
                ],
            )
            declared = declare(
                session,
                team_id=TEAM,
                channel_id=channel,
                title="Checkout errors",
                severity=severity,
                by="U1",
                now=START,
            )
            self.incident_id = declared.incident.id

    def says(self, text: str, *, by: str = "U1", thread_ts: str | None = None) -> str:
        """Say it now; returns its stamp."""
        self._said += 1
        ts = instant_to_ts(self.slack_clock.now() + timedelta(microseconds=self._said))
        event = {"type": "message", "ts": ts, "user": by, "text": text, "channel": self.channel}
        if thread_ts:
            event["thread_ts"] = thread_ts
        self.hears(event)
        return ts

    def alerts(self, text: str) -> str:
        self._said += 1
        ts = instant_to_ts(self.clock.now() + timedelta(microseconds=self._said))
        self.hears(
            {
                "type": "message",
                "subtype": "bot_message",
                "bot_id": "B1",
                "ts": ts,
                "text": text,
                "channel": self.channel,
            }
        )
        return ts

    def hears(self, event: Mapping[str, object]) -> None:
        with self.db.transaction() as session:
            take_in(session, TEAM, to_records(TEAM, event, self.channel), self.clock.now())

    def edits(self, ts: str, text: str) -> None:
        self.hears(
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": self.channel,
                "ts": instant_to_ts(self.clock.now()),
                "message": {
                    "type": "message",
                    "user": "U1",
                    "ts": ts,
                    "text": text,
                    "edited": {"user": "U1", "ts": instant_to_ts(self.clock.now())},
                },
            }
        )

    def deletes(self, ts: str) -> None:
        self.hears(
            {
                "type": "message",
                "subtype": "message_deleted",
                "channel": self.channel,
                "ts": instant_to_ts(self.clock.now()),
                "deleted_ts": ts,
            }
        )

    def chatter(self, count: int, *, by: Sequence[str] = ("U1", "U2")) -> None:
        """So many lines at once that ask for nothing."""
        for number in range(count):
            self.says(f"looking at graph {number}", by=by[number % len(by)])

    def waits(self, **length: float) -> None:
        for clock in (self.clock, self.lease_clock):
            clock.advance_to(clock.now() + timedelta(**length))

    def severity(self, severity: Severity) -> None:
        with self.db.transaction() as session:
            incident = get_incident(session, self.incident_id)
            set_severity(session, incident, severity, "U1", self.clock.now())

    def status(self, status: Status) -> None:
        with self.db.transaction() as session:
            incident = get_incident(session, self.incident_id)
            set_status(session, incident, status, "U1", self.clock.now())

    def considers(self) -> None:
        consider_incident(self.db, self.incident_id, self.proposer, self.clock, self.lease_clock)

    def posts(self) -> None:
        for delivery_id in self._read(Job.POST_DELIVERY):
            post_delivery(self.db, delivery_id, self.messenger, self.clock, self.lease_clock)

    def redraws(self) -> None:
        for delivery_id in self._read(Job.UPDATE_CARD):
            update_card(self.db, delivery_id, self.messenger, self.lease_clock)

    def releases(self) -> None:
        release_digest(self.db, self.incident_id, self.clock)

    def sweeps(self) -> None:
        """Do whatever is due now, as the sweeper and the workers would."""
        for _ in self._read(Job.CONSIDER_INCIDENT):
            try:
                self.considers()
            except TemporaryError:
                continue
        for incident_id in self._read(Job.RELEASE_DIGEST):
            release_digest(self.db, incident_id, self.clock)
        self.posts()
        self.redraws()

    def is_idle(self) -> bool:
        """Nothing is due for a worker."""
        return not any(self._read(job) for job in _SWEPT)

    def suggestions(self) -> list[SuggestionView]:
        with self.db.reading() as session:
            return suggestions_of(session, self.incident_id)

    def suggestion(self, title: str) -> SuggestionView:
        (found,) = [one for one in self.suggestions() if one.title == title]
        return found

    def verdicts(self) -> dict[str, tuple[str, str]]:
        return {one.title: (one.verdict, one.reason) for one in self.suggestions()}

    def shown(self) -> list[str]:
        """Titles that were posted, in order."""
        return [item.title for each in self.messenger.posts for item in each.card.items]

    def _read(self, job: Job) -> list[int]:
        now = self.clock.now()
        with self.db.reading() as session:
            due = {
                Job.CONSIDER_INCIDENT: lambda: incidents_with_unconsidered(
                    session, 100, now, self.proposer.debounce
                ),
                Job.RELEASE_DIGEST: lambda: incidents_due_for_digest(session, now),
                Job.POST_DELIVERY: lambda: deliveries_to_post(session),
                Job.UPDATE_CARD: lambda: cards_to_update(session),
            }
            return due[job]()


def row_ids(sent_jobs: Sequence[QueuedJob], job: Job) -> list[int]:
    return [queued.row_id for queued in sent_jobs if queued.job is job]
