"""Many incidents with what was suggested in them and decided on it, through the real functions.

Invented, and the same each time: for tests of the noise page, and for looking at it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.lifecycle import declare, set_status
from copilot.incidents.models import Severity, Status
from copilot.incidents.queries import get_incident
from copilot.ports import Candidate, ChannelInfo, MemberInfo, Quote, Window, WorkspaceInfo
from copilot.suggestions.consideration import consider_incident
from copilot.suggestions.decisions import accept, dismiss
from copilot.suggestions.delivery import deliveries_to_post, post_delivery
from copilot.suggestions.digest import incidents_due_for_digest, release_digest
from copilot.suggestions.models import Suggestion
from copilot.suggestions.vocabulary import DismissReason, SuggestionKind
from copilot.timeline.permalinks import instant_to_ts
from copilot.timeline.recording import record
from copilot.timeline.slack_messages import to_records
from copilot.workspaces.directory import upsert_channel, upsert_members, upsert_workspace
from copilot.workspaces.membership import add_member
from tests.console_world import BOTS, PEOPLE, STARTS_AT, TEAM
from tests.fakes.messenger import FakeMessenger
from tests.fakes.proposer import FakeProposer

ADMIN, RESPONDER = "U0ANA", "U0BEN"
PRIVATE_CHANNEL = "C0NOISE2"
PRIVATE_TITLE = "Payroll export went to the wrong folder"
_TITLES = (
    "Checkout errors in Europe",
    "Search shows old prices",
    PRIVATE_TITLE,
    "Uploads fail for large files",
    "Login loop on mobile",
    "Invoices sent twice",
    "Replica lag on db-3",
    "Webhooks late by an hour",
)
_WORK = (
    "alert on {}", "runbook for {}", "load test of {}", "dashboard with {}", "retry around {}",
    "limit on {}", "owner for {}", "canary before {}", "backup of {}", "timeout on {}",
)  # fmt: skip
_THINGS = (
    "replica lag", "the queue depth", "failed logins", "the price index", "certificate expiry",
    "upload sizes", "webhook retries", "the config map", "deploy 4812", "disk space",
    "cache misses", "payment errors", "the search shards", "session tokens", "export jobs",
)  # fmt: skip
_TALK = (
    "error rate is still at 4 percent", "looking at the graphs now", "same in us-east",
    "rolled back, no change so far", "customers see it too", "ok that helped a bit",
)  # fmt: skip
_MARK = re.compile(r"we need an? (?P<title>.+) \((?P<kind>\w)(?P<confidence>\d\d)\)")
_KINDS = {kind.value[0]: kind.value for kind in SuggestionKind if kind != "proposal"} | {
    "x": SuggestionKind.PROPOSAL.value
}


def build_history(
    db: Database, *, incidents: int = 23, suggested: int = 18, seed: int = 7
) -> datetime:
    """Puts them into `db`, of which every eighth is in a private channel; returns when it is."""
    _introduce(db, incidents)
    for number in range(incidents):
        chance = Random(seed + number)  # noqa: S311 - the same story each time
        _Incident(db, number, chance).play(suggested)
    return STARTS_AT + timedelta(days=incidents)


def _introduce(db: Database, incidents: int) -> None:
    url = "https://harbour.slack.com/"
    people = [
        MemberInfo(uid, name, name.title(), False, is_admin=uid == ADMIN)
        for uid, name in PEOPLE.items()
    ]
    bots = [MemberInfo(uid, name, name, True) for uid, name in BOTS.items()]
    with db.transaction() as session:
        upsert_workspace(session, WorkspaceInfo(TEAM, "Harbour", url, "U0COPILOT"), STARTS_AT)
        upsert_members(session, TEAM, [*people, *bots])
        for number in range(incidents):
            is_private = number % len(_TITLES) == 2
            info = ChannelInfo(f"C0NOISE{number}", f"inc-{number + 101}", is_private)
            upsert_channel(session, TEAM, info)
            add_member(session, TEAM, f"C0NOISE{number}", RESPONDER)


class _Incident:
    def __init__(self, db: Database, number: int, random: Random) -> None:
        self.db = db
        self.number = number
        self.random = random
        self.channel_id = f"C0NOISE{number}"
        self.clock = ReplayClock(STARTS_AT + timedelta(days=number, hours=number % 9))
        self.messenger = FakeMessenger(self.clock)
        self.proposer = FakeProposer()
        self.proposer.answer = _candidates
        self.incident_id = 0
        self.said = 0

    def play(self, suggested: int) -> None:
        with self.db.transaction() as session:
            declared = declare(
                session,
                team_id=TEAM,
                channel_id=self.channel_id,
                title=_TITLES[self.number % len(_TITLES)],
                severity=tuple(Severity)[self.number % 4],
                by=RESPONDER,
                now=self.clock.now(),
            )
            self.incident_id = declared.incident.id
        steps = (Status.IDENTIFIED, Status.MONITORING, Status.RESOLVED)
        for part, status in enumerate(steps):
            for said in self._chat(suggested // len(steps), is_hectic=part == 0):
                self._say(said)
            self._turn(status)
        self._decide()

    def _chat(self, suggested: int, *, is_hectic: bool) -> Iterator[str]:
        """A minute of silence or so between messages, in a hectic phase some seconds."""
        for _ in range(suggested):
            for _ in range(self.random.randint(2, 4)):
                self._wait(3 if is_hectic else 45)
                yield self.random.choice(_TALK)
            self._wait(4 if is_hectic else 100)
            title = self.random.choice(_WORK).format(self.random.choice(_THINGS))
            kind = self.random.choice("crx")
            yield f"we need a {title} ({kind}{self.random.randint(42, 97)})"

    def _wait(self, about_s: int) -> None:
        pause = timedelta(seconds=about_s * self.random.uniform(0.5, 1.8))
        self.clock.advance_to(self.clock.now() + pause)

    def _say(self, text: str) -> None:
        self.said += 1
        stamp = instant_to_ts(self.clock.now() + timedelta(microseconds=self.said))
        user = self.random.choice(tuple(PEOPLE))
        event: dict[str, object] = {"type": "message", "user": user, "text": text, "ts": stamp}
        with self.db.transaction() as session:
            record(session, to_records(TEAM, event, self.channel_id), self.clock.now())
        if _MARK.search(text):
            consider_incident(self.db, self.incident_id, self.proposer, self.clock)
            self._post()
            self._sweep()

    def _turn(self, status: Status) -> None:
        with self.db.transaction() as session:
            incident = get_incident(session, self.incident_id)
            set_status(session, incident, status, RESPONDER, self.clock.now())
        release_digest(self.db, self.incident_id, self.clock)
        self._post()
        for _ in range(4):
            self.clock.advance_to(self.clock.now() + timedelta(minutes=4))
            self._sweep()

    def _sweep(self) -> None:
        """A pause stays open for a while, and the budget may allow a digest only then."""
        with self.db.reading() as session:
            due = incidents_due_for_digest(session, self.clock.now())
        for incident_id in due:
            release_digest(self.db, incident_id, self.clock)
        self._post()

    def _post(self) -> None:
        with self.db.reading() as session:
            due = deliveries_to_post(session)
        for delivery_id in due:
            post_delivery(self.db, delivery_id, self.messenger, self.clock)

    def _decide(self) -> None:
        """People decide on most of what they saw, and in the review on some of the rest."""
        with self.db.transaction() as session:
            for one in self._all(session):
                chance = 0.85 if one.delivery_id else 0.2
                if self.random.random() > chance:
                    continue
                self.clock.advance_to(self.clock.now() + timedelta(seconds=20))
                # Proposals are wanted less often than the copilot is sure.
                worth = one.confidence - (0.25 if one.kind == SuggestionKind.PROPOSAL else 0)
                if self.random.random() < worth:
                    accept(session, one.id, by=RESPONDER, now=self.clock.now())
                else:
                    reason = self.random.choice((DismissReason.WRONG, DismissReason.TOO_NOISY))
                    dismiss(session, one.id, reason=reason, by=RESPONDER, now=self.clock.now())

    def _all(self, session: Session) -> Sequence[Suggestion]:
        query = select(Suggestion).where(Suggestion.incident_id == self.incident_id)
        return session.scalars(query.order_by(Suggestion.id)).all()


def _candidates(window: Window) -> list[Candidate]:
    found = []
    for message in window.messages:
        mark = _MARK.search(message.text) if message.is_new else None
        if mark:
            found.append(
                Candidate(
                    kind=_KINDS[mark["kind"]],
                    title=f"Add {mark['title']}",
                    owner_id=message.author_id,
                    due=None,
                    confidence=int(mark["confidence"]) / 100,
                    evidence=(Quote(message.number, mark.group()),),
                )
            )
    return found
