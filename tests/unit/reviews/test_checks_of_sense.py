"""What people say in other words is no contradiction: lacks, questions, guesses, order, turns."""

import time

import pytest

from copilot.ports import Quote
from copilot.reviews.citations import check_claim
from tests.unit.reviews.messages import NAMES, a_message


def problem(claim: str, *said: str) -> str | None:
    messages = {at: a_message(at, text, at=f"14:{at:02}:00") for at, text in enumerate(said, 1)}
    quotes = [Quote(at, text) for at, text in enumerate(said, 1)]
    return check_claim(claim, quotes, messages, NAMES, strict=False, max_words=60).problem


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Nothing was wrong with db-3.", ("db-3 is fine",)),
        ("The alias had no documents in it.", ("alias has 0 docs",)),
        ("The backup job could not connect.", ("backup job: connection refused",)),
        ("Nobody had touched the config.", ("anyone touch the config?", "not me")),
        ("An alert for it did not exist yet.", ("alert for it is still to be done",)),
        ("There was no objection to the rollback.", ("rollback ok for all?", "fine by me")),
        ("The deploy was unaware of the job.", ("deploy didn't know of the job",)),
        ("Storage had not suffered.", ("storage ok",)),
        ("The queue did not rise above 61%.", ("queue peaked at 61%, fine",)),
        ("The totals did not differ from the ledger.", ("totals match the ledger",)),
        ("The feature store gave nothing but zeros.", ("feature store returns all zeros",)),
        ("The fault lay in the blocks, not the inodes.", ("inodes or blocks?", "blocks")),
        ("db-3 could not be reached.", ("20 done, db-3 unreachable",)),
        ("No pod used 1.2 GB or more.", ("every pod under 1.2 GB",)),
        ("The change was not taken up that day.", ("suggest 4h", "wont change that today")),
        ("Not one runner was missing.", ("runners online: 40/40",)),
        ("db-3 could not complete a handshake.", ("db-3 signs orders. gets handshake failure",)),
        (
            "db-3 could not be promised a circuit before Tuesday.",
            ("db-3: tuesday at the earliest",),
        ),
        ("The report of db-3 would not slip.", ("report of db-3 goes out as planned",)),
        (
            "No purge had run since, the job off and never enabled again.",
            ("purge last ran 9 nov. job was disabled and nobody put it back",),
        ),
        (
            "Ana locked db-3 after ben told everyone not to apply.",
            ("db-3 will be made anew. NOBODY APPLY, ben", "locked db-3"),
        ),
        (
            "The table was not in place until 95 minutes after the run began.",
            ("table loaded at 03:05, the run began 01:30",),
        ),
        (
            "Ana suspended the nine, as the figures could not support a decision.",
            ("ana here: pausing the 9, no decision can rest on this data",),
        ),
        ("They did not ask to be credited.", ("they don't ask for credit",)),
    ],
)
def test_a_not_may_be_carried_by_other_words(claim: str, said: tuple[str, ...]) -> None:
    assert problem(claim, *said) is None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The rollback was not done.", ("rollback is done, errors are gone",)),
        ("The disk of db-3 was not full.", ("db-3 disk full",)),
        ("The backup job connected.", ("backup job didn't connect",)),
        ("db-3 never restarted.", ("restarted db-3",)),
        ("Once the lock had not been removed, db-3 was up.", ("removed the lock", "db-3 up")),
        ("The northern depot was not unaffected.", ("northern depot is fine",)),
        ("The arm was not stuck at slot 214.", ("arm stuck at slot 214",)),
    ],
)
def test_what_a_source_says_is_not_denied(claim: str, said: tuple[str, ...]) -> None:
    assert problem(claim, *said) is not None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Ana had the limit raised to 5000.", ("ana: raising the limit to 5000 now", "done")),
        ("The prune job runs at night.", ("is there a prune job at night?", "yes, there is")),
        ("By then the cache was cold.", ("cache is cold", "cache warms up")),
        ("Ana raised the limit, after which the queue emptied.",
         ("ana: raised the limit", "queue emptied")),
        ("Queries timed out after each restart.", ("restart", "queries time out")),
        ("The job ended free of errors.", ("job OK, 0 errors",)),
        ("After two hours 8.4.1 was free of crashes, and no trace had recurred.",
         ("8.4.1 crash free after 2h, no traces",)),
        ("Ana agreed to renew the accounts after breakfast.",
         ("accounts expire, can you renew those", "will do after breakfast")),
        ("Two nodes stayed stuck after the rollback was through, and ana restarted both.",
         ("rollback finished", "two nodes still stuck", "restarting both")),
        ("Ana dated the start of the 26 after 06:50; errors rose from 06:47.",
         ("those 26 started after 06:50", "elevated errors since 06:47")),
        ("Calls about the login fell from 38 to none nearly an hour later.",
         ("38 calls about the login in 10 min", "0 calls about the login")),
        ("The call came 45 minutes after the reboot of db-3.",
         ("callers can't hear", "db-3 rebooted 13:17 after the upgrade")),
    ],
)  # fmt: skip
def test_no_turn_is_seen_where_there_is_none(claim: str, said: tuple[str, ...]) -> None:
    found = problem(claim, *said)
    assert found is None or "not in its sources" in found or "say nothing of" in found


@pytest.mark.parametrize("letters", ["last a " * 6_000, "un" * 20_000, "not all " * 5_000])
def test_lacks_are_found_in_little_time(letters: str) -> None:
    started = time.perf_counter()
    problem("The disk was not full.", letters)
    assert time.perf_counter() - started < 2
