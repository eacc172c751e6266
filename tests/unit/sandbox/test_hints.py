"""The sandbox may not import the product's words, so this keeps the two in step."""

from copilot.sandbox.workspace import COMMAND_HINTS
from copilot.slack.command_words import WORDS


def test_the_page_offers_every_command_and_no_other() -> None:
    assert {usage.split()[0] for usage, _ in COMMAND_HINTS} == set(WORDS)
