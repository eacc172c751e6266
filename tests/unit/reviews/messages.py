"""Builders of messages and claims for the tests of reviews."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from copilot.ports import Quote, WindowMessage
from copilot.reviews.citations import Check, check_claim

STARTED_AT = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def a_message(
    number: int,
    text: str,
    *,
    author: str = "ana",
    at: str = "14:12:00",
    thread_ts: str | None = None,
    is_bot: bool = False,
    reactions: tuple[str, ...] = (),
) -> WindowMessage:
    hour, minute, second = (int(part) for part in at.split(":"))
    occurred_at = STARTED_AT.replace(hour=0) + timedelta(hours=hour, minutes=minute, seconds=second)
    return WindowMessage(
        number=number,
        event_id=number + 100,
        revision_id=number + 200,
        author_id=f"U{author.upper().replace(' ', '')}",
        author_name=author,
        text=text,
        occurred_at=occurred_at,
        message_ts=f"{int(occurred_at.timestamp())}.{number:06}",
        thread_ts=thread_ts,
        is_bot=is_bot,
        is_new=True,
        reactions=reactions,
    )


MESSAGES = (
    a_message(1, "rolling back 4812 on db-3, checkout v2.4.1", author="ana", at="14:12:40"),
    a_message(
        2, "replica lag 210 s on db-3 since 13:40", author="alertbot", at="14:19:02", is_bot=True
    ),
    a_message(
        3, "still 500s after rollback, 12% of checkouts are failing", author="dana", at="14:24:00"
    ),
    a_message(4, "I think the nightly batch filled the disk", author="ben", at="14:30:00"),
    a_message(5, "the restart did not help", author="ben", at="14:35:00"),
    a_message(6, "error rate is back to normal, the failover worked", author="ana", at="14:51:10"),
    a_message(7, "can somebody check whether payments were lost?", author="dana", at="14:53:00"),
    a_message(
        8, "<@U2> merged 2 commits into master &amp; ‘pinned’ it", author="ana", at="14:54:00"
    ),
    a_message(
        9, "jobs fail because the cron image c35c7e3 is missing", author="ben", at="14:55:00"
    ),
)
NAMES = ("ana", "ben", "dana", "alertbot", "Frederick Mayer", "sam")


def check(
    claim: str, *citations: tuple[int, str], messages: Sequence[WindowMessage] = MESSAGES
) -> Check:
    return check_claim(
        claim,
        [Quote(number, quote) for number, quote in citations],
        {message.number: message for message in messages},
        NAMES,
    )


def whole(number: int) -> tuple[int, str]:
    return number, MESSAGES[number - 1].text
