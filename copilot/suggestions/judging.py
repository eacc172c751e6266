"""Turns checked candidates into rows with a verdict, and clears the best for posting."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from copilot.incidents.models import Incident
from copilot.ports import Candidate, WindowMessage
from copilot.suggestions.breakpoints import meets_the_end
from copilot.suggestions.candidates import essence_of
from copilot.suggestions.clearing import Opening, open_delivery, pick_for_post
from copilot.suggestions.models import Evidence, ModelRun, Pacing, Suggestion
from copilot.suggestions.noise_gate import (
    JUST_RESOLVED,
    ChannelState,
    KnownWork,
    Proposed,
    closest,
    judge,
)
from copilot.suggestions.noise_policy import NoisePolicy
from copilot.suggestions.pacing import measure, settle, state_of, tempo_back_then
from copilot.suggestions.policies import policy_of
from copilot.suggestions.refitting import Calibrations
from copilot.suggestions.standing import Standing, as_proposed, read_standing, stamp
from copilot.suggestions.vocabulary import Outcome
from copilot.timeline.models import TimelineEvent

Messages = Mapping[int, WindowMessage]


@dataclass(slots=True)
class Judging:
    """One run's candidates being judged, inside the transaction that saves them."""

    session: Session
    incident: Incident
    pacing: Pacing
    state: ChannelState
    standing: Standing
    model_run_id: int
    messages: Messages
    now: datetime
    is_reread: bool
    """A person had the timeline read again: what is found then is old, and nothing is posted."""
    policy: NoisePolicy
    engine: str | None = None
    calibrations: Calibrations | None = None
    """What the workspace makes of a confidence that an engine states; as it is, by default."""
    cleared: list[Suggestion] = field(default_factory=list)

    def take(self, candidate: Candidate) -> str:
        """Save what is new about the candidate; returns in words what became of it."""
        proposed = self._proposed(candidate)
        same, _ = closest(proposed, self.standing.known())
        if same is not None:
            return self._take_repetition(candidate, proposed, same)
        target = self._like(proposed)
        if target is None:
            return self._take_new(candidate, proposed)
        is_told = proposed.event_ids <= self.standing.quoted[target.id]
        if is_told and not (proposed.is_done and target.outcome != Outcome.SUPPRESS):
            return f"known as #{target.id}"
        self._cite(target, candidate)
        if proposed.confidence > target.confidence:
            # These three belong together: calibration reads what this engine said from them.
            target.confidence = proposed.confidence
            target.raw_confidence = candidate.confidence
            target.model_run_id = self.model_run_id
        target.owner_id = target.owner_id or candidate.owner_id
        target.due = target.due or candidate.due
        if candidate.is_done or not self.is_reread:
            self._judge(target, is_done=candidate.is_done)
        return f"merged into #{target.id}"

    def post_best(self) -> None:
        """Put the best of the cleared on one card: a message disturbs once, whatever it holds.

        What does not fit, or finds the budget spent, waits for the next digest.
        """
        cleared = [one for one in self.cleared if one.outcome == Outcome.DELIVER]
        picked = pick_for_post(
            self.session, self.standing, cleared, self.state, self.policy, self.now
        )
        opening = open_delivery(
            self.session,
            self.incident,
            picked,
            self.state,
            breakpoint_=None,
            policy=self.policy,
            now=self.now,
        )
        self._look_again(opening)
        for suggestion in cleared:
            if suggestion.delivery_id is None and suggestion.outcome == Outcome.DELIVER:
                self._judge(suggestion)

    def _look_again(self, opening: Opening) -> None:
        """Whatever was refused a post is told the budget that it met."""
        if (crowded := opening.crowded) is not None:
            self.state = replace(self.state, crowded=crowded.name, crowded_until=crowded.until)
            return
        self.session.refresh(self.pacing)
        interval = self.policy.post_interval / self.state.rate
        spent_until = max(self.pacing.next_post_at or self.now, self.now + interval)
        self.state = replace(self.state, next_post_at=spent_until)

    def _take_repetition(self, candidate: Candidate, proposed: Proposed, same: KnownWork) -> str:
        """Of all repetitions of one thing there is one row, which grows."""
        known = self.standing.suggestions.get(same.suggestion_id or 0)
        row = self.standing.repeat_of(same)
        told = self.standing.quotes_of(known, row)
        if proposed.event_ids <= told:
            return f"known as #{same.suggestion_id}"
        candidate = replace(
            candidate,
            evidence=tuple(
                quote
                for quote in candidate.evidence
                if self.messages[quote.number].event_id not in told
            ),
        )
        if row is None:
            self.state = replace(self.state, known=(same,))
            row = self._add(candidate)
            self._judge(row)
            self.state = replace(self.state, known=())
        else:
            self._cite(row, candidate)
        return f"repeats #{same.suggestion_id}, counted in #{row.id}"

    def _take_new(self, candidate: Candidate, proposed: Proposed) -> str:
        if not any(self.messages[quote.number].is_new for quote in candidate.evidence):
            return "said before, and judged before"
        row = self._add(candidate)
        self._judge(row, is_done=proposed.is_done)
        return f"saved as #{row.id}"

    def _like(self, proposed: Proposed) -> Suggestion | None:
        """The row that nobody has seen and that this candidate adds to."""
        waiting = self.standing.waiting_like(proposed)
        if waiting is not None:
            return waiting
        done = self.standing.done_like(proposed)
        if done is None:
            return None
        # Asked for again, in new words, after it was done: that is new work.
        is_old = proposed.event_ids <= self.standing.quoted[done.id]
        return done if proposed.is_done or is_old else None

    def _judge(self, row: Suggestion, *, is_done: bool | None = None) -> None:
        proposed = as_proposed(row, self.standing.quoted[row.id])
        if is_done is not None:
            proposed = replace(proposed, is_done=is_done, engine=self.engine)
        state = self.state
        if state.quiet_because is not None:
            state = self._state_back_then(proposed)
            if not self.is_reread and meets_the_end(
                self.session, self.incident, self.pacing, proposed.event_ids, self.now
            ):
                state = replace(state, quiet_because=JUST_RESOLVED)
        stamp(self.session, row, judge(proposed, state, self.policy, self.now), self.now)
        if row.outcome == Outcome.DELIVER and row not in self.cleared:
            self.cleared.append(row)

    def _state_back_then(self, proposed: Proposed) -> ChannelState:
        """Nothing is posted any more, so the tempo that tells something is that of the words."""
        said_at = max(
            self.session.get_one(TimelineEvent, event_id).occurred_at
            for event_id in proposed.event_ids
        )
        then = tempo_back_then(self.session, self.incident, said_at)
        return replace(
            self.state,
            tempo=then.tempo,
            messages_per_min=then.messages_per_min,
            hectic_at=then.hectic_at,
        )

    def _add(self, candidate: Candidate) -> Suggestion:
        """A row with its quotes, yet to be judged."""
        row = Suggestion(
            incident_id=self.incident.id,
            model_run_id=self.model_run_id,
            kind=candidate.kind,
            title=candidate.title,
            owner_id=candidate.owner_id,
            due=candidate.due,
            confidence=self._calibrated(candidate),
            raw_confidence=candidate.confidence,
            fingerprint=essence_of(candidate.title).fingerprint,
            proposed_at=self.now,
            outcome=Outcome.HOLD,
            reason="",
            reason_details={},
            tempo=self.state.tempo,
            judged_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        self.standing.add(row)
        self._cite(row, candidate)
        return row

    def _cite(self, row: Suggestion, candidate: Candidate) -> None:
        quoted = self.standing.quoted[row.id]
        for quote in candidate.evidence:
            message = self.messages[quote.number]
            if message.event_id not in quoted:
                evidence = Evidence(
                    suggestion_id=row.id,
                    event_id=message.event_id,
                    revision_id=message.revision_id,
                    quote=quote.text,
                    position=len(quoted),
                )
                self.session.add(evidence)
                quoted.add(message.event_id)

    def _calibrated(self, candidate: Candidate) -> float:
        if self.calibrations is None:
            return candidate.confidence
        return self.calibrations.apply(candidate.engine or self.engine or "", candidate.confidence)

    def _proposed(self, candidate: Candidate) -> Proposed:
        return Proposed(
            kind=candidate.kind,
            title=candidate.title,
            confidence=self._calibrated(candidate),
            is_done=candidate.is_done,
            event_ids=frozenset(
                self.messages[quote.number].event_id for quote in candidate.evidence
            ),
        )


def begin_judging(
    session: Session,
    incident: Incident,
    pacing: Pacing,
    model_run_id: int,
    messages: Messages,
    now: datetime,
    *,
    is_reread: bool,
) -> Judging:
    """Measure the tempo and read what stands. The pacing row must be locked."""
    policy = policy_of(session, incident)
    settle(pacing, policy, now)
    reading = measure(session, incident, pacing, now)
    state = state_of(session, incident, pacing, reading, now, policy)
    if is_reread and state.quiet_because is None:
        state = replace(state, quiet_because="reread")
    return Judging(
        session=session,
        incident=incident,
        pacing=pacing,
        state=state,
        standing=read_standing(session, incident.id),
        model_run_id=model_run_id,
        messages=messages,
        now=now,
        is_reread=is_reread,
        policy=policy,
        engine=session.get_one(ModelRun, model_run_id).engine,
        calibrations=Calibrations(session, incident.team_id),
    )
