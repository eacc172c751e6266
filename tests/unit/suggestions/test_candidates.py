import pytest

from copilot.ports import Quote
from copilot.suggestions.candidates import (
    are_alike,
    essence_of,
    is_same_work,
    likeness,
    merge_alike,
)
from tests.unit.suggestions.builders import a_candidate


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add an alert on replica lag", "add alert on the replica lag!"),
        ("Add an alert on replica lag above 30 s", "Alert on replica lag above 45s"),
        ("Restart cron on db-3.prod.example.com", "restart cron on db-17.prod.example.org"),
        ("Update https://wiki.example.com/runbook step", "Update https://example.org/x step"),
        ("Add alarms for replica lag", "create an alert for replica lag"),
        ("Replica lag: add alert", "add an alert for the replica lag"),
        ("Fix the stale runbook step 4", "Fix stale runbook steps"),
        ("File a ticket for PR #4812", "file an issue for pr 4812"),
        ("Write the postmortem", "write up the post-mortem"),
        (
            "Add a memory limit to prow deck",
            "Add a memory limit to prow deck before the next bump",
        ),
    ],
)
def test_one_piece_of_work_told_twice_is_one(one: str, other: str) -> None:
    assert is_same_work(essence_of(one), essence_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add a memory limit to prow deck", "Add a memory limit to prow hook"),
        ("Add alert on replica lag", "Add alert on disk usage"),
        ("Revert #4812", "Revert #4813"),
        ("Close OPS-12 for the gateway", "Close OPS-13 for the gateway"),
        ("Write the runbook", "Write the status page update"),
        ("Remove the feature flag", "Document the failover"),
    ],
)
def test_different_work_stays_apart(one: str, other: str) -> None:
    assert not is_same_work(essence_of(one), essence_of(other))


def test_one_message_makes_different_words_suspicious() -> None:
    one, other = essence_of("Page on replica lag"), essence_of("Alert on replicas that lag behind")
    assert not is_same_work(one, other)
    assert is_same_work(one, other, share_message=True)


def test_numbers_hosts_and_addresses_lose_their_value() -> None:
    assert essence_of("Cap db3.example.com at 30%").text == "0 cap host"
    assert essence_of("see https://x.example/y?z=1 now").text == "now see url"


def test_a_title_of_nothing_but_small_words_has_no_essence() -> None:
    assert essence_of("let us do it").words == frozenset()
    assert likeness(essence_of("let us do it"), essence_of("")) == 100


def test_the_fingerprint_ignores_order_and_small_words() -> None:
    assert (
        essence_of("add an alert on replica lag").fingerprint
        == essence_of("Replica lag: alert!").fingerprint
    )


def test_merging_keeps_the_surest_and_gathers_the_evidence() -> None:
    weak = a_candidate(
        title="page on the replica lag",
        confidence=0.6,
        owner_id="U2",
        due="by Friday",
        evidence=(Quote(2, "replica lag again"), Quote(1, "page on replica lag")),
    )
    sure = a_candidate(confidence=0.9, is_done=True)
    other = a_candidate(title="Write the runbook", number=3, quote="runbook")
    merged = merge_alike([weak, other, sure])
    assert [one.title for one in merged] == ["Page on replica lag", "Write the runbook"]
    assert merged[0].confidence == 0.9
    assert (merged[0].owner_id, merged[0].due, merged[0].is_done) == ("U2", "by Friday", True)
    assert [quote.number for quote in merged[0].evidence] == [1, 2]


def test_quoting_the_same_message_brings_candidates_together() -> None:
    one = a_candidate(title="Page on replica lag")
    other = a_candidate(title="Alert on replicas that lag behind")
    assert are_alike(one, other)
    assert not are_alike(one, a_candidate(title="Alert on replicas that lag behind", number=2))
