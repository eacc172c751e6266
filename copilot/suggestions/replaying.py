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

from copilot.suggestions.noise_gate import Verdict, rejudge
from copilot.suggestions.noise_policy import NoisePolicy, PolicySet
from copilot.suggestions.replay_backlog import ReplayBacklog
from copilot.suggestions.replay_budget import ReplayBudget
from copilot.suggestions.replay_history import (
    Fate,
    History,
    IncidentHistory,
    Judged,
    Moment,
    Place,
    RecordedDelivery,
    RecordedVerdict,
    Replayed,
    ReplayedVerdict,
    place_of_kept,
    real_fate,
)
from copilot.suggestions.replay_policies import ReplayPolicies
from copilot.suggestions.verdict_facts import Otherwise
from copilot.suggestions.vocabulary import Outcome, Reason

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
    return _Replay(incident, by, has_diverged=is_simulated, until=history.until).run()


@dataclass(slots=True)
class _Replay:
    incident: IncidentHistory
    by: ReplayPolicies
    has_diverged: bool = False
    until: datetime | None = None
    budget: ReplayBudget = field(default_factory=ReplayBudget)
    waiting: dict[int, float] = field(default_factory=dict)
    """Suggestion id and how sure the engine was of it."""
    shown: dict[int, tuple[Place, datetime]] = field(default_factory=dict)
    backlog: ReplayBacklog = field(default_factory=ReplayBacklog)
    verdicts: dict[int, list[ReplayedVerdict]] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, int, Any]] = field(default_factory=list)
    _turn: "count[int]" = field(default_factory=count)
    _open: list[Moment] = field(default_factory=list)
    _on: dict[int, list[int]] = field(default_factory=dict)
    """The suggestions of each delivery."""
    _at_once: dict[datetime, list[RecordedDelivery]] = field(default_factory=dict)
    """Posts of their own, by when they were cleared."""

    def run(self) -> Replayed:
        self._prepare()
        while self._agenda:
            at, what, _, given = heappop(self._agenda)
            if what == _MOMENT and self.until is not None and at > self.until:
                continue
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
            before={
                one.suggestion_id: real_fate(one, deliveries) for one in self.backlog.by_id.values()
            },
            after={one: self._fate(one) for one in self.backlog.by_id},
            verdicts=self.verdicts,
            posts_before=sum(each.posted_at is not None for each in self.incident.deliveries),
            posts_after=len(self.budget.posted),
        )

    def _prepare(self) -> None:
        together: dict[datetime, list[Judged]] = {}
        for suggestion in self.incident.suggestions:
            suggestion_id = suggestion.suggestion_id
            self.backlog.by_id[suggestion_id] = suggestion
            self.verdicts[suggestion_id] = [_NOT_YET] * len(suggestion.verdicts)
            if suggestion.delivery_id is not None:
                self._on.setdefault(suggestion.delivery_id, []).append(suggestion_id)
            for index, verdict in enumerate(suggestion.verdicts):
                together.setdefault(verdict.at, []).append(Judged(suggestion, verdict, index))
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

    def _judge_together(self, at: datetime, judged: Iterable[Judged]) -> None:
        """What was judged at one instant shares one post."""
        cleared: dict[int, Judged] = {}
        left_over: list[Judged] = []
        for one in judged:
            suggestion_id = one.suggestion.suggestion_id
            if self.has_diverged and suggestion_id in self.shown:
                self._note(one, Outcome.DELIVER, Reason.CLEARED, is_moot=True)
            elif self.has_diverged and suggestion_id in cleared and one.recorded.is_left_over:
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

    def _judge(self, one: Judged, cleared: dict[int, Judged]) -> None:
        recorded, suggestion_id = one.recorded, one.suggestion.suggestion_id
        policy = self.by.policy_for(recorded)
        self.backlog.review_minutes = recorded.facts.get("review_debt_minutes", 0.0)
        verdict = self._rejudge(recorded, policy)
        self.budget.rate = recorded.facts.get("rate", 1.0)
        self.has_diverged |= verdict.outcome != recorded.outcome
        self._note(one, verdict.outcome, verdict.reason)
        cleared.pop(suggestion_id, None)
        self.waiting.pop(suggestion_id, None)
        if verdict.outcome == Outcome.DELIVER:
            cleared[suggestion_id] = one
        elif verdict.outcome == Outcome.DIGEST:
            self.waiting[suggestion_id] = recorded.facts["confidence"]

    def _rejudge(self, recorded: RecordedVerdict, policy: NoisePolicy) -> Verdict:
        """With the budgets that it meets here, where they are not those that were recorded."""
        otherwise: Otherwise = {}
        facts, budget = recorded.facts, self.budget
        if self.has_diverged:
            otherwise["next_post_at"] = _text(budget.spent_until(recorded.at))
            otherwise["backlog_minutes"] = self.backlog.minutes(self.shown, recorded.at)
        share = facts.get("posts_per_person", policy.posts_per_person)
        if share != policy.posts_per_person:
            otherwise["crowded_until"] = _text(budget.crowded_until(recorded.at, policy))
        return rejudge(facts, policy, recorded.at, **otherwise)

    def _post_best(self, at: datetime, cleared: dict[int, Judged]) -> None:
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
            is_barred = (
                policy.quiet_until(at) is not None
                or self.budget.crowded_until(at, policy) is not None
                or self.backlog.behind_until(self.shown, at, policy) is not None
            )
            is_as_many = policy.most_in_one_post == before.most_in_one_post
            self.has_diverged = is_barred or not (
                is_as_many or set(self._best(self.waiting, policy, at)) == set(members)
            )
        if not self.has_diverged:
            place = Place.DIGEST if is_digest else Place.POST
            self._serve(delivery)
            self._post(members, place, delivery.posted_at, policy, before)
        elif is_digest:
            if not any(moment.covers(at) for moment in self.incident.moments):
                self._open.append(Moment(delivery.breakpoint or "", at, at))
            self._try_moments(at)

    def _serve(self, digest: RecordedDelivery) -> None:
        """Its moment released what it could."""
        self._open = [
            moment
            for moment in self._open
            if moment.kind != digest.breakpoint or not moment.covers(digest.created_at)
        ]

    def _try_moments(self, at: datetime) -> None:
        """Release a digest if a moment for one is open; try again when what hinders it ends."""
        if not self.has_diverged or not self.waiting or not self._open:
            return
        self._open = [moment for moment in self._open if at <= moment.closes_at]
        if not self._open:
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
        ends = (
            self.budget.spent_until(at),
            policy.quiet_until(at),
            self.budget.crowded_until(at, policy),
            self.backlog.behind_until(self.shown, at, policy),
        )
        return max([*hindrances, *(end for end in ends if end is not None)], default=None)

    def _best(self, among: Mapping[int, float], policy: NoisePolicy, at: datetime) -> list[int]:
        """The surest few that nobody decided on elsewhere, before they were shown."""
        open_ = [one for one in among if not self.backlog.by_id[one].is_decided_unseen(at)]
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
        self.budget.spend(arrived_at, policy)
        for suggestion_id in picked:
            self.shown[suggestion_id] = (place, arrived_at)
            self.waiting.pop(suggestion_id, None)
        self.has_diverged |= policy.post_interval != before.post_interval

    def _note(self, one: Judged, outcome: str, reason: str, *, is_moot: bool = False) -> None:
        given = ReplayedVerdict(outcome, reason, is_moot)
        self.verdicts[one.suggestion.suggestion_id][one.index] = given

    def _fate(self, suggestion_id: int) -> Fate:
        given = self.verdicts[suggestion_id]
        last = given[-1] if given else _NOT_YET
        if suggestion_id in self.shown:
            place, at = self.shown[suggestion_id]
            return Fate(place, at, last.reason)
        return Fate(place_of_kept(last.outcome), None, last.reason)


_NOT_YET = ReplayedVerdict(Outcome.HOLD, "")


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
