"""When what happened, from records, messages and people, and how long it took."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.reviews.milestones import (
    AROUND,
    LEAD_IN,
    Milestone,
    Milestones,
    Origin,
    Records,
    Told,
    acknowledged_by,
    detected_in,
    is_alert,
    milestones,
)
from copilot.reviews.vocabulary import MilestoneKind

AT_TWO = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
KINDS = list(MilestoneKind)


def told(minute: float, text: str = "", *, person: str | None = "ana", bot: bool = False) -> Told:
    at = AT_TWO + timedelta(minutes=minute)
    ts = f"{int(at.timestamp())}.000100" if text else None
    link = f"https://acme.slack.com/archives/C1/p{ts}" if ts else None
    return Told(int(minute * 60) + 7200, at, person, ts, link, text, bot)


def alert(minute: float, text: str = "[FIRING:1] CheckoutErrors above 5%") -> Told:
    return told(minute, text, person="pager", bot=True)


def said(kind: MilestoneKind, minute: float) -> Milestone:
    at = AT_TWO + timedelta(minutes=minute)
    return Milestone(kind, at, Origin.PERSON, "as a person said", person="ben", why="graph")


RECORDS = Records(
    declared=told(10), mitigated=told(49), resolved=told(80), commanded=[told(12, person="dana")]
)


class TestDetected:
    def test_it_is_the_first_alert_of_a_bot(self) -> None:
        messages = [told(1, "errors are up"), alert(5), alert(3), alert(8)]
        assert detected_in(RECORDS, messages, AT_TWO) == alert(3)

    @pytest.mark.parametrize(
        "text",
        [
            "[RESOLVED] CheckoutErrors above 5%",
            "Recovered: error rate is below 1 %",
            "shipped indexer 3.12 to production",
            "good morning",
        ],
    )
    def test_an_all_clear_or_small_talk_of_a_bot_is_no_alert(self, text: str) -> None:
        assert not is_alert(alert(1, text))

    def test_a_person_who_writes_like_an_alert_is_no_alert(self) -> None:
        assert not is_alert(told(1, "[FIRING:1] CheckoutErrors above 5%"))

    def test_an_alert_long_before_or_after_the_declaration_is_another_ones(self) -> None:
        declared = RECORDS.declared
        assert declared is not None
        early = Told(1, declared.at - LEAD_IN - timedelta(seconds=1), text="firing", is_bot=True)
        late = Told(2, declared.at + AROUND + timedelta(seconds=1), text="firing", is_bot=True)
        assert detected_in(RECORDS, [early, late], AT_TWO) is None

    def test_without_a_declaration_it_is_looked_for_where_the_timeline_begins(self) -> None:
        assert detected_in(Records(), [alert(2), alert(9)], AT_TWO) == alert(2)


class TestAcknowledged:
    def test_the_first_answer_counts_whoever_gave_it(self) -> None:
        assert acknowledged_by(RECORDS, told(6, "looking"), alert(3)) == told(6, "looking")
        assert acknowledged_by(RECORDS, told(30, "looking"), alert(3)) == RECORDS.declared
        by_commander = acknowledged_by(Records(commanded=[told(12)]), told(13, "hi"), alert(3))
        assert by_commander == told(12)

    def test_what_came_before_the_alert_is_no_answer_to_it(self) -> None:
        assert acknowledged_by(RECORDS, None, alert(11)) == RECORDS.commanded[0]

    def test_without_an_alert_the_first_commander_took_it_on(self) -> None:
        assert acknowledged_by(RECORDS, told(6, "looking"), None) == RECORDS.commanded[0]
        assert acknowledged_by(Records(), None, None) is None

    def test_a_record_that_names_nobody_is_no_answer(self) -> None:
        assert acknowledged_by(Records(declared=told(4, person=None)), None, alert(3)) is None


class TestTogether:
    def test_each_says_where_it_is_from(self) -> None:
        answered = told(6, "looking")
        found = milestones(RECORDS, detected=alert(3), acknowledged=answered).found
        assert list(found) == [kind for kind in KINDS if kind != MilestoneKind.STARTED]
        assert found[MilestoneKind.DETECTED].origin is Origin.MESSAGE
        assert found[MilestoneKind.DETECTED].permalink == alert(3).permalink
        assert found[MilestoneKind.MITIGATED].origin is Origin.RECORD
        assert found[MilestoneKind.MITIGATED].event_id == told(49).event_id
        assert "monitoring" in found[MilestoneKind.MITIGATED].rule

    def test_an_acknowledgement_says_what_it_was(self) -> None:
        def rule(acknowledged: Told) -> str:
            found = milestones(RECORDS, acknowledged=acknowledged).found
            return found[MilestoneKind.ACKNOWLEDGED].rule

        assert "message" in rule(told(6, "looking"))
        assert "commander" in rule(RECORDS.commanded[0])
        assert "declared" in rule(told(10))

    def test_a_persons_word_stands_before_the_records(self) -> None:
        found = milestones(RECORDS, said={MilestoneKind.RESOLVED: said(MilestoneKind.RESOLVED, 70)})
        resolved = found.found[MilestoneKind.RESOLVED]
        assert (resolved.origin, resolved.person, resolved.why) == (Origin.PERSON, "ben", "graph")

    def test_an_import_has_nothing_until_a_person_says_so(self) -> None:
        nothing = milestones(Records())
        assert nothing.found == {}
        assert [each.length for each in nothing.durations] == [None] * 4
        assert nothing.problems == ()


def of_minutes(**minutes: float) -> Milestones:
    kinds = {MilestoneKind(name): minute for name, minute in minutes.items()}
    return milestones(Records(), said={kind: said(kind, at) for kind, at in kinds.items()})


class TestDurations:
    def test_each_is_from_one_named_milestone_to_another(self) -> None:
        whole = of_minutes(
            started=0, detected=3, acknowledged=6, declared=10, mitigated=49, resolved=80
        )
        assert [(d.name, d.length) for d in whole.durations] == [
            ("time_to_detect", timedelta(minutes=3)),
            ("time_to_acknowledge", timedelta(minutes=3)),
            ("time_to_mitigate", timedelta(minutes=49)),
            ("time_to_resolve", timedelta(minutes=80)),
        ]
        assert [(d.since, d.until) for d in whole.durations][2] == (
            MilestoneKind.STARTED,
            MilestoneKind.MITIGATED,
        )

    def test_one_with_a_missing_end_is_none_and_says_which(self) -> None:
        detect, acknowledge, mitigate, _ = of_minutes(detected=3, mitigated=49).durations
        assert (detect.length, detect.missing) == (None, (MilestoneKind.STARTED,))
        assert acknowledge.missing == (MilestoneKind.ACKNOWLEDGED,)
        assert mitigate.missing == (MilestoneKind.STARTED,)

    def test_a_negative_one_is_a_problem_and_no_number(self) -> None:
        wrong = of_minutes(started=60, detected=3, mitigated=49)
        assert [each.length for each in wrong.durations] == [None] * 4
        assert wrong.durations[0].problem == (
            "Started is later than detected; one of these times is wrong."
        )
        assert wrong.problems == (
            "Started is later than detected and mitigated; one of these times is wrong.",
        )

    def test_declaring_before_the_alert_is_no_problem(self) -> None:
        assert of_minutes(declared=1, detected=3).problems == ()


@given(st.dictionaries(st.sampled_from(KINDS), st.integers(-500, 500)))
def test_a_duration_is_never_negative_and_exactly_between_its_ends(
    minutes: dict[MilestoneKind, int],
) -> None:
    whole = milestones(Records(), said={kind: said(kind, at) for kind, at in minutes.items()})
    assert list(whole.found) == [kind for kind in KINDS if kind in minutes]
    for duration in whole.durations:
        ends = [minutes.get(duration.since), minutes.get(duration.until)]
        since, until = ends
        if since is None or until is None:
            assert duration.length is None
            assert duration.missing
            assert duration.problem is None
        elif until < since:
            assert duration.length is None
            assert duration.problem
            assert any(p.startswith(duration.since.capitalize()) for p in whole.problems)
        else:
            assert duration.length == timedelta(minutes=until - since)


@given(st.lists(st.tuples(st.integers(-300, 300), st.booleans(), st.booleans()), max_size=30))
def test_what_is_detected_is_the_earliest_alert_and_answered_by_something_later(
    posts: list[tuple[int, bool, bool]],
) -> None:
    messages = [alert(minute) if bot else told(minute, "hm") for minute, bot, _ in posts]
    detected = detected_in(RECORDS, messages, AT_TWO)
    if detected is not None:
        assert is_alert(detected)
        near = [m for m in messages if is_alert(m) and m.at >= AT_TWO - timedelta(minutes=110)]
        assert detected.at == min(m.at for m in near)
    spoken = next((m for m in messages if not m.is_bot), None)
    answer = acknowledged_by(RECORDS, spoken, detected)
    assert answer is None or detected is None or answer.at >= detected.at
