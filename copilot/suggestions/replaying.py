"""One incident's past, gone through once more under another noise policy. Pure.

Until the other policy makes its first difference, everything is as it was recorded: the budget that
each verdict met, the posts and when they arrived, the digests. From then on they follow from what
the replay itself posted. The tempo, the chat and the instants of the verdicts stay as recorded.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

from copilot.suggestions.noise_gate import rejudge
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.replay_history import (
    Fate,
    History,
    IncidentHistory,
    Moment,
    Place,
    RecordedDelivery,
    RecordedSuggestion,
    RecordedVerdict,
)
from copilot.suggestions.vocabulary import Outcome, Reason


@dataclass(frozen=True, slots=True)
class ReplayedVerdict:
    outcome: str
    reason: str
    is_moot: bool = False
    """It would have been shown by then, so that there was nothing to judge."""


@dataclass(slots=True)
class Replayed:
    """By suggestion id."""

    before: dict[int, Fate]
    after: dict[int, Fate]
    verdicts: dict[int, list[ReplayedVerdict]]
    posts_before: int
    posts_after: int


@dataclass(slots=True)
class _Judged:
    """A verdict that is given once more, and where it stands among its suggestion's."""

    suggestion: RecordedSuggestion
    recorded: RecordedVerdict
    index: int


_VERDICTS, _DIGEST, _MOMENT = range(3)
"""What comes first of what happens at one instant."""


def replay_incident(
    history: History, incident: IncidentHistory, policies: PolicySet | None
) -> Replayed:
    """None: each verdict under the policy it was given under."""
    return _Replay(history, incident, policies).run()


@dataclass(slots=True)
class _Replay:
    history: History
    incident: IncidentHistory
    policies: PolicySet | None
    has_diverged: bool = False
    next_post_at: datetime | None = None
    posts: int = 0
    rate: float = 1.0
    """What people's decisions had left of the policy's rate of posts, as recorded."""
    waiting: dict[int, float] = field(default_factory=dict)
    """Suggestion id and how sure the engine was of it."""
    shown: dict[int, tuple[Place, datetime]] = field(default_factory=dict)
    verdicts: dict[int, list[ReplayedVerdict]] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, int, Any]] = field(default_factory=list)
    _turn: "count[int]" = field(default_factory=count)
    _open: list[Moment] = field(default_factory=list)
    _resolved: dict[Any, NoisePolicy] = field(default_factory=dict)
    _by_id: dict[int, RecordedSuggestion] = field(default_factory=dict)
    _on: dict[int, list[int]] = field(default_factory=dict)
    """The suggestions of each delivery."""
    _posted_at_once: dict[datetime, RecordedDelivery] = field(default_factory=dict)

    def run(self) -> Replayed:
        self._prepare()
        while self._agenda:
            at, what, _, given = heappop(self._agenda)
            if what == _VERDICTS:
                self._judge_together(at, given)
                self._try_moments(at)
            elif what == _DIGEST:
                self._digest_as_recorded(given)
            else:
                if given is not None:
                    self._open.append(given)
                self._try_moments(at)
        deliveries = {each.delivery_id: each for each in self.incident.deliveries}
        return Replayed(
            before={one.suggestion_id: _really(one, deliveries) for one in self._by_id.values()},
            after={one: self._fate(one) for one in self._by_id},
            verdicts=self.verdicts,
            posts_before=sum(each.posted_at is not None for each in self.incident.deliveries),
            posts_after=self.posts,
        )

    def _prepare(self) -> None:
        together: dict[datetime, list[_Judged]] = defaultdict(list)
        for suggestion in self.incident.suggestions:
            self._by_id[suggestion.suggestion_id] = suggestion
            self.verdicts[suggestion.suggestion_id] = []
            if suggestion.delivery_id is not None:
                self._on.setdefault(suggestion.delivery_id, []).append(suggestion.suggestion_id)
            for index, verdict in enumerate(suggestion.verdicts):
                together[verdict.at].append(_Judged(suggestion, verdict, index))
        for at, judged in together.items():
            self._plan(at, _VERDICTS, judged)
        for delivery in self.incident.deliveries:
            if delivery.breakpoint is None:
                self._posted_at_once[delivery.created_at] = delivery
            else:
                self._plan(delivery.created_at, _DIGEST, delivery)
        for moment in self.incident.moments:
            self._plan(moment.opens_at, _MOMENT, moment)
        heapify(self._agenda)

    def _plan(self, at: datetime, what: int, given: Any) -> None:
        heappush(self._agenda, (at, what, next(self._turn), given))

    def _judge_together(self, at: datetime, judged: Iterable[_Judged]) -> None:
        """What was judged at one instant shares one post."""
        cleared: dict[int, float] = {}
        left_over: list[_Judged] = []
        for one in judged:
            suggestion_id = one.suggestion.suggestion_id
            if suggestion_id in self.shown:
                self._note(suggestion_id, Outcome.DELIVER, Reason.CLEARED, is_moot=True)
            elif self.has_diverged and suggestion_id in cleared and _is_left_over(one.recorded):
                left_over.append(one)
            else:
                self._judge(one, cleared)
        if cleared:
            self._post_best(at, cleared)
        for one in left_over:
            suggestion_id = one.suggestion.suggestion_id
            is_shown = suggestion_id in self.shown
            outcome, reason = (
                (Outcome.DELIVER, Reason.CLEARED)
                if is_shown
                else (Outcome.DIGEST, Reason.BUDGET_SPENT)
            )
            self._note(suggestion_id, outcome, reason, is_moot=is_shown)

    def _judge(self, one: _Judged, cleared: dict[int, float]) -> None:
        recorded, suggestion_id = one.recorded, one.suggestion.suggestion_id
        version = recorded.facts.get("policy_version", 1)
        policy = (
            self._policy(None, recorded.at)
            if self.policies is not None
            else self._policy(version, recorded.at)
        )
        budget = self._budget(recorded)
        verdict = rejudge(recorded.facts, policy, recorded.at, next_post_at=budget)
        outcome = verdict.outcome
        self.rate = recorded.facts.get("rate", 1.0)
        self.has_diverged |= outcome != recorded.outcome
        self._note(suggestion_id, outcome, verdict.reason)
        cleared.pop(suggestion_id, None)
        self.waiting.pop(suggestion_id, None)
        if outcome == Outcome.DELIVER:
            cleared[suggestion_id] = recorded.facts["confidence"]
        elif outcome == Outcome.DIGEST:
            self.waiting[suggestion_id] = recorded.facts["confidence"]

    def _budget(self, recorded: RecordedVerdict) -> str | None:
        if not self.has_diverged:
            spent_until: str | None = recorded.facts["next_post_at"]
            return spent_until
        if self.next_post_at is None or recorded.at >= self.next_post_at:
            return None
        return self.next_post_at.isoformat()

    def _post_best(self, at: datetime, cleared: dict[int, float]) -> None:
        policy, before = self._policy(None, at), self._policy_then(at)
        recorded = self._posted_at_once.get(at)
        members = self._on.get(recorded.delivery_id, []) if recorded else []
        if self.has_diverged or policy.most_in_one_post != before.most_in_one_post:
            picked = self._best(cleared, policy, at)
            self.has_diverged |= set(picked) != set(members)
        else:
            picked = [one for one in members if one in cleared]
        arrived_at = at if recorded is None else recorded.posted_at
        if recorded is None and not self.has_diverged:
            arrived_at = None
        self._post(picked, Place.POST, arrived_at, policy, before)
        for suggestion_id, confidence in cleared.items():
            if suggestion_id not in picked and self.has_diverged:
                self._note_again(suggestion_id, Outcome.DIGEST, Reason.BUDGET_SPENT)
                self.waiting[suggestion_id] = confidence

    def _digest_as_recorded(self, delivery: RecordedDelivery) -> None:
        at = delivery.created_at
        policy, before = self._policy(None, at), self._policy_then(at)
        members = self._on.get(delivery.delivery_id, [])
        if not self.has_diverged and policy != before:
            is_night = policy.quiet_hours is not None and policy.quiet_hours.end_after(at)
            picked = [] if is_night else self._best(self.waiting, policy, at)
            self.has_diverged = bool(is_night) or (
                policy.most_in_one_post != before.most_in_one_post and set(picked) != set(members)
            )
        if self.has_diverged:
            if not any(_covers(moment, at) for moment in self.incident.moments):
                self._open.append(Moment(delivery.breakpoint or "", at, at))
            self._try_moments(at)
            return
        self._open = [
            moment
            for moment in self._open
            if not (_covers(moment, at) and moment.kind == delivery.breakpoint)
        ]
        self._post(members, Place.DIGEST, delivery.posted_at, policy, before)

    def _try_moments(self, at: datetime) -> None:
        """Release a digest if a moment for one is open; try again when what hinders it ends."""
        self._open = [moment for moment in self._open if at <= moment.closes_at]
        if not self.has_diverged or not self._open or not self.waiting:
            return
        policy = self._policy(None, at)
        hindered_until = self._hindered_until(at, policy)
        if hindered_until is not None:
            if any(hindered_until <= moment.closes_at for moment in self._open):
                self._plan(hindered_until, _MOMENT, None)
            return
        picked = self._best(self.waiting, policy, at)
        if picked:
            self._open.pop()
            self._post(picked, Place.DIGEST, at, policy, policy)

    def _hindered_until(self, at: datetime, policy: NoisePolicy) -> datetime | None:
        hindrances = [until for since, until in self.incident.quiet if since <= at < until]
        if self.next_post_at is not None and at < self.next_post_at:
            hindrances.append(self.next_post_at)
        night_ends = policy.quiet_hours.end_after(at) if policy.quiet_hours else None
        if night_ends is not None:
            hindrances.append(night_ends)
        return max(hindrances, default=None)

    def _best(self, among: dict[int, float], policy: NoisePolicy, at: datetime) -> list[int]:
        """The surest few that nobody decided on elsewhere, before they were shown."""
        open_ = [one for one in among if not self._is_decided(self._by_id[one], at)]
        open_.sort(key=lambda one: (-among[one], one))
        return open_[: policy.most_in_one_post]

    def _is_decided(self, suggestion: RecordedSuggestion, at: datetime) -> bool:
        is_on_card = suggestion.delivery_id is not None
        decided_at = suggestion.decided_at
        return not is_on_card and decided_at is not None and decided_at <= at

    def _post(
        self,
        picked: Iterable[int],
        place: Place,
        arrived_at: datetime | None,
        policy: NoisePolicy,
        before: NoisePolicy,
    ) -> None:
        """What did not arrive leaves the budget as it was."""
        picked = list(picked)
        if arrived_at is None or not picked:
            return
        self.posts += 1
        for suggestion_id in picked:
            self.shown[suggestion_id] = (place, arrived_at)
            self.waiting.pop(suggestion_id, None)
        self.next_post_at = arrived_at + policy.post_interval / self.rate
        self.has_diverged |= policy.post_interval != before.post_interval

    def _policy(self, version: int | None, at: datetime) -> NoisePolicy:
        """The one to judge by: of that version, or else the one being tried."""
        severity = self.incident.severity_at(at)
        if self.policies is None and version is None:
            return self._policy_then(at)
        found = self._resolved.get((version, severity))
        if found is None:
            policies = self.policies
            if policies is None or version is not None:
                policies = self.history.policies_of_version(self.incident.team_id, version or 1)
            found = policies.resolve(severity, self.incident.channel_id)
            self._resolved[version, severity] = found
        return found

    def _policy_then(self, at: datetime) -> NoisePolicy:
        policies = self.history.policies_at(self.incident.team_id, at)
        key = ("then", policies.version, self.incident.severity_at(at))
        if key not in self._resolved:
            self._resolved[key] = policies.resolve(key[2], self.incident.channel_id)
        return self._resolved[key]

    def _note(
        self, suggestion_id: int, outcome: str, reason: str, *, is_moot: bool = False
    ) -> None:
        self.verdicts[suggestion_id].append(ReplayedVerdict(outcome, reason, is_moot))

    def _note_again(self, suggestion_id: int, outcome: str, reason: str) -> None:
        self.verdicts[suggestion_id][-1] = ReplayedVerdict(outcome, reason)

    def _fate(self, suggestion_id: int) -> Fate:
        given = self.verdicts[suggestion_id]
        last = given[-1] if given else ReplayedVerdict(Outcome.HOLD, "")
        if suggestion_id in self.shown:
            place, at = self.shown[suggestion_id]
            return Fate(place, at, last.reason)
        return Fate(_kept(last.outcome), None, last.reason)


def _really(suggestion: RecordedSuggestion, deliveries: dict[int, RecordedDelivery]) -> Fate:
    last = suggestion.verdicts[-1]
    delivery = deliveries.get(suggestion.delivery_id or 0)
    if delivery is not None and delivery.posted_at is not None:
        place = Place.POST if delivery.breakpoint is None else Place.DIGEST
        return Fate(place, delivery.posted_at, last.reason)
    return Fate(_kept(last.outcome), None, last.reason)


def _kept(outcome: str) -> Place:
    return Place.NOWHERE if outcome == Outcome.SUPPRESS else Place.REVIEW


def _is_left_over(recorded: RecordedVerdict) -> bool:
    """It was cleared a moment before, and did not fit on the post."""
    return recorded.reason in (Reason.BUDGET_SPENT, Reason.PERSON_BUDGET)


def _covers(moment: Moment, at: datetime) -> bool:
    return moment.opens_at <= at <= moment.closes_at
