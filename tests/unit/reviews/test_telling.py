from datetime import UTC, datetime, timedelta

from copilot.ports import WindowMessage
from copilot.reviews.telling import is_heard, most_telling_lines

START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def said(
    number: int, text: str, *, by: str = "ana", is_bot: bool = False, is_key_moment: bool = False
) -> WindowMessage:
    return WindowMessage(
        number=number,
        event_id=number,
        revision_id=number,
        author_id=by,
        author_name=by,
        text=text,
        occurred_at=START + timedelta(minutes=number),
        message_ts=f"{number}.000000",
        thread_ts=None,
        is_bot=is_bot,
        is_new=False,
        is_key_moment=is_key_moment,
    )


def told(*messages: WindowMessage, limit: int = 8) -> list[str]:
    return [line.text for line in most_telling_lines(messages, limit)]


def test_what_matters_is_told_in_order_and_small_talk_is_not() -> None:
    assert told(
        said(1, "error rate on checkout is at 30%, customers can't pay"),
        said(2, "hi all"),
        said(3, "rolling back deploy 4812", by="ben"),
        said(4, "thx"),
        said(5, "the rollback fixed it, error rate is back to normal"),
    ) == [
        "error rate on checkout is at 30%, customers can't pay",
        "rolling back deploy 4812",
        "the rollback fixed it, error rate is back to normal",
    ]


def test_what_a_person_marked_comes_before_what_seems_to_matter() -> None:
    plain = said(1, "Maria has joined the bridge now", is_key_moment=True)
    others = [said(n, f"rolling back deploy {n} fixed checkout errors {n}") for n in range(2, 12)]
    assert told(plain, *others, limit=2)[0] == "Maria has joined the bridge now"


def test_a_repetition_is_not_told_twice() -> None:
    again = [said(n, "error rate on checkout is at 30% and customers can't pay") for n in (1, 2, 3)]
    assert len(told(*again)) == 1


def test_every_line_is_a_verbatim_part_of_its_message() -> None:
    messages = [
        said(n, f"ok so the deploy {n} broke db-{n}. rolling back. we should page on this :fire:")
        for n in range(1, 30)
    ]
    for line in most_telling_lines(messages, 8):
        assert line.text in line.message.text


def test_of_bots_alerts_are_heard_and_chatter_is_not() -> None:
    assert is_heard(said(1, "ALERT: replica lag 210 s on db-3", is_bot=True))
    assert is_heard(said(1, "[FIRING:1] ReplicaLagHigh on db-3", is_bot=True))
    assert is_heard(said(1, "[RESOLVED] ReplicaLagHigh on db-3", is_bot=True))
    assert not is_heard(said(1, "build 77 passed", is_bot=True))
    assert is_heard(said(1, "build 77 passed"))


def test_nothing_said_tells_nothing() -> None:
    assert told() == []
    assert told(said(1, "ok")) == []
