"""Watches what Slack gets to see, and holds it against what had happened by then.

What is checked is worked out from what was done, not read from what the copilot remembers; only
who was present when a post was cleared is taken from there, and tested on its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.clock import ReplayClock
from copilot.db import Database
from copilot.incidents.models import Incident
from copilot.ports import SuggestionCard
from copilot.suggestions.models import Audience, Delivery, Pacing, Suggestion, VerdictRecord
from copilot.suggestions.noise_gate import recompute
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.policies import policy_of
from copilot.suggestions.tempo import busiest_minute
from copilot.suggestions.vocabulary import Outcome
from copilot.suggestions.wording import explain
from tests.fakes.messenger import FakeMessenger

# Two tellings of each piece of work: they must count as one.
WORK = [
    (f"{verb} the {thing}", f"{verb} that {thing} please!")
    for verb, thing in [
        ("rotate", "leaked gateway key"),
        ("drop", "unused index"),
        ("rewrite", "failover runbook"),
        ("silence", "flapping disk alarm"),
        ("upgrade", "replica kernel"),
        ("archive", "legacy queue"),
    ]
]
CONCEPT_OF = {title: number for number, titles in enumerate(WORK) for title in titles}
HOUR = timedelta(hours=1)


class CrashedError(Exception):
    """The worker process was killed at this point."""


class JumpingClock(ReplayClock):
    """May be set back, and kills the worker when it is looked at for the n-th time from now."""

    countdown: int | None = None

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.passed = timedelta()
        """How far it went forwards in all: what lies between two instants, at the least."""

    def now(self) -> datetime:
        if self.countdown is not None:
            self.countdown -= 1
            if self.countdown < 0:
                self.countdown = None
                raise CrashedError
        return super().now()

    def shown(self) -> datetime:
        """What it shows, for whoever is not to be killed."""
        return super().now()

    def advance_to(self, instant: datetime) -> None:
        self.passed += max(timedelta(), instant - self.shown())
        super().advance_to(instant)

    def jump(self, length: timedelta) -> None:
        if length > timedelta():
            self.advance_to(self.shown() + length)
        else:
            self._set(self.shown() + length)


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as it reached Slack, with what held at that moment."""

    delivery_id: int
    channel: str
    at: timedelta
    """By what had passed."""
    audience: frozenset[str]
    share: int
    """Of one person an hour, when it was cleared."""


class Watch:
    """`said` is told by whoever lets people speak, with the stamp that Slack gives."""

    def __init__(self, db: Database, clock: JumpingClock, messenger: FakeMessenger) -> None:
        self.db, self.clock, self.messenger = db, clock, messenger
        self.said: dict[str, list[datetime]] = {}
        self.seen: list[Seen] = []
        self._cleared: dict[int, int] = {}
        """By delivery, the share of a person that was in force."""
        self._shortest: dict[str, timedelta] = {}
        """Intervals in force since the last post of a channel."""

    def check(self) -> None:
        posts = self.messenger.posts
        shown = [
            (post.channel_id, CONCEPT_OF[item.title]) for post in posts for item in post.card.items
        ]
        assert len(set(shown)) == len(shown), f"shown twice: {shown}"
        assert all(1 <= len(post.card.items) <= 3 for post in posts)
        assert all(item.confidence >= 0.5 for post in posts for item in post.card.items)

    def check_rows(self) -> None:
        """Every verdict can be computed again, and whatever was not posted says why."""
        with self.db.reading() as session:
            for verdict in session.scalars(select(VerdictRecord)):
                assert recompute(verdict.details) == (verdict.outcome, verdict.reason)
                assert explain(verdict.reason, verdict.details)
            for row in session.scalars(select(Suggestion)):
                assert recompute(row.reason_details) == (row.outcome, row.reason)
                assert explain(row.reason, row.reason_details)
                if row.delivery_id is None and row.decision is None:
                    assert row.outcome != Outcome.DELIVER, "cleared, and on its way nowhere"

    def check_moment(self, card: SuggestionCard) -> Seen | None:
        self.note_cleared()
        with self.db.reading() as session:
            delivery = session.get_one(Delivery, card.delivery_id)
            pacing = session.get_one(Pacing, delivery.incident_id)
            incident = session.get_one(Incident, delivery.incident_id)
            policy = policy_of(session, incident)
            query = select(Audience.user_id).where(Audience.delivery_id == delivery.id)
            audience = frozenset(session.scalars(query))
        now, channel = self.clock.shown(), incident.channel_id
        recent = [at for at in self.said.get(channel, ()) if at > now - timedelta(minutes=5)]
        assert busiest_minute(recent) < 8, "posted in a hectic minute"
        assert pacing.quiet_until is None or pacing.quiet_until <= now, "somebody wanted quiet"
        assert policy.quiet_until(now) is None, "posted in quiet hours"
        if any(post.card.delivery_id == card.delivery_id for post in self.messenger.posts):
            return None
        share = self._cleared[delivery.id]
        post = Seen(delivery.id, channel, self.clock.passed, audience, share)
        interval = self._interval(pacing, policy)
        self._check_interval(
            post, interval if delivery.attempts == 1 else self._shortest.get(channel, interval)
        )
        self._check_shares(post)
        self._shortest[channel] = interval
        return post

    def _check_interval(self, post: Seen, interval: timedelta) -> None:
        """One that was tried before may be there already, and is not held back by a new policy."""
        for earlier in self.seen:
            if earlier.channel == post.channel:
                assert post.at - earlier.at >= interval, (
                    f"too soon: {earlier.at}, {post.at}, {interval}"
                )

    def _check_shares(self, post: Seen) -> None:
        lately = [each for each in self.seen if post.at - each.at < HOUR]
        for person in post.audience:
            met = [post, *(each for each in lately if person in each.audience)]
            assert len(met) <= max(each.share for each in met), f"too many for {person}"

    def note_cleared(self) -> None:
        with self.db.reading() as session:
            query = select(Delivery.id, Incident).join(
                Incident, Incident.id == Delivery.incident_id
            )
            for delivery_id, incident in session.execute(
                query.where(Delivery.id > max(self._cleared, default=0))
            ):
                self._cleared[delivery_id] = policy_of(session, incident).posts_per_person

    def note_intervals(self) -> None:
        with self.db.reading() as session:
            for incident in session.scalars(select(Incident)):
                pacing = session.get(Pacing, incident.id)
                interval = self._interval(pacing, policy_of(session, incident))
                channel = incident.channel_id
                self._shortest[channel] = min(self._shortest.get(channel, interval), interval)

    def _interval(self, pacing: Pacing | None, policy: NoisePolicy) -> timedelta:
        return policy.post_interval / (pacing.rate if pacing else 1)
