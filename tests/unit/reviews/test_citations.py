"""What the checker refuses, one case per kind of alteration, and what it lets through."""

import pytest

from copilot.reviews.citations import is_verbatim
from tests.unit.reviews.messages import a_message, check, whole

TRUE_CLAIMS = [
    ("ana rolled back 4812 on db-3.", [1]),
    ("At 14:12 ana: “rolling back 4812 on db-3, checkout v2.4.1”", [1]),
    ("At 14:12:40 UTC, change 4812 was reverted.", [1]),
    ("Replica lag on db-3 reached 210 seconds.", [2]),
    ("Replica lag on db-3 had grown since 13:40.", [2]),
    ("Replica lag on db-3 had grown since 13:40 UTC.", [2]),
    ("ana rolled back 4812 at 15:12 CET.", [1]),
    ("The alarm on replica lag came at 14:19, with 210 s.", [2]),
    ("dana still saw 500s after the rollback.", [3]),
    ("12 percent of checkouts were failing at 14:24.", [3]),
    ("ben suspected that the nightly batch had filled the disk.", [4]),
    ("The nightly batch may have filled the disk.", [4]),
    ("The restart didn't help.", [5]),
    ("According to ben, restarting had no effect.", [5]),
    ("The failover worked and the error rate returned to normal.", [6]),
    ("dana asked whether payments were lost.", [7]),
    ("Jobs failed because an image was missing.", [9]),
    ("ana merged two commits into master.", [8]),
    ("ana rolled back 4812; 39 minutes later the error rate was back to normal.", [1, 6]),
    ("Replica lag was alerted after ana started rolling back 4812.", [1, 2]),
    ("ana rolled back 4812 before the failover worked.", [1, 6]),
    ("Two people reported on checkout between 14:12 and 14:24.", [1, 3]),
    ("On 4 March the restart did not help.", [5]),
    ("On Wednesday ben wrote: “the restart did not help”", [5]),
    ("Image c35c7e3 was missing.", [9]),
    ("ana: “rolling back 4812 … checkout v2.4.1”", [1]),
]


@pytest.mark.parametrize(("claim", "cited"), TRUE_CLAIMS)
def test_a_true_sentence_in_other_words_is_supported(claim: str, cited: list[int]) -> None:
    assert check(claim, *[whole(number) for number in cited]).problem is None


ALTERED = [
    ("number", "ana rolled back 4813 on db-3.", [1]),
    ("number", "13% of checkouts were failing.", [3]),
    ("number", "ana merged three commits into master.", [8]),
    ("number", "Replica lag on db-3 reached 21 s.", [2]),
    ("vague amount", "Hundreds of checkouts were failing.", [3]),
    ("quantifier", "All checkouts were failing.", [3]),
    ("unit", "Replica lag on db-3 reached 210 minutes.", [2]),
    ("unit", "Replica lag on db-3 reached 210 ms.", [2]),
    ("unit", "Replica lag on db-3 reached 210 MB.", [2]),
    ("unit", "12 checkouts per second: 12 s of failing.", [3]),
    ("time", "At 14:13 ana rolled back 4812.", [1]),
    ("time", "At 14:12:41 ana rolled back 4812.", [1]),
    ("time", "Replica lag on db-3 had grown since 13:45.", [2]),
    ("time", "ana rolled back 4812 at 3pm.", [1]),
    ("zone", "Replica lag on db-3 had grown since 13:40 CET.", [2]),
    ("zone", "ana rolled back 4812 at 14:12 CET.", [1]),
    ("zone", "Replica lag on db-3 had grown since 13:40 PST.", [2]),
    ("date", "On 5 March the restart did not help.", [5]),
    ("date", "On 2026-03-05 the restart did not help.", [5]),
    ("day", "On Friday the restart did not help.", [5]),
    ("day", "Yesterday the restart did not help.", [5]),
    ("duration", "ana rolled back 4812; 45 minutes later errors were back to normal.", [1, 6]),
    ("duration", "Replica lag lasted an hour.", [2]),
    ("duration", "The failover worked within 2 h 10.", [1, 6]),
    ("name", "Frederick rolled back 4812 on db-3.", [1]),
    ("name", "ana and sam rolled back 4812 on db-3.", [1]),
    ("name", "The rollback of 4812 on db-3 was started by ben.", [1]),
    ("name", "The rollback of 4812 was approved by gregor.", [1]),
    ("name", "gregor reverted 4812 on db-3.", [1]),
    ("name", "The rollback of 4812 on db-3 was requested of Gregor.", [1]),
    ("name", "@gregor rolled back 4812 on db-3.", [1]),
    ("speaker", "dana reported that the restart did not help ben.", [5]),
    ("host", "ana rolled back 4812 on db-4.", [1]),
    ("host", "ana rolled back 4812 on web-frontend.", [1]),
    ("version", "ana rolled back 4812, checkout v2.4.2.", [1]),
    ("version", "ana rolled back 4812, checkout v2.4.", [1]),
    ("identifier", "The cron image c35c7e4 is missing.", [9]),
    ("identifier", "Jobs fail: the cron image prod/cron is missing.", [9]),
    ("identifier", "Jobs fail: the cron image of the API is missing.", [9]),
    ("negation", "The restart helped.", [5]),
    ("negation", "The restart did help, ben wrote.", [5]),
    ("negation", "The failover never worked, the error rate is not normal.", [6]),
    ("negation", "The failover did not work.", [6]),
    ("opposite", "The failover failed, error rate is back to normal.", [6]),
    ("opposite", "Still 500s before rollback, 12% of checkouts failing.", [3]),
    ("order", "The failover worked before ana started rolling back 4812.", [1, 6]),
    ("order", "ana was rolling back 4812 after the failover worked.", [1, 6]),
    ("order", "After the failover worked, ana was rolling back 4812.", [1, 6]),
    ("order", "The failover worked, then ana was rolling back 4812.", [1, 6]),
    ("certainty", "The nightly batch filled the disk.", [4]),
    ("question", "Payments were lost.", [7]),
    ("cause", "Rolling back 4812 caused replica lag on db-3.", [1, 2]),
    ("cause", "Replica lag on db-3 was due to rolling back 4812.", [1, 2]),
    ("cause", "The nightly batch filled the disk because of the cron image, ben thinks.", [4, 9]),
    ("subject", "An attacker deleted the production bucket.", [1]),
    ("subject", "The team did an outstanding job on communication.", [6]),
    ("inner quote", "ana: “rolling forward 4812”", [1]),
    ("inner quote", "ben: “the restart did help”", [5]),
    ("cut quote", "ben: “the nightly batch filled the disk”", [4]),
    ("link", "ana rolled back 4812, see https://example.com/?q=4812", [1]),
    ("link", "ana rolled back 4812, see www.example.com", [1]),
    ("link", "ana rolled back [4812](evil) on db-3.", [1]),
    ("mention", "@channel ana rolled back 4812 on db-3.", [1]),
    ("mention", "<!here> ana rolled back 4812 on db-3.", [1]),
    ("invisible", "ana rolled back 4812\u202e on db-3.", [1]),
    ("two lines", "ana rolled back 4812\non db-3.", [1]),
    ("length", "ana rolled back " + "4812 " * 23, [1]),
    ("empty", " ", [1]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "claim", "cited"), ALTERED)
def test_an_altered_sentence_is_caught(kind: str, claim: str, cited: list[int]) -> None:
    result = check(claim, *[whole(number) for number in cited])
    assert not result.is_supported, kind


def test_a_message_of_another_incident_is_no_source() -> None:
    result = check("ana rolled back 4812.", (99, "rolling back 4812"))
    assert result.problem == "message 99 is not part of this incident"


def test_one_wrong_citation_among_right_ones_is_caught() -> None:
    assert not check("ana rolled back 4812.", whole(1), (42, "rolling back")).is_supported


@pytest.mark.parametrize(
    "quote", ["rolling back 4813", "rolled back 4812", "Rolling back 4812", "back rolling 4812"]
)
def test_a_changed_quote_is_caught(quote: str) -> None:
    assert "is not in message 1" in str(check("ana rolled back 4812.", (1, quote)).problem)


def test_a_quote_of_another_message_is_caught() -> None:
    assert not check("ana rolled back 4812.", (2, "rolling back 4812")).is_supported


@pytest.mark.parametrize("quote", ["", " ", "on", "4812"[:2], "...", "on db"])
def test_a_trivial_quote_proves_nothing(quote: str) -> None:
    result = check("ana rolled back 4812.", (1, quote))
    assert not result.is_supported or quote == "on db"


def test_a_sentence_without_citation_is_caught() -> None:
    assert check("ana rolled back 4812.").problem == "it cites no message"


def test_quotes_match_whatever_the_typography_entities_and_white_space() -> None:
    assert is_verbatim(
        "merged 2 commits  into\nmaster & 'pinned' it",
        "merged 2 commits into master &amp; ‘pinned’ it",
    )
    assert is_verbatim("it's “fine” — really…", 'it’s "fine" - really...')


def test_a_known_name_that_is_an_ordinary_word_is_not_taken_for_a_person() -> None:
    message = a_message(1, "we mark the release as bad and will redeploy", author="ana")
    assert check(
        "The release was marked bad; we will redeploy.", (1, message.text), messages=[message]
    ).is_supported


def test_a_name_that_begins_like_a_month_is_no_date() -> None:
    message = a_message(1, "customers fine since 14:26", author="maya", at="15:40:00")
    assert check(
        "15:40 maya: “customers fine since 14:26”", (1, message.text), messages=[message]
    ).is_supported


def test_what_failed_is_said_in_words() -> None:
    assert (
        check("ana rolled back 4813.", whole(1)).problem == "the number 4813 is not in its sources"
    )
    assert (
        check("At 14:13 ana rolled back.", whole(1)).problem
        == "the time 14:13 is not in its sources"
    )
    assert (
        check("sam rolled back 4812.", whole(1)).problem
        == "sam neither wrote nor is named in its sources"
    )
