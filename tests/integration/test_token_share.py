"""A model is asked about conversations: a tenth of the tokens of one call for each message."""

from dataclasses import replace

from tests.evals.token_share import DEMO, TARGET, measure, played_from


def test_a_busy_conversation_of_our_own_costs_a_tenth_of_one_call_a_message() -> None:
    (played,) = played_from(DEMO)
    found = measure(replace(played, messages=played.messages[:60]))
    assert found.messages > 50
    assert 0 < found.calls < found.messages / 10
    assert 0 < found.share <= TARGET, found.as_line()
