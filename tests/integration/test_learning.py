"""What the copilot changes by itself, who is told, and taking it back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.db import Database
from copilot.errors import AlreadyDecidedError, NotFoundError, PermanentError, TemporaryError
from copilot.incidents.lifecycle import declare, set_status
from copilot.incidents.models import Incident, Status
from copilot.incidents.queries import get_incident
from copilot.jobs import Job, QueuedJob
from copilot.ports import ChannelInfo, MemberInfo
from copilot.suggestions import decisions
from copilot.suggestions.conclusions import learn, workspaces_to_learn
from copilot.suggestions.learned_models import Adaptation, AdminNotice, Calibration
from copilot.suggestions.learning import LearnedChange, learned, undo
from copilot.suggestions.models import Delivery, ModelRun, NoisePolicyVersion, Pacing, Suggestion
from copilot.suggestions.noise_policy import DEFAULT_NOISE_POLICY, PolicySet
from copilot.suggestions.policies import policies_in_force, set_policies, undo_policies
from copilot.suggestions.precision import precision_by_kind
from copilot.suggestions.telling_admins import deliver_notice, notices_to_tell
from copilot.suggestions.vocabulary import DecisionKind, DismissReason, Outcome
from copilot.workspaces.directory import upsert_channel, upsert_members
from copilot.workspaces.membership import set_members
from copilot.workspaces.models import Workspace
from tests.fakes.channel_story import CHANNEL, START, TEAM, ChannelStory, row_ids

ADMINS = {"U1": "ana", "U2": "ben", "U3": "dana", "U4": "eli"}


@pytest.fixture
def story(db: Database) -> ChannelStory:
    found = ChannelStory(db)
    with db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-checkout", is_private=False))
    make_admins(found)
    return found


def make_admins(story: ChannelStory) -> None:
    admins = [MemberInfo(user, name, "", False, is_admin=True) for user, name in ADMINS.items()]
    with story.db.transaction() as session:
        upsert_members(session, TEAM, admins)


def rate_of(story: ChannelStory) -> float:
    with story.db.reading() as session:
        return session.get_one(Pacing, story.incident_id).rate


def shown_card(story: ChannelStory, *titles: str) -> list[int]:
    """Say it, have it posted on one card, and return what is on it."""
    for title in titles:
        story.says(f"todo: {title}")
    story.sweeps()
    card = story.messenger.posts[-1].card
    assert [item.title for item in card.items] == list(titles)
    return [item.suggestion_id for item in card.items]


def dismiss(story: ChannelStory, suggestion_id: int, reason: str) -> None:
    with story.db.transaction() as session:
        now = story.clock.now()
        decisions.dismiss(session, suggestion_id, reason=reason, by="U2", now=now)


def accept(story: ChannelStory, suggestion_id: int) -> None:
    with story.db.transaction() as session:
        decisions.accept(session, suggestion_id, by="U2", now=story.clock.now())


def changes(story: ChannelStory) -> list[LearnedChange]:
    with story.db.reading() as session:
        return learned(session, TEAM)


def take_back(story: ChannelStory, change: LearnedChange, by: str = "U1") -> None:
    with story.db.transaction() as session:
        undo(session, TEAM, change.change_id, by=by, now=story.clock.now())


def shown_and_decided(
    story: ChannelStory,
    answers: Sequence[tuple[DecisionKind | None, DismissReason | None]],
    *,
    kind: str = "proposal",
    incident_id: int | None = None,
    raw: float = 0.8,
    at: datetime | None = None,
) -> None:
    """As if each had been shown on a card of its own, and answered at once."""
    incident_id, at = incident_id or story.incident_id, at or story.clock.now()
    with story.db.transaction() as session:
        run = ModelRun(
            incident_id=incident_id,
            purpose="propose",
            engine="local-9",
            inputs=[],
            output=[],
            outcome="ok",
            latency_ms=1.0,
            started_at=at,
        )
        session.add(run)
        session.flush()
        for number, (decision, reason) in enumerate(answers):
            delivery = Delivery(incident_id=incident_id, tempo="calm", created_at=at, posted_at=at)
            session.add(delivery)
            session.flush()
            session.add(
                Suggestion(
                    incident_id=incident_id,
                    model_run_id=run.id,
                    kind=kind,
                    title=f"thing {number}",
                    confidence=raw,
                    raw_confidence=raw,
                    fingerprint=f"thing {number}",
                    proposed_at=at,
                    outcome=Outcome.DELIVER,
                    reason="cleared",
                    reason_details={},
                    tempo="calm",
                    judged_at=at,
                    delivery_id=delivery.id,
                    decision=decision,
                    decision_reason=reason,
                    decided_by="U2" if decision else None,
                    decided_at=at if decision else None,
                )
            )


def wanted(count: int) -> list[tuple[DecisionKind | None, DismissReason | None]]:
    return [(DecisionKind.ACCEPTED, None)] * count


def unwanted(count: int) -> list[tuple[DecisionKind | None, DismissReason | None]]:
    return [(DecisionKind.DISMISSED, DismissReason.WRONG)] * count


def learns(story: ChannelStory) -> None:
    with story.db.reading() as session:
        workspace_ids = workspaces_to_learn(session, story.clock.now())
    for workspace_id in workspace_ids:
        learn(story.db, workspace_id, story.clock)


def tells(story: ChannelStory) -> None:
    with story.db.reading() as session:
        notice_ids = notices_to_tell(session, story.lease_clock.now())
    for notice_id in notice_ids:
        deliver_notice(
            story.db,
            notice_id,
            story.messenger,
            console_url="https://copilot.example.com/",
            clock=story.clock,
            lease_clock=story.lease_clock,
        )


def muted_in(story: ChannelStory, channel_id: str = CHANNEL) -> frozenset[str]:
    with story.db.reading() as session:
        return policies_in_force(session, TEAM).policies.resolve(None, channel_id).muted


def test_a_dismissed_card_halves_the_rate_and_an_accepted_one_adds_a_step(
    story: ChannelStory,
) -> None:
    first = shown_card(story, "page on replica lag", "rewrite step 4", "archive the old topic")
    for suggestion_id in first:
        dismiss(story, suggestion_id, "wrong")
    assert rate_of(story) == 0.5
    (change,) = changes(story)
    assert change.before == "as often as the policy allows"
    assert change.after == "50 % of what the policy allows"
    assert "not a follow-up" in change.why
    assert change.incident_id == story.incident_id

    story.waits(minutes=29)
    story.says("todo: drain the standby queue")
    story.sweeps()
    assert len(story.messenger.posts) == 1  # the policy's 15 minutes have become 30
    story.waits(minutes=6)
    story.sweeps()
    accept(story, story.suggestion("drain the standby queue").id)
    assert rate_of(story) == 0.625


def test_what_a_card_was_worth_does_not_depend_on_who_was_first(story: ChannelStory) -> None:
    one, two = shown_card(story, "page on replica lag", "rewrite step 4")
    dismiss(story, one, "wrong")
    assert rate_of(story) == 0.5
    accept(story, two)
    assert rate_of(story) == 1.0  # the card was worth it; at the ceiling there is no step to add
    assert [change.after for change in changes(story)] == [
        "as often as the policy allows",
        "50 % of what the policy allows",
    ]


def test_reasons_that_say_nothing_of_the_rate_leave_it(story: ChannelStory) -> None:
    one, two = shown_card(story, "page on replica lag", "rewrite step 4")
    dismiss(story, one, "done_already")
    dismiss(story, two, "duplicate")
    assert rate_of(story) == 1.0
    assert changes(story) == []


def test_a_rate_taken_back_is_what_it_was_and_learns_from_new_cards_only(
    story: ChannelStory,
) -> None:
    (one,) = shown_card(story, "page on replica lag")
    dismiss(story, one, "too_noisy")
    (change,) = changes(story)
    take_back(story, change)
    assert rate_of(story) == 1.0
    (undone,) = changes(story)
    assert (undone.undone_by, undone.can_be_undone) == ("ana", False)
    with pytest.raises(AlreadyDecidedError):
        take_back(story, change)

    story.waits(minutes=20)
    (two,) = shown_card(story, "rewrite step 4")
    dismiss(story, two, "wrong")
    assert rate_of(story) == 0.5
    with story.db.reading() as session:
        rows = session.scalars(select(Adaptation).order_by(Adaptation.id)).all()
    assert [(row.old_rate, row.new_rate) for row in rows] == [(1.0, 0.5), (0.5, 1.0), (1.0, 0.5)]


def test_people_who_decide_on_one_card_at_once_leave_one_rate(story: ChannelStory) -> None:
    ids = shown_card(story, "page on replica lag", "rewrite step 4", "archive the old topic")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda suggestion_id: dismiss(story, suggestion_id, "wrong"), ids))
    assert rate_of(story) == 0.5
    assert len(changes(story)) == 1


def test_a_kind_that_is_surely_unwanted_is_muted_once_and_admins_are_told_once(
    story: ChannelStory, sent_jobs: list[QueuedJob]
) -> None:
    shown_and_decided(story, [*wanted(3), *unwanted(21)])
    shown_and_decided(story, wanted(24), kind="commitment")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: learns(story), range(2)))
    learns(story)
    assert muted_in(story) == {"proposal"}
    assert muted_in(story, "C9") == frozenset()
    with story.db.reading() as session:
        (version,) = session.scalars(select(NoisePolicyVersion)).all()
        (notice_id,) = session.scalars(select(AdminNotice.id)).all()
        assert (version.origin, version.set_by) == ("learned", "copilot")
        words = "3 of 24 proposals shown here were wanted (12 %, at most 31 %)"
        assert version.reason == words
    assert row_ids(sent_jobs, Job.TELL_ADMINS) == [notice_id]

    tells(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U1", "U2", "U3"]
    note = story.messenger.told_admins[0][1]
    assert (note.subject, note.words, note.channel) == ("muted:2", words, "inc-checkout")
    assert note.undo_url == "https://copilot.example.com/noise"


def test_of_several_mutes_at_once_admins_hear_in_one_message(story: ChannelStory) -> None:
    for kind in ("proposal", "request", "commitment"):
        shown_and_decided(story, unwanted(24), kind=kind)
    learns(story)
    tells(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U1", "U2", "U3"]
    assert [note.more for _, note in story.messenger.told_admins] == [2, 2, 2]
    assert len(changes(story)) == 3


def test_nineteen_decisions_mute_nothing(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(19))
    learns(story)
    assert muted_in(story) == frozenset()
    story.waits(minutes=1)
    shown_and_decided(story, unwanted(1))
    learns(story)
    assert muted_in(story) == {"proposal"}


def test_what_nobody_answered_counts_from_the_end_on_and_half(story: ChannelStory) -> None:
    shown_and_decided(story, [*wanted(18), *unwanted(7), *[(None, None)] * 6])
    learns(story)
    assert muted_in(story) == frozenset()
    story.status(Status.RESOLVED)
    story.waits(minutes=1)
    shown_and_decided(story, [(DecisionKind.DISMISSED, DismissReason.DUPLICATE)])
    learns(story)
    assert muted_in(story) == {"proposal"}
    (change,) = changes(story)
    assert change.why.endswith("6 more were never answered")


def test_a_mute_taken_back_is_not_learned_again_from_the_same_decisions(
    story: ChannelStory,
) -> None:
    shown_and_decided(story, unwanted(24))
    learns(story)
    (change,) = changes(story)
    assert change.what == "proposals in #inc-checkout"
    story.waits(minutes=1)
    take_back(story, change, by="U3")
    assert muted_in(story) == frozenset()
    (undone,) = changes(story)
    assert (undone.undone_by, undone.can_be_undone) == ("dana", False)

    story.waits(minutes=1)
    shown_and_decided(story, unwanted(19))
    learns(story)
    assert muted_in(story) == frozenset()
    story.waits(minutes=1)
    shown_and_decided(story, unwanted(1))
    learns(story)
    assert muted_in(story) == {"proposal"}


def test_what_a_person_sets_at_the_same_time_is_never_lost(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(24))

    def person_sets(number: int) -> None:
        while True:
            try:
                with story.db.transaction() as session:
                    found = policies_in_force(session, TEAM).policies
                    base = replace(found.base, posts_per_person=number)
                    set_policies(
                        session,
                        TEAM,
                        replace(found, base=base),
                        reason=f"set {number}",
                        by="U1",
                        now=START,
                    )
            except AlreadyDecidedError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(person_sets, number) for number in (2, 3)]
        done += [pool.submit(learns, story) for _ in range(2)]
        for each in done:
            each.result()
    assert muted_in(story) == {"proposal"}
    with story.db.reading() as session:
        versions = session.scalars(
            select(NoisePolicyVersion).order_by(NoisePolicyVersion.version)
        ).all()
        last = policies_in_force(session, TEAM).policies.base.posts_per_person
    assert [each.version for each in versions] == [2, 3, 4]
    assert sorted(each.origin for each in versions) == ["learned", "person", "person"]
    by_people = [each for each in versions if each.origin == "person"]
    assert by_people[-1].reason == f"set {last}"


def test_undoing_an_older_version_leaves_what_was_set_since(story: ChannelStory) -> None:
    with story.db.transaction() as session:
        first = set_policies(
            session,
            TEAM,
            PolicySet(replace(DEFAULT_NOISE_POLICY, post_interval=timedelta(minutes=30))),
            reason="calmer nights",
            by="U1",
            now=START,
        )
        set_policies(
            session,
            TEAM,
            replace(first, base=replace(first.base, posts_per_person=3)),
            reason="fewer each",
            by="U1",
            now=START,
        )
        made = undo_policies(session, TEAM, first.version, by="U2", now=START)
        assert (made.base.post_interval, made.base.posts_per_person) == (timedelta(minutes=15), 3)
        assert policies_in_force(session, TEAM).reason == "Undone: calmer nights"
        with pytest.raises(AlreadyDecidedError):
            undo_policies(session, TEAM, first.version, by="U2", now=START)
        for version in (0, 1, 99):
            with pytest.raises(NotFoundError):
                undo_policies(session, TEAM, version, by="U2", now=START)


@pytest.mark.parametrize("change_id", ["", "rate", "rate:0", "rate:x", "gossip:1", "mute:9" * 9])
def test_what_was_never_learned_is_not_undone(story: ChannelStory, change_id: str) -> None:
    with story.db.transaction() as session, pytest.raises(NotFoundError):
        undo(session, TEAM, change_id, by="U1", now=START)


def test_nobody_undoes_what_another_workspace_learned(story: ChannelStory) -> None:
    (one,) = shown_card(story, "page on replica lag")
    dismiss(story, one, "wrong")
    (change,) = changes(story)
    with story.db.transaction() as session, pytest.raises(NotFoundError):
        undo(session, "T2", change.change_id, by="U1", now=START)


def test_admins_who_may_not_read_a_private_channel_hear_nothing_of_it(
    story: ChannelStory,
) -> None:
    with story.db.transaction() as session:
        upsert_channel(session, TEAM, ChannelInfo(CHANNEL, "inc-secret", is_private=True))
        set_members(session, TEAM, CHANNEL, ["U4", "U5"], START)
    shown_and_decided(story, unwanted(24))
    learns(story)
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U4"]


def test_who_was_told_is_not_told_again_after_slack_failed(story: ChannelStory) -> None:
    shown_and_decided(story, unwanted(24))
    learns(story)
    story.messenger.refusals["tell_admin"] = [TemporaryError("Slack is away")]
    with pytest.raises(TemporaryError):
        tells(story)
    tells(story)  # it is too early
    assert story.messenger.told_admins == []
    story.waits(minutes=1)
    story.messenger.refusals["tell_admin"] = [PermanentError("ana closed her account")]
    tells(story)
    assert [user_id for user_id, _ in story.messenger.told_admins] == ["U2", "U3"]
    with story.db.reading() as session:
        (notice,) = session.scalars(select(AdminNotice)).all()
    assert notice.failure == "ana closed her account"
    assert notice.told == ["U2", "U3"]
    assert notice.told_at is not None


def overconfident(story: ChannelStory, incidents: int, each: int, at: datetime) -> None:
    """Half of what the engine calls 0.9, a quarter of what it calls 0.6, is wanted."""
    for number in range(incidents):
        with story.db.transaction() as session:
            incident_id = declare(
                session,
                team_id=TEAM,
                channel_id=f"C-{at:%j}-{number}",
                title=f"incident {number}",
                severity=None,
                by="U1",
                now=at,
            ).incident.id
        high, low = [*wanted(each // 2), *unwanted(each // 2)], [*wanted(1), *unwanted(3)]
        shown_and_decided(story, high, incident_id=incident_id, raw=0.9, at=at)
        shown_and_decided(story, low * (each // 4), incident_id=incident_id, raw=0.6, at=at)


def calibrations(story: ChannelStory) -> list[Calibration]:
    with story.db.reading() as session:
        return list(session.scalars(select(Calibration).order_by(Calibration.id)))


def test_an_engine_that_is_too_sure_is_believed_less_until_somebody_takes_it_back(
    story: ChannelStory,
) -> None:
    overconfident(story, incidents=8, each=12, at=START)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: learns(story), range(2)))
    learns(story)
    (fitted,) = calibrations(story)
    assert (fitted.engine, fitted.fitted_on, fitted.labels) == ("local", "local-9", 192)
    assert fitted.error_before is not None
    assert fitted.error_after is not None
    assert fitted.error_after < fitted.error_before
    change = next(each for each in changes(story) if each.sort == "calibration")
    assert (change.before, change.after) == ("as shipped", "fitted to 192 decisions")

    story.waits(hours=1)
    take_back(story, change)
    before, reverted = calibrations(story)
    assert (reverted.method, reverted.parameters, reverted.changed_by) == ("shipped", [], "U1")
    assert reverted.undoes_id == before.id

    # Only what is decided from now on counts, and no sooner than a day later.
    story.waits(days=2)
    shown_and_decided(story, wanted(12), kind="commitment", raw=0.9)
    learns(story)
    assert len(calibrations(story)) == 2
    story.waits(days=2)
    overconfident(story, incidents=8, each=12, at=story.clock.now())
    learns(story)
    assert [row.method for row in calibrations(story)][:2] == [fitted.method, "shipped"]
    assert len(calibrations(story)) == 3


def test_candidates_are_judged_by_the_calibrated_confidence_of_their_engine_and_version(
    story: ChannelStory,
) -> None:
    with story.db.transaction() as session:
        for engine, name in (("model", "fake-1"), ("local", "local-8")):
            session.add(
                Calibration(
                    team_id=TEAM,
                    engine=engine,
                    fitted_on=name,
                    method="isotonic",
                    parameters=[[0.5, 0.2], [0.95, 0.65]],
                    labels=300,
                    reason="why",
                    fitted_at=START,
                )
            )
    story.says("todo(0.9): page on replica lag")
    story.says("todo(0.4): rewrite step 4 of the runbook")
    story.sweeps()
    with story.db.reading() as session:
        found = {
            row.title: (row.raw_confidence, row.confidence, row.outcome)
            for row in session.scalars(select(Suggestion))
        }
    assert found == {
        "page on replica lag": (0.9, pytest.approx(0.6), "digest"),
        "rewrite step 4 of the runbook": (0.4, 0.2, "hold"),
    }


def test_precision_is_counted_per_kind_and_channel(story: ChannelStory) -> None:
    shown_and_decided(story, [*wanted(9), *unwanted(3), (None, None)])
    other = ChannelStory(story.db, channel="C2", beside=story)
    shown_and_decided(other, wanted(4))
    with story.db.reading() as session:
        everywhere = precision_by_kind(session, TEAM, START)["proposal"]
        here = precision_by_kind(session, TEAM, START, CHANNEL)["proposal"]
        later = precision_by_kind(session, TEAM, START + timedelta(days=1))["proposal"]
        elsewhere = precision_by_kind(session, "T2", START)["proposal"]
    assert (everywhere.shown, everywhere.decided, everywhere.wanted) == (17, 16, 13)
    assert (here.shown, here.share) == (13, 0.75)
    assert later.shown == elsewhere.shown == 0


def test_a_workspace_is_due_only_while_there_is_something_new(story: ChannelStory) -> None:
    def due() -> list[int]:
        with story.db.reading() as session:
            return workspaces_to_learn(session, story.clock.now())

    assert due() == []
    shown_and_decided(story, wanted(1))
    with story.db.reading() as session:
        assert due() == list(session.scalars(select(Workspace.id)))
    learns(story)
    assert due() == []
    learn(story.db, 99, story.clock)  # a workspace that is gone


def test_a_kind_unwanted_all_over_the_workspace_is_for_an_admin_to_switch_off(
    story: ChannelStory,
) -> None:
    for number in range(3):
        other = ChannelStory(story.db, channel=f"C-{number}", beside=story)
        shown_and_decided(other, unwanted(8))
        shown_and_decided(other, wanted(8), kind="request")
    make_admins(story)
    learns(story)
    assert changes(story) == []
    tells(story)
    note = story.messenger.told_admins[0][1]
    assert (note.kind, note.channel) == ("proposal", None)
    assert note.words == "0 of 24 proposals shown in this workspace were wanted (0 %, at most 14 %)"
    assert len(story.messenger.told_admins) == 3

    story.waits(days=1)
    shown_and_decided(other, unwanted(1))
    learns(story)
    tells(story)
    assert len(story.messenger.told_admins) == 3  # once a month is enough


def test_a_resolved_incident_has_no_rate_to_change(story: ChannelStory) -> None:
    (one,) = shown_card(story, "page on replica lag")
    with story.db.transaction() as session:
        incident: Incident = get_incident(session, story.incident_id)
        set_status(session, incident, Status.RESOLVED, "U1", story.clock.now())
    dismiss(story, one, "wrong")
    assert rate_of(story) == 1.0
