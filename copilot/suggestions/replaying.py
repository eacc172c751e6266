"""One incident's past, gone through once more under another noise policy. Pure.

Until the other policy makes its first difference, everything is as it was recorded: the budget that
each verdict met, the posts and when they arrived, the digests. From then on they follow from what
the replay itself posted. The tempo, the chat and the instants of the verdicts stay as recorded.
"""

from collections.abc import Iterable, Mapping
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
from copilot.suggestions.replay_policies import ReplayPolicies
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


_VERDICTS, _POSTED, _MOMENT = range(3)
"""What comes first of what happens at one instant."""


def replay_incident(
    history: History,
    incident: IncidentHistory,
    policies: PolicySet | None,
    *,
    is_simulated: bool = False,
) -> Replayed:
    """None: each verdict under the policy it was given under.

    `is_simulated` trusts no recorded budget from the start; it tells how well the replay alone
    gets at what really happened.
    """
    by = ReplayPolicies(history, incident, policies)
    return _Replay(incident, by, has_diverged=is_simulated).run()


@dataclass(slots=True)
class _Replay:
    incident: IncidentHistory
    by: ReplayPolicies
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
    _by_id: dict[int, RecordedSuggestion] = field(default_factory=dict)
    _on: dict[int, list[int]] = field(default_factory=dict)
    """The suggestions of each delivery."""
    _at_once: dict[datetime, list[RecordedDelivery]] = field(default_factory=dict)
    """Posts of their own, by when they were cleared."""

    def run(self) -> Replayed:
        self._prepare()
        while self._agenda:
            at, what, _, given = heappop(self._agenda)
            if what == _VERDICTS:
                self._judge_together(at, given)
                self._try_moments(at)
            elif what == _POSTED:
                self._post_as_recorded(given)
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
        together: dict[datetime, list[_Judged]] = {}
        for suggestion in self.incident.suggestions:
            suggestion_id = suggestion.suggestion_id
            self._by_id[suggestion_id] = suggestion
            self.verdicts[suggestion_id] = [_NOT_YET] * len(suggestion.verdicts)
            if suggestion.delivery_id is not None:
                self._on.setdefault(suggestion.delivery_id, []).append(suggestion_id)
            for index, verdict in enumerate(suggestion.verdicts):
                together.setdefault(verdict.at, []).append(_Judged(suggestion, verdict, index))
        for at, judged in together.items():
            judged.sort(key=lambda one: one.recorded.number)
            self._plan(at, _VERDICTS, judged)
        for delivery in self.incident.deliveries:
            self._plan(delivery.created_at, _POSTED, delivery)
            if delivery.breakpoint is None:
                self._at_once.setdefault(delivery.created_at, []).append(delivery)
        for moment in self.incident.moments:
            self._plan(moment.opens_at, _MOMENT, moment)
        heapify(self._agenda)

    def _plan(self, at: datetime, what: int, given: Any) -> None:
        heappush(self._agenda, (at, what, next(self._turn), given))

    def _judge_together(self, at: datetime, judged: Iterable[_Judged]) -> None:
        """What was judged at one instant shares one post."""
        cleared: dict[int, _Judged] = {}
        left_over: list[_Judged] = []
        for one in judged:
            suggestion_id = one.suggestion.suggestion_id
            if self.has_diverged and suggestion_id in self.shown:
                self._note(one, Outcome.DELIVER, Reason.CLEARED, is_moot=True)
            elif self.has_diverged and suggestion_id in cleared and _is_left_over(one.recorded):
                left_over.append(one)
            else:
                self._judge(one, cleared)
        if cleared:
            self._post_best(at, cleared)
        for one in left_over:
            if one.suggestion.suggestion_id in self.shown:
                self._note(one, Outcome.DELIVER, Reason.CLEARED, is_moot=True)
            else:
                self._note(one, Outcome.DIGEST, Reason.BUDGET_SPENT)

    def _judge(self, one: _Judged, cleared: dict[int, _Judged]) -> None:
        recorded, suggestion_id = one.recorded, one.suggestion.suggestion_id
        policy = self.by.policy_for(recorded)
        if self.has_diverged:
            spent_until = self._spent_until(recorded.at)
            verdict = rejudge(recorded.facts, policy, recorded.at, next_post_at=spent_until)
        else:
            verdict = rejudge(recorded.facts, policy, recorded.at)
        self.rate = recorded.facts.get("rate", 1.0)
        self.has_diverged |= verdict.outcome != recorded.outcome
        self._note(one, verdict.outcome, verdict.reason)
        cleared.pop(suggestion_id, None)
        self.waiting.pop(suggestion_id, None)
        if verdict.outcome == Outcome.DELIVER:
            cleared[suggestion_id] = one
        elif verdict.outcome == Outcome.DIGEST:
            self.waiting[suggestion_id] = recorded.facts["confidence"]

    def _spent_until(self, at: datetime) -> str | None:
        if self.next_post_at is None or at >= self.next_post_at:
            return None
        return self.next_post_at.isoformat()

    def _post_best(self, at: datetime, cleared: dict[int, _Judged]) -> None:
        """While nothing differs, what was posted is on the agenda as it was."""
        policy, before = self.by.policy(at), self.by.policy_then(at)
        recorded = self._at_once.get(at, [])
        if not self.has_diverged and policy.most_in_one_post == before.most_in_one_post:
            return
        how_sure = {one: judged.recorded.facts["confidence"] for one, judged in cleared.items()}
        picked = self._best(how_sure, policy, at)
        really = {one for each in recorded for one in self._on.get(each.delivery_id, [])}
        if not self.has_diverged and set(picked) == really:
            return
        self.has_diverged = True
        arrived_at = recorded[0].posted_at if recorded else at
        self._post(picked, Place.POST, arrived_at, policy, before)
        for suggestion_id, one in cleared.items():
            if suggestion_id not in picked:
                self._note(one, Outcome.DIGEST, Reason.BUDGET_SPENT)
                self.waiting[suggestion_id] = how_sure[suggestion_id]

    def _post_as_recorded(self, delivery: RecordedDelivery) -> None:
        at = delivery.created_at
        policy, before = self.by.policy(at), self.by.policy_then(at)
        members = self._on.get(delivery.delivery_id, [])
        is_digest = delivery.breakpoint is not None
        if is_digest and not self.has_diverged and policy != before:
            is_night = policy.quiet_until(at) is not None
            is_as_many = policy.most_in_one_post == before.most_in_one_post
            self.has_diverged = is_night or not (
                is_as_many or set(self._best(self.waiting, policy, at)) == set(members)
            )
        if not self.has_diverged:
            place = Place.DIGEST if is_digest else Place.POST
            self._serve(delivery)
            self._post(members, place, delivery.posted_at, policy, before)
        elif is_digest:
            if not any(_covers(moment, at) for moment in self.incident.moments):
                self._open.append(Moment(delivery.breakpoint or "", at, at))
            self._try_moments(at)

    def _serve(self, digest: RecordedDelivery) -> None:
        """Its moment released what it could."""
        self._open = [
            moment
            for moment in self._open
            if moment.kind != digest.breakpoint or not _covers(moment, digest.created_at)
        ]

    def _try_moments(self, at: datetime) -> None:
        """Release a digest if a moment for one is open; try again when what hinders it ends."""
        self._open = [moment for moment in self._open if at <= moment.closes_at]
        if not self.has_diverged or not self._open or not self.waiting:
            return
        policy = self.by.policy(at)
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
        night_ends = policy.quiet_until(at)
        if night_ends is not None:
            hindrances.append(night_ends)
        return max(hindrances, default=None)

    def _best(self, among: Mapping[int, float], policy: NoisePolicy, at: datetime) -> list[int]:
        """The surest few that nobody decided on elsewhere, before they were shown."""
        open_ = [one for one in among if not _is_decided(self._by_id[one], at)]
        open_.sort(key=lambda one: (-among[one], one))
        return open_[: policy.most_in_one_post]

    def _post(
        self,
        picked: Iterable[int],
        place: Place,
        arrived_at: datetime | None,
        policy: NoisePolicy,
        before: NoisePolicy,
    ) -> None:
        """What did not arrive leaves the budget as it was."""
        if arrived_at is None:
            return
        self.posts += 1
        for suggestion_id in picked:
            self.shown[suggestion_id] = (place, arrived_at)
            self.waiting.pop(suggestion_id, None)
        self.next_post_at = arrived_at + policy.post_interval / self.rate
        self.has_diverged |= policy.post_interval != before.post_interval

    def _note(self, one: _Judged, outcome: str, reason: str, *, is_moot: bool = False) -> None:
        given = ReplayedVerdict(outcome, reason, is_moot)
        self.verdicts[one.suggestion.suggestion_id][one.index] = given

    def _fate(self, suggestion_id: int) -> Fate:
        given = self.verdicts[suggestion_id]
        last = given[-1] if given else _NOT_YET
        if suggestion_id in self.shown:
            place, at = self.shown[suggestion_id]
            return Fate(place, at, last.reason)
        return Fate(_kept(last.outcome), None, last.reason)


_NOT_YET = ReplayedVerdict(Outcome.HOLD, "")


def _really(suggestion: RecordedSuggestion, deliveries: Mapping[int, RecordedDelivery]) -> Fate:
    if not suggestion.verdicts:
        return Fate(Place.REVIEW, None, "")
    last = suggestion.verdicts[-1]
    delivery = deliveries.get(suggestion.delivery_id or 0)
    if delivery is not None and delivery.posted_at is not None:
        place = Place.POST if delivery.breakpoint is None else Place.DIGEST
        return Fate(place, delivery.posted_at, last.reason)
    return Fate(_kept(last.outcome), None, last.reason)


def _kept(outcome: str) -> Place:
    return Place.NOWHERE if outcome == Outcome.SUPPRESS else Place.REVIEW


def _is_decided(suggestion: RecordedSuggestion, at: datetime) -> bool:
    """Without having been on a card, so that it would have been decided on all the same."""
    decided_at = suggestion.decided_at
    return suggestion.delivery_id is None and decided_at is not None and decided_at <= at


def _is_left_over(recorded: RecordedVerdict) -> bool:
    """It was cleared a moment before, and did not fit on the post."""
    return recorded.reason in (Reason.BUDGET_SPENT, Reason.PERSON_BUDGET)


def _covers(moment: Moment, at: datetime) -> bool:
    return moment.opens_at <= at <= moment.closes_at
