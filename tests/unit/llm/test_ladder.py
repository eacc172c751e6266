from datetime import timedelta

from copilot.llm.ladder import FIRST_REMEMBERED_FOR, Ladder, Manner, Rung

FORMAT = frozenset({"response_format"})


class Watch:
    def __init__(self) -> None:
        self.shows_s = 0.0

    def __call__(self) -> float:
        return self.shows_s

    def passes(self, time: timedelta) -> None:
        self.shows_s += time.total_seconds()


def test_each_complaint_about_the_format_goes_one_rung_down() -> None:
    manner: Manner | None = Manner()
    rungs = []
    while manner is not None:
        rungs.append(manner.rung)
        manner = manner.without(FORMAT)
    assert rungs == list(Rung)


def test_what_is_not_taken_is_left_out_or_named_otherwise() -> None:
    found = Manner().without(frozenset({"max_tokens", "temperature", "system"}))
    assert found == Manner(
        length_parameter="max_completion_tokens", has_temperature=False, has_system=False
    )


def test_a_complaint_about_what_is_not_asked_for_helps_nobody() -> None:
    assert Manner().without(frozenset({"max_completion_tokens"})) is None
    assert Manner(rung=Rung.PLAIN_TEXT).without(FORMAT) is None


def test_what_worked_is_remembered_and_the_top_tried_again_after_a_while() -> None:
    watch = Watch()
    ladder = Ladder(Manner(), watch)
    lower = Manner(rung=Rung.JSON_OBJECT, has_temperature=False)
    ladder.worked(lower)
    assert ladder.manner() == lower
    watch.passes(FIRST_REMEMBERED_FOR)
    assert ladder.manner() == Manner(has_temperature=False)


def test_an_endpoint_that_stays_the_same_is_tried_ever_more_rarely() -> None:
    watch = Watch()
    ladder = Ladder(Manner(), watch)
    lower = Manner(rung=Rung.JSON_OBJECT)
    ladder.worked(lower)
    watch.passes(FIRST_REMEMBERED_FOR)
    ladder.worked(lower)
    watch.passes(FIRST_REMEMBERED_FOR)
    assert ladder.manner() == lower
    watch.passes(FIRST_REMEMBERED_FOR)
    assert ladder.manner() == Manner()


def test_an_endpoint_that_has_learned_schemas_is_asked_for_them() -> None:
    watch = Watch()
    ladder = Ladder(Manner(), watch)
    ladder.worked(Manner(rung=Rung.PLAIN_TEXT))
    watch.passes(FIRST_REMEMBERED_FOR)
    ladder.worked(ladder.manner())
    assert ladder.manner() == Manner()
