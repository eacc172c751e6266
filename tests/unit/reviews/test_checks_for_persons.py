"""What is asked of a machine's sentence and what of a person's own words."""

from datetime import UTC

import pytest

from copilot.ports import Quote
from copilot.reviews.checking import Checker
from copilot.reviews.citations import MOST_CITED, MOST_CITED_BY_PERSONS, check_claim
from copilot.reviews.words import content_stems
from tests.unit.reviews.messages import NAMES, a_message


def problem(claim: str, *said: str, strict: bool) -> str | None:
    messages = {at: a_message(at, text, at=f"14:{at:02}:00") for at, text in enumerate(said, 1)}
    quotes = [Quote(at, text) for at, text in enumerate(said, 1)]
    return check_claim(claim, quotes, messages, NAMES, strict=strict, max_words=60).problem


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The noise kept the night shift awake; 12 hosts hung.", "12 hosts hung"),
        ("Twelve customers were hit as 12 hosts hung.", "12 hosts hung"),
        (
            "Since its SMART data showed no trouble, db-3 was left in.",
            "smart of db-3 clean, stays in",
        ),
    ],
)
def test_a_person_may_put_it_freely(claim: str, said: str) -> None:
    assert problem(claim, said, strict=False) is None
    assert problem(claim, said, strict=True) is not None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("13 hosts hung.", "12 hosts hung"),
        ("No data was lost.", "data was lost"),
        ("Nobody was paged.", "ben was paged"),
        ("db-3 was not restarted before the failover.", "db-3 was restarted before the failover"),
        ("On Monday db-3 hung.", "db-3 hung, monitoring shows it"),
        ("db-3 hung on 12 March.", "db-3 hung, 12 errors"),
        ("db-3 hung on 1 February.", "db-3 hung, error 0201"),
        ("db-3 was back at 14:00.", "db-3 down for 2 hours"),
        ("db-3 hung at 14:25.", "db-3 hung, 1425 errors"),
        ("db-3 was down for 20 minutes.", "db-3 down, errors in 20 pods"),
        ("db-4 hung.", "db-3 and 4 others hung"),
        ("lb-5 hung.", "lb-3 hung, to 5 min lag"),
        ("db-3 hung two months later.", "db-3 hung, may be an outage later"),
        ("The lag of db-3 doubled.", "the lag of db-3 is there again"),
        ("It was ana's fault.", "I deployed the change"),
        ("12 hosts hung for 20 minutes.", "12 hosts hung"),
        ("db-4 hung.", "db-3 hung"),
        ("Ottokar restarted db-3.", "restarted db-3"),
        ("db-3 was not restarted.", "restarted db-3"),
        ("An attacker restarted db-3.", "restarted db-3"),
        ("db-3 was restarted, verified by ana.", "ok, restarted db-3"),
        ("db-3 was restarted because of the heatwave.", "restarted db-3"),
        ("“restarted all of them”, ana wrote.", "restarted db-3"),
        ("Everybody was locked out of db-3.", "locked out of db-3"),
    ],
)
def test_hard_facts_hold_for_everybody(claim: str, said: str) -> None:
    assert problem(claim, said, strict=False) is not None
    assert problem(claim, said, strict=True) is not None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The failover of db-3 failed the second time.", "failover of db-3 worked the second time"),
        ("The patch of db-3 is written.", "the patch of db-3 is not written"),
        ("db-3 ran out of disk during the export.", "maybe db-3 ran out of disk during the export"),
    ],
)
def test_close_retelling_is_held_to_the_sense(claim: str, said: str) -> None:
    assert problem(claim, said, strict=False) is not None
    assert problem(claim, said, strict=True) is not None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Ana repaired the broken timer by its --filter syntax.", "timer fixed, it was --filter"),
        ("Its hourly refresh on db-3 had yet to be written.", "db-3: refresh is not written yet"),
        ("db-3 was reached by a backup tunnel.", "db-3 answers, over the fallback tunnel"),
        ("An attack of 410,000 requests a second hit db-3.", "DDoS: 410k rps on db-3"),
        ("Terminal 2 was at 248 degrees Fahrenheit.", "T2 at 248F"),
        ("A Let's Encrypt certificate was proposed for db-3.", "db-3: take a letsencrypt cert?"),
        ("IPv6 was back at 97%.", "97% OK (v6)"),
        ("Path MTU discovery was suspected on db-3.", "db-3 smells like PMTUD"),
        ("The signal on db-3 was 8 dB weaker.", "db-3: -19 dBm, was -11 before"),
        ("The index of db-3 took seven minutes fewer.", "db-3: eta was 25 min, took 18 min"),
        ("Rows came in from db-3 at roughly 190 every second.", "about 190 inserts/s from db-3"),
        ("Policy would be breached on db-3 at six.", "db-3: out of policy at 18:00"),
        ("db-3 returned after two and a quarter hours.", "db-3 back after 2h15"),
        ("Credentials for db-3 were requested per query.", "db-3: fresh creds on every query"),
        ("The file of db-3 had grown from 900 KB to 41 MB.", "db-3: 41 MB, used to be 900 KB"),
        ("17 and 22 were flagged NotReady.", "NodeNotReady: db-17 and db-22"),
        ("db-3 had a memory-module fault.", "db-3: dimm error, memory is the fault"),
        ("The 1,655-unit push to db-3 began.", "pushing to db-3, 1,655 units"),
        ("db-3 had half the heap of the others.", "db-3 still has Xmx8g, the rest 16g"),
        ("Its cache hit ratio on db-3 had more than halved.", "db-3 hit ratio 41%, usually 94"),
        ("The stock of O-negative at db-3 was low.", "db-3: O-neg low"),
        ("Billing of db-3 ended inside the seven o'clock SLA.", "db-3 billing done, SLA is 7"),
        ("The limit was a minute's rather than a second's on db-3.", "db-3: per MINUTE, not per s"),
        ("Retirement of the old db-3 screen was due on Monday.", "db-3 will go on monday"),
    ],
)
def test_own_words_may_differ(claim: str, said: str) -> None:
    assert problem(claim, said, strict=False) is None


def test_who_of_the_authors_did_it_a_person_answers_for() -> None:
    said = ["script sets the date and rolls back to 5.1.7, tried it on 3 units", "do it for all"]
    messages = {1: a_message(1, said[0], author="ben"), 2: a_message(2, said[1], author="ana")}
    quotes = [Quote(1, said[0]), Quote(2, said[1])]
    claim = "Ana wanted the script to set the date and roll back to 5.1.7 everywhere."
    of_a_person = check_claim(claim, quotes, messages, NAMES, strict=False, max_words=60)
    assert of_a_person.problem is None


def test_a_sentence_rests_on_few_messages() -> None:
    said = [f"db-3 restarted, attempt {at}" for at in range(1, MOST_CITED_BY_PERSONS + 2)]
    claim = "db-3 restarted."
    assert problem(claim, *said[:MOST_CITED], strict=True) is None
    assert "cite those" in str(problem(claim, *said[: MOST_CITED + 1], strict=True))
    assert problem(claim, *said[:MOST_CITED_BY_PERSONS], strict=False) is None
    assert "cite those" in str(problem(claim, *said, strict=False))


def test_who_is_hit_stands_in_a_message_about_it() -> None:
    said = ["checkout is broken", "ana here", "lunch for everybody", "customers like the new logo"]
    assert problem("Checkout broke for everybody.", *said, strict=False) is not None
    assert problem("Checkout broke for customers.", *said, strict=False) is not None
    said[2] = "checkout is broken for everybody"
    assert problem("Checkout broke for everybody.", *said, strict=False) is None


def test_a_machines_sentence_stays_one_however_it_is_spelt() -> None:
    drafted = frozenset(content_stems("Finance will correct the 640 invoices."))
    checker = Checker(frozenset(NAMES), UTC, (drafted,))
    assert checker.is_machines("FINANCE, correct 640 invoices!")
    assert checker.is_machines("So then: finance corrects the 640 invoices now.")
    assert not checker.is_machines("Finance sends credit notes for 640 bills.")
