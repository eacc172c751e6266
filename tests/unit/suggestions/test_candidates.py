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
        ("Page on replica lag", "Alert on replicas that lag behind"),
        ("Rotate the certs of the gateway", "Rotate gateway certificates"),
        ("Document the failover of db-3", "Add docs on the db-3 failover"),
        ("Bring step 4 of the db runbook up to poolctl", "Update db runbook step 4 to poolctl"),
        ("Raise the connection limit on db-2 to 600", "raise connection limits on db-2 to 800"),
        ("Check backups of cache.example.com", "check the backup of cache.example.org"),
        ("Open a bug about the flaky probe", "File a ticket for the flaky probe"),
        ("Add retries to the webhook sender", "add a retry to the webhook sender"),
        ("Email the affected customers", "Send an e-mail to the affected customers"),
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
        ("Restart cron on db-3.prod.example.com", "restart cron on db-17.prod.example.org"),
        ("Move db-3 back to the fast volume", "Move db-4 back to the fast volume"),
        ("Fix step 4 of the db runbook", "Fix step 5 of the db runbook"),
        ("Write up why 4812 was slow", "Write up why 4813 was slow"),
        ("Review PR 118 for the gateway", "Review PR 119 for the gateway"),
        ("Add an alert on replica lag", "Add a dashboard for replica lag"),
        ("Test the failover runbook", "Translate the failover runbook"),
        ("Rotate the signing keys", "Rotate the deploy keys"),
        ("Mail the customers in the EU", "Mail the customers in the US"),
        ("Raise the memory limit of hook", "Raise the memory limit of deck"),
        ("Document the new quota", "Raise the new quota"),
        ("Remove the feature flag", "Document the failover"),
    ],
)
def test_different_work_stays_apart(one: str, other: str) -> None:
    assert not is_same_work(essence_of(one), essence_of(other))


def test_one_message_makes_different_words_suspicious() -> None:
    one, other = essence_of("Page on replica lag"), essence_of("Watch replicas fall behind")
    assert not is_same_work(one, other)
    near = essence_of("Page on lag of the primary")
    assert not is_same_work(one, near)
    assert is_same_work(one, near, share_message=True)


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
    other = a_candidate(title="Page on lag of the primary")
    assert are_alike(one, other)
    assert not are_alike(one, a_candidate(title="Page on lag of the primary", number=2))
