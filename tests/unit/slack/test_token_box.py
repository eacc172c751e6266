import logging

import pytest

from copilot.errors import BadInputError, TemporaryError
from copilot.slack.oauth_app import Grant, Tokens
from copilot.slack.token_box import TokenBox, new_key
from copilot.workspaces.installations import SealedTokens

TOKEN = "xoxb-1234-sesame"


def test_a_sealed_token_does_not_show_and_opens_again() -> None:
    box = TokenBox(new_key())
    sealed = box.seal(TOKEN)
    assert "sesame" not in sealed
    assert box.open(sealed) == TOKEN


def test_the_same_token_is_sealed_differently_each_time() -> None:
    box = TokenBox(new_key())
    assert box.seal(TOKEN) != box.seal(TOKEN)


def test_a_new_key_in_front_seals_while_the_old_one_still_opens() -> None:
    old, new = new_key(), new_key()
    sealed_before = TokenBox(old).seal(TOKEN)
    both = TokenBox(f"{new}, {old}")
    assert both.open(sealed_before) == TOKEN
    assert TokenBox(new).open(both.seal(TOKEN)) == TOKEN


def test_resealed_tokens_open_without_the_old_key() -> None:
    old, new = new_key(), new_key()
    box = TokenBox(old)
    before = SealedTokens(box.seal(TOKEN), box.seal("xoxe-1"))
    after = TokenBox(f"{new},{old}").reseal(before)
    assert TokenBox(new).open(after.bot) == TOKEN
    assert after.refresh is not None
    assert TokenBox(new).open(after.refresh) == "xoxe-1"


def test_a_wrong_key_is_named_by_its_setting_and_loses_nothing() -> None:
    sealed = TokenBox(new_key()).seal(TOKEN)
    with pytest.raises(TemporaryError, match="COPILOT_TOKEN_KEYS") as caught:
        TokenBox(new_key()).open(sealed)
    assert caught.value.__cause__ is None
    assert sealed not in str(caught.value)


@pytest.mark.parametrize("damaged", ["", "x", "gAAAAA", "é" * 40])
def test_a_damaged_row_is_told_in_the_same_words(damaged: str) -> None:
    with pytest.raises(TemporaryError, match="COPILOT_TOKEN_KEYS"):
        TokenBox(new_key()).open(damaged)


@pytest.mark.parametrize(
    "keys",
    ["", " , ", "short", pytest.param(f"{new_key()},short", id="one good, one short"), "é" * 44],
)
def test_unusable_keys_are_refused_without_being_shown(keys: str) -> None:
    with pytest.raises(BadInputError, match=r"COPILOT_TOKEN_KEYS.*keys new") as caught:
        TokenBox(keys)
    assert "short" not in str(caught.value)


def test_tokens_are_in_no_repr() -> None:
    tokens = Tokens(TOKEN, "xoxe-1-sesame", 43200)
    grant = Grant("", "T1", "Acme", "A1", "U1", "chat:write", "U2", tokens)
    sealed = SealedTokens("gAAAA-sesame", "gAAAA-sesame")
    assert "sesame" not in f"{tokens!r} {grant!r} {sealed!r} {TokenBox(new_key())!r}"


def test_calls_that_carry_tokens_are_never_logged_in_full() -> None:
    """The library logs requests and answers at DEBUG."""
    assert not logging.getLogger("copilot.slack.oauth_calls").isEnabledFor(logging.DEBUG)
